"""Who signs: keys that never show, and browsers that are checked."""

from __future__ import annotations

import json
import logging
import pickle
import threading
import traceback
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from eth_account import Account
from eth_account.messages import encode_defunct
from eth_utils.crypto import keccak

from jupyter_ipfs.errors import KeystoreError, RequestError, SignatureError, SigningError
from jupyter_ipfs.ipld.cid import CID, DAG_PB
from jupyter_ipfs.wallet.intents import ContractCall, OceanRequest, Vouch
from jupyter_ipfs.wallet.recover import checksummed, is_address, ocean_digest, recover
from jupyter_ipfs.wallet.requests import Mailbox
from jupyter_ipfs.wallet.signers import BrowserSigner, KeystoreSigner, LocalSigner
from jupyter_ipfs.wallet.vouch_text import text as vouch_text
from tests.wallet.keys import ALICE, BOB, person

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_ipfs.wallet.requests import Request

KEY = (0xA11CE).to_bytes(32)
REQUEST = OceanRequest("http://127.0.0.1:8001", 3, "download")
CALL = ContractCall(8996, "ERC20Template", BOB.address, "approve", (ALICE.address, 5))
VOUCH = Vouch(str(CID.of(b"a directory", DAG_PB)), "author", 8996, "Survey")
PASSWORD = "correct horse"
# The published test vector of the Web3 Secret Storage definition, "PBKDF2-SHA-256".
PUBLISHED = {
    "crypto": {
        "cipher": "aes-128-ctr",
        "cipherparams": {"iv": "6087dab2f9fdbbfaddc31a909735c1e6"},
        "ciphertext": "5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46",
        "kdf": "pbkdf2",
        "kdfparams": {
            "c": 262144,
            "dklen": 32,
            "prf": "hmac-sha256",
            "salt": "ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd",
        },
        "mac": "517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2",
    },
    "id": "3198bc9c-6672-5ab3-d995-4942343ae5b6",
    "version": 3,
}
PUBLISHED_KEY = "7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d"


class Chain:
    """A chain that takes everything.

    Attributes:
        filled: What `fill` answers.
        raw: What was sent.
    """

    def __init__(self, **changes: object) -> None:
        self.filled: dict[str, object] = {
            "from": ALICE.address, "to": CALL.to, "chainId": CALL.chain_id, "nonce": 0,
            "gas": 60000, "maxFeePerGas": 10, "maxPriorityFeePerGas": 1, "value": 0,
            "data": b"\x09\x5e",
            **changes,
        }  # fmt: skip
        self.raw = b""

    def fill(self, call: ContractCall, sender: str) -> dict[str, object]:  # noqa: ARG002
        """Return a whole transaction."""
        return self.filled

    def submit(self, raw: bytes) -> str:
        """Take it."""
        self.raw = raw
        return "0x" + "ab" * 32


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    mailbox = Mailbox(tmp_path)
    mailbox.heartbeat("test", 1)
    yield mailbox
    mailbox.close()


@pytest.fixture
def keystore(tmp_path: Path) -> Path:
    file = tmp_path / "key.json"
    file.write_text(json.dumps(Account.encrypt(KEY, PASSWORD, kdf="pbkdf2", iterations=2)))
    return file


def answering(mailbox: Mailbox, result: str) -> list[Request]:
    """Answer the next request as a page would; return where it will be noted."""
    seen: list[Request] = []
    done = threading.Event()

    def page() -> None:
        while not done.is_set():
            for request in mailbox.pending():
                seen.append(mailbox.show(request.id))
                mailbox.answer(request.id, result)
                return

    thread = threading.Thread(target=page, daemon=True)
    thread.start()
    return seen


def test_a_request_to_an_ocean_node_is_signed_as_the_node_checks_it() -> None:
    digest = ocean_digest(ALICE.address, 3, "download")
    # As Ocean Node 3.2 checks it: personal_sign(keccak256(address + nonce + command)).
    assert digest == keccak(text=f"{ALICE.address}3download")
    peer = Account.from_key(KEY).sign_message(encode_defunct(primitive=digest)).signature
    assert ALICE.sign_request(REQUEST) == peer.to_0x_hex()
    assert recover(digest, peer.to_0x_hex()) == ALICE.address


