"""What the commands about shares have in common."""

from __future__ import annotations

from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ipfs.cli import terminal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_ipfs.cli.invocation import Invocation

_FILES = (".car", ".zip")


def show(cli: Invocation, lines: Iterable[str]) -> None:
    """Print lines with foreign text in them, each as one line."""
    for line in lines:
        cli.line(terminal.escape(line))


def taken_in(cli: Invocation, text: str) -> str:
    """Return the path of a share; a file that it was handed over as is taken in first."""
    file = Path(text)
    if file.suffix.lower() not in _FILES or not file.is_file():
        return text
    with cli.progress() as progress:
        return str(cli.session.bundles.open_file(file, progress=progress))


def sign_in(cli: Invocation, keystore: str | None) -> None:
    """Let this session sign: with a keystore, or with the wallet of an open JupyterLab page.

    Raises:
        KeystoreError: It is none, or its password is another one.
        NobodyWatchingError: No page is open.
        SigningError: Nobody signed.
    """
    from jupyter_ipfs import config  # noqa: PLC0415  (not for --help)

    wallet = cli.session.wallet
    if keystore is not None:
        password = config.keystore_password()
        if password is None and terminal.is_interactive():
            password = getpass(f"Password of {terminal.escape(keystore)}: ")
        wallet.open(keystore, password)
        return
    from jupyter_ipfs.ocean import chains, contract_wallets  # noqa: PLC0415

    loaded = cli.session.config
    chain = chains.by_name(loaded.chain)
    cli.note("Sign in on the JupyterLab page; Ctrl-C stops waiting.")
    wallet.login(chain.chain_id, contract=contract_wallets.check(chain, loaded.rpc_url))
