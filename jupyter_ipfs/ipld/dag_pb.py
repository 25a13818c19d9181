"""dag-pb (https://ipld.io/specs/codecs/dag-pb/spec/): links and opaque data, as protobuf."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import CIDError, CodecError
from jupyter_ipfs.ipld.cid import CID, DAG_PB, RAW
from jupyter_ipfs.ipld.varint import decode as read_varint
from jupyter_ipfs.ipld.varint import encode as varint

if TYPE_CHECKING:
    from collections.abc import Iterable

_VARINT, _LENGTH = 0, 2  # protobuf wire types
_NODE_DATA, _NODE_LINKS = 1, 2
_LINK_HASH, _LINK_NAME, _LINK_TSIZE = 1, 2, 3
# Tag and length of a link's CID, then its version, codec, hash function and digest length.
_USUAL_CIDS = frozenset(bytes([0x0A, 36, 1, codec, 0x12, 32]) for codec in (RAW, DAG_PB))


@dataclass(frozen=True, slots=True)
class PBLink:
    """A named link.

    Attributes:
        cid: What it points at.
        name: Raw bytes, which need not be UTF-8; ``None`` if the field is absent.
        tsize: Cumulative size of the DAG behind it in bytes, as its maker claims.
    """

    cid: CID
    name: bytes | None = None
    tsize: int | None = None


@dataclass(frozen=True, slots=True)
class PBNode:
    """A dag-pb block: ``links`` in the order of the block, ``data`` or ``None``."""

    links: tuple[PBLink, ...] = ()
    data: bytes | None = None


def encode_link(link: PBLink) -> bytes:
    """Return one link as it stands in a node, field tag and length included."""
    cid = bytes(link.cid)
    inner = b"\x0a" + varint(len(cid)) + cid
    if link.name is not None:
        inner += b"\x12" + varint(len(link.name)) + link.name
    if link.tsize is not None:
        inner += b"\x18" + varint(link.tsize)
    return b"\x12" + varint(len(inner)) + inner


def encode(links: Iterable[PBLink], data: bytes | None) -> bytes:
    """Return the canonical block: links before data, sorted stably by raw name bytes."""
    parts = [encode_link(link) for link in sorted(links, key=_sort_key)]
    if data is not None:
        parts.append(b"\x0a" + varint(len(data)) + data)
    return b"".join(parts)


def decode(block: bytes) -> PBNode:
    """Read a block, with its data before or after its links (Kubo reads both).

    Raises:
        CodecError: It is no dag-pb: fields that are unknown, repeated, interleaved, out of
            order or cut off, or a link without a CID.
    """
    links: list[PBLink] = []
    data: bytes | None = None
    at, end, links_closed = 0, len(block), False
    while at < end:
        field, wire, at = _tag(block, at)
        if wire != _LENGTH or field not in {_NODE_DATA, _NODE_LINKS}:
            raise CodecError(f"dag-pb node has an unexpected field {field} of wire type {wire}")
        start, at = _span(block, at, end)
        if field == _NODE_DATA:
            if data is not None:
                raise CodecError("dag-pb node has two data fields")
            data, links_closed = block[start:at], bool(links)
        elif links_closed:
            raise CodecError("dag-pb node has links on both sides of its data")
        else:
            links.append(_usual_link(block, start, at) or _decode_link(block, start, at))
    return PBNode(tuple(links), data)


def _sort_key(link: PBLink) -> bytes:
    return link.name or b""


def _usual_link(block: bytes, at: int, end: int) -> PBLink | None:
    """Read a link that has the shape of nearly all: CIDv1 of sha2-256, short name, size.

    Whatever deviates is left to `_decode_link`; directories of thousands are made of these.
    """
    name_at = at + 40  # behind two bytes of tag and length, the CID, and again two
    if name_at > end or block[at : at + 6] not in _USUAL_CIDS or block[at + 38] != 0x12:
        return None
    size_at = name_at + block[at + 39]
    if block[at + 39] >= 0x80 or size_at >= end or block[size_at] != 0x18:
        return None
    tsize, stop = read_varint(block, size_at + 1)
    if stop != end:
        return None
    cid = CID(1, block[at + 3], block[at + 4 : at + 38])
    return PBLink(cid, block[name_at:size_at], tsize)


def _decode_link(block: bytes, at: int, end: int) -> PBLink:
    cid: CID | None = None
    name: bytes | None = None
    tsize: int | None = None
    last = 0
    while at < end:
        field, wire, at = _tag(block, at)
        if field <= last:
            raise CodecError("dag-pb link has repeated fields, or fields out of order")
        last = field
        if field == _LINK_TSIZE and wire == _VARINT:
            tsize, at = read_varint(block, at)
            if at > end:
                raise CodecError("dag-pb link is cut off")
        elif field in {_LINK_HASH, _LINK_NAME} and wire == _LENGTH:
            start, at = _span(block, at, end)
            if field == _LINK_NAME:
                name = block[start:at]
            else:
                try:
                    cid = CID.decode(block[start:at])
                except CIDError as error:
                    raise CodecError(f"dag-pb link has a bad CID: {error}") from None
        else:
            raise CodecError(f"dag-pb link has an unexpected field {field} of wire type {wire}")
    if cid is None:
        raise CodecError("dag-pb link has no CID")
    return PBLink(cid, name, tsize)


def _tag(block: bytes, at: int) -> tuple[int, int, int]:
    byte = block[at]
    if byte < 0x80:  # every field of this format fits in one byte
        return byte >> 3, byte & 7, at + 1
    tag, at = read_varint(block, at)
    return tag >> 3, tag & 7, at


def _span(block: bytes, at: int, end: int) -> tuple[int, int]:
    length, start = read_varint(block, at)
    stop = start + length
    if stop > end:
        raise CodecError(f"dag-pb field is cut off: {length} bytes promised, {end - start} there")
    return start, stop
