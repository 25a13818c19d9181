"""Publishing on the practice chain: what is listed, what is refused, what goes on."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ipfs.errors import (
    ChainError,
    ConfigError,
    ConsentRequiredError,
    DDOError,
    NotSignedInError,
    RejectedError,
    RepoBusyError,
    UnreachableContentError,
)
from jupyter_ipfs.ipld.cid import CID, RAW
from jupyter_ipfs.ocean import content as contents
from jupyter_ipfs.ocean import creation
from jupyter_ipfs.ocean.connection import ChainConnection
from jupyter_ipfs.ocean.draft import Draft
from jupyter_ipfs.ocean.journal import Journal, Publication
from jupyter_ipfs.session import connect
from tests.conftest import CHECKOUT
from tests.ocean.market import ABOUT, chain, fresh, height, published, tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_ipfs.ocean.steps import Step
    from jupyter_ipfs.session import Session
    from tests.sandboxes import Sandbox


@pytest.fixture
def session(sandbox: Sandbox) -> Iterator[Session]:
    with connect(repo=sandbox.repo) as session:
        session.wallet.practice("author")
        yield session


def test_a_free_file_is_listed_in_two_transactions_and_says_its_cid(
    session: Session, sandbox: Sandbox
) -> None:
    data = fresh()
    root = session.add(data)
    seen: list[tuple[Step, ...]] = []
    before = height(sandbox)
    asset = session.ocean.publish(root, title="Tides", **ABOUT, free=True, steps=seen.append)
    assert height(sandbox) == before + 2
    assert asset.root == str(root)
    assert (asset.is_free, asset.price, asset.mine) == (True, None, True)
    assert asset.published is not None
    assert (asset.published.form, asset.published.size) == ("file", len(data))
    assert asset.published.sha256 == hashlib.sha256(data).hexdigest()
    assert [step.state for step in seen[-1]] == ["done"] * 5
    assert all(seen[-1][at].tx_hash for at in (2, 3))
    assert asset.did in {each.did for each in session.ocean.search("Tides")}
    assert [each.event for each in session.ocean.history(asset)] == ["published"]


def test_publishing_the_same_again_gives_the_same_asset_and_sends_nothing(
    session: Session, sandbox: Sandbox
) -> None:
    root = session.add(fresh())
    first = session.ocean.publish(root, title="Once", **ABOUT, free=True)
    before = height(sandbox)
    assert session.ocean.publish(root, title="Once", **ABOUT, free=True).did == first.did
    assert height(sandbox) == before
    other = session.ocean.publish(root, title="Once", **ABOUT, free=True, key="another")
    assert other.did != first.did


@pytest.mark.parametrize("is_directory", [True, False])
def test_of_a_priced_asset_neither_says_nor_betrays_any_word_its_cid(
    session: Session, tmp_path: Path, *, is_directory: bool
) -> None:
    root = session.add(tree(tmp_path / "d") if is_directory else fresh())
    asset = published(session, root, price="5")
    public = (
        json.dumps(dict(asset.ddo), ensure_ascii=False) + repr(asset) + json.dumps(asset.page())
    )
    assert asset.published is not None
    digest = bytes.fromhex(asset.published.sha256)
    # Who knows the digest of what is served knows the CID of the raw block with these bytes.
    derived = CID(1, RAW, b"\x12\x20" + digest)
    assert not session.blocks.has(derived)
    for secret in (root, root.to_v1()):
        assert str(secret) not in public
        assert secret.multihash.hex() not in public
    assert asset.published.form == "car"
    assert asset.published.root_sha256 == hashlib.sha256(str(root).encode()).hexdigest()
    assert "A buyer can pass the bytes on" in repr(asset)


def test_the_same_root_gives_the_same_car_from_any_repo(session: Session, tmp_path: Path) -> None:
    place = tree(tmp_path / "d")
    root = session.add(place)
    with connect(repo=tmp_path / "other") as other:
        other.add(place / "sub" / "b.bin")  # its blocks lie in another order there
        assert other.add(place) == root
        for priced in (True, False):
            ours = contents.prepare(session, root, pin=False, priced=priced)
            theirs = contents.prepare(other, root, pin=False, priced=priced)
            assert (ours.cid, ours.sha256, ours.form) == (theirs.cid, theirs.sha256, "car")


def test_a_file_of_a_foreign_layout_is_served_as_a_car_of_it(session: Session) -> None:
    from jupyter_ipfs.unixfs import profiles  # noqa: PLC0415

    foreign = profiles.customise(profiles.DEFAULT, chunker="size-1000")
    root = session.add(fresh(), profile=foreign)
    assert contents.prepare(session, root, pin=False).form == "car"
    ours = session.add(fresh(), profile="unixfs-v0-2015")
    served = contents.prepare(session, ours, pin=False)
    assert (served.form, served.profile) == ("file", "unixfs-v0-2015")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": "abc"}, "title"),
        ({"description": "too short"}, "description"),
        ({"author": ""}, "author"),
        ({"license": ""}, "license"),
        ({"price": "0"}, "price"),
        ({"price": "1e30"}, "price"),
        ({"price": "-1"}, "price"),
        ({"price": "nan"}, "price"),
        ({"price": "0.1234567890123456789"}, "price"),
        ({"timeout_s": -1}, "timeout_s"),
        ({"allow": ["0x12"]}, "allow"),
        ({"sample": "javascript:alert(1)"}, "sample"),
        ({"kind": "car"}, "kind"),
        ({"template": 3}, "template"),
    ],
)
def test_what_is_wrong_is_said_for_each_field_before_anything_is_sent(
    session: Session, sandbox: Sandbox, given: dict[str, Any], field: str
) -> None:
    root = session.add(b"never published")
    before = height(sandbox)
    about = {"title": "Never published", **ABOUT, **given}
    with pytest.raises(DDOError) as caught:
        session.ocean.publish(root, free="price" not in given, **about)
    assert field in caught.value.problems
    assert height(sandbox) == before


def test_neither_a_price_nor_free_is_a_mistake_and_so_are_both(session: Session) -> None:
    root = session.add(b"never published")
    for price, free in ((None, False), ("5", True)):
        with pytest.raises(ConfigError, match="price or is free"):
            session.ocean.publish(root, title="Neither", **ABOUT, price=price, free=free)


def test_who_is_not_signed_in_cannot_publish(session: Session) -> None:
    session.wallet.sign_out()
    with pytest.raises(NotSignedInError):
        session.ocean.publish(session.add(b"x"), title="Nobody", **ABOUT, free=True)


def test_bytes_that_the_ocean_node_cannot_fetch_are_not_published(
    session: Session, sandbox: Sandbox, tmp_path: Path
) -> None:
    # Another repo than the sandbox's: its node has not got them.
    with connect(repo=tmp_path / "elsewhere") as other:
        root = other.add(fresh())
    before = height(sandbox)
    draft = Draft(str(root), title="Far away", **ABOUT)
    served = contents.Served("file", "unixfs-v1-2025", root, root, 3000, "00" * 32, "")
    from jupyter_ipfs.ocean import reach  # noqa: PLC0415

    with pytest.raises(UnreachableContentError, match="cannot fetch") as caught:
        reach.require(session.ocean._market(), draft, served)
    assert caught.value.hint
    assert height(sandbox) == before


def test_other_bytes_at_the_ocean_node_are_seen_before_anything_is_sent(session: Session) -> None:
    from jupyter_ipfs.ocean import reach  # noqa: PLC0415

    data = fresh()
    root = session.add(data)
    draft = Draft(str(root), title="Other bytes", **ABOUT)
    market = session.ocean._market()
    digest = hashlib.sha256(data).hexdigest()
    for size, sha256, words in (
        (len(data) + 1, digest, "bytes, and it is"),
        (len(data), "00" * 32, "other bytes of the same length"),
    ):
        served = contents.Served("file", "unixfs-v1-2025", root, root, size, sha256, "")
        found = reach.ask(market, draft, served)
        assert found.is_reachable is False
        assert words in found.words


def test_what_others_can_have_free_is_sold_only_by_who_knows_that(
    session: Session, sandbox: Sandbox
) -> None:
    root = session.add(fresh())
    session.repo.record_copy(root, "/shared/lab")
    before = height(sandbox)
    with pytest.raises(ConsentRequiredError, match="Anyone with this CID can have it free"):
        session.ocean.publish(root, title="Shared", **ABOUT, price="1")
    assert height(sandbox) == before
    agreed = session.ocean.publish(root, title="Shared", **ABOUT, price="1", agree_public_cid=True)
    assert agreed.root is None


def test_content_that_is_listed_free_is_known_to_be(session: Session) -> None:
    root = session.add(fresh())
    session.ocean.publish(root, title="Listed free", **ABOUT, free=True)
    with pytest.raises(ConsentRequiredError, match="listed as a free asset"):
        session.ocean.publish(root, title="And sold", **ABOUT, price="1")


def test_a_price_with_the_cid_in_a_text_is_refused(session: Session) -> None:
    root = session.add(fresh())
    about = {**ABOUT, "description": f"Look at {root.to_v1().encode('base58btc')} first"}
    with pytest.raises(DDOError) as caught:
        session.ocean.publish(root, title="Talkative", **about, price="1")
    assert "description" in caught.value.problems


_KILLED = """
import os, signal, sys
from jupyter_ipfs.session import connect
def told(steps):
    # The hash is known, and not noted anywhere yet.
    if any(s.key == "create" and s.state == "sent" for s in steps):
        os.kill(os.getpid(), signal.SIGKILL)
