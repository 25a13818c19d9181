"""Sizes, counts and times in words."""

from __future__ import annotations

_UNITS = ("kB", "MB", "GB", "TB", "PB")
_ROUNDS_UP = 999.5  # what would be written as 1000 is said in the next unit


def size(count: float | None) -> str:
    """Return a number of bytes with three digits, in powers of 1000 as Kubo: ``1.2 MB``."""
    if count is None:
        return "—"
    if count < _ROUNDS_UP:
        return counted(round(count), "byte")
    for unit in _UNITS:
        count /= 1000
        if count < _ROUNDS_UP:
            return f"{count:.3g} {unit}"
    return f"{count:,.0f} {_UNITS[-1]}"


def counted(number: int, noun: str) -> str:
    """Return ``1 file``, ``2 files``, ``1,234 files``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def duration(seconds: float) -> str:
    """Return a time span as ``0:07`` or ``1:02:03``."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def moment(seconds: float) -> str:
    """Return a time since the epoch as local date and time, to the second."""
    import datetime as dt  # noqa: PLC0415  (start-up counts)

    try:
        when = dt.datetime.fromtimestamp(seconds, tz=dt.UTC).astimezone()
    except (OSError, OverflowError, ValueError):  # content may claim any time
        return f"{seconds:.0f} s since 1970"
    return when.strftime("%Y-%m-%d %H:%M:%S")
