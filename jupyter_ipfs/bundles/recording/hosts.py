"""Other computers that a cell talked to."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAX_HOSTS = 256
_MAX_NAME = 255
_PORTS = {"http": 80, "https": 443}
_CONTENT_URL = re.compile(
    r"https?://(?:(?P<sub>[A-Za-z0-9]{46,80})\.ipfs\.)?(?P<host>[\w.-]{1,255})(?::\d+)?"
    r"(?:/ipfs/(?P<path>[A-Za-z0-9]{46,80}))?"
)


class Hosts:
    """What was looked up and connected to.

    Names are noted rather than addresses, which change. A connection says only the address; it
    belongs to a name that was looked up for its port, if there is one.
    """

    def __init__(self) -> None:
        self._named: dict[tuple[str, int], None] = {}
        self._numbered: dict[tuple[str, int], None] = {}
        self._texts: list[str] = []

    def hear(self, event: str, subject: object) -> None:
        """Take note of an audit event of ``socket`` or ``urllib``."""
        match event, subject:
            case "urllib.Request", str(url):
                if len(self._texts) < _MAX_HOSTS:
                    self._texts.append(url[:4096])
                self._note(self._named, *_host_of(url))
            case "socket.getaddrinfo", (host, port):
                self._note(self._named, host, port)
            case "socket.connect", (host, port, *_):
                self._note(self._numbered, host, port)
            case _:  # a socket of this computer's
                return

    def found(self) -> tuple[str, ...]:
        """Return them as ``host:port``, sorted."""
        ports = {port for _, port in self._named}
        both = [*self._named, *(each for each in self._numbered if each[1] not in ports)]
        return tuple(
            sorted(f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host, port in both)
        )

    def names(self) -> set[str]:
        """Return the names alone."""
        return {host for host, _ in self._named}

    def texts(self) -> list[str]:
        """Return the URLs that were asked for by ``urllib``."""
        return self._texts

    def _note(self, where: dict[tuple[str, int], None], host: object, port: object) -> None:
        name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
        number = int(port) if isinstance(port, str | bytes) and port.isdigit() else port
        if not isinstance(name, str) or not 0 < len(name) <= _MAX_NAME or not name.isprintable():
            return
        if isinstance(number, str):
            number = _PORTS.get(number)
        if isinstance(number, int) and len(where) < _MAX_HOSTS and not _is_here(name):
            where[name, number] = None


def contents(source: str, hosts: Hosts) -> Iterator[str]:
    """Yield the roots that were read by a gateway: URLs asked for, or in a source and looked up.

    A gateway's word is not checked there, so that the host is noted all the same.
    """
    from jupyter_ipfs.errors import CIDError  # noqa: PLC0415  (loading counts)
    from jupyter_ipfs.ipld.cid import CID  # noqa: PLC0415

    names = hosts.names()
    for text, asked in [(source, False), *((url, True) for url in hosts.texts())]:
        for match in _CONTENT_URL.finditer(text):
            root = match["sub"] or match["path"]
            host = f"{match['sub']}.ipfs.{match['host']}" if match["sub"] else match["host"]
            if root and (asked or host in names):
                try:
                    yield str(CID.parse(root))
                except CIDError:
                    continue


def _host_of(url: str) -> tuple[str | None, int | None]:
    try:
        parts = urlsplit(url)
        if parts.scheme not in _PORTS:
            return None, None
        return parts.hostname, parts.port or _PORTS[parts.scheme]
    except ValueError:
        return None, None


def _is_here(name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