@pytest.mark.parametrize("number", range(1, 30))
def test_recovery_and_checksums_agree_with_eth_account(number: int) -> None:
    account = Account.from_key(number.to_bytes(32))
    message = f"größer {number}"
    signed = account.sign_message(encode_defunct(text=message)).signature
    assert recover(message, signed.to_0x_hex()) == account.address
    low = signed[:64] + bytes([signed[64] - 27])
    assert recover(message, "0x" + low.hex()) == account.address
    assert checksummed(account.address.lower()) == account.address
    assert is_address(account.address)


def test_an_address_that_is_none_is_refused() -> None:
    for text in (
        "",
        "0x",
        "0x" + "g" * 40,
        "0x" + "1" * 41,
        "0x" + "\u0661" * 40,
        "0x" + "1" * 40 + "\n",
    ):
        assert not is_address(text)
        with pytest.raises(SignatureError):
            checksummed(text)


def test_a_transaction_is_signed_and_sent() -> None:
    chain = Chain()
    assert ALICE.send(CALL, chain) == "0x" + "ab" * 32
    assert Account.recover_transaction(chain.raw) == ALICE.address


@pytest.mark.parametrize("changes", [{"chainId": 1}, {"to": ALICE.address}, {"to": None}], ids=str)
def test_another_transaction_than_was_asked_for_is_not_signed(changes: dict[str, object]) -> None:
    chain = Chain(**changes)
    with pytest.raises(SigningError):
        ALICE.send(CALL, chain)
    assert chain.raw == b""


def test_play_money_is_signed_for_on_its_own_chain_only() -> None:
    player = person(5, "sandbox")
    assert player.send(CALL, Chain())
    real = ContractCall(137, CALL.contract, CALL.to, CALL.function, CALL.arguments)
    chain = Chain(chainId=137)
    with pytest.raises(SigningError, match="practice chain only"):
        player.send(real, chain)
    assert chain.raw == b""


def test_a_keystore_is_opened_with_its_password(keystore: Path) -> None:
    signer = KeystoreSigner.open(keystore, PASSWORD)
    assert (signer.address, signer.kind) == (ALICE.address, "keystore")
    assert KeystoreSigner.open(str(keystore), PASSWORD).sign_request(REQUEST) == (
        ALICE.sign_request(REQUEST)
    )


def test_the_published_keystore_is_opened(tmp_path: Path) -> None:
    file = tmp_path / "published.json"
    file.write_text(json.dumps(PUBLISHED))
    signer = KeystoreSigner.open(file, "testpassword")
    assert signer.address == Account.from_key(PUBLISHED_KEY).address


