"""``GET ipfs/<cid>/<path>``: content under Jupyter's own origin, as a download (safety.md 8).

Nothing from IPFS is shown or runs here: it would do so with the user's login. A directory is
given as a CAR or a tar, never as a page. Nor is anything fetched: any page on the web can make a
browser ask for it with the user's login, and so make the server tell others of a CID.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jupyter_server.auth.decorator import authorized
from tornado.web import HTTPError, authenticated

from jupyter_ipfs.server.handler import IPFSHandler
from jupyter_ipfs.server.threads import content_pool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tornado.httputil import HTTPHeaders

    from jupyter_ipfs.node.gateway.messages import Request, Response
    from jupyter_ipfs.session import Session

_PREFIX = "/jupyter-ipfs/ipfs/"
# What the gateway says of a block, a CAR or a tar is true; of files only that they are bytes.
_TOLD_TYPES = ("application/vnd.ipld.", "application/x-tar")
# These would name another resource than this one, or let a proxy keep what needs a login.
_DROPPED = frozenset({"Content-Location", "Location", "Cache-Control"})
_FOREIGN = frozenset({"cross-site", "same-site"})  # Sec-Fetch-Site, of the W3C's Fetch Metadata
_SAFE = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
}


class ContentHandler(IPFSHandler):
    """Any content, whole or a part of it, in any of the gateway's formats."""

    @authenticated
    @authorized
    async def get(self, path: str) -> None:  # noqa: ARG002  (read as it was sent)
        """Answer with the bytes as an attachment; ``?format=`` as at any gateway."""
        await self._respond()

    @authenticated
    @authorized
    async def head(self, path: str) -> None:  # noqa: ARG002
        """Answer with the headers alone."""
        await self._respond()

    def compute_etag(self) -> None:
        """The gateway has set it."""

    def finish(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  (Jupyter's)
        """Keep the type that is set, where Jupyter would say JSON."""
        kept = self._headers.get("Content-Type")
        if kept is not None:
            kwargs.setdefault("set_content_type", kept)
        return super().finish(*args, **kwargs)

    async def _respond(self) -> None:
        if not self.token_authenticated and is_from_elsewhere(self.request.headers):
            raise HTTPError(HTTPStatus.FORBIDDEN, "another site asked for this")
        from jupyter_ipfs.web.handler import apply, as_request  # noqa: PLC0415
        from jupyter_ipfs.web.streaming import send  # noqa: PLC0415

        asked = as_request(self.request)
        pool = content_pool()  # of its own: status and jobs always answer
        response = await asyncio.get_running_loop().run_in_executor(pool, _answer, asked)
        apply(self, response, _SAFE)
        await send(self, response.body, pool)


def is_from_elsewhere(headers: HTTPHeaders) -> bool:
    """Tell whether a browser says that a page of another origin asks."""
    if headers.get("Sec-Fetch-Site") in _FOREIGN:
        return True
    referer = headers.get("Referer")
    try:
        return bool(referer) and urlsplit(referer).netloc != headers.get("Host")
    except ValueError:
        return True


def _answer(asked: Request) -> Response:
    """Ask the gateway, in a session that lasts as long as the body."""
    from jupyter_ipfs.node.gateway import messages, respond  # noqa: PLC0415
    from jupyter_ipfs.node.held import Held  # noqa: PLC0415
    from jupyter_ipfs.session import connect  # noqa: PLC0415  (the server starts without it)

    path = "/ipfs/" + asked.path.partition(_PREFIX)[2]
    request = messages.Request(asked.method, path, asked.query, asked.headers)
    session = connect()
    try:
        held = Held(session.repo, session.backend)
        response = respond.respond(request, held, messages.Policy(pages=False))
    except BaseException:
        session.close()
        raise
    headers = {name: value for name, value in response.headers.items() if name not in _DROPPED}
    if response.status < HTTPStatus.BAD_REQUEST:  # else it is a line of text of our own
        headers.setdefault("Content-Disposition", "attachment")
        if not headers.get("Content-Type", "").startswith(_TOLD_TYPES):
            headers["Content-Type"] = "application/octet-stream"
    return messages.Response(response.status, headers, _closing(session, response.body))


def _closing(session: Session, body: Iterator[bytes]) -> Iterator[bytes]:
    with session:
        yield from body
