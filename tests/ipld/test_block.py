"""Blocks: bytes from outside become one only when they match."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_ipfs.errors import VerificationError
from jupyter_ipfs.ipld.block import Block
from jupyter_ipfs.ipld.cid import CID, RAW
from jupyter_ipfs.ipld.multihash import IDENTITY
from tests.ipld.test_cid import codecs, functions


def test_there_is_no_other_door() -> None:
    with pytest.raises(TypeError, match="verified"):
        Block()


@given(st.binary(max_size=200), codecs, functions | st.just(IDENTITY), st.data())
def test_a_flipped_bit_anywhere_is_refused(
    data: bytes, codec: int, function: int, draw: st.DataObject
) -> None:
    data = data[:128]
    cid = CID.of(data, codec, function=function)
    assert Block.verified(cid, data).data == data
    at = draw.draw(st.integers(0, len(data)))
    bit = 1 << draw.draw(st.integers(0, 7))
    other = data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :] if at < len(data) else data + b"\0"
    with pytest.raises(VerificationError):
        Block.verified(cid, other)


def test_more_bytes_than_an_identity_holds_are_refused() -> None:
    cid = CID.of(b"x", RAW, function=IDENTITY)
    assert Block.from_identity(cid).data == b"x"
    with pytest.raises(VerificationError):
        Block.verified(cid, bytes(1000))
