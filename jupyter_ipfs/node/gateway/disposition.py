"""``Content-Disposition``: under which name something is saved (RFC 6266)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from jupyter_ipfs.node.gateway.messages import Request

INLINE, ATTACHMENT = "inline", "attachment"
# What Go's url.PathEscape leaves alone, since Kubo's header is compared with ours.
_PLAIN = "$&+=:@"


def header(disposition: str, name: str) -> str:
    """Return the header; whatever could end the line or the quotes is percent-encoded."""
    ascii_name = "".join(c if c.isascii() else "_" for c in name)
    encoded = quote(name, safe=_PLAIN, errors="replace")
    return (
        f"{disposition}; filename=\"{quote(ascii_name, safe=_PLAIN)}\"; filename*=UTF-8''{encoded}"
    )


def asked_name(request: Request) -> str:
    """Return the name of ``?filename=``, or nothing."""
    return request.fields.get("filename", "")


def wants_download(request: Request) -> bool:
    """Tell whether ``?download=true`` is there."""
    return request.fields.get("download") == "true"
