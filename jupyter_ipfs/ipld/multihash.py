"""Multihashes (https://github.com/multiformats/multihash): self-describing digests.

A multihash is handled as its bytes: ``<varint code><varint length><digest>``.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import CIDError, CodecError
from jupyter_ipfs.ipld import varint

if TYPE_CHECKING:
    from collections.abc import Callable

IDENTITY = 0x00
SHA2_256 = 0x12
SHA2_512 = 0x13
BLAKE3 = 0x1E

CODES = {
    "identity": IDENTITY,
    "sha2-256": SHA2_256,
    "sha2-512": SHA2_512,
    "blake3": BLAKE3,
}
NAMES = {code: name for name, code in CODES.items()}

# IPIP-512 caps identity at 128 bytes; everything else is taken at full length only,
# since a truncated digest is a weaker promise than its name says (safety.md 5).
MAX_IDENTITY = 128
_LENGTHS = {SHA2_256: 32, SHA2_512: 64, BLAKE3: 32}
_PREFIXES = {code: bytes([code, length]) for code, length in _LENGTHS.items()}


def _blake3(data: bytes) -> bytes:
    import blake3  # noqa: PLC0415  (loaded only when used)

    return blake3.blake3(data).digest()


def _sha2_256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _sha2_512(data: bytes) -> bytes:
    return hashlib.sha512(data).digest()


_FUNCTIONS: dict[int, Callable[[bytes], bytes]] = {
    SHA2_256: _sha2_256,
    SHA2_512: _sha2_512,
    BLAKE3: _blake3,
}


def digest(code: int, data: bytes) -> bytes:
    """Return the multihash of ``data`` under hash function ``code``.

    Raises:
        CIDError: The function is not one of `CODES`, or the identity is too long.
    """
    if code == IDENTITY:
        if len(data) > MAX_IDENTITY:
            raise CIDError(f"an identity CID holds at most {MAX_IDENTITY} bytes, not {len(data)}")
        return b"\x00" + varint.encode(len(data)) + data
    try:
        return _PREFIXES[code] + _FUNCTIONS[code](data)
    except KeyError:
        raise CIDError(_unsupported(code)) from None


def decode(buffer: bytes, offset: int = 0) -> tuple[bytes, int]:
    """Return the multihash at ``offset`` as bytes, and the offset behind it.

    Raises:
        CIDError: It is cut off, of a function that is not one of `CODES`, or of
            another length than the function gives.
    """
    try:
        code, at = varint.decode(buffer, offset)
        length, at = varint.decode(buffer, at)
    except CodecError as error:
        raise CIDError(f"malformed multihash: {error}") from None
    check(code, length)
    end = at + length
    if end > len(buffer):
        raise CIDError(f"multihash is cut off: {length} bytes promised, {len(buffer) - at} there")
    return buffer[offset:end], end


def check(code: int, length: int) -> None:
    """Refuse a hash function or digest length that proves too little.

    Raises:
        CIDError: See `decode`.
    """
    if code == IDENTITY:
        if length > MAX_IDENTITY:
            raise CIDError(f"identity digest too large: {length} > {MAX_IDENTITY} bytes")
    elif code not in _LENGTHS:
        raise CIDError(_unsupported(code))
    elif length != _LENGTHS[code]:
        raise CIDError(f"{NAMES[code]} digests have {_LENGTHS[code]} bytes, not {length}")


def function(multihash: bytes) -> int:
    """Return the code of the hash function of a well-formed multihash."""
    return multihash[0]  # every supported code is below 0x80, so one byte


def content(multihash: bytes) -> bytes:
    """Return the bytes that an identity multihash holds."""
    return multihash[varint.decode(multihash, 1)[1] :]


def _unsupported(code: int) -> str:
    known = ", ".join(CODES)
    return f"hash function 0x{code:x} is not supported (supported: {known})"
