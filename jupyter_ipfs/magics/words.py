"""How figures and foreign text are written for people."""

from __future__ import annotations

import re

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB", "EB")
# Control characters, and those that turn the direction of writing: `gpj.exe` must not look
# like `exe.jpg`. Lone surrogates stand for bytes that are not UTF-8 (`os.fsdecode`).
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]"
)
_UNSAFE_IN_TEXT = re.compile(f"(?![\n\t]){_UNSAFE.pattern}")


def size(count: float | None) -> str:
    """Return a number of bytes in powers of 1000, as Kubo does: ``1.2 MB``."""
    if count is None:
        return "—"
    for unit in _UNITS[:-1]:
        if count < 999.5:  # noqa: PLR2004  (what would round to 1000)
            return f"{count:.0f} B" if unit == "B" else f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.3g} {_UNITS[-1]}"


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
    import datetime as dt  # noqa: PLC0415  (loading counts)

    try:
        when = dt.datetime.fromtimestamp(seconds, tz=dt.UTC).astimezone()
    except (OSError, OverflowError, ValueError):  # content may claim any time
        return f"{seconds:.0f} s since 1970"
    return when.strftime("%Y-%m-%d %H:%M:%S")


def one_line(text: str) -> str:
    """Make foreign text harmless in one line of a terminal or a page."""
    return _UNSAFE.sub("\ufffd", text)


def plain(text: str) -> str:
    """Make foreign text of several lines harmless; new lines and tabs stay."""
    return _UNSAFE_IN_TEXT.sub("\ufffd", text)