with connect(repo=sys.argv[1]) as session:
    session.wallet.practice("author")
    session.ocean.publish(sys.argv[2], title="Killed", description="Killed between the two.",
                          author="Ada", license="MIT", price="3", steps=told)
"""


def test_killed_between_the_two_transactions_it_goes_on_without_paying_twice(
    session: Session, sandbox: Sandbox
) -> None:
    root = session.add(fresh())
    before = height(sandbox)
    done = subprocess.run(
        [sys.executable, "-c", _KILLED, str(sandbox.repo), str(root)],
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)}, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL
    assert height(sandbox) == before + 1
    (pending,) = [each for each in session.ocean.pending() if each.title == "Killed"]
    draft = Draft.from_json(pending.draft)
    asset = session.ocean.publish_draft(draft)
    assert height(sandbox) == before + 2
    assert asset.price is not None
    assert asset.price.amount == "3"
    assert pending.key not in {each.key for each in session.ocean.pending()}


@pytest.mark.parametrize(
    "error", [ChainError("Practice does not answer"), RejectedError("the owner said no")]
)
def test_a_chain_that_is_down_or_a_no_between_the_two_transactions_costs_nothing_twice(
    session: Session, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    root = session.add(fresh())
    before = height(sandbox)
    send = ChainConnection.send

    def down(self: Any, signer: Any, call: Any) -> str:  # noqa: ANN401
        if call.function == "setMetaData":
            raise error
        return send(self, signer, call)

    monkeypatch.setattr(ChainConnection, "send", down)
    seen: list[tuple[Step, ...]] = []
    with pytest.raises(type(error)):
        session.ocean.publish(root, title="Down", **ABOUT, free=True, steps=seen.append)
    assert [step.state for step in seen[-1]] == ["done", "done", "done", "failed", "waiting"]
    assert seen[-1][3].error == str(error)
    monkeypatch.undo()
    session.ocean.publish(root, title="Down", **ABOUT, free=True)
    assert height(sandbox) == before + 2


def test_what_another_process_wrote_into_the_journal_is_not_believed(
    session: Session, sandbox: Sandbox
) -> None:
    mine = published(session, session.add(fresh()))
    session.wallet.practice("author")
    root = session.add(fresh())
    owner = sandbox.address("author")
    draft = Draft(str(root), title="Forged", **ABOUT)
    terms = draft.terms(root, owner, 8996)
    journal = Journal(sandbox.repo)
    journal.begin(Publication(terms, 8996, owner, "Forged", {}, 0, 0.0))
    # It names the data NFT of another asset, and the transaction that described that one.
    event = mine.ddo["indexedMetadata"]["event"]
    journal.note(terms, data_nft=mine.data_nft, create_tx=event["txid"], did=mine.did)
    asset = session.ocean.publish_draft(draft)
    assert asset.did != mine.did
    assert asset.title == "Forged"


def test_a_data_nft_of_somebody_else_with_our_mark_is_not_taken_for_ours(
    session: Session, sandbox: Sandbox
) -> None:
    root = session.add(fresh())
    owner = sandbox.address("author")
    draft = Draft(str(root), title="Squatted", **ABOUT)
    terms = draft.terms(root, owner, 8996)
    market = session.ocean._market()
    start = height(sandbox)
    thief = session.wallet.practice("buyer")
    call = creation.create(market, draft, thief.address, terms)
    with chain(sandbox) as connection:
        connection.transact(thief, call)
    assert creation.find(market, terms, owner, start) is None
    session.wallet.practice("author")
    assert session.ocean.publish_draft(draft).owner == owner


def test_two_processes_do_not_publish_the_same_at_once(session: Session, sandbox: Sandbox) -> None:
    root = session.add(fresh())
    draft = Draft(str(root), title="Twice", **ABOUT)
    terms = draft.terms(root, sandbox.address("author"), 8996)
    with (
        Journal(sandbox.repo).alone(terms),
        pytest.raises(RepoBusyError, match="being published right now"),
    ):
        session.ocean.publish_draft(draft)
    session.ocean.publish_draft(draft)
    assert not list((sandbox.repo / "ocean").glob("*.lock"))


def test_a_price_with_the_cid_in_the_name_of_the_file_is_refused(
    session: Session, tmp_path: Path
) -> None:
    data = fresh()
    name = f"data-{session.add(data, only_hash=True)}"
    (tmp_path / name).write_bytes(data)
    root = session.add(tmp_path)
    with pytest.raises(DDOError) as caught:
        session.ocean.publish(f"{root}/{name}", title="Named so", **ABOUT, price="1")
    assert "path" in caught.value.problems


def test_titles_and_descriptions_are_text_wherever_they_are_shown(session: Session) -> None:
    hostile = "<img src=x onerror=alert(1)>\u202egpj.exe"
    about = {**ABOUT, "description": "<script>alert(1)</script> in ten characters"}
    asset = published(session, session.add(fresh()), title=hostile, tags=["<b>"], **about)
    for shown in (asset, session.ocean.search("onerror")):
        bundle = shown._repr_mimebundle_()
        assert "<img" not in bundle["text/html"]
        assert "<script" not in bundle["text/html"]
        assert "\u202e" not in bundle["text/html"] + bundle["text/plain"]
    assert asset.card()["title"] == hostile


def test_a_form_is_checked_before_anything_is_signed(session: Session, sandbox: Sandbox) -> None:
    root = session.add(fresh())
    before = height(sandbox)
    draft = Draft(str(root), title="A form", **ABOUT, price="5")
    found = session.ocean.check(draft)
    told = found.as_json()
    assert found.ok
    assert told["problems"] == {}
    assert told["reach"]["reachable"] is True
    assert told["cost"]["transactions"] == 2
    assert 0 < float(told["cost"]["gas"]) < 1
    assert "play money" in told["cost"]["words"]
    assert any("pass the bytes on" in each for each in told["warnings"])
    assert told["preview"]["root"] is None
    wrong = session.ocean.check(Draft("no-such-name", title="abc", **ABOUT))
    assert "path" in wrong.problems
    assert not wrong.ok
    assert height(sandbox) == before


def test_content_is_read_once_while_a_form_is_filled_in(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = session.add(tree(tmp_path / "d"), name="form")
    first = contents.prepared(session, root, priced=True)
    monkeypatch.setattr(contents, "prepare", lambda *_, **__: pytest.fail("it was read again"))
    assert contents.prepared(session, "form", priced=True) == first
    monkeypatch.undo()
    assert contents.prepared(session, root, priced=False).cid != first.cid


def test_a_draft_from_a_page_is_read_strictly() -> None:
    draft = Draft("bafy", title="From a page", **ABOUT, tags=("a",), price="5")
    assert Draft.from_json(draft.as_json()) == draft
    for field, value in (("tags", "a"), ("timeout_s", True), ("path", 5), ("key", {}), ("x", 1)):
        with pytest.raises(DDOError) as caught:
            Draft.from_json(draft.as_json() | {field: value})
        assert field in caught.value.problems
