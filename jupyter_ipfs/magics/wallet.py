"""``%wallet``: who signs for this notebook."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import ConfigError, KeystoreError
from jupyter_ipfs.magics import card
from jupyter_ipfs.words import foreign
from jupyter_ipfs.words.practice import PRACTICE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jupyter_ipfs.magics.call import Call
    from jupyter_ipfs.ocean.chains import Chain
    from jupyter_ipfs.protocols import Signer

_HOW = (
    "%wallet login: a wallet in your browser",
    "%wallet open key.json: an encrypted keystore",
    "%wallet practice: play money, only on this computer",
)
_KINDS = {
    "browser": "a wallet in the browser signs",
    "keystore": "an opened keystore signs; its key is in this kernel's memory only",
    "sandbox": "a practice account signs",
}
_KERNEL_FILE = re.compile(r"kernel-(.+)\.json")


@dataclass(frozen=True)
class WalletStatus:
    """Who signs, and for which chain; it shows itself. As a condition: whether anybody does.

    Attributes:
        address: Who, with checksum, or ``None``.
        kind: ``browser``, ``keystore`` or ``sandbox``, or ``None``.
        chain: The chosen chain, as settings have it.
        chain_title: The same for people.
        practice: Whether that is play money.
        notes: What a person should know, a sentence each.
    """

    address: str | None
    kind: str | None
    chain: str
    chain_title: str
    practice: bool
    notes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether somebody is signed in."""
        return self.address is not None

    def __repr__(self) -> str:
        """The same in plain text."""
        title = f"Signed in: {self.address}" if self else "Nobody is signed in"
        return "\n".join([title, *self._lines()])

    def _repr_html_(self) -> str:
        body = [card.line(card.code(self.address))] if self.address else []
        body += [card.line(card.escape(line)) for line in self._lines()]
        return card.box("Signed in" if self else "Nobody is signed in", body)

    def _lines(self) -> list[str]:
        lines = [_KINDS[self.kind]] if self.kind in _KINDS else list(_HOW)
        lines.append(PRACTICE if self.practice else f"chain: {self.chain_title}")
        return [foreign.one_line(line) for line in [*lines, *self.notes]]


def status(call: Call) -> WalletStatus:
    """Tell who is signed in."""
    return _status(call)


def login(call: Call) -> WalletStatus:
    """Sign in with a wallet in the browser, and wait for it."""
    from jupyter_ipfs.ocean import contract_wallets  # noqa: PLC0415  (loading counts)

    chain, wallet = _chain(call), call.session.wallet
    wallet.origin = _origin(call)
    if wallet.mailbox.watching():
        print(  # noqa: T201  (to read while the cell waits)
            "Sign in on the JupyterLab page; this cell goes on by itself. "
            "To stop waiting: interrupt the kernel.",
            flush=True,
        )
    contract = contract_wallets.check(chain, call.session.config.rpc_url)
    wallet.login(chain.chain_id, timeout_s=call.args.timeout_s, contract=contract)
    return _status(call)


def open_(call: Call) -> WalletStatus:
    """Open a keystore; the password is from the environment of a headless run, or asked for."""
    from jupyter_ipfs import config  # noqa: PLC0415  (loading counts)

    file = Path(call.args.file).expanduser()
    if not file.is_file():
        raise KeystoreError(f"there is no file {foreign.one_line(str(file))!r}")
    password = config.keystore_password()
    call.session.wallet.open(file, _asked(file) if password is None else password)
    return _status(call)


def practice(call: Call) -> WalletStatus:
    """Sign with a practice account."""
    call.session.wallet.practice(call.args.label)
    chain, notes = _chain(call), [f"account: {call.args.label}"]
    if not chain.is_sandbox:
        notes.append(
            f"Practice accounts cannot sign for {chain.title}. "
            "To practise: %ipfs config chain sandbox"
        )
    return _status(call, *notes)


def logout(call: Call) -> WalletStatus:
    """Sign out here; what a page is signed in with is ended on the page."""
    wallet = call.session.wallet
    was_browser = wallet.address is not None and wallet.signer.kind == "browser"
    wallet.sign_out()
    note = "This notebook is signed out; JupyterLab's own login ends with Sign out in the panel."
    return _status(call, *([note] if was_browser else []))


def _status(call: Call, *notes: str) -> WalletStatus:
    wallet, chain = call.session.wallet, _chain(call)
    signer: Signer | None = wallet.signer if wallet.address is not None else None
    return WalletStatus(
        address=signer.address if signer else None,
        kind=signer.kind if signer else None,
        chain=chain.name,
        chain_title=chain.title,
        practice=chain.is_sandbox,
        notes=notes,
    )


def _chain(call: Call) -> Chain:
    from jupyter_ipfs.ocean import chains  # noqa: PLC0415  (loading counts)

    return chains.by_name(call.session.config.chain)


def _asked(file: Path) -> str:
    """Ask for a password; it is shown by nothing and kept by nothing.

    Raises:
        ConfigError: There is nobody to ask.
    """
    import getpass  # noqa: PLC0415  (a kernel puts its own in its place)
    import warnings  # noqa: PLC0415

    from IPython.core.error import StdinNotImplementedError  # noqa: PLC0415  (rarely needed)

    name = foreign.one_line(file.name)
    try:
        with warnings.catch_warnings():
            # Where the input would be shown it is not asked for.
            warnings.simplefilter("error", getpass.GetPassWarning)
            return getpass.getpass(f"Password of {name}: ")
    except (StdinNotImplementedError, EOFError, OSError, getpass.GetPassWarning):
        hint = "a run without anybody has it in the environment: JUPYTER_IPFS_KEYSTORE_PASSWORD"
        message = f"the password of {name} is needed, and nobody can be asked here"
        raise ConfigError(message, hint) from None


def _origin(call: Call) -> Any:  # noqa: ANN401  (wallet/ is imported when it is used)
    """Return what the page tells a person about who asks."""
    from jupyter_ipfs import config  # noqa: PLC0415  (loading counts)
    from jupyter_ipfs.wallet.requests import Origin  # noqa: PLC0415

    kernel = None
    if "ipykernel" in sys.modules and hasattr(call.shell, "kernel"):
        from ipykernel.connect import get_connection_file  # noqa: PLC0415  (it is loaded)

        try:
            found = _KERNEL_FILE.fullmatch(Path(get_connection_file()).name)
        except RuntimeError:  # embedded in something else
            found = None
        kernel = found[1] if found else None
    return Origin(kernel, config.notebook_path(), os.getpid())


COMMANDS: Mapping[str, Callable[[Call], WalletStatus]] = {
    "status": status,
    "login": login,
    "open": open_,
    "practice": practice,
    "logout": logout,
}
