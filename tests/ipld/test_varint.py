"""Unsigned varints, against the examples and rules of multiformats/unsigned-varint (README)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_ipfs.errors import CodecError
from jupyter_ipfs.ipld import varint

PUBLISHED = {
    1: "01",
    127: "7f",
    128: "8001",
    255: "ff01",
    300: "ac02",
    16384: "808001",
    2**63 - 1: "ffffffffffffffff7f",
}


@pytest.mark.parametrize(("value", "encoded"), PUBLISHED.items())
def test_published_examples_go_both_ways(value: int, encoded: str) -> None:
    assert varint.encode(value).hex() == encoded
    assert varint.decode(bytes.fromhex(encoded)) == (value, len(encoded) // 2)


@given(st.integers(0, 2**63 - 1), st.binary(max_size=4), st.binary(max_size=4))
def test_round_trip_at_any_offset(value: int, before: bytes, after: bytes) -> None:
    encoded = varint.encode(value)
    assert len(encoded) == varint.size(value)
    found, end = varint.decode(before + encoded + after, len(before))
    assert (found, end) == (value, len(before) + len(encoded))


@pytest.mark.parametrize(
    ("encoded", "why"),
    [
        ("8100", "not minimal"),
        ("8000", "not minimal"),
        ("80", "cut off"),
        ("", "cut off"),
        ("ff" * 9 + "01", "longer than nine"),
        ("80" * 9 + "00", "longer than nine"),
        ("ff" * 100, "longer than nine"),
    ],
)
def test_malformed_ones_are_refused(encoded: str, why: str) -> None:
    with pytest.raises(CodecError, match=why):
        varint.decode(bytes.fromhex(encoded))


@given(st.binary(max_size=12))
def test_any_bytes_decode_to_what_encodes_back_or_raise_a_codec_error(data: bytes) -> None:
    try:
        value, end = varint.decode(data)
    except CodecError:
        return
    assert varint.encode(value) == data[:end]
