"""``WalletButton``: sign in with a browser's wallet, from a notebook's output.

The page tells where it is and which account was chosen; the message is made here, the wallet signs
it, and it is checked here. Between them go messages of the widget, never its traits: those are
saved with the notebook, and any page can write them. So the one trait is for show.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from jupyter_ipfs.errors import JupyterIPFSError, SignatureError, WalletError
from jupyter_ipfs.wallet.recover import checksummed
from jupyter_ipfs.wallet.sessions import Sessions
from jupyter_ipfs.wallet.signers import BrowserSigner
from jupyter_ipfs.widgets import notebook
from jupyter_ipfs.words.practice import PRACTICE

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ipfs.session import Session
    from jupyter_ipfs.wallet.sessions import WalletSession

_USER = "notebook"  # the kernel is one person's
_MAX_TEXT = 10_000
_ID = re.compile(r"[0-9a-f]{1,32}")
_ORIGIN = re.compile(r"(https?://)([^/?#\s]+)")


class WalletButton(anywidget.AnyWidget):
    """A button that signs in; works in JupyterLab, Notebook 7 and Voilà.

    Args:
        session: Whose wallet it is for; by default the one that ``%wallet`` and ``%ocean``
            use; where these are not loaded, one of its own.
        on_change: Called with the button when somebody has signed in or out.
    """

    _esm = Path(__file__).parent / "static" / "wallet.js"
    _shown = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        session: Session | None = None,
        *,
        on_change: Callable[[WalletButton], object] | None = None,
    ) -> None:
        self._session = notebook.session() if session is None else session
        self._sessions = Sessions()
        self._on_change = on_change
        super().__init__(_shown=self._showing())
        self.on_msg(self._message)

    @property
    def address(self) -> str | None:
        """Who is signed in, with checksum, or ``None``."""
        return self._session.wallet.address

    @property
    def login(self) -> WalletSession | None:
        """The proof, where a browser's wallet has signed in here."""
        return self._sessions.get(_USER)

    def __repr__(self) -> str:
        """What there is to read where no widgets are shown."""
        who = f"signed in: {self.address}" if self.address else "nobody is signed in"
        return (
            f"Wallet: {who}. This output is a button in JupyterLab, Notebook 7 and Voilà. "
            "Without it: %wallet login, %wallet open key.json or %wallet practice"
        )

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:  # noqa: ANN401  (IPython's protocol)
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        return {**data, "text/plain": repr(self)}, metadata

    def _showing(self) -> dict[str, object]:
        chain = self._chain()
        return {
            "address": self.address,
            "chain": chain.title,
            "practice": PRACTICE if chain.is_sandbox else None,
        }

    def _chain(self) -> Any:  # noqa: ANN401  (a `Chain`; ocean/ is imported when it is used)
        from jupyter_ipfs.ocean import chains  # noqa: PLC0415

        return chains.by_name(self._session.config.chain)

    # — messages: what comes is a stranger's until it is checked —

    def _message(self, _widget: object, content: object, _buffers: object) -> None:
        if not isinstance(content, dict):
            return
        identity, action = content.get("id"), content.get("do")
        if not isinstance(identity, str) or not _ID.fullmatch(identity):
            return
        known = {
            "challenge": self._challenge,
            "signed": self._signed,
            "practice": self._practice,
            "sign-out": self._sign_out,
        }
        act = known.get(action) if isinstance(action, str) else None
        if act is None:
            return
        try:
            answer = act(content)
        except JupyterIPFSError as error:
            hint = f" ({error.hint})" if error.hint else ""
            answer = {"error": f"{error}{hint}"}
        self.send({"id": identity, **answer})

    def _challenge(self, content: dict[str, object]) -> dict[str, object]:
        origin = _ORIGIN.fullmatch(_text(content, "origin").lower())
        if origin is None:
            raise WalletError(
                "this page is not served by Jupyter, so nobody can sign in on it",
                "%wallet open key.json or %wallet practice",
            )
        message = self._sessions.challenge(
            _USER,
            origin[2],
            f"{origin[0]}/",
            checksummed(_text(content, "address")),
            self._chain().chain_id,
        )
        return {"message": message.text()}

    def _signed(self, content: dict[str, object]) -> dict[str, object]:
        from jupyter_ipfs.ocean import contract_wallets  # noqa: PLC0415  (when it is used)

        contract = contract_wallets.check(self._chain(), self._session.config.rpc_url)
        login = self._sessions.open(
            _USER,
            _text(content, "message"),
            _text(content, "signature"),
            _text(content, "wallet"),
            contract=contract,
        )
        wallet = self._session.wallet
        signer = BrowserSigner(
            wallet.mailbox, login.address, login.chain_id, wallet.origin, contract=contract
        )
        wallet.use(signer)
        return self._changed()

    def _practice(self, content: dict[str, object]) -> dict[str, object]:
        del content
        if not self._chain().is_sandbox:
            raise WalletError("practice accounts are for the practice chain only")
        self._sessions.close(_USER)
        self._session.wallet.practice()
        return self._changed()

    def _sign_out(self, content: dict[str, object]) -> dict[str, object]:
        del content
        self._sessions.close(_USER)
        self._session.wallet.sign_out()
        return self._changed()

    def _changed(self) -> dict[str, object]:
        self._shown = self._showing()
        if self._on_change is not None:
            self._on_change(self)
        return {"done": True}


def _text(content: dict[str, object], name: str) -> str:
    value = content.get(name)
    if not isinstance(value, str) or len(value) > _MAX_TEXT:
        raise SignatureError(f"the page has sent no {name}")
    return value
