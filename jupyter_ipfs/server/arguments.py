"""Reading what a request asks for; what cannot be used is the request's mistake, told in words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import RequestError

if TYPE_CHECKING:
    from jupyter_ipfs.server.handler import IPFSHandler


def number(handler: IPFSHandler, name: str, default: int, most: int) -> int:
    """Return a count from the query, capped at ``most``.

    Raises:
        RequestError: It is no number.
    """
    text = handler.get_query_argument(name, str(default)) or str(default)
    if not (text.isascii() and text.isdigit() and len(text) < 16):  # noqa: PLR2004
        raise RequestError(f"{name}={text[:40]!a} is no number", f"such as {name}={default}")
    return min(int(text), most)


def path(handler: IPFSHandler) -> str:
    """Return the content path from the query, as it was sent: a space may belong to a name.

    Raises:
        RequestError: There is none.
    """
    text = handler.get_query_argument("path", "", strip=False)
    if not text.strip():
        raise RequestError("there is no path in this request", "add ?path=bafy…/a.csv")
    return text


def body(handler: IPFSHandler) -> dict[str, object]:
    """Return the request's JSON object.

    Raises:
        RequestError: It is something else.
    """
    try:
        value = json.loads(handler.request.body or b"{}")
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict) and not _is_unicode(json.dumps(value, ensure_ascii=False)):
        raise RequestError("the request's body has a text that is no valid Unicode")
    if not isinstance(value, dict):
        raise RequestError("the request's body is no JSON object", 'such as {"name": "fig-3"}')
    return value


def text(values: dict[str, object], name: str) -> str:
    """Return a text of a JSON object.

    Raises:
        RequestError: It is missing, or something else.
    """
    value = values.get(name)
    if not isinstance(value, str) or not value.strip() or not _is_unicode(value):
        raise RequestError(f"{name} has to be a text", f'such as {{"{name}": "fig-3"}}')
    return value


def _is_unicode(text: str) -> bool:
    """Tell half a surrogate pair, which JSON can write and nothing else takes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
