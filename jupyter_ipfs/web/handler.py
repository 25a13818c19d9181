"""The tornado handler of the gateway that asks for no login."""

from __future__ import annotations

import asyncio
import logging
from http import HTTPStatus
from typing import TYPE_CHECKING

from tornado.web import RequestHandler

from jupyter_ipfs.node.gateway.messages import Request, Response
from jupyter_ipfs.node.gateway.respond import respond
from jupyter_ipfs.web.streaming import send

if TYPE_CHECKING:
    from collections.abc import Mapping
    from concurrent.futures import Executor
    from types import TracebackType

    from tornado.httputil import HTTPServerRequest

    from jupyter_ipfs.node.gateway.messages import Policy
    from jupyter_ipfs.web.closure import Closure
    from jupyter_ipfs.web.hosts import AllowedHosts
    from jupyter_ipfs.web.limits import Limits

_log = logging.getLogger("jupyter_ipfs")

# A page from IPFS has an origin of its own and runs nothing: at 127.0.0.1 it would share cookies
# with a Jupyter on another port, for cookies know no ports.
_ISOLATED = {
    "Content-Security-Policy": (
        "sandbox; default-src 'self' data: 'unsafe-inline'; script-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
# Any page may read what anybody may read; not so what only this computer can reach.
_PRIVATE = {"Cross-Origin-Resource-Policy": "same-origin"}
_PUBLIC = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "Content-Type, Range, User-Agent, X-Requested-With",
    "Access-Control-Expose-Headers": "Content-Length, Content-Range, Ipfs-Uri, X-Ipfs-Path, "
    "X-Ipfs-Roots",
}


def as_request(request: HTTPServerRequest) -> Request:
    """Return what the gateway needs of a request."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    path, _, query = (request.uri or "").partition("?")
    return Request(request.method or "", path, query, headers)


def apply(handler: RequestHandler, response: Response, more: Mapping[str, str]) -> None:
    """Set status and headers."""
    handler.set_status(response.status)
    handler.clear_header("Content-Type")
    handler.clear_header("Server")
    for name, value in {**response.headers, **more}.items():
        handler.set_header(name, value)


class GatewayHandler(RequestHandler):
    """Everything that is asked of the gateway."""

    SUPPORTED_METHODS = ("GET", "HEAD")

    def initialize(
        self,
        *,
        closure: Closure,
        hosts: AllowedHosts,
        policy: Policy,
        limits: Limits,
        pool: Executor,
        public: bool,
    ) -> None:
        """Take what the server has."""
        self._closure = closure
        self._hosts = hosts
        self._policy = policy
        self._limits = limits
        self._pool = pool
        self._public = public

    def prepare(self) -> None:
        """Refuse what is for another host."""
        if not self._hosts.allows(self.request.headers.get("Host")):
            self._refuse(HTTPStatus.MISDIRECTED_REQUEST, "this is not that host")

    async def get(self) -> None:
        """Answer with content."""
        request = as_request(self.request)
        loop = asyncio.get_running_loop()
        response = await loop.run_in_executor(
            self._pool, respond, request, self._closure, self._policy
        )
        apply(self, response, self._more())
        limits = self._limits
        await send(self, response.body, self._pool, stall_s=limits.stall_s, total_s=limits.total_s)

    head = get

    def compute_etag(self) -> None:
        """The gateway has set it."""

    def write_error(self, status_code: int, **kwargs: object) -> None:  # noqa: ARG002
        """Say no more than what kind of error it is."""
        status = HTTPStatus(status_code)
        self._refuse(status, status.phrase)

    def log_exception(
        self,
        typ: type[BaseException] | None,
        value: BaseException | None,  # noqa: ARG002  (tornado's)
        tb: TracebackType | None,  # noqa: ARG002
    ) -> None:
        """Log what kind of error it was, but not what was asked for (safety.md 11)."""
        _log.warning("the gateway failed: %s", typ.__name__ if typ else "?")

    def _refuse(self, status: HTTPStatus, message: str) -> None:
        data = f"{status.value} {message}\n".encode()
        headers = {"Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(data))}
        if status == HTTPStatus.METHOD_NOT_ALLOWED:
            headers["Allow"] = "GET, HEAD"
        apply(self, Response(status, headers), self._more())
        if self.request.method != "HEAD":
            self.write(data)
        self.finish()

    def _more(self) -> dict[str, str]:
        return {**_ISOLATED, **(_PUBLIC if self._public else _PRIVATE)}
