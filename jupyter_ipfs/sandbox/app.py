"""The sandbox's HTTP: JSON-RPC and the Ocean Node below a random path of 127.0.0.1."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from concurrent.futures import Future, ThreadPoolExecutor
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from tornado.httpserver import HTTPServer
from tornado.iostream import StreamClosedError
from tornado.web import Application, RequestHandler

from jupyter_ipfs.net import strict_json
from jupyter_ipfs.sandbox import accounts, envelope, guard
from jupyter_ipfs.sandbox.failure import RPCError

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Sequence

    from tornado.httputil import HTTPServerRequest

    from jupyter_ipfs.ocean.sandbox_runtime import Runtime
    from jupyter_ipfs.sandbox.rpc import RPC

_LOG = logging.getLogger(__name__)
_MOST_RPC_BYTES = 10 * 1024 * 1024
_CHALLENGE = range(16, 257)
_HEADER_BYTES = 64 * 1024
_IDLE_CONNECTION_S = 300.0
_BODY_S = 60.0
_THREADS = 2  # one works on the chain, one takes what needs no chain
_CLOSE_S = 5.0


class App(Application):
    """All routes, behind one guard.

    Args:
        runtime: Where it listens and what it proves.
        rpc: The chain's methods.
        node: The Ocean Node's routes.
        faucet: Gives an address play money.
    """

    def __init__(
        self, runtime: Runtime, rpc: RPC, node: Sequence[Any], faucet: Callable[[str], None]
    ) -> None:
        self._runtime = runtime
        self._rpc = rpc
        self._faucet = faucet
        self._used = time.monotonic()
        self.calls: set[asyncio.Task[None] | None] = set()
        self.pool = ThreadPoolExecutor(_THREADS, "sandbox-rpc")
        root = f"/{runtime.token}"
        routes: list[Any] = [
            (runtime.hello_path, _Hello, {"runtime": runtime}),
            (f"{root}/rpc/?", _Working, {"app": self, "work": self._call}),
            (f"{root}/faucet", _Working, {"app": self, "work": self._give}),
            *node,
        ]
        super().__init__(
            routes,
            default_handler_class=_Refused,
            default_handler_args={"status": HTTPStatus.NOT_FOUND},
            log_function=self._finished,
        )

    def listen_on(self, listening: socket.socket) -> HTTPServer:
        """Serve on a bound socket."""
        server = HTTPServer(
            self,
            idle_connection_timeout=_IDLE_CONNECTION_S,
            body_timeout=_BODY_S,
            max_header_size=_HEADER_BYTES,
            max_body_size=guard.MOST_BYTES,
            max_buffer_size=guard.MOST_BYTES + _HEADER_BYTES,
        )
        server.add_socket(listening)
        return server

    @property
    def idle_s(self) -> float:
        """How long nobody has asked anything, in seconds."""
        return 0.0 if self.calls else time.monotonic() - self._used

    def later(self, work: Callable[[], object]) -> None:
        """Do something after what is being done; not at all when the sandbox is ending."""
        with contextlib.suppress(RuntimeError):
            self.pool.submit(work).add_done_callback(_log_failure)

    def find_handler(self, request: HTTPServerRequest, **kwargs: Any) -> Any:  # noqa: ANN401
        """See tornado; what the guard refuses gets no handler of ours."""
        entrances = (self._runtime.token, self._runtime.hello_path.removeprefix("/"))
        status = guard.refusal(request, self._runtime.port, entrances)
        if status is None:
            if request.path != self._runtime.hello_path:  # being asked for is not being used
                self._used = time.monotonic()
            return super().find_handler(request, **kwargs)
        return self.get_handler_delegate(request, _Refused, {"status": HTTPStatus(status)})

    async def close(self, server: HTTPServer) -> None:
        """Take no more requests, let those under way end, and return."""
        server.stop()
        under_way = [task for task in self.calls if task is not None]
        if under_way:
            await asyncio.wait(under_way, timeout=_CLOSE_S)
        await server.close_all_connections()
        self.pool.shutdown(wait=True, cancel_futures=True)

    def _call(self, body: bytes) -> tuple[int, bytes]:
        return HTTPStatus.OK, envelope.answer(body, self._rpc.call)

    def _give(self, body: bytes) -> tuple[int, bytes]:
        try:
            self._faucet(str(strict_json.parse(body)["address"]))
        except (ValueError, KeyError, TypeError):
            return HTTPStatus.BAD_REQUEST, b'{"error": "that is no address"}'
        except RPCError as error:
            return HTTPStatus.CONFLICT, json.dumps({"error": error.message}).encode()
        return HTTPStatus.OK, json.dumps({"given": accounts.WORDS}).encode()

    def _finished(self, handler: RequestHandler) -> None:
        """Note when; nothing is logged of requests, whose path is a secret."""
        if not isinstance(handler, (_Hello, _Refused)):
            self._used = time.monotonic()


def _log_failure(done: Future[object]) -> None:
    error = None if done.cancelled() else done.exception()
    if error is not None:
        _LOG.error("what follows the chain has failed", exc_info=error)


class _Hello(RequestHandler):
    """Proves that this process is the one that wrote the runtime file."""

    def initialize(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def get(self) -> None:
        challenge = self.get_query_argument("challenge", "")
        if len(challenge) not in _CHALLENGE or not challenge.isalnum():
            self.set_status(HTTPStatus.BAD_REQUEST)
            return
        self.set_header("Content-Type", "text/plain")
        self.write(self._runtime.proof(challenge))


class _Working(RequestHandler):
    """Something that the chain has to be asked for: in a thread, and to the end."""

    def initialize(self, app: App, work: Callable[[bytes], tuple[int, bytes]]) -> None:
        self._app = app
        self._work = work

    async def post(self) -> None:
        if self.request.headers.get("Content-Type", "").partition(";")[0] != "application/json":
            self.set_status(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
            return
        if len(self.request.body) > _MOST_RPC_BYTES:
            self.set_status(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        self._app.calls.add(task)
        try:
            status, answer = await loop.run_in_executor(
                self._app.pool, self._work, self.request.body
            )
            self.set_status(status)
            self.set_header("Content-Type", "application/json")
            await self.finish(answer)
        except StreamClosedError:
            pass  # whoever asked has gone; what they sent is done all the same
        finally:
            self._app.calls.discard(task)


class _Refused(RequestHandler):
    """Says no, and nothing else."""

    def initialize(self, status: HTTPStatus) -> None:
        self._status = status

    def prepare(self) -> None:
        self.set_status(self._status)
        self.finish()
