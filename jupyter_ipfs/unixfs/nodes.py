"""The UnixFS ``Data`` message inside a dag-pb block (https://specs.ipfs.tech/unixfs/#data-format)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from jupyter_ipfs.errors import CodecError
from jupyter_ipfs.ipld.varint import decode as read_varint
from jupyter_ipfs.ipld.varint import encode as varint

RAW, DIRECTORY, FILE, METADATA, SYMLINK, HAMT_SHARD = range(6)
TYPE_NAMES = ("raw", "directory", "file", "metadata", "symlink", "hamt-shard")

_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5  # protobuf wire types
_SIGN = 1 << 63
_MAX_NANOSECONDS = 999_999_999
_MAX_BLOCKSIZES = 1 << 20


@dataclass(frozen=True, slots=True)
class Metadata:
    """POSIX metadata of a root.

    Attributes:
        mode: The whole 32-bit field; the permission bits are the lower 12. ``None`` if absent.
        mtime: Seconds since the epoch (may be negative) and nanoseconds, or ``None``.
    """

    mode: int | None = None
    mtime: tuple[int, int] | None = None

    def __bool__(self) -> bool:
        """Whether there is anything to write (Kubo writes neither mode 0 nor mtime 0)."""
        return bool(self.mode) or self.mtime is not None


NO_METADATA = Metadata()


@dataclass(frozen=True, slots=True)
class Data:
    """One ``Data`` message.

    Attributes:
        type: `RAW`, `DIRECTORY`, `FILE`, `SYMLINK` or `HAMT_SHARD`.
        data: File bytes, symlink target or HAMT bitfield; ``None`` if absent.
        filesize: Content bytes under this node, its own ``data`` included; ``None`` if absent.
        blocksizes: Content bytes under each link.
        hash_type: The HAMT's hash function (0x22 = murmur3-x64-64).
        fanout: The HAMT's width.
        metadata: Mode and mtime.
    """

    type: int
    data: bytes | None = None
    filesize: int | None = None
    blocksizes: tuple[int, ...] = ()
    hash_type: int | None = None
    fanout: int | None = None
    metadata: Metadata = NO_METADATA


def encode(message: Data) -> bytes:
    """Return the message as Kubo writes it: fields in order, block sizes unpacked."""
    out = bytearray(b"\x08" + varint(message.type))
    if message.data is not None:
        out += b"\x12" + varint(len(message.data)) + message.data
    if message.filesize is not None:
        out += b"\x18" + varint(message.filesize)
    for size in message.blocksizes:
        out += b"\x20" + varint(size)
    if message.hash_type is not None:
        out += b"\x28" + varint(message.hash_type)
    if message.fanout is not None:
        out += b"\x30" + varint(message.fanout)
    if message.metadata.mode:
        out += b"\x38" + varint(message.metadata.mode)
    if message.metadata.mtime is not None:
        out += _encode_mtime(*message.metadata.mtime)
    return bytes(out)


def decode(message: bytes) -> Data:
    """Read a message.

    Raises:
        CodecError: It is malformed, or of a type that UnixFS does not have.
    """
    numbers: dict[int, int] = {}
    blocksizes: list[int] = []
    data: bytes | None = None
    mtime: tuple[int, int] | None = None
    at = 0
    while at < len(message):
        tag, at = read_varint(message, at)
        field, wire = tag >> 3, tag & 7
        value, payload, at = _value(message, at, wire)
        if field == 2 and wire == _LENGTH:
            data = payload
        elif field == 4 and wire == _VARINT:
            blocksizes.append(value)
        elif field == 4 and wire == _LENGTH:
            blocksizes.extend(_packed(payload))
        elif field == 8 and wire == _LENGTH:
            mtime = _decode_mtime(payload)
        elif field in {1, 3, 5, 6, 7} and wire == _VARINT:
            numbers[field] = value
        elif 1 <= field <= 8:
            raise CodecError(f"UnixFS field {field} has the wrong wire type {wire}")
        if len(blocksizes) > _MAX_BLOCKSIZES:
            raise CodecError("UnixFS node has more block sizes than a block has room for")
    kind = numbers.get(1)
    if kind is None or kind >= len(TYPE_NAMES):
        raise CodecError(f"UnixFS has no node type {kind}")
    metadata = Metadata(numbers.get(7), mtime) if 7 in numbers or mtime else NO_METADATA
    return Data(
        kind,
        data,
        numbers.get(3),
        tuple(blocksizes),
        numbers.get(5),
        numbers.get(6),
        metadata,
    )


def _encode_mtime(seconds: int, nanoseconds: int) -> bytes:
    inner = b"\x08" + _int64(seconds)
    if nanoseconds:
        inner += b"\x15" + struct.pack("<I", nanoseconds)
    return b"\x42" + varint(len(inner)) + inner


def _int64(value: int) -> bytes:
    """Protobuf's int64: a negative number is a ten-byte varint of its two's complement."""
    return varint(value if value >= 0 else value + (1 << 64))


def _signed(value: int) -> int:
    return value - (1 << 64) if value & _SIGN else value


def _decode_mtime(message: bytes) -> tuple[int, int]:
    seconds: int | None = None
    nanoseconds = 0
    at = 0
    while at < len(message):
        tag, at = read_varint(message, at)
        value, payload, at = _value(message, at, tag & 7)
        if tag == 0x08:
            seconds = _signed(value)
        elif tag == 0x15:
            nanoseconds = struct.unpack("<I", payload)[0]
    if seconds is None or nanoseconds > _MAX_NANOSECONDS:
        raise CodecError("UnixFS modification time is malformed")
    return seconds, nanoseconds


def _value(message: bytes, at: int, wire: int) -> tuple[int, bytes, int]:
    """Return a field's number or payload, whichever its wire type has, and what follows."""
    if wire == _VARINT:
        value, at = _wide_varint(message, at)
        return value, b"", at
    if wire == _LENGTH:
        size, at = read_varint(message, at)
    elif wire == _FIXED32:
        size = 4
    elif wire == _FIXED64:
        size = 8
    else:
        raise CodecError(f"UnixFS message has an unknown wire type {wire}")
    if at + size > len(message):
        raise CodecError("UnixFS message is cut off")
    return 0, message[at : at + size], at + size


def _wide_varint(message: bytes, at: int) -> tuple[int, int]:
    """Read protobuf's varint, which unlike multiformats' may take ten bytes."""
    value = shift = 0
    for end in range(at, min(len(message), at + 10)):
        byte = message[end]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & (1 << 64) - 1, end + 1
        shift += 7
    raise CodecError("UnixFS number is cut off or too long")


def _packed(payload: bytes) -> list[int]:
    values, at = [], 0
    while at < len(payload):
        value, at = _wide_varint(payload, at)
        values.append(value)
    return values
