"""What each setting takes: one check for each kind of value, with words for a wrong one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from jupyter_ipfs import plugins
from jupyter_ipfs.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

BACKEND_GROUP = "jupyter_ipfs.backends"

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(?:([kmgtp]i?)?b?|bytes?)", re.IGNORECASE)
_CHAIN = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_POWERS = "kmgtp"
_MOST_BYTES = 2**60
_SHOWN = 200  # characters of a wrong value that are repeated


def web_address(value: str, where: str) -> str:
    """Check and normalise an http(s) address without credentials, query or fragment.

    Raises:
        ConfigError: It is none.
    """
    try:
        parts = urlsplit(value.strip())
        port = parts.port
    except ValueError as error:
        raise wrong(where, value, f"an http:// or https:// address ({error})") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise wrong(where, value, "an address that starts with http:// or https://")
    if parts.username is not None or parts.password is not None:
        shown = f"{parts.scheme}://…@{parts.hostname}"
        raise wrong(where, shown, "an address without user and password (a token has a setting)")
    if parts.query or parts.fragment:
        shown = f"{parts.scheme}://{parts.hostname}{parts.path}"
        raise wrong(where, shown, "an address without '?' and '#'")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    netloc = host if port is None else f"{host}:{port}"
    return urlunsplit((parts.scheme, netloc, parts.path.rstrip("/"), "", ""))


def kubo_url(value: str, where: str) -> str:
    """Check and normalise the address of Kubo's RPC; ``/api/v0`` may stand at its end."""
    return web_address(value, where).removesuffix("/api/v0")


def wrong(where: str, value: object, allowed: str) -> ConfigError:
    """Return the error for a value that a setting does not take."""
    shown = repr(value)
    if len(shown) > _SHOWN:
        shown = shown[:_SHOWN] + "…"
    return ConfigError(f"{where}: {shown} cannot be used", f"it takes {allowed}")


def text(value: object, where: str) -> str:
    """Check a text."""
    if not isinstance(value, str):
        raise wrong(where, value, "a text in quotes")
    return value


def flag(value: object, where: str) -> bool:
    """Check a yes or no."""
    if not isinstance(value, bool):
        raise wrong(where, value, "true or false")
    return value


def each(check: Callable[[str, str], str]) -> Callable[[object, str], tuple[str, ...]]:
    """Return a check for a list, of which ``check`` takes every item."""

    def checked(value: object, where: str) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise wrong(where, value, "a list of texts in quotes")
        return tuple(check(text(item, where), where) for item in value)

    return checked


def backend(value: object, where: str) -> str:
    """Check a backend's name."""
    name = text(value, where)
    if not plugins.exists(BACKEND_GROUP, name):
        raise wrong(where, name, "one of " + ", ".join(plugins.names(BACKEND_GROUP)))
    return name


def chain(value: object, where: str) -> str:
    """Check a chain's name; which names there are is known above (``ocean/chains.py``)."""
    name = text(value, where).strip().lower()
    if not _CHAIN.fullmatch(name):
        raise wrong(where, value, 'the name of a chain, such as "sandbox" or "polygon"')
    return name


def token(value: object, where: str) -> str | None:
    """Check a token for Kubo; empty is none."""
    token = text(value, where).strip()
    if not token:
        return None
    if any(not character.isprintable() or ord(character) > 126 for character in token):  # noqa: PLR2004
        # Its value would end up in a log: it is not shown.
        raise wrong(where, "…", "printable ASCII: bearer:<token> or basic:<user>:<password>")
    if token.startswith("basic:") and ":" not in token.removeprefix("basic:"):
        raise wrong(where, "basic:…", "bearer:<token> or basic:<user>:<password>")
    return token


def directory(value: str, where: str) -> Path:
    """Check a directory, which need not exist, and make it absolute."""
    if not value.strip() or "\0" in value:
        raise wrong(where, value, "the path of a directory")
    try:
        path = Path(value).expanduser().absolute()
    except RuntimeError as error:
        raise wrong(where, value, f"the path of a directory ({error})") from None
    if path.exists() and not path.is_dir():
        raise wrong(where, value, "the path of a directory, and this is a file")
    return path


def place(value: str, where: str) -> str:
    """Check a source: a folder, a CAR file or the address of a CAR."""
    if "://" in value:
        return web_address(value, where)
    try:
        path = Path(value).expanduser()
    except RuntimeError as error:
        raise wrong(where, value, f"a path that starts with / or ~/ ({error})") from None
    if "\0" in value or not path.is_absolute():
        raise wrong(where, value, "a path that starts with / or ~/, or the address of a CAR")
    return str(path)


def size(value: object, where: str) -> int | None:
    """Check a number of bytes, which may be a text with a unit: ``"10 GiB"``; empty is none.

    Raises:
        ConfigError: It is none.
    """
    allowed = 'a number of bytes, or a text as "500 MB" or "10 GiB"; "" for none'
    if value in ("", None):
        return None
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise wrong(where, value, allowed)
    found = _SIZE.fullmatch(str(value).strip())
    if found is None:
        raise wrong(where, value, allowed)
    unit = (found[2] or "").lower()
    base = 1024 if unit.endswith("i") else 1000
    power = _POWERS.index(unit[0]) + 1 if unit else 0
    count = float(found[1]) * base**power
    if not 0 < count <= _MOST_BYTES:
        raise wrong(where, value, allowed)
    return int(count)
