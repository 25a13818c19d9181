"""Two kinds of address, told apart by type: configured by the user, or come from outside.

See safety.md 10. Which of the two an address is decides where a connection may go.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from typing import Literal
from urllib.parse import SplitResult, urlsplit, urlunsplit

from jupyter_ipfs.errors import ConfigError, FetchError, UnsafeContentError

# https://www.iana.org/assignments/iana-ipv4-special-registry/: what is not globally reachable,
# and the 6to4 relays.
_NOT_GLOBAL_V4 = tuple(
    ipaddress.IPv4Network(block)
    for block in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
# Global unicast is 2000::/3 so far, which leaves out loopback, link-local, unique local,
# IPv4-mapped and NAT64 addresses. Of it: protocol assignments with Teredo, documentation, 6to4.
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
_NOT_GLOBAL_V6 = tuple(
    ipaddress.IPv6Network(block)
    for block in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class ConfiguredEndpoint:
    """An address from the user's own configuration; it may be private.

    Attributes:
        url: Normalised, without a slash at its end.
    """

    url: str
    kind: Literal["configured"] = "configured"

    @classmethod
    def parse(cls, text: str) -> ConfiguredEndpoint:
        """Check an http(s) address.

        Raises:
            ConfigError: It is none, or it holds a user or a password.
        """
        parts = _split(text)
        if parts is None or parts.username is not None or parts.password is not None:
            raise ConfigError(
                f"{shown(text)} is no address that can be asked",
                "it takes http:// or https://, a host, and neither user nor password",
            )
        return cls(urlunsplit(parts._replace(fragment="")).rstrip("/"))

    def covers(self, url: str) -> bool:
        """Tell whether ``url`` is at this endpoint: same scheme and port, the host or below it."""
        mine, other = urlsplit(self.url), _split(url)
        if other is None or other.username is not None:
            return False
        same_door = mine.scheme == other.scheme and _port(mine) == _port(other)
        host, wanted = mine.hostname or "", other.hostname or ""
        return same_door and (wanted == host or wanted.endswith(f".{host}"))


@dataclass(frozen=True, slots=True)
class UntrustedURL:
    """An address from outside: a redirect, a link, a document. Only the public internet.

    That a host's name leads there is checked when it is resolved, see `resolve`.

    Attributes:
        url: Without its fragment.
    """

    url: str
    kind: Literal["untrusted"] = "untrusted"

    @classmethod
    def parse(cls, text: str) -> UntrustedURL:
        """Check an address from outside.

        Raises:
            UnsafeContentError: It is no http(s) address, holds credentials, or names a host that
                is not on the public internet.
        """
        parts = _split(text)
        if parts is None or parts.username is not None or parts.password is not None:
            raise UnsafeContentError(f"{shown(text)} is no address that may be followed")
        host = parts.hostname or ""
        try:
            literal = ipaddress.ip_address(host)
        except ValueError:
            private = host == "localhost" or host.endswith((".localhost", ".local", ".internal"))
        else:
            private = not is_global(str(literal))
        if private:
            raise UnsafeContentError(f"{shown(text)} is not on the public internet: refused")
        return cls(urlunsplit(parts._replace(fragment="")))


def is_global(address: str) -> bool:
    """Tell whether an IP address is global unicast and no gateway to another address."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv4Address):
        return not any(ip in block for block in _NOT_GLOBAL_V4)
    return ip in _GLOBAL_V6 and not any(ip in block for block in _NOT_GLOBAL_V6)


def resolve(host: str, port: int, *, untrusted: bool) -> list[str]:
    """Return the IP addresses to connect to, best first.

    What comes back is what is connected to: there is no second look-up that could differ.

    Raises:
        FetchError: The name leads nowhere.
        UnsafeContentError: It was not configured, and leads only to private addresses.
    """
    if not untrusted and (host == "localhost" or host.endswith(".localhost")):
        return ["127.0.0.1", "::1"]  # RFC 6761, 6.3; not every resolver knows the sub-domains
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise FetchError(f"the host {host!a} has no address") from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if untrusted:
        addresses = [address for address in addresses if is_global(address)]
        if not addresses:
            raise UnsafeContentError(f"{host!a} is not on the public internet: refused")
    return addresses


def shown(url: str) -> str:
    """Return scheme, host and path of an address: what a message or a log may hold."""
    parts = _split(url)
    if parts is None:
        return ascii(url[:40].partition("?")[0].rpartition("@")[2])
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    port = f":{parts.port}" if parts.port is not None else ""
    text = f"{parts.scheme}://{host}{port}{parts.path}"
    return text if text.isascii() and text.isprintable() else ascii(text)


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url.strip())
        _ = parts.port  # raises when it is none
    except ValueError:
        return None
    return parts if parts.scheme in _PORTS and parts.hostname else None


def _port(parts: SplitResult) -> int:
    return parts.port or _PORTS[parts.scheme]
