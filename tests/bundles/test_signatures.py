"""Who vouches for a share: what is signed, and every way in which a signature is none."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from eth_account import Account
from eth_account.messages import encode_defunct

from jupyter_ipfs.bundles.sharing import sharing
from jupyter_ipfs.bundles.signing import signatures, signing
from jupyter_ipfs.errors import BundleError, RequestError
from jupyter_ipfs.ipld.cid import CID, DAG_PB
from jupyter_ipfs.node import add
from jupyter_ipfs.unixfs import profiles
from jupyter_ipfs.wallet.intents import Vouch
from jupyter_ipfs.wallet.vouch_text import text
from tests.wallet.keys import ALICE, BOB, person

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from jupyter_ipfs.bundles.sharing.sharing import Shared
    from jupyter_ipfs.ipld.block import Block
    from jupyter_ipfs.session import Session
    from tests.bundles.conftest import Project

PAYLOAD = CID.of(b"a directory", DAG_PB)
OTHER = CID.of(b"another one", DAG_PB)
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141  # SEC 2, 2.4.1
NAME = f"{ALICE.address}.json"


def signed(payload: CID = PAYLOAD, role: str = "author", chain_id: int = 1) -> bytes:
    vouch = Vouch(str(payload), role, chain_id, "Survey")
    return signatures.dumps(vouch, ALICE.address, ALICE.vouch(vouch))


def changed(**fields: object) -> bytes:
    return json.dumps({**json.loads(signed()), **fields}).encode()


def high_s() -> str:
    """The second form of ALICE's signature, which anybody can write without her key."""
    raw = bytes.fromhex(json.loads(signed())["signature"][2:])
    s = ORDER - int.from_bytes(raw[32:64])
    return "0x" + (raw[:32] + s.to_bytes(32) + bytes([55 - raw[64]])).hex()


def short_v() -> str:
    signature: str = json.loads(signed())["signature"]
    return signature[:-2] + f"{int(signature[-2:], 16) - 27:02x}"


def test_what_is_signed_is_a_text_that_a_person_can_read() -> None:
    vouch = Vouch(str(PAYLOAD), "author", 8996, "never\nsigned")
    assert text(vouch, ALICE.address).splitlines() == [
        "I vouch for this content, shared with jupyter_ipfs, in the role below.",
        "",
        "Format: jupyter-ipfs-signature 1",
        f"Content: {PAYLOAD}",
        "Role: author",
        f"Address: {ALICE.address}",
        "Chain: 8996",
    ]


def test_a_signature_is_the_one_that_another_library_makes_of_that_text() -> None:
    key = (0xA11CE).to_bytes(32)
    message = text(Vouch(str(PAYLOAD), "author", 1), ALICE.address)
    peer = Account.sign_message(encode_defunct(text=message), key).signature.to_0x_hex()
    assert json.loads(signed())["signature"] == peer
    assert signatures.verify(signed(), PAYLOAD, NAME) == signatures.Vouched(
        ALICE.address, "author", valid=True, chain_id=1
    )


