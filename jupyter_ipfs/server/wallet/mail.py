"""What the server does with the mailbox while a page is open: says that somebody watches."""

from __future__ import annotations

import logging
import os
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import JupyterIPFSError, RequestError
from jupyter_ipfs.wallet.intents import SignIn

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ipfs.config import Config
    from jupyter_ipfs.server.wallet.wallets import Wallets
    from jupyter_ipfs.wallet.requests import Mailbox, Request
    from jupyter_ipfs.wallet.sessions import WalletSession

_HEARTBEAT_S = 5.0
_log = logging.getLogger(__name__)


class Mail:
    """Looks into the mailbox again and again, through a connection of its own.

    Args:
        wallets: Who is signed in.
        pages: How many pages are open at this moment.
    """

    def __init__(self, wallets: Wallets, pages: Callable[[], int]) -> None:
        self._wallets = wallets
        self._pages = pages
        self._lock = threading.Lock()
        self._is_closed = False
        self._mailbox: Mailbox | None = None
        self._seen: int | None = None
        self._beat_at = 0.0

    def since(self) -> list[str]:
        """Return ``request`` if a request was put in or has moved on since the last call."""
        with self._lock, suppress(JupyterIPFSError):
            if self._is_closed:
                return []
            mailbox = self._opened()
            self._beat(mailbox)
            changes = mailbox.changes()
            if changes == self._seen:
                return []
            self._seen = changes
            self._sort(mailbox)
            return ["request"]
        return []

    def close(self) -> None:
        """Let go of the mailbox; a page that is only reloaded is back before the heartbeat ends."""
        with self._lock:
            self._is_closed = True
            if self._mailbox is not None:
                self._mailbox.close()

    def _opened(self) -> Mailbox:
        from jupyter_ipfs import config  # noqa: PLC0415  (the server starts without it)
        from jupyter_ipfs.wallet.requests import Mailbox  # noqa: PLC0415

        if self._mailbox is None:
            self._mailbox = Mailbox(config.load().repo)
        return self._mailbox

    def _beat(self, mailbox: Mailbox) -> None:
        now = time.monotonic()
        if not self._beat_at or now - self._beat_at >= _HEARTBEAT_S:
            mailbox.heartbeat(f"server {os.getpid()}", self._pages())
            self._beat_at = now

    def _sort(self, mailbox: Mailbox) -> None:
        """Answer what needs nobody, and decline what nobody may sign."""
        from jupyter_ipfs import config  # noqa: PLC0415

        settings = config.load()
        for request in mailbox.pending():
            with suppress(RequestError):  # it is over meanwhile
                self._handle(mailbox, request, settings)

    def _handle(self, mailbox: Mailbox, request: Request, settings: Config) -> None:
        from jupyter_ipfs.server.wallet import words  # noqa: PLC0415
        from jupyter_ipfs.wallet.requests import signed_in  # noqa: PLC0415

        try:
            words.words(request.intent, settings)
        except RequestError as error:
            mailbox.reject(request.id, error.message)
            return
        if request.state != "pending" or not isinstance(request.intent, SignIn):
            return
        session = self._only(request.intent.chain_id)
        if session is not None:
            mailbox.show(request.id, session.address)
            mailbox.answer(request.id, signed_in(session.message, session.signature))
            _log.info("jupyter_ipfs: a kernel has signed in by the open session")

    def _only(self, chain_id: int) -> WalletSession | None:
        """Return the session that is meant: the only one of its chain, if there is one.

        A kernel does not say whose it is. Where several people are signed in, each is shown the
        request, and who asked for it answers.
        """
        found = [each for each in self._wallets.all() if each.chain_id == chain_id]
        return found[0] if len({each.address for each in found}) == 1 else None