def test_another_password_opens_nothing_and_is_not_repeated(keystore: Path) -> None:
    with pytest.raises(KeystoreError, match="not its password") as raised:
        KeystoreSigner.open(keystore, "hunter2-secret")
    told = "".join(traceback.format_exception(raised.value))
    assert "hunter2-secret" not in told.replace('"hunter2-secret")', "")


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{}", b"[]", b"null", b"\xff\xfe", b"[" * 60_000, b"x" * 100_000,
        json.dumps({"crypto": {"kdfparams": {}}, "version": 3}).encode(),
        json.dumps({"crypto": {"kdfparams": {"n": 2**40, "r": 8, "p": 1}}}).encode(),
        json.dumps({"crypto": {"kdfparams": {"c": 2**40}}}).encode(),
        json.dumps({"crypto": {"kdfparams": {"n": "2", "r": 8, "p": 1}}}).encode(),
        json.dumps({"crypto": {"kdfparams": {"n": -2, "r": 8, "p": 1}}}).encode(),
        json.dumps({**PUBLISHED, "version": 9}).encode(),
        json.dumps({"privateKey": KEY.hex()}).encode(),
    ],
    ids=range(14),
)  # fmt: skip
def test_what_is_no_keystore_is_refused_at_once(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "key.json"
    file.write_bytes(content)
    with pytest.raises(KeystoreError) as raised:
        KeystoreSigner.open(file, PASSWORD)
    assert KEY.hex() not in str(raised.value)


@pytest.mark.parametrize("length", [33, 2**31, -1, "32", None])
def test_a_keystore_that_makes_more_of_a_password_than_a_key_takes_is_not_begun_with(
    tmp_path: Path, length: object
) -> None:
    crypto: dict[str, Any] = PUBLISHED["crypto"]  # type: ignore[assignment]
    parameters = {**crypto["kdfparams"], "dklen": length}
    file = tmp_path / "key.json"
    file.write_text(json.dumps({**PUBLISHED, "crypto": {**crypto, "kdfparams": parameters}}))
    with pytest.raises(KeystoreError, match="too much work"):
        KeystoreSigner.open(file, "testpassword")


def test_a_keystore_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(KeystoreError, match="cannot be read"):
        KeystoreSigner.open(tmp_path / "none.json", PASSWORD)
    with pytest.raises(KeystoreError, match="cannot be read"):
        KeystoreSigner.open(tmp_path, PASSWORD)


def test_a_key_is_shown_by_nothing(
    keystore: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    signer = KeystoreSigner.open(keystore, PASSWORD)
    signer.sign_request(REQUEST)
    chain = Chain(gas="no number")  # eth_account refuses to sign it
    with pytest.raises(SigningError) as raised:
        signer.send(CALL, chain)
    shown = [
        repr(signer), str(signer), f"{signer!r:>100}", caplog.text, *capfd.readouterr(),
        "".join(traceback.format_exception(raised.value)), repr(raised.value),
        repr(vars(signer)), str(dir(signer)),
    ]  # fmt: skip
    secrets = [KEY.hex(), str(int.from_bytes(KEY)), repr(KEY), PASSWORD]
    assert [secret for secret in secrets for text in shown if secret in text] == []


def test_a_signer_is_not_pickled() -> None:
    with pytest.raises(TypeError, match="holds a key"):
        pickle.dumps(ALICE)


def test_a_browser_signs_what_is_asked(mailbox: Mailbox) -> None:
    signer = BrowserSigner(mailbox, ALICE.address, 8996, note="Publish survey: step 1")
    seen = answering(mailbox, ALICE.sign_request(REQUEST))
    assert signer.sign_request(REQUEST) == ALICE.sign_request(REQUEST)
    assert (seen[0].intent, seen[0].address) == (REQUEST, ALICE.address)
    assert seen[0].note == "Publish survey: step 1"
    assert (signer.kind, signer.address) == ("browser", ALICE.address)


@pytest.mark.parametrize(
    "answer",
    [
        BOB.sign_request(REQUEST),
        ALICE.sign_request(OceanRequest(REQUEST.node_url, 4, "download")),
        ALICE.sign_request(OceanRequest(REQUEST.node_url, 3, "decryptDDO")),
        "0x",
        "signed!",
    ],
    ids=["another key", "another nonce", "another command", "empty", "no signature"],
)
def test_a_browsers_answer_is_checked(mailbox: Mailbox, answer: str) -> None:
    answering(mailbox, answer)
    with pytest.raises(SigningError, match="worth nothing"):
        BrowserSigner(mailbox, ALICE.address, 8996).sign_request(REQUEST)


def test_a_browser_vouches_by_a_text_that_is_checked(mailbox: Mailbox) -> None:
    signer = BrowserSigner(mailbox, ALICE.address, 8996)
    seen = answering(mailbox, ALICE.vouch(VOUCH))
    signature = signer.vouch(VOUCH)
    assert seen[0].intent == VOUCH
    assert recover(vouch_text(VOUCH, ALICE.address), signature) == ALICE.address


@pytest.mark.parametrize(
    "answer",
    [
        BOB.vouch(VOUCH),
        ALICE.vouch(replace(VOUCH, role="reviewer")),
        ALICE.vouch(replace(VOUCH, payload=str(CID.of(b"another", DAG_PB)))),
        ALICE.sign_message("another text"),
    ],
    ids=["another key", "another role", "another payload", "another text"],
)
def test_a_browser_that_vouches_for_something_else_is_noticed(
    mailbox: Mailbox, answer: str
) -> None:
    answering(mailbox, answer)
    with pytest.raises(SigningError, match="worth nothing"):
        BrowserSigner(mailbox, ALICE.address, 8996).vouch(VOUCH)


def test_a_title_is_no_part_of_what_is_signed() -> None:
    assert ALICE.vouch(replace(VOUCH, title="<b>Another</b>\n")) == ALICE.vouch(VOUCH)


def test_a_signer_vouches_for_the_chain_that_it_stands_at(mailbox: Mailbox) -> None:
    practice = LocalSigner.of_key(KEY, "sandbox")
    assert (practice.chain_id, ALICE.chain_id) == (8996, 1)
    assert practice.vouch(VOUCH) == ALICE.vouch(VOUCH)
    with pytest.raises(SigningError, match="practice chain only"):
        practice.vouch(replace(VOUCH, chain_id=1))
    with pytest.raises(SigningError, match="chain 1"):
        BrowserSigner(mailbox, ALICE.address, 1).vouch(VOUCH)
    assert mailbox.pending() == []


@pytest.mark.parametrize(
    "changes",
    [
        {"payload": str(CID.of(b"a file"))},
        {"payload": str(CID.of(b"a", DAG_PB).to_v0())},
        {"payload": CID.of(b"a", DAG_PB).encode("base58btc")},
        {"payload": VOUCH.payload.upper()},
        {"payload": VOUCH.payload[:-1]},
        {"payload": VOUCH.payload + "\nRole: author"},
        {"payload": "bafkqaaa"},
        {"payload": ""},
        {"role": "owner"},
        {"role": "author\nChain: 1"},
        {"chain_id": 0},
        {"chain_id": 2**63},
        {"title": "x" * 501},
    ],
)
def test_what_is_no_payload_role_or_chain_is_not_vouched_for(changes: dict[str, Any]) -> None:
    with pytest.raises(RequestError):
        ALICE.vouch(replace(VOUCH, **changes))


def test_a_contracts_wallet_is_checked_on_the_chain(mailbox: Mailbox) -> None:
    answering(mailbox, "0x1234")
    asked: list[Any] = []

    def contract(*arguments: object) -> bool:
        asked.append(arguments)
        return True

    signer = BrowserSigner(mailbox, ALICE.address, 8996, contract=contract)
    assert signer.sign_request(REQUEST) == "0x1234"
    assert asked[0][0] == ALICE.address
    assert asked[0][2] == b"\x12\x34"


def test_a_browser_sends_a_transaction_and_tells_its_hash(mailbox: Mailbox) -> None:
    answering(mailbox, "0x" + "AB" * 32)
    assert BrowserSigner(mailbox, ALICE.address, 8996).send(CALL, Chain()) == "0x" + "ab" * 32
    answering(mailbox, "0x12")
    with pytest.raises(SigningError, match="no transaction's hash"):
        BrowserSigner(mailbox, ALICE.address, 8996).send(CALL, Chain())


def test_a_login_for_one_chain_does_not_sign_on_another(mailbox: Mailbox) -> None:
    with pytest.raises(SigningError, match="chain 1"):
        BrowserSigner(mailbox, ALICE.address, 1).send(CALL, Chain())
    assert mailbox.pending() == []


def test_signers_are_of_one_kind_to_whoever_uses_them(mailbox: Mailbox) -> None:
    signers: list[Any] = [ALICE, BrowserSigner(mailbox, ALICE.address, 8996)]
    for signer in signers:
        assert signer.kind
        assert is_address(signer.address)
        assert callable(signer.sign_request)
        assert callable(signer.vouch)
        assert signer.chain_id
        assert callable(signer.send)
    assert isinstance(ALICE, LocalSigner)


@pytest.mark.parametrize("changes", [{"maxFeePerGas": -1}, {"gas": "much"}])
def test_a_chain_that_makes_signing_fail_brings_no_key_into_a_traceback(
    changes: dict[str, object],
) -> None:
    from IPython.core.ultratb import VerboseTB  # noqa: PLC0415

    signer = LocalSigner.of_key(KEY, "sandbox")
    with pytest.raises(SigningError, match="cannot be signed") as caught:
        signer.send(CALL, Chain(**changes))
    shown = VerboseTB().text(caught.type, caught.value, caught.tb)
    assert "account.sign_transaction" in shown, "it shows what was called"
    assert not any(secret in shown for secret in (KEY.hex(), KEY.hex().lstrip("0"), repr(KEY)))
