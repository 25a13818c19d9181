"""The parts of RFC 3986 and RFC 3339 that EIP-4361 builds on, taken literally.

``urllib.parse`` forgives what a grammar does not, and what is forgiven could be read in two
ways: so a text is one of these or it is none.
"""

from __future__ import annotations

import ipaddress
import re
from datetime import UTC, datetime, timedelta, timezone

_UNRESERVED = r"A-Za-z0-9\-._~"
_SUB_DELIMS = r"!$&'()*+,;="
_PERCENT = r"%[0-9A-Fa-f]{2}"
_PCHAR = rf"(?:[{_UNRESERVED}{_SUB_DELIMS}:@]|{_PERCENT})"
_AUTHORITY = (
    rf"(?:(?:[{_UNRESERVED}{_SUB_DELIMS}:]|{_PERCENT})*@)?"
    rf"(?:\[(?P<literal>[{_UNRESERVED}{_SUB_DELIMS}:]+)\]"
    rf"|(?P<name>(?:[{_UNRESERVED}{_SUB_DELIMS}]|{_PERCENT})*))"
    r"(?::[0-9]*)?"
)
_SCHEME = r"[A-Za-z][A-Za-z0-9+\-.]*"
_URI = (
    rf"{_SCHEME}:"
    rf"(?://{_AUTHORITY}(?:/{_PCHAR}*)*"
    rf"|/(?:{_PCHAR}+(?:/{_PCHAR}*)*)?"
    rf"|{_PCHAR}+(?:/{_PCHAR}*)*"
    r"|)"
    rf"(?:\?(?:{_PCHAR}|[/?])*)?(?:\#(?:{_PCHAR}|[/?])*)?"
)
_SCHEME_ONLY = re.compile(_SCHEME)
_AUTHORITY_ONLY = re.compile(_AUTHORITY)
_URI_ONLY = re.compile(_URI)
_PCHARS_ONLY = re.compile(rf"{_PCHAR}*")
_FUTURE_IP = re.compile(rf"[vV][0-9A-Fa-f]+\.[{_UNRESERVED}{_SUB_DELIMS}:]+")
# ABNF's literals are case-insensitive: `t` and `z` are as good as `T` and `Z`.
_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(\.[0-9]+)?"
    r"(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))"
)


def is_scheme(text: str) -> bool:
    """Tell whether a text is a scheme (§3.1)."""
    return _SCHEME_ONLY.fullmatch(text) is not None


def is_authority(text: str) -> bool:
    """Tell whether a text is an authority (§3.2) that has a host."""
    found = _AUTHORITY_ONLY.fullmatch(text)
    return found is not None and (bool(found["name"]) or _is_literal(found["literal"]))


def is_uri(text: str) -> bool:
    """Tell whether a text is a URI with a scheme (§3)."""
    found = _URI_ONLY.fullmatch(text)
    return found is not None and (found["literal"] is None or _is_literal(found["literal"]))


def is_pchars(text: str) -> bool:
    """Tell whether a text could be a segment of a path (§3.3)."""
    return _PCHARS_ONLY.fullmatch(text) is not None


def timestamp(text: str) -> float:
    """Return the moment that a date-time of RFC 3339 (§5.6) names, in seconds since the epoch.

    Raises:
        ValueError: It is none. A leap second is none either: no clock here can have it.
    """
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError("no date-time of RFC 3339")
    zone = UTC
    if found[8]:
        hours, minutes = int(found[9]), int(found[10])
        if hours > 23 or minutes > 59:  # noqa: PLR2004  (RFC 3339, §5.6)
            raise ValueError("no time zone")
        offset = timedelta(hours=hours, minutes=minutes)
        zone = timezone(-offset if found[8] == "-" else offset)
    year, month, day, hour, minute, second = map(int, found.group(1, 2, 3, 4, 5, 6))
    moment = datetime(year, month, day, hour, minute, second, tzinfo=zone)
    return moment.timestamp() + float(found[7] or 0)


def date_time(seconds: float) -> str:
    """Return a moment as RFC 3339 writes it, in UTC and with milliseconds."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _is_literal(text: str | None) -> bool:
    if not text:
        return False
    if _FUTURE_IP.fullmatch(text):
        return True
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True
