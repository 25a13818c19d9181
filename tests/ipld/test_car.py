"""CARs: what we write any tool reads (see conformance), and what we read may lie."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING, BinaryIO, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_ipfs.errors import CodecError, IPFSError, LimitError, VerificationError
from jupyter_ipfs.ipld import car, dag_cbor, varint
from jupyter_ipfs.ipld.block import Block
from jupyter_ipfs.ipld.cid import CID, DAG_PB
from tests.ipld.test_cid import codecs, functions

if TYPE_CHECKING:
    from collections.abc import Sequence

blocks = st.lists(
    st.builds(
        lambda data, codec, function: Block.build(data, codec, function=function),
        st.binary(max_size=40), codecs, functions,
    ),
    max_size=5,
)  # fmt: skip


def archive(roots: Sequence[CID], content: Sequence[Block]) -> bytes:
    return car.encode_header(roots) + b"".join(map(car.encode_section, content))


def version_2(inner: bytes, *, offset: int = 51, size: int | None = None, index: int = 0) -> bytes:
    fixed = struct.pack("<16sQQQ", bytes(16), offset, len(inner) if size is None else size, index)
    return (
        bytes.fromhex("0aa16776657273696f6e02")
        + fixed
        + bytes(min(max(0, offset - 51), 1000))
        + inner
    )


def read(data: bytes) -> list[Block]:
    return list(car.Reader(io.BytesIO(data)).blocks())


class Dribble(io.RawIOBase):
    """A stream that gives one byte at a time, as a slow network may."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._data.read(min(size, 1))


@given(blocks)
def test_round_trip_through_both_versions_and_any_stream(content: list[Block]) -> None:
    roots = [block.cid for block in content[:1]]
    written = archive(roots, content)
    expected = [(block.cid, block.data) for block in content]
    for stream, version in (
        (io.BytesIO(written), 1),
        (io.BytesIO(version_2(written)), 2),
        (io.BytesIO(version_2(written, offset=100, index=2**63) + b"an index"), 2),
        (Dribble(written), 1),
    ):
        reader = car.Reader(cast("BinaryIO", stream))
        assert (reader.version, list(reader.roots)) == (version, roots)
        assert [(block.cid, block.data) for block in reader.blocks()] == expected


@given(blocks)
def test_offsets_point_at_the_bytes(content: list[Block]) -> None:
    for written in (archive([], content), version_2(archive([], content), offset=64)):
        for section in car.Reader(io.BytesIO(written)).sections():
            assert written[section.offset :].startswith(section.data)


@given(st.binary(max_size=100))
def test_any_bytes_are_a_car_or_one_of_our_errors(data: bytes) -> None:
    for candidate in (data, archive([], []) + data, version_2(data)):
        try:
            read(candidate)
        except IPFSError:
            continue


@given(blocks.filter(bool), st.data())
def test_a_flipped_byte_is_never_believed(content: list[Block], data: st.DataObject) -> None:
    whole = archive([content[0].cid], content)
    damaged = bytearray(whole)
    at = data.draw(st.integers(0, len(whole) - 1))
    damaged[at] ^= data.draw(st.integers(1, 255))
    known = {block.data for block in content}
    try:
        found = read(bytes(damaged))
    except IPFSError:
        return
    # What was read verifies, so a change can only have hit a root or a codec, or an identity.
    assert all(block.data in known or block.cid.is_identity for block in found)


@given(blocks.filter(bool), st.data())
def test_a_truncated_car_is_noticed_unless_cut_between_sections(
    content: list[Block], data: st.DataObject
) -> None:
    whole = archive([], content)
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    boundaries = {len(archive([], content[:n])) for n in range(len(content))}
    if len(cut) in boundaries:
        assert len(read(cut)) < len(content)
    else:
        with pytest.raises(CodecError):
            read(cut)
    with pytest.raises(CodecError):  # version 2 says how long it is, so every cut shows
        read(version_2(whole)[: 51 + len(cut)])


BLOCK = Block.build(b"hello")
OTHER = Block.build(b"other")
HEADER = car.encode_header([BLOCK.cid])


def _header(value: object) -> bytes:
    encoded = dag_cbor.encode(value)
    return varint.encode(len(encoded)) + encoded


BAD_HEADERS = {
    "empty file": b"",
    "zero-length header": b"\0",
    "header that is not a map": _header([1]),
    "no roots": _header({"version": 1}),
    "roots that are no list": _header({"roots": BLOCK.cid, "version": 1}),
    "roots that are no CIDs": _header({"roots": ["x"], "version": 1}),
    "a field more": _header({"extra": 1, "roots": [], "version": 1}),
    "version 0": _header({"roots": [], "version": 0}),
    "version 3": _header({"roots": [], "version": 3}),
    "version as text": _header({"roots": [], "version": "1"}),
    "version true": _header({"roots": [], "version": True}),
    "garbage": b"\x05hello",
    "cut off": HEADER[:-1],
    "varint that is not minimal": b"\x80\x00" + HEADER,
    "varint of ten bytes": b"\xff" * 10,
    "v2 with data before its header's end": version_2(HEADER, offset=0),
    "v2 with no data": version_2(b""),
    "v2 in v2": version_2(version_2(HEADER)),
    "v2 cut off": version_2(HEADER)[:30],
    "v2 that says more than there is": version_2(HEADER, size=10_000),
    "v2 whose data lies past the end": version_2(HEADER, offset=2**63),
}


@pytest.mark.parametrize("data", BAD_HEADERS.values(), ids=BAD_HEADERS.keys())
def test_a_malformed_header_is_refused(data: bytes) -> None:
    with pytest.raises(CodecError):
        read(data)


def test_a_header_of_2_to_the_63_bytes_is_refused_before_it_is_read() -> None:
    with pytest.raises(LimitError):
        read(varint.encode(2**63 - 1) + HEADER)


def test_a_million_roots_are_refused() -> None:
    with pytest.raises(LimitError):
        read(_header({"roots": [BLOCK.cid] * 100_000, "version": 1}))


BAD_SECTIONS = {
    "other bytes": car.encode_section_header(bytes(BLOCK.cid), 5) + b"hellO",
    "bytes missing": car.encode_section(BLOCK)[:-1],
    "zero-length section": b"\0",
    "no CID": b"\x03abc",
    "a CID cut off": varint.encode(10) + bytes(BLOCK.cid)[:10],
    "a section of 1 GiB": varint.encode(2**30) + bytes(BLOCK.cid),
    "a section of 2^63 bytes": varint.encode(2**63 - 1) + bytes(BLOCK.cid),
    "a length that is not minimal": b"\x80\x00",
    "an identity of 129 bytes": varint.encode(133) + b"\x01\x55\x00\x81\x01" + b"A" * 128,
    "a sha1 CID": varint.encode(24) + b"\x01\x55\x11\x14" + bytes(20),
    "same CID, other bytes": car.encode_section(BLOCK)
    + car.encode_section_header(bytes(BLOCK.cid), 5)
    + OTHER.data,
}


@pytest.mark.parametrize("data", BAD_SECTIONS.values(), ids=BAD_SECTIONS.keys())
def test_a_malformed_section_is_refused(data: bytes) -> None:
    with pytest.raises((CodecError, LimitError, VerificationError)):
        read(HEADER + data)


def test_a_version_0_cid_is_fine_in_header_and_section() -> None:
    block = Block.build(b"\x0a\x02\x08\x01", DAG_PB, version=0)
    assert str(block.cid) == "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn"
    assert [found.cid for found in read(archive([block.cid], [block]))] == [block.cid]
