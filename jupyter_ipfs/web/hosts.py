"""Which names the gateway answers to: others may be a stranger's that were bent to this address.

A page from ``evil.example`` whose name suddenly resolves to 127.0.0.1 (DNS rebinding) would else
read what is served here. An address in the ``Host`` header cannot be bent.
"""

from __future__ import annotations

import ipaddress
import socket


def name_of(header: str | None) -> str | None:
    """Return the host of a ``Host`` header without its port, or ``None`` if it is malformed."""
    if not header:
        return None
    text = header.strip().lower()
    if text.startswith("["):
        name, closed, port = text[1:].partition("]")
        port = port.removeprefix(":") if not port or port.startswith(":") else "x"
        if not closed:
            return None
    else:
        name, _, port = text.partition(":")
    if port and not (port.isascii() and port.isdigit()):
        return None
    return name or None


def is_loopback(host: str) -> bool:
    """Tell whether a bound host is reached from this computer alone."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class AllowedHosts:
    """The names that requests may be for.

    Args:
        bound: The host that the server is bound to.
        more: Names given by the user.
    """

    def __init__(self, bound: str, more: tuple[str, ...] = ()) -> None:
        self._names = {name.lower() for name in (bound, *more)}
        self._public = not is_loopback(bound)
        if self._public:
            self._names.add(socket.gethostname().lower())
        else:
            self._names |= {"localhost", "127.0.0.1", "::1"}

    def allows(self, header: str | None) -> bool:
        """Tell whether a request with this ``Host`` is answered."""
        name = name_of(header)
        if name is None:
            return False
        return name in self._names or (self._public and _is_address(name))


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