@pytest.mark.parametrize("known", [True, False])
def test_who_was_met_before_is_known(*, known: bool) -> None:
    met = {ALICE.address} if known else {BOB.address}
    assert signatures.verify(signed(), PAYLOAD, NAME, met).known is known


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (signed(OTHER), "for something else"),
        (changed(payload=str(OTHER)), "for something else"),
        (changed(payload=str(PAYLOAD.encode("base58btc"))), "for something else"),
        (changed(role="reviewer"), "not signed by that address"),
        (changed(chain_id=2), "not signed by that address"),
        (changed(address=BOB.address), "name of somebody else"),
        (changed(signature=high_s()), "rewritten"),
        (changed(signature=short_v()), "rewritten"),
        (changed(signature="0x"), "contract's wallet"),
        (changed(signature="0x" + "ab" * 64), "contract's wallet"),
        (changed(signature="0x" + "ab" * 96), "contract's wallet"),
        (changed(signature="0x" + "00" * 65), "rewritten|no key could|none of 0"),
        (changed(signature="0x" + "ff" * 65), "last byte"),
        (changed(signature="signed!"), "hexadecimal"),
        (changed(signature="0x" + "ab" * 9000), "no signature's file"),
        (changed(signature=7), "is no text"),
        (changed(role="owner\u202e<script>"), r"role is none: 'owner\\u202e<script>'"),
        (changed(address=ALICE.address.lower()), "address is none"),
        (changed(chain_id=0), "chain is none"),
        (changed(chain_id=True), "chain is none"),
        (changed(chain_id=10**400), "chain is none"),
        (changed(chain_id=1.0), "chain is none"),
        (changed(version=2), "version that is not known"),
        (changed(version=True), "version that is not known"),
        (changed(format="pgp"), "no signature's file"),
        (changed(more=1), "other fields"),
        (b"[" * 10_000, "no signature's file"),
        (b"\xff", "no signature's file"),
        (b"", "no signature's file"),
        (b"[]", "no signature's file"),
    ],
)
def test_what_is_no_signature_says_why_in_words(data: bytes, problem: str) -> None:
    found = signatures.verify(data, PAYLOAD, NAME, {ALICE.address})
    assert (found.valid, found.known) == (False, False)
    with pytest.raises(AssertionError, match=problem):
        raise AssertionError(found.problem)


def test_a_signature_of_somebody_else_under_this_name_is_none() -> None:
    vouch = Vouch(str(PAYLOAD), "author", 1)
    forged = signatures.dumps(vouch, ALICE.address, BOB.vouch(vouch))
    assert signatures.verify(forged, PAYLOAD, NAME).problem == "it was not signed by that address"


def test_a_signature_of_any_spelling_is_written_in_one_form() -> None:
    vouch = Vouch(str(PAYLOAD), "author", 1)
    upper = "0x" + json.loads(signed())["signature"][2:].upper()
    for signature in (high_s(), short_v(), upper):
        assert signatures.dumps(vouch, ALICE.address, signature) == signed()


@pytest.mark.parametrize("payload", [CID.of(b"a file"), PAYLOAD.to_v0()])
def test_what_is_no_directory_of_its_one_form_cannot_be_vouched_for(payload: CID) -> None:
    with pytest.raises(RequestError):
        ALICE.vouch(Vouch(str(payload), "author", 1))
    assert not signatures.verify(changed(payload=str(payload)), payload, NAME).valid


@pytest.fixture
def shared(session: Session, project: Project, unlocked: None) -> Shared:  # noqa: ARG001
    return session.bundles.share(project.notebook, run=project.run, name="survey")


def test_a_signature_makes_a_new_share_of_the_same_payload(
    session: Session, shared: Shared
) -> None:
    root = signing.add_signature(session, shared.root, ALICE, "author", title="Survey" * 500)
    assert root != shared.root
    opened = session.bundles.open(root)
    assert opened.payload == shared.payload
    assert opened.signatures == (
        signatures.Vouched(ALICE.address, "author", valid=True, known=True, chain_id=1),
    )
    (version,) = session.names()
    assert (version.root, version.version, version.shared) == (root, 2, True)
    both = signing.add_signature(session, "survey", BOB, "reviewer")
    assert {each.address: each.role for each in session.bundles.open(both).signatures} == {
        ALICE.address: "author",
        BOB.address: "reviewer",
    }
    assert signing.add_signature(session, both, BOB, "reviewer") == both, "once is enough"
    assert session.bundles.check(both).is_intact


def test_a_payload_alone_can_be_vouched_for(session: Session, shared: Shared) -> None:
    root = signing.add_signature(session, shared.payload, person(3, "sandbox"), "reviewer")
    (found,) = session.bundles.open(root).signatures
    assert (found.valid, found.chain_id) == (True, 8996)


