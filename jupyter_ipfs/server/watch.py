"""``/watch``: what happens by itself, told over a WebSocket while somebody listens.

Messages carry ids, phases and counts; what they are about is asked for (``safety.md`` 11).
"""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from jupyter_server.auth.decorator import authorized, ws_authenticated
from jupyter_server.base.websocket import WebSocketMixin
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from jupyter_ipfs.server.handler import IPFSHandler
from jupyter_ipfs.server.threads import in_mail_thread, in_thread

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterator

    from jupyter_ipfs.server.jobs.job import Job
    from jupyter_ipfs.server.jobs.pool import Jobs
    from jupyter_ipfs.server.wallet.wallets import Wallets

Hop: TypeAlias = "Callable[[Callable[[], list[str]]], Awaitable[list[str]]]"

WATCH = "jupyter_ipfs_watch"  # where it is in the server's settings
_EVERY_S = 0.5
_AGAIN_S = 5.0  # after what nobody foresaw
_MAIL_S = 0.15  # somebody waits in a cell
_PING_S = 30.0
_log = logging.getLogger(__name__)


class Look(Protocol):
    """Something that is looked at again and again."""

    def since(self) -> list[str]:
        """Return the kinds of what has changed since the last call."""

    def close(self) -> None:
        """Look no more."""


class Watch:
    """All who listen; looks for changes only while there are any."""

    def __init__(self, jobs: Jobs, wallets: Wallets | None = None) -> None:
        self.jobs = jobs
        self._wallets = wallets
        self._sockets: set[WatchHandler] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        jobs.listen(self._job_changed)
        if wallets is not None:
            wallets.listen(self._wallet_changed)

    @property
    def pages(self) -> int:
        """How many listen at this moment."""
        return len(self._sockets)

    @property
    def is_looking(self) -> bool:
        """Whether it asks the repo for changes at this moment."""
        return any(not task.done() for task in self._tasks)

    def add(self, socket: WatchHandler) -> None:
        """Tell a socket from now on, and at once what jobs are under way."""
        self._loop = asyncio.get_running_loop()
        self._sockets.add(socket)
        for job in self.jobs.all():
            if not job.is_over:
                socket.tell(_job_message(job))
        if not self.is_looking:
            self._tasks = [self._loop.create_task(look) for look in self._looks()]

    def remove(self, socket: WatchHandler) -> None:
        """Tell a socket nothing more."""
        self._sockets.discard(socket)
        if not self._sockets:
            for task in self._tasks:
                task.cancel()
            self._tasks = []

    def tell(self, kind: str) -> None:
        """Say that something has changed; for what this server alone knows."""
        self._send({"type": kind})

    def _send(self, message: dict[str, Any]) -> None:
        for socket in list(self._sockets):
            socket.tell(message)

    def _job_changed(self, job: Job) -> None:
        """Called in the job's thread."""
        if self._loop is not None and self._sockets:
            self._loop.call_soon_threadsafe(lambda: self._send(_job_message(job)))

    def _wallet_changed(self) -> None:
        """Called in any thread."""
        if self._loop is not None and self._sockets:
            self._loop.call_soon_threadsafe(self.tell, "wallet")

    def _looks(self) -> Iterator[Coroutine[None, None, None]]:
        from jupyter_ipfs.server.changes import Changes  # noqa: PLC0415  (when needed)
        from jupyter_ipfs.server.wallet.mail import Mail  # noqa: PLC0415

        yield self._look(Changes(), _EVERY_S, in_thread)
        if self._wallets is not None:
            yield self._look(Mail(self._wallets, lambda: self.pages), _MAIL_S, in_mail_thread)

    async def _look(self, what: Look, every_s: float, hop: Hop) -> None:
        try:
            while True:
                pause_s = every_s
                try:
                    for kind in await hop(what.since):
                        self.tell(kind)
                except Exception as error:  # noqa: BLE001  (one that fails ends no other)
                    _log.error("jupyter_ipfs: a look failed with %s", type(error).__name__)
                    pause_s = _AGAIN_S
                await asyncio.sleep(pause_s)
        finally:
            _close_later(what)


class WatchHandler(WebSocketMixin, WebSocketHandler, IPFSHandler):
    """One browser tab that listens."""

    _track_activity = False

    # Tornado's own pings, in seconds. Jupyter's are milliseconds, which Tornado takes for
    # seconds and then warns about.
    @property
    def ping_interval(self) -> float:
        """How often to see whether the other side is still there."""
        return _PING_S

    @property
    def ping_timeout(self) -> float:
        """How long it may take to answer."""
        return _PING_S

    async def prepare(self) -> None:  # type: ignore[override]  # as Jupyter's own
        """Check host, user and origin, as for everything else."""
        await IPFSHandler.prepare(self)

    @ws_authenticated
    @authorized
    async def get(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  (tornado's)
        """Become a WebSocket."""
        await super().get(*args, **kwargs)

    def open(self, *_args: Any, **_kwargs: Any) -> None:  # noqa: ANN401  (tornado's)
        """Begin to listen."""
        watch: Watch = self.settings[WATCH]
        watch.add(self)

    def on_message(self, message: str | bytes) -> None:
        """Nothing is taken from the browser."""

    def on_close(self) -> None:
        """Stop listening."""
        watch: Watch = self.settings[WATCH]
        watch.remove(self)

    def tell(self, message: dict[str, Any]) -> None:
        """Send a message, unless the other side has gone."""
        with suppress(WebSocketClosedError):
            self.write_message(json.dumps(message))


def _job_message(job: Job) -> dict[str, Any]:
    return {"type": "job", **job.progress()}


def _close_later(what: Look) -> None:
    """Close the repo in a thread; its database may be busy."""
    with suppress(RuntimeError):  # the loop or the interpreter ends
        asyncio.get_running_loop().run_in_executor(None, what.close)
