"""``session.wallet``: nobody, somebody by their own signature, and nobody again."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.errors import (
    KeystoreError,
    NobodyWatchingError,
    NotSignedInError,
    SigningError,
    WalletError,
)
from jupyter_ipfs.wallet import sandbox_accounts
from jupyter_ipfs.wallet.door import Wallet
from jupyter_ipfs.wallet.requests import Mailbox, Origin, signed_in
from jupyter_ipfs.wallet.siwe import SiweMessage
from tests.wallet.keys import ALICE, BOB

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_ipfs.wallet.requests import Request


@pytest.fixture
def wallet(tmp_path: Path) -> Iterator[Wallet]:
    wallet = Wallet(tmp_path)
    yield wallet
    wallet.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Mailbox]:
    mailbox = Mailbox(tmp_path)
    mailbox.heartbeat("test", 1)
    yield mailbox
    mailbox.close()


def message(chain_id: int = 8996) -> str:
    return SiweMessage.create(
        domain="localhost:8888", address=ALICE.address, uri="http://localhost:8888/",
        chain_id=chain_id, nonce="12345678", now=time.time(), lifetime_s=600,
    ).text()  # fmt: skip


def answering(server: Mailbox, result: str) -> list[Request]:
    seen: list[Request] = []

    def page() -> None:
        deadline = time.monotonic() + 60
        while not server.pending():
            assert time.monotonic() < deadline
        (request,) = server.pending()
        seen.append(server.show(request.id, ALICE.address))
        server.answer(request.id, result)

    threading.Thread(target=page, daemon=True).start()
    return seen


def test_at_first_nobody_signs_and_the_error_says_how_to(wallet: Wallet) -> None:
    assert wallet.address is None
    with pytest.raises(NotSignedInError) as raised:
        _ = wallet.signer
    for line in ("%wallet login", "%wallet open", "%wallet practice"):
        assert line in str(raised.value.hint)


def test_a_login_learns_the_address_and_says_who_asks(wallet: Wallet, server: Mailbox) -> None:
    wallet.origin = Origin("kernel-id", "a.ipynb", 7)
    text = message()
    seen = answering(server, signed_in(text, ALICE.sign_message(text)))
    signer = wallet.login(8996)
    assert (signer.address, signer.kind) == (ALICE.address, "browser")
    assert wallet.signer is signer
    assert seen[0].origin == Origin("kernel-id", "a.ipynb", 7)


@pytest.mark.parametrize(
    "result",
    [
        "0x12",
        "{}",
        "[" * 20_000,
        '{"message": 1, "signature": 2}',
        signed_in(message(), BOB.sign_message(message())),
        signed_in(message(), ALICE.sign_message(message() + " ")),
        signed_in("I am Alice", ALICE.sign_message("I am Alice")),
        signed_in(message(1), ALICE.sign_message(message(1))),
    ],
    ids=["hash", "empty", "deep", "numbers", "another key", "altered", "no message", "chain"],
)
def test_a_forged_answer_signs_nobody_in(wallet: Wallet, server: Mailbox, result: str) -> None:
    answering(server, result)
    with pytest.raises(SigningError):
        wallet.login(8996)
    assert wallet.address is None


def test_a_login_with_nobody_watching_ends_at_once(wallet: Wallet) -> None:
    with pytest.raises(NobodyWatchingError):
        wallet.login(8996)


def test_practice_signs_with_the_repos_own_accounts(wallet: Wallet, tmp_path: Path) -> None:
    author, buyer = sandbox_accounts.accounts(tmp_path)
    assert wallet.practice().address == author.address
    assert wallet.practice("buyer").address == buyer.address
    assert wallet.signer.kind == "sandbox"


@pytest.mark.parametrize("label", ["faucet", "", "../author"])
def test_no_other_account_is_for_practice(wallet: Wallet, label: str) -> None:
    with pytest.raises(WalletError):
        wallet.practice(label)
    assert wallet.address is None


def test_a_keystore_needs_its_password(wallet: Wallet, tmp_path: Path) -> None:
    with pytest.raises(KeystoreError, match="password is needed") as raised:
        wallet.open(tmp_path / "key.json")
    assert "JUPYTER_IPFS_KEYSTORE_PASSWORD" in str(raised.value.hint)


def test_signing_out_and_closing_forget_the_key(wallet: Wallet) -> None:
    for forget in (wallet.sign_out, wallet.close, wallet.close):
        wallet.use(ALICE)
        forget()
        assert wallet.address is None
        assert not [each for each in vars(wallet).values() if each is ALICE]