def test_a_stranger_is_known_when_met_again_with_something_else(
    session: Session,
    other: Session,
    shared: Shared,
    make_project: Callable[[Path], Project],
    tmp_path: Path,
) -> None:
    first = signing.add_signature(session, shared.root, ALICE, "author")
    second_project = make_project(tmp_path / "second")
    (second_project.folder / "data" / "a.csv").write_text("other")
    second = session.bundles.share(second_project.notebook, name="second")
    again = signing.add_signature(session, second.root, ALICE, "author")
    hand_over(session, other, first)
    hand_over(session, other, again)
    assert [other.bundles.open(first).signatures[0].known for _ in range(2)] == [False, False]
    assert other.bundles.open(again).signatures[0].known
    assert other.bundles.open(first).signatures[0].known


def test_a_share_with_bad_signatures_and_a_crowd_opens_and_names_them(
    session: Session, shared: Shared
) -> None:
    crowd = [person(number) for number in range(1, 110)]
    vouch = Vouch(str(shared.payload), "reviewer", 1)
    files = {
        signatures.file_name(each.address): signatures.dumps(
            vouch, each.address, crowd[0].vouch(vouch)
        )
        for each in crowd
    }
    files["<script>.json"] = b"{}"
    root = share_with(session, shared.payload, files)
    found = session.bundles.open(root).signatures
    assert [each.address for each in found if each.valid] == [crowd[0].address]
    assert found[0].valid, "who is valid comes first"
    assert any("10 more signatures" in each.problem for each in found)
    assert {each.address for each in found if not each.problem.startswith("it was not")} == {
        crowd[0].address,
        "unknown",
    }
    with pytest.raises(BundleError, match="110 signatures"):
        signing.add_signature(session, root, ALICE, "author")


def test_a_signature_that_is_missing_or_large_or_a_folder_is_named(
    session: Session, shared: Shared
) -> None:
    with session.backend.batch() as batch:
        folder = add.add_files(batch, {"a": b"1"}, profiles.DEFAULT)
        batch.commit(folder.cid)
    large = session.add(b"x" * 20_000)
    entries = {NAME: CID.of(b"not stored"), f"{BOB.address}.json": large, "folder": folder.cid}
    found = {
        each.address: each.problem for each in signatures.vouched(session, entries, shared.payload)
    }
    assert "not here" in found[ALICE.address]
    assert "size" in found[BOB.address]
    assert "no file" in found["unknown"]
    assert signatures.files(session.backend, entries) == {}, "and is not carried on"


def test_signatures_that_are_nowhere_are_looked_for_a_few_times_only(session: Session) -> None:
    class Counting:
        asked = 0

        def get(self, cid: CID) -> Block:
            self.asked += 1
            return session.backend.get(cid)

        def has(self, cid: CID) -> bool:
            return session.backend.has(cid)

    blocks = Counting()
    here = session.add(signed())
    entries = {f"{number:03}": CID.of(bytes([number])) for number in range(50)}
    found = signatures.read(blocks, {**entries, NAME: here}, PAYLOAD)  # type: ignore[arg-type]
    assert [each.valid for each in found] == [True] + [False] * 50
    assert blocks.asked == 4


def test_opening_without_a_signature_imports_no_cryptography() -> None:
    code = (
        "import sys, jupyter_ipfs.bundles.opening.opening\n"
        "print([name for name in ('eth_keys', 'eth_utils', 'web3') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def share_with(session: Session, payload: CID, files: Mapping[str, bytes]) -> CID:
    with session.backend.batch() as batch:
        sharing.bring(batch, session.backend, payload)
        root = sharing.wrap(batch, sharing.ref_of(session.backend, payload), files)
        batch.commit(root.cid)
    return root.cid


def hand_over(session: Session, other: Session, root: CID) -> None:
    file = io.BytesIO()
    session.export_car(root, file)
    file.seek(0)
    other.import_car(file)
