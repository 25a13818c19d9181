"""``%wallet``: who signs, told in words, and no secret in any of them."""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from eth_account import Account
from IPython.core.completer import provisionalcompleter

from jupyter_ipfs.errors import (
    ConfigError,
    KeystoreError,
    NobodyWatchingError,
    RejectedError,
    SigningTimeoutError,
)
from jupyter_ipfs.magics import wallet_arguments
from jupyter_ipfs.wallet import sandbox_accounts
from jupyter_ipfs.wallet.requests import Mailbox, signed_in
from jupyter_ipfs.wallet.siwe import SiweMessage
from tests.wallet.keys import ALICE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jupyter_ipfs.magics.wallet import WalletStatus
    from tests.magics.conftest import Kernel, Shell

PASSWORD = "correct horse battery"
KEY = (0xA11CE).to_bytes(32)
PRACTICE = "Practice: only on this computer, play money"


@pytest.fixture
def keystore(repo: Path, tmp_path: Path) -> Path:
    """An encrypted key in the working directory."""
    del repo
    file = tmp_path / "work" / "key.json"
    file.write_text(json.dumps(Account.encrypt(KEY, PASSWORD, kdf="pbkdf2", iterations=2)))
    return file


@pytest.fixture
def page(repo: Path) -> Iterator[Mailbox]:
    """The mailbox as a server has it whose page is open."""
    repo.mkdir(parents=True, exist_ok=True)
    mailbox = Mailbox(repo)
    mailbox.heartbeat("test", 1)
    yield mailbox
    mailbox.close()


def answering(page: Mailbox, *, reject: bool = False, chain_id: int = 8996) -> threading.Thread:
    """Sign in as Alice, as soon as that is asked for."""

    def answer() -> None:
        deadline = time.monotonic() + 60
        while not page.pending():
            assert time.monotonic() < deadline
        (request,) = page.pending()
        page.show(request.id, ALICE.address)
        if reject:
            page.reject(request.id, "not\x1b[31m now")
            return
        message = SiweMessage.create(
            domain="localhost:8888", address=ALICE.address, uri="http://localhost:8888/",
            chain_id=chain_id, nonce="12345678", now=time.time(), lifetime_s=600,
        ).text()  # fmt: skip
        page.answer(request.id, signed_in(message, ALICE.sign_message(message)))

    thread = threading.Thread(target=answer)
    thread.start()
    return thread


def failed(shell: Shell, line: str) -> BaseException:
    """Run a line that must fail; return how."""
    result = shell.run_cell(line)
    error: BaseException | None = result.error_in_exec
    assert error is not None
    return error


def hint(error: BaseException) -> str:
    return str(getattr(error, "hint", None))


def test_at_first_nobody_is_signed_in_and_it_says_how(run: Callable[[str], WalletStatus]) -> None:
    status = run("%wallet")
    assert not status
    assert repr(status).splitlines()[0] == "Nobody is signed in"
    for line in ("%wallet login", "%wallet open key.json", "%wallet practice", PRACTICE):
        assert line in repr(status)
        assert line in status._repr_html_()


def test_practice_signs_in_with_nothing_installed(
    run: Callable[[str], WalletStatus], repo: Path
) -> None:
    status = run("%wallet practice")
    author, buyer = sandbox_accounts.accounts(repo)
    assert status
    assert (status.address, status.kind, status.practice) == (author.address, "sandbox", True)
    assert PRACTICE in repr(status)
    assert run("%wallet practice --as buyer").address == buyer.address
    assert run("%wallet status").address == buyer.address
    assert not run("%wallet logout")


def test_practice_says_so_where_the_chain_is_another(run: Callable[[str], WalletStatus]) -> None:
    run("%ipfs config chain polygon")
    status = run("%wallet practice")
    assert not status.practice
    assert "cannot sign for Polygon" in repr(status)


def test_a_login_waits_for_the_page_and_goes_on(
    run: Callable[[str], WalletStatus], page: Mailbox, capsys: pytest.CaptureFixture[str]
) -> None:
    thread = answering(page)
    status = run("%wallet login")
    thread.join()
    assert (status.address, status.kind) == (ALICE.address, "browser")
    assert "Sign in on the JupyterLab page" in capsys.readouterr().out
    assert run("%wallet").address == ALICE.address
    assert "Sign out in the panel" in repr(run("%wallet logout"))


