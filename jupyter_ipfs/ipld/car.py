"""CAR archives (https://ipld.io/specs/transport/car/): CARv1 to write, v1 and v2 to read.

Writing is a header and then one section a block. Reading never seeks backwards, so
any binary stream will do; what a CARv2 says about its index is ignored (safety.md 5).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from jupyter_ipfs.errors import CIDError, CodecError, LimitError
from jupyter_ipfs.ipld import dag_cbor, varint
from jupyter_ipfs.ipld.block import MAX_SIZE, Block
from jupyter_ipfs.ipld.cid import CID

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_HEADER = 1024 * 1024
MAX_SECTION = MAX_SIZE + 1024  # a block and its CID
_MAX_CID = 256  # bytes of the longest CID, that of a 128-byte identity, and more

_V2_PRAGMA = bytes.fromhex("0aa16776657273696f6e02")
_V2_HEADER = struct.Struct("<16sQQQ")  # characteristics, data offset, data size, index offset
_V2_DATA_START = len(_V2_PRAGMA) + _V2_HEADER.size


@dataclass(frozen=True, slots=True)
class Section:
    """One block as it lies in a CAR; nothing about its bytes has been checked.

    Attributes:
        cid: What the archive claims the bytes to be.
        data: The bytes.
        offset: Where ``data`` starts, in bytes from the start of the stream.
    """

    cid: CID
    data: bytes
    offset: int


def encode_header(roots: Sequence[CID]) -> bytes:
    """Return the header of a CARv1."""
    header = dag_cbor.encode({"roots": list(roots), "version": 1})
    return varint.encode(len(header)) + header


def encode_section_header(cid: bytes, size: int) -> bytes:
    """Return what stands before a block of ``size`` bytes under a binary CID."""
    return varint.encode(len(cid) + size) + cid


def encode_section(block: Block) -> bytes:
    """Return one block as a section."""
    return encode_section_header(bytes(block.cid), len(block.data)) + block.data


class Reader:
    """A CAR being read from a binary stream.

    Args:
        stream: Read from its current position, which counts as offset 0.

    Attributes:
        version: 1 or 2, as the file says.
        roots: What the header claims to be the roots. Claims, not facts.

    Raises:
        CodecError: It does not begin like a CAR.
        LimitError: The header is over 1 MiB.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._at = 0
        self._end: int | None = None
        self.version, self.roots = self._header()

    def sections(self) -> Iterator[Section]:
        """Yield the sections in the order of the file, unchecked.

        Raises:
            CodecError: The archive is malformed or cut off.
            LimitError: A section is larger than any block may be.
        """
        while self._end is None or self._at < self._end:
            length = self._varint(at_boundary=True)
            if length is None:
                if self._end is not None:
                    raise CodecError("CAR is cut off in the middle of its data")
                return
            if length > MAX_SECTION:
                raise LimitError(f"CAR section of {length} bytes is larger than a block may be")
            section = self._exactly(length, "section")
            try:
                cid, start = CID.read(section)
            except CIDError as error:
                raise CodecError(f"CAR section has no readable CID: {error}") from None
            yield Section(cid, section[start:], self._at - length + start)

    def skim(self) -> Iterator[tuple[CID, int, int]]:
        """Yield CID, offset and size of each section of a seekable stream, without its bytes.

        Raises:
            CodecError, LimitError: See `sections`.
        """
        total = self._stream.seek(0, 2) - self._stream.seek(self._at)
        if self._end is not None and self._end > self._at + total:
            raise CodecError("CAR is cut off")
        end = self._at + total if self._end is None else self._end
        while self._at < end:
            length = self._varint()
            if length is None or length > MAX_SECTION:
                raise LimitError(f"CAR section of {length} bytes is larger than a block may be")
            if self._at + length > end:
                raise CodecError("CAR is cut off in the middle of a section")
            head = self._stream.read(min(length, _MAX_CID))
            try:
                cid, size = CID.read(head)
            except CIDError as error:
                raise CodecError(f"CAR section has no readable CID: {error}") from None
            yield cid, self._at + size, length - size
            self._at += length
            self._stream.seek(self._at)

    def blocks(self) -> Iterator[Block]:
        """Yield the blocks in the order of the file, each verified.

        Raises:
            CodecError, LimitError: See `sections`.
            VerificationError: A section's bytes are not those of its CID.
        """
        for section in self.sections():
            yield Block.verified(section.cid, section.data)

    def _header(self) -> tuple[int, tuple[CID, ...]]:
        version, header = self._read_header()
        if type(version) is not int:  # True and 1.0 are equal to 1, and are not 1
            raise CodecError("CAR header has no version number")
        if version == 1:
            return 1, _roots(header)
        if version != 2:
            raise CodecError(f"CAR version {version!r} is not supported")
        fixed = self._exactly(_V2_HEADER.size, "CARv2 header")
        _, offset, size, _ = _V2_HEADER.unpack(fixed)
        if offset < _V2_DATA_START or size == 0:
            raise CodecError("CARv2 header points outside of its file")
        self._skip(offset - _V2_DATA_START)
        self._end = offset + size
        inner, header = self._read_header()
        if inner != 1:
            raise CodecError("a CARv2 holds a CARv1, and this one does not")
        return 2, _roots(header)

    def _read_header(self) -> tuple[object, dict[str, object]]:
        length = self._varint()
        if not length:
            raise CodecError("this is not a CAR: it has no header")
        if length > MAX_HEADER:
            raise LimitError(f"CAR header of {length} bytes is over the limit of {MAX_HEADER}")
        header = dag_cbor.decode(self._exactly(length, "header"))
        if not isinstance(header, dict):
            raise CodecError("this is not a CAR: its header is not a map")
        return header.get("version"), header

    def _varint(self, *, at_boundary: bool = False) -> int | None:
        """Read a varint; ``None`` at a clean end of the stream, where that is allowed."""
        data = b""
        while True:
            byte = self._stream.read(1)
            if not byte:
                if at_boundary and not data:
                    return None
                raise CodecError("CAR is cut off")
            data += byte
            self._at += 1
            if byte[0] < 0x80 or len(data) == varint.MAX_BYTES:
                return varint.decode(data)[0]

    def _exactly(self, size: int, what: str) -> bytes:
        if self._end is not None and self._at + size > self._end:
            raise CodecError(f"CAR {what} runs past the end of the data")
        data = self._stream.read(size)
        while data and len(data) < size:  # raw and network streams may give less at a time
            more = self._stream.read(size - len(data))
            if not more:
                break
            data += more
        if len(data) < size:
            raise CodecError(f"CAR is cut off: {size} bytes of {what} promised, {len(data)} there")
        self._at += size
        return data

    def _skip(self, size: int) -> None:
        while size:
            step = min(size, MAX_HEADER)
            self._exactly(step, "padding")
            size -= step


def _roots(header: dict[str, object]) -> tuple[CID, ...]:
    if set(header) != {"version", "roots"}:
        raise CodecError("a CAR header has a version and roots, and nothing else")
    roots = header["roots"]
    if not isinstance(roots, list) or not all(isinstance(root, CID) for root in roots):
        raise CodecError("a CAR header's roots are a list of CIDs")
    return tuple(roots)
