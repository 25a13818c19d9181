"""Unsigned varints (https://github.com/multiformats/unsigned-varint)."""

from __future__ import annotations

from jupyter_ipfs.errors import CodecError

MAX_BYTES = 9  # the spec's practical maximum: 63 bits
_SMALL = tuple(bytes([n]) for n in range(0x80))


def encode(value: int) -> bytes:
    """Return ``value`` (0 ≤ value < 2⁶⁴) as an unsigned varint."""
    if value < 0x80:
        return _SMALL[value]
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def size(value: int) -> int:
    """Return the length in bytes of ``encode(value)``."""
    return max(1, (value.bit_length() + 6) // 7)


def decode(buffer: bytes, offset: int = 0) -> tuple[int, int]:
    """Return the value at ``offset`` and the offset behind it.

    Raises:
        CodecError: The varint is cut off, longer than nine bytes or not minimal.
    """
    value = shift = 0
    for end in range(offset, min(len(buffer), offset + MAX_BYTES)):
        byte = buffer[end]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            if byte == 0 and shift:
                raise CodecError("varint is not minimally encoded")
            return value, end + 1
        shift += 7
    if len(buffer) - offset >= MAX_BYTES:
        raise CodecError("varint is longer than nine bytes")
    raise CodecError("varint is cut off")
