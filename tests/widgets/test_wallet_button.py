"""The kernel's half of the button: what a page may say, and what it proves."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

import jupyter_ipfs
from jupyter_ipfs.wallet import sandbox_accounts
from jupyter_ipfs.wallet.siwe import SiweMessage
from jupyter_ipfs.widgets.wallet import WalletButton
from tests.wallet.keys import ALICE, BOB

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ORIGIN = "http://localhost:8888"


class Page:
    """What a page does, without a browser: messages go in, answers come out."""

    def __init__(self, button: WalletButton, monkeypatch: pytest.MonkeyPatch) -> None:
        self.button = button
        self.answers: list[dict[str, Any]] = []
        monkeypatch.setattr(button, "send", self.answers.append)

    def say(self, **content: object) -> dict[str, Any]:
        """Send a message; return the answer."""
        before = len(self.answers)
        self.button._message(self.button, {"id": "0a", **content}, [])
        assert len(self.answers) == before + 1
        return self.answers[-1]

    def challenge(self, origin: str = ORIGIN, address: str = ALICE.address) -> str:
        """Ask for a message."""
        message: str = self.say(do="challenge", origin=origin, address=address)["message"]
        return message


@pytest.fixture
def session(tmp_path: Path) -> Iterator[jupyter_ipfs.Session]:
    with jupyter_ipfs.connect(repo=tmp_path / "repo") as session:
        yield session


@pytest.fixture
def page(session: jupyter_ipfs.Session, monkeypatch: pytest.MonkeyPatch) -> Page:
    return Page(WalletButton(session), monkeypatch)


def test_a_signed_message_signs_in_and_the_session_signs_by_that_wallet(
    page: Page, session: jupyter_ipfs.Session
) -> None:
    text = page.challenge(address=ALICE.address.lower())  # as wallets give addresses
    message = SiweMessage.parse(text)
    assert (message.domain, message.uri) == ("localhost:8888", f"{ORIGIN}/")
    assert (message.address, message.chain_id) == (ALICE.address, 8996)
    answer = page.say(
        do="signed", message=text, signature=ALICE.sign_message(text), wallet="MetaMask"
    )
    assert answer == {"id": "0a", "done": True}
    assert {page.button.address, session.wallet.address} == {ALICE.address}
    assert session.wallet.signer.kind == "browser"
    assert page.button._shown["address"] == ALICE.address
    page.say(do="sign-out")
    assert (page.button.address, page.button.login) == (None, None)


def test_another_key_an_altered_message_and_a_second_use_prove_nothing(page: Page) -> None:
    text = page.challenge()
    for message, signature in [
        (text, BOB.sign_message(text)),
        (text, ALICE.sign_message(text)),  # the first attempt has used it up
        (text + "\n", ALICE.sign_message(text + "\n")),
        ("", "0x"),
    ]:
        assert "error" in page.say(do="signed", message=message, signature=signature, wallet="w")
    assert page.button.address is None


def test_a_page_that_writes_the_trait_signs_nobody_in(page: Page) -> None:
    page.button.set_state({"_shown": {"address": ALICE.address}})
    assert page.button.address is None
    assert page.button.login is None


@pytest.mark.parametrize(
    "origin",
    [
        "vscode-webview://abc", "null", "", "file:///", "https://", "http://a b", "http://a/b",
        "javascript:alert(1)", "http://local\nhost", "http://\u202eevil", "x" * 20_000, None, 7,
    ],
)  # fmt: skip
def test_a_page_that_is_not_jupyters_is_told_what_to_do_instead(page: Page, origin: object) -> None:
    assert "error" in page.say(do="challenge", origin=origin, address=ALICE.address)


@pytest.mark.parametrize("address", ["", "0x", "<script>", None, ["0x"], "0x" + "1" * 10_000])
def test_an_account_that_is_none_gets_no_message(page: Page, address: object) -> None:
    assert "error" in page.say(do="challenge", origin=ORIGIN, address=address)


@pytest.mark.parametrize(
    "content",
    [None, [], "x", {}, {"id": "0a"}, {"id": "0a", "do": "eval"}, {"id": "0a", "do": []},
     {"id": "<b>", "do": "sign-out"}, {"id": 7, "do": "sign-out"}, {"do": "sign-out"}],
    ids=str,
)  # fmt: skip
def test_what_is_no_message_is_left_alone(page: Page, content: object) -> None:
    page.button._message(page.button, content, [])
    assert page.answers == []


def test_practice_is_the_kernels_own_account(page: Page, session: jupyter_ipfs.Session) -> None:
    assert page.say(do="practice") == {"id": "0a", "done": True}
    author = sandbox_accounts.accounts(session.repo.path)[0]
    assert page.button.address == author.address
    assert page.button._shown["practice"] == "Practice: only on this computer, play money"


def test_practice_is_offered_on_its_own_chain_only(
    session: jupyter_ipfs.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_IPFS_CHAIN", "polygon")
    with jupyter_ipfs.connect(repo=session.repo.path) as real:
        page = Page(WalletButton(real), monkeypatch)
        assert page.button._shown["practice"] is None
        assert "error" in page.say(do="practice")
        assert SiweMessage.parse(page.challenge()).chain_id == 137


def test_who_made_the_button_is_told(
    session: jupyter_ipfs.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str | None] = []
    page = Page(WalletButton(session, on_change=lambda b: told.append(b.address)), monkeypatch)
    page.say(do="practice")
    page.say(do="sign-out")
    assert [bool(address) for address in told] == [True, False]


def test_its_state_has_no_secret_and_its_output_has_words(page: Page, tmp_path: Path) -> None:
    text = page.challenge()
    signature = ALICE.sign_message(text)
    page.say(do="signed", message=text, signature=signature, wallet="w")
    state = json.dumps(page.button.get_state(), default=str)
    for secret in (text, signature, SiweMessage.parse(text).nonce, f"{0xA11CE:064x}"):
        assert secret not in state
    data, _ = page.button._repr_mimebundle_()
    assert ALICE.address in data["text/plain"]
    assert "%wallet login" in data["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in data
    page.say(do="practice")
    accounts = json.loads((tmp_path / "repo" / "sandbox" / "accounts.json").read_text())
    state = json.dumps(page.button.get_state(), default=str) + repr(page.button)
    for account in accounts["accounts"]:
        assert account["private_key"].removeprefix("0x") not in state


def test_the_package_gives_the_button_and_loads_it_only_then() -> None:
    code = (
        "import sys, jupyter_ipfs\n"
        "assert 'anywidget' not in sys.modules\n"
        "assert jupyter_ipfs.WalletButton.__name__ == 'WalletButton'\n"
        "assert 'anywidget' in sys.modules and 'web3' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
