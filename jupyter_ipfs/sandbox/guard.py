"""Who may ask the sandbox at all: programs of this computer that know the path, no web page.

Checked before any handler, in one place (``safety.md`` 14). A page's script could send requests to
127.0.0.1; it is known by what browsers add to them, and it cannot send JSON without asking first.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tornado.httputil import HTTPServerRequest

MOST_BYTES = 32 * 1024 * 1024
# Neither can be sent by a form or a simple request of a page's script (Fetch, section 2.2.2).
_TYPES = frozenset({"application/json", "application/octet-stream"})
_READING = frozenset({"GET", "HEAD"})


def refusal(request: HTTPServerRequest, port: int, entrances: tuple[str, ...]) -> int | None:
    """Return the status that a request is refused with; ``None`` if it may go on.

    Args:
        request: Its headers are looked at, not its body.
        port: Where the sandbox listens.
        entrances: What may stand first in a path.
    """
    headers = request.headers
    if headers.get_list("Host") not in ([f"127.0.0.1:{port}"], [f"localhost:{port}"]):
        return 403
    # Browsers say on whose behalf they ask; "none" is a person with the address typed in.
    if "Origin" in headers or headers.get("Sec-Fetch-Site", "none") != "none":
        return 403
    first = (request.path or "").split("/")[1:2]
    if not any(
        hmac.compare_digest(part.encode(), each.encode()) for part in first for each in entrances
    ):
        return 404
    if request.method in _READING:
        return None
    kind = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    has_body = headers.get("Content-Length", "0") != "0" or "Transfer-Encoding" in headers
    return 415 if kind not in _TYPES and (has_body or kind) else None
