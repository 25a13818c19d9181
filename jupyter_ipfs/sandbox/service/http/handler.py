"""What the routes share: one hop into a thread, strict bodies, refusals, a limit for all."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import deque
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

from tornado.web import RequestHandler

from jupyter_ipfs.net import strict_json
from jupyter_ipfs.sandbox.service.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from jupyter_ipfs.sandbox.service.service import OceanService

T = TypeVar("T")

MAX_BODY = 25 * 1024 * 1024
_MAX_JSON = 4 * 1024 * 1024
_JSON = "application/json"

_log = logging.getLogger("jupyter_ipfs")


class RequestLimit:
    """So many requests in a minute, of everybody together: all are this computer's user."""

    def __init__(self, most: int = 6000) -> None:
        self._most = most
        self._times: deque[float] = deque()

    def allows(self) -> bool:
        """Count a request; tell whether it is one too many."""
        now = time.monotonic()
        while self._times and self._times[0] < now - 60:
            self._times.popleft()
        if len(self._times) >= self._most:
            return False
        self._times.append(now)
        return True


class ServiceHandler(RequestHandler):
    """A route of the service. Who may reach it at all is the sandbox's app to decide."""

    def initialize(self, service: OceanService, limit: RequestLimit) -> None:
        """Take what the routes share."""
        self.service = service
        self._limit = limit

    def set_default_headers(self) -> None:
        """Nothing that is sent from here is a page; no other origin may read it."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.set_header("Cache-Control", "no-store")
        self.clear_header("Server")

    def prepare(self) -> None:
        """Refuse what is too much."""
        if not self._limit.allows():
            raise Refusal(429, "Too many requests from this IP, please try again later")
        if len(self.request.body) > MAX_BODY:
            raise Refusal(413, "Payload Too Large")

    def json_body(self, *, most: int = _MAX_JSON) -> dict[str, Any]:
        """Return the body, which must be an object.

        Raises:
            Refusal: It is not.
        """
        kind = self.request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind != _JSON:
            raise Refusal(415, f"the body must be {_JSON}")
        if len(self.request.body) > most:
            raise Refusal(413, "Payload Too Large")
        try:
            body = strict_json.parse(self.request.body)
        except ValueError:
            raise Refusal(400, "Invalid JSON") from None
        if not isinstance(body, dict):
            raise Refusal(400, "Missing required body")
        return body

    def query(self, name: str) -> str | None:
        """Return a parameter of the address; the first, where there are several."""
        values = self.get_query_arguments(name, strip=False)
        return values[0] if values else None

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Do ``work`` in the service's threads."""
        return await asyncio.get_running_loop().run_in_executor(self.service.pool, work)

    async def in_content_thread(self, work: Callable[[], T]) -> T:
        """Do ``work`` that waits for content, in threads of its own."""
        return await asyncio.get_running_loop().run_in_executor(self.service.content_pool, work)

    def send_json(self, value: object) -> None:
        """Answer with JSON."""
        self.set_header("Content-Type", f"{_JSON}; charset=utf-8")
        self.finish(json.dumps(value, ensure_ascii=False, separators=(",", ":")))

    def compute_etag(self) -> None:
        """Nothing is kept by clients."""

    def write_error(self, status_code: int, **kwargs: Any) -> None:  # noqa: ANN401
        """Answer in the words of a refusal, else by no more than the status."""
        _, error, _ = kwargs.get("exc_info", (None, None, None))
        if isinstance(error, Refusal):
            self.set_status(error.status)
            self.finish(error.text)
            return
        try:
            self.finish(HTTPStatus(status_code).phrase)
        except ValueError:
            self.finish("Error")

    def log_exception(
        self,
        typ: type[BaseException] | None,
        value: BaseException | None,
        tb: TracebackType | None,  # noqa: ARG002
    ) -> None:
        """Log what kind of error it was: texts may hold addresses and signatures (safety.md 11)."""
        if isinstance(value, Refusal):
            return
        _log.warning("the practice node failed: %s", typ.__name__ if typ else "?")


def text_of(body: dict[str, Any], name: str) -> str | None:
    """Return a field as text: clients send numbers both ways; ``None`` if it is missing."""
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value)
