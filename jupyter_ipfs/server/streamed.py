"""Handlers whose request body is streamed: nobody's bytes are taken who may not send them."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

from jupyter_core.utils import ensure_async
from jupyter_server.auth.utils import HTTP_METHOD_TO_AUTH_ACTION
from tornado.web import HTTPError

from jupyter_ipfs.server.handler import IPFSHandler

if TYPE_CHECKING:
    from typing import Any

_CHUNK = 512 * 1024  # bytes


class StreamedHandler(IPFSHandler):
    """Base of handlers that are ``@stream_request_body``.

    Tornado hands them the body before the verb and its decorators run, but after `prepare`.
    So all that the decorators check is checked there as well, before a byte is taken
    (``safety.md`` 6).
    """

    async def prepare(self) -> None:  # type: ignore[override]  # as Jupyter's own
        """Check host, user, XSRF token, origin and permission; then `admit`."""
        await super().prepare()
        if self._finished:
            return
        if not self.current_user:
            raise HTTPError(403)
        action = HTTP_METHOD_TO_AUTH_ACTION[str(self.request.method).upper()]
        is_authorized = self.authorizer.is_authorized(
            self, self.current_user, action, self.auth_resource
        )
        if not await ensure_async(is_authorized):
            raise HTTPError(403)
        self.limit_body(0)
        await self.admit()

    async def admit(self) -> None:
        """Decide about the body; without `limit_body` none is taken."""

    def limit_body(self, size: int) -> None:
        """Take at most ``size`` bytes of this request's body."""
        connection: Any = self.request.connection
        connection.set_max_body_size(size)
        if size > _CHUNK and hasattr(connection, "params"):
            # By default 64 KiB at a time; a large body costs half the CPU this way. The
            # parameters are shared by all connections, so this one gets its own.
            connection.params = copy(connection.params)
            connection.params.chunk_size = _CHUNK
            connection.stream.read_chunk_size = _CHUNK
