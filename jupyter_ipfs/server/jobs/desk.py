"""Whose wallet signs for a job: through the mailbox, as for everybody (``safety.md`` 13)."""

from __future__ import annotations

import os
import threading
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Self

from jupyter_ipfs.errors import NotSignedInError
from jupyter_ipfs.server import chain
from jupyter_ipfs.server.wallet import accounts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ipfs.ocean.steps import Step
    from jupyter_ipfs.server.wallet.wallets import Wallets
    from jupyter_ipfs.session import Session
    from jupyter_ipfs.wallet.requests import Mailbox
    from jupyter_ipfs.wallet.sessions import WalletSession
    from jupyter_ipfs.wallet.signers import BrowserSigner


class Desk:
    """Where one job's signatures are asked for: on the pages of the user who started it.

    Args:
        user: Who started it.
        account: With what they were signed in then.
        wallets: Told which requests are this user's.
    """

    def __init__(self, user: str, account: WalletSession, wallets: Wallets) -> None:
        self.user = user
        self._account = account
        self._wallets = wallets
        self._lock = threading.Lock()
        self._mailbox: Mailbox | None = None
        self._signer: BrowserSigner | None = None
        self._asked: list[str] = []

    @classmethod
    def of(cls, user: str, wallets: Wallets) -> Self:
        """Return the desk of a user who is signed in.

        Raises:
            NotSignedInError: They are not, or for another chain than that of the settings.
        """
        from jupyter_ipfs import config  # noqa: PLC0415  (the server starts without it)

        account = wallets.get(user)
        if account is None:
            raise NotSignedInError("nobody is signed in with a wallet", "sign in, then try again")
        wanted = chain.chosen(config.load())
        if account.chain_id != wanted.chain_id:
            raise NotSignedInError(
                f"the login is for another chain than {wanted.title}", "sign in again, for this one"
            )
        return cls(user, account, wallets)

    @contextmanager
    def signing(self, session: Session) -> Iterator[None]:
        """Let a session sign with the user's wallet until the body is left."""
        from jupyter_ipfs.wallet.requests import Mailbox, Origin  # noqa: PLC0415  (when needed)
        from jupyter_ipfs.wallet.signers import BrowserSigner  # noqa: PLC0415

        with closing(Mailbox(session.repo.path, asked=self._note)) as mailbox:
            signer = BrowserSigner(
                mailbox,
                self._account.address,
                self._account.chain_id,
                Origin(process=os.getpid()),
                contract=accounts.contract(self._account.chain_id),
            )
            with self._lock:
                self._mailbox, self._signer = mailbox, signer
            session.wallet.use(signer)
            try:
                yield
            finally:
                with self._lock:
                    self._mailbox = self._signer = None

    def at(self, steps: tuple[Step, ...]) -> None:
        """Note what is being done: the request says so."""
        now = next((step.title for step in steps if step.state == "signing"), None)
        with self._lock:
            if self._signer is not None and now is not None:
                self._signer.note = now

    def withdraw(self) -> None:
        """Take back what was asked and is not answered: the job is to end."""
        with self._lock:
            mailbox, asked = self._mailbox, list(self._asked)
            if mailbox is not None:
                for request_id in asked:
                    mailbox.withdraw(request_id)

    def _note(self, request_id: str) -> None:
        self._wallets.own(self.user, request_id)
        with self._lock:
            self._asked.append(request_id)