def test_with_nobody_watching_it_says_at_once_what_to_do(
    shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    error = failed(shell, "%wallet login")
    assert isinstance(error, NobodyWatchingError)
    for line in ("open JupyterLab", "%wallet open key.json", "%wallet practice"):
        assert line in hint(error)
    shown = capsys.readouterr().out
    assert "Traceback" not in shown
    assert "Sign in on" not in shown


def test_a_no_in_the_wallet_ends_the_cell(
    shell: Shell, page: Mailbox, capsys: pytest.CaptureFixture[str]
) -> None:
    thread = answering(page, reject=True)
    assert isinstance(failed(shell, "%wallet login"), RejectedError)
    thread.join()
    assert "\x1b" not in capsys.readouterr().out


def test_a_login_for_another_chain_is_none(shell: Shell, page: Mailbox) -> None:
    thread = answering(page, chain_id=1)
    assert "chain 1" in str(failed(shell, "%wallet login"))
    thread.join()
    assert not shell.run_cell("%wallet").result


def test_a_login_that_nobody_answers_ends(shell: Shell, page: Mailbox) -> None:
    assert isinstance(failed(shell, "%wallet login --timeout 1"), SigningTimeoutError)
    assert page.pending() == []


def test_a_keystore_is_opened_by_its_password(
    run: Callable[[str], WalletStatus], keystore: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def typed(prompt: str) -> str:
        asked.append(prompt)
        return PASSWORD

    monkeypatch.setattr("getpass.getpass", typed)
    status = run(f"%wallet open {keystore}")
    assert (status.address, status.kind) == (ALICE.address, "keystore")
    assert asked == ["Password of key.json: "]


def test_a_headless_run_has_the_password_in_its_environment(
    run: Callable[[str], WalletStatus], keystore: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del keystore
    monkeypatch.setenv("JUPYTER_IPFS_KEYSTORE_PASSWORD", PASSWORD)
    assert run("%wallet open key.json").address == ALICE.address


def test_where_nobody_can_be_asked_it_says_what_to_do(shell: Shell, keystore: Path) -> None:
    del keystore
    error = failed(shell, "%wallet open key.json")
    assert isinstance(error, ConfigError)
    assert "JUPYTER_IPFS_KEYSTORE_PASSWORD" in hint(error)


@pytest.mark.parametrize(
    "line",
    [
        "%wallet open key.json hunter2",
        "%wallet open key.json --password hunter2",
        "%wallet open --password=hunter2 key.json",
        "%wallet open -p hunter2 key.json",
    ],
)
def test_a_password_in_the_line_is_refused_and_not_repeated(
    shell: Shell, keystore: Path, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    del keystore
    error = failed(shell, line)
    assert isinstance(error, ConfigError)
    assert "history" in hint(error)
    captured = capsys.readouterr()
    assert "hunter2" not in captured.out + captured.err + str(error) + hint(error)


def test_a_wrong_password_and_a_missing_file_are_said_in_a_line(
    shell: Shell,
    keystore: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    del keystore
    monkeypatch.setenv("JUPYTER_IPFS_KEYSTORE_PASSWORD", "hunter2")
    assert isinstance(failed(shell, "%wallet open key.json"), KeystoreError)
    assert isinstance(failed(shell, "%wallet open none.json"), KeystoreError)
    captured = capsys.readouterr()
    assert "hunter2" not in captured.out + captured.err
    assert "Traceback" not in captured.out + captured.err


@pytest.mark.parametrize(
    "line",
    [
        "%wallet lgoin", "%wallet practice --as thief", "%wallet login --timeout 0",
        "%wallet login --timeout 9999999999999999999", "%wallet login --timeout x",
        "%wallet status x", "%wallet practice extra", "%wallet open",
    ],
)  # fmt: skip
def test_a_line_that_makes_no_sense_says_what_would(shell: Shell, line: str) -> None:
    error = failed(shell, line)
    assert isinstance(error, ConfigError)
    assert hint(error) != "None"


def test_help_is_printed(run: Callable[[str], Any], capsys: pytest.CaptureFixture[str]) -> None:
    run("%wallet --help")
    assert "login" in capsys.readouterr().out
    run("%wallet open --help")
    assert "KEYFILE" in capsys.readouterr().out
    assert "%wallet practice" in str(
        run("get_ipython().magics_manager.magics['line']['wallet'].__doc__")
    )


def test_completion_offers_commands_options_and_files(shell: Shell, keystore: Path) -> None:
    del keystore

    def offered(text: str) -> list[str]:
        with provisionalcompleter():
            return [each.text for each in shell.Completer.completions(text, len(text))]

    assert offered("%wallet l") == ["login", "logout"]
    assert offered("%wallet login --t") == ["--timeout"]
    assert offered("%wallet practice --as ") == ["author", "buyer"]
    assert any(text.endswith("key.json") for text in offered("%wallet open k"))


def test_the_labels_are_those_of_the_accounts() -> None:
    assert wallet_arguments.LABELS == sandbox_accounts.LABELS


def test_in_a_real_kernel_the_password_is_typed_unseen_and_interrupting_ends_a_login(
    kernel: Kernel, keystore: Path, page: Mailbox
) -> None:
    del keystore
    opened = kernel.run("%wallet open key.json", answer=PASSWORD)
    assert opened.ok, opened.error
    assert ALICE.address in opened.data("text/plain")[0]
    assert PASSWORD not in repr(opened.messages)
    history = kernel.run("print(In, dir(), list(globals().values()))")
    assert PASSWORD not in history.text
    assert KEY.hex() not in history.text
    refused = kernel.run("%wallet open key.json")  # nobody can be asked
    assert "JUPYTER_IPFS_KEYSTORE_PASSWORD" in refused.error

    interrupted = kernel.run(
        "import _thread, threading\n"
        "threading.Timer(0.5, _thread.interrupt_main).start()\n"
        "%wallet login"
    )
    assert "KeyboardInterrupt" in interrupted.error
    assert page.pending() == []


def test_the_button_signs_in_for_the_magics_of_its_notebook(run: Callable[[str], Any]) -> None:
    run("%wallet practice --as buyer")
    buyer = run("%wallet").address
    assert (
        run("from jupyter_ipfs import WalletButton\nbutton = WalletButton()\nbutton.address")
        == buyer
    )
    run("button._message(button, {'id': '0a', 'do': 'sign-out'}, [])")
    assert not run("%wallet")
    run("button._message(button, {'id': '0b', 'do': 'practice'}, [])")
    assert run("%wallet").address == run("button.address") != buyer
