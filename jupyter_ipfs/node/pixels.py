"""How many pixels an image unfolds to, read from its header; a few bytes may claim gigabytes."""

from __future__ import annotations

_SOF = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # JPEG's frame headers
_NO_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})


def pixels(mime: str, data: bytes) -> int | None:
    """Return width times height, or ``None`` if the header does not say."""
    if mime == "image/png":
        return _number(data, 16, 4, "big") * _number(data, 20, 4, "big") or None
    if mime == "image/gif":
        return _number(data, 6, 2, "little") * _number(data, 8, 2, "little") or None
    if mime == "image/webp":
        return _webp(data)
    return _jpeg(data)


def _number(data: bytes, at: int, length: int, order: str) -> int:
    return int.from_bytes(data[at : at + length], "big" if order == "big" else "little")


def _webp(data: bytes) -> int | None:
    """Read https://developers.google.com/speed/webp/docs/riff_container."""
    kind = data[12:16]
    if kind == b"VP8X":
        return (_number(data, 24, 3, "little") + 1) * (_number(data, 27, 3, "little") + 1)
    if kind == b"VP8L":
        bits = _number(data, 21, 4, "little")
        return ((bits & 0x3FFF) + 1) * ((bits >> 14 & 0x3FFF) + 1)
    if kind == b"VP8 ":
        width, height = _number(data, 26, 2, "little"), _number(data, 28, 2, "little")
        return (width & 0x3FFF) * (height & 0x3FFF) or None
    return None


def _jpeg(data: bytes) -> int | None:
    """Go from segment to segment until the frame's header."""
    at = 2
    while at + 9 < len(data):
        if data[at] != 0xFF:  # noqa: PLR2004  (every marker begins with it)
            return None
        marker = data[at + 1]
        if marker in _SOF:
            return _number(data, at + 5, 2, "big") * _number(data, at + 7, 2, "big") or None
        if marker == 0xFF:  # noqa: PLR2004  (a byte that fills)
            at += 1
        elif marker in _NO_LENGTH:
            at += 2
        else:
            at += 2 + max(_number(data, at + 2, 2, "big"), 2)
    return None
