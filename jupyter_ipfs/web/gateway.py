"""The gateway on a socket of its own, with an event loop and threads of its own."""

from __future__ import annotations

import asyncio
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Self

from tornado.httpserver import HTTPServer
from tornado.web import Application

from jupyter_ipfs.errors import ConfigError
from jupyter_ipfs.node.gateway.respond import DEFAULT_POLICY
from jupyter_ipfs.web.closure import Closure
from jupyter_ipfs.web.handler import GatewayHandler
from jupyter_ipfs.web.hosts import AllowedHosts, is_loopback
from jupyter_ipfs.web.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from types import TracebackType

    from tornado.iostream import IOStream

    from jupyter_ipfs.node.gateway.messages import Policy
    from jupyter_ipfs.web.closure import LocalBlocks

LOOPBACK = "127.0.0.1"

_EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104  (compared with, not bound)

_THREADS = 4  # each holds a connection to the repo's database
_START_S = 10.0
_CLOSE_S = 10.0


class Gateway:
    """Serves the blocks under chosen roots, read-only, to whoever reaches its socket.

    It serves from its construction until `close`; a context manager.

    Args:
        blocks: Of this computer.
        host: What to bind to. Anything but loopback makes what is served public: ask before.
        port: 0 for a free one.
        names: Further names under which it is reached (the ``Host`` header is checked).
        limits: See `Limits`.
        policy: What a response may be.

    Attributes:
        closure: What is served; roots can be added and removed at any time.
        host: What it is bound to.
        port: Likewise.

    Raises:
        ConfigError: The address cannot be bound.
    """

    def __init__(
        self,
        blocks: LocalBlocks,
        *,
        host: str = LOOPBACK,
        port: int = 0,
        names: tuple[str, ...] = (),
        limits: Limits = DEFAULT_LIMITS,
        policy: Policy = DEFAULT_POLICY,
    ) -> None:
        self.closure = Closure(blocks)
        self.host = host
        listening = _bound(host, port)
        self.port: int = listening.getsockname()[1]
        self._hosts = AllowedHosts(host, names)
        self._limits = limits
        self._policy = policy
        self._pool = ThreadPoolExecutor(_THREADS, "ipfs-gateway")
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()
        self._server: _LimitedServer | None = None
        started = threading.Event()
        self._thread = threading.Thread(
            target=self._run, args=(listening, started), name="ipfs-gateway", daemon=True
        )
        self._thread.start()
        started.wait(_START_S)

    @property
    def is_public(self) -> bool:
        """Whether other computers can reach it."""
        return not is_loopback(self.host)

    @property
    def url(self) -> str:
        """Where it is reached; bound to every address it goes by this computer's name."""
        host = socket.gethostname() if self.host in _EVERYWHERE else self.host
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def connections(self) -> int:
        """How many there are now."""
        return 0 if self._server is None else self._limits.connections - self._server.room

    def close(self) -> None:
        """Stop serving, cut what is under way and let go of the port; idempotent."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join(_CLOSE_S)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def __enter__(self) -> Self:
        """It serves already."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()

    def _run(self, listening: socket.socket, started: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve(listening, started))
        finally:
            asyncio.set_event_loop(None)
            self._loop.close()

    async def _serve(self, listening: socket.socket, started: threading.Event) -> None:
        arguments = {
            "closure": self.closure,
            "hosts": self._hosts,
            "policy": self._policy,
            "pool": self._pool,
            "public": self.is_public,
            "limits": self._limits,
        }
        application = Application([(r".*", GatewayHandler, arguments)], log_function=_say_nothing)
        server = _LimitedServer(
            application,
            idle_connection_timeout=self._limits.idle_s,
            body_timeout=self._limits.idle_s,
            max_header_size=self._limits.header_bytes,
            max_body_size=0,
            max_buffer_size=1024 * 1024,
        )
        server.room = self._limits.connections
        self._server = server
        server.add_socket(listening)
        started.set()
        await self._stopping.wait()
        server.stop()
        await server.close_all_connections()
        responses = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in responses:
            task.cancel()
        await asyncio.gather(*responses, return_exceptions=True)


class _LimitedServer(HTTPServer):
    """Closes connections beyond its limit before it reads anything from them."""

    room = 0

    def handle_stream(self, stream: IOStream, address: tuple[str, int]) -> None:
        if self.room <= 0:
            stream.close()
            return
        self.room -= 1
        super().handle_stream(stream, address)

    def on_close(self, server_conn: object) -> None:
        self.room += 1
        super().on_close(server_conn)


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    if not 0 <= port < 1 << 16:
        raise ConfigError(f"there is no port {port}", "0 takes one that is free")
    try:
        listening = socket.create_server((host, port), family=family)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigError(f"cannot serve at {host!r}, port {port}: {reason}") from None
    listening.settimeout(0)
    return listening


def _say_nothing(_handler: object) -> None:
    """A log of who read what would be a record of readers; and of CIDs (safety.md 11)."""
