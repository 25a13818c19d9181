"""Multihashes, against the table of multiformats/multihash."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_ipfs.errors import CIDError
from jupyter_ipfs.ipld import multihash
from tests.vectors import rows

_TABLE = rows("multihash.csv")
_FULL = {"sha2-256": "256", "sha2-512": "512"}
_SUPPORTED = [row for row in _TABLE if row["bits"] == _FULL.get(row["algorithm"])]
_REFUSED = [row for row in _TABLE if row not in _SUPPORTED]

# BLAKE3's published test vectors (BLAKE3-team/BLAKE3, test_vectors.json), first 32 bytes of
# "hash": input is the bytes 0, 1, 2 … 250, 0, 1 …
BLAKE3 = {
    0: "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
    1: "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213",
    2: "7b7015bb92cf0b318037702a6cdd81dee41224f734684c2c122cd6359cb1ee63",
    3: "e1be4d7a8ab5560aa4199eea339849ba8e293d55ca0a81006726d184519e647f",
}


def test_the_table_is_there() -> None:
    assert len(_SUPPORTED) == 40
    assert _REFUSED


@pytest.mark.parametrize(
    "row", _SUPPORTED, ids=lambda row: f"{row['algorithm']}-{row['input'][:8]}"
)
def test_published_digests_are_computed(row: dict[str, str]) -> None:
    code = multihash.CODES[row["algorithm"]]
    expected = bytes.fromhex(row["multihash"])
    assert multihash.digest(code, row["input"].encode()) == expected
    assert multihash.decode(expected) == (expected, len(expected))
    assert multihash.function(expected) == code


@pytest.mark.parametrize("row", _REFUSED, ids=lambda row: f"{row['algorithm']}-{row['bits']}")
def test_weak_and_truncated_digests_are_refused(row: dict[str, str]) -> None:
    with pytest.raises(CIDError, match=r"digests have|not supported"):
        multihash.decode(bytes.fromhex(row["multihash"]))


@pytest.mark.parametrize(("size", "digest"), BLAKE3.items())
def test_published_blake3_digests_are_computed(size: int, digest: str) -> None:
    data = bytes(n % 251 for n in range(size))
    assert multihash.digest(multihash.BLAKE3, data).hex() == "1e20" + digest


def test_identity_holds_up_to_128_bytes() -> None:
    held = multihash.digest(multihash.IDENTITY, b"A" * 128)
    assert multihash.content(held) == b"A" * 128
    with pytest.raises(CIDError, match="128"):
        multihash.digest(multihash.IDENTITY, b"A" * 129)
    with pytest.raises(CIDError, match="too large"):
        multihash.decode(b"\x00\x81\x01" + b"A" * 129)


@given(st.binary(max_size=80))
def test_any_bytes_are_a_multihash_or_a_cid_error(data: bytes) -> None:
    try:
        found, end = multihash.decode(data)
    except CIDError:
        return
    assert found == data[:end]
