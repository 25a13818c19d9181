"""Where the browser believes to be: what a sign-in message names (EIP-4361: domain and URI)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from jupyter_ipfs.errors import RequestError

if TYPE_CHECKING:
    from jupyter_ipfs.server.handler import IPFSHandler

_LONGEST = 255  # characters of a domain


@dataclass(frozen=True, slots=True)
class Place:
    """A page of this server, as a browser has it.

    Attributes:
        domain: Host and port, where there is one: ``localhost:8888``.
        uri: The page's origin and the server's base URL.
    """

    domain: str
    uri: str

    @classmethod
    def of(cls, handler: IPFSHandler) -> Place:
        """Return where the page is that sent a request.

        Its origin counts, since a proxy may speak to us by another scheme; it has to be this
        host's, unless the administrator lets pages of that origin in (``allow_origin``).

        Raises:
            RequestError: The page is elsewhere, or the host's name is none.
        """
        host = handler.request.host.lower()
        origin = handler.request.headers.get("Origin")
        scheme = handler.request.protocol
        if origin is not None:
            parts = urlsplit(origin.lower())
            if parts.netloc != host and not _is_let_in(handler, origin.lower()):
                raise RequestError(
                    "this page is not of this server, so nobody can sign in from it",
                    "open JupyterLab by the address that it is served at; behind a proxy that "
                    "changes the Host header, set c.ServerApp.allow_origin",
                )
            scheme, host = parts.scheme, parts.netloc
        if not _is_domain(host) or scheme not in {"http", "https"}:
            raise RequestError("the request's Host is no name of a server")
        return cls(host, f"{scheme}://{host}{handler.base_url}")


def _is_let_in(handler: IPFSHandler, origin: str) -> bool:
    """Tell whether the administrator has named this very origin; ``*`` names none."""
    named = str(handler.allow_origin)
    return bool(named) and named != "*" and named.lower() == origin


def _is_domain(host: str) -> bool:
    """Tell what can stand in a message's first line: RFC 3986's authority, without a user."""
    return (
        0 < len(host) <= _LONGEST
        and host.isascii()
        and all(each.isalnum() or each in "-._:[]" for each in host)
    )
