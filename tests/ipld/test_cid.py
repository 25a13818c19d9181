"""CIDs, against the values of the CID spec, the UnixFS spec and Kubo."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_ipfs.errors import CIDError
from jupyter_ipfs.ipld import multibase, multihash
from jupyter_ipfs.ipld.cid import CID, DAG_CBOR, DAG_PB, RAW, looks_like_cid

# specs/src/unixfs.md, "Identity CID Size Limit": 128 times "B" is taken, 129 times "A" refused.
IDENTITY_128 = "bafkqbaab" + "ijbeeqsc" * 25 + "ijbee"
IDENTITY_129 = "bafkqbaib" + "ifaucqkb" * 25 + "ifaucqi"

# multiformats/cid README and its decode examples; empty directory and file from the UnixFS spec.
SAME_BLOCK = {
    "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn": (
        "bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354"
    ),
    "QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH": (
        "bafybeif7ztnhq65lumvvtr4ekcwd2ifwgm3awq4zfr3srh462rwyinlb4y"
    ),
}

codecs = st.sampled_from([RAW, DAG_PB, DAG_CBOR, 0x0129, 0x1234])
functions = st.sampled_from([multihash.SHA2_256, multihash.SHA2_512, multihash.BLAKE3])
cids = st.builds(
    lambda data, codec, function: CID.of(data, codec, function=function),
    st.binary(max_size=32), codecs, functions,
) | st.builds(
    lambda data, codec: CID.of(data, codec, function=multihash.IDENTITY),
    st.binary(max_size=128), codecs,
)  # fmt: skip


@pytest.mark.parametrize(("v0", "v1"), SAME_BLOCK.items())
def test_version_0_and_1_of_one_block_turn_into_each_other(v0: str, v1: str) -> None:
    assert str(CID.parse(v0)) == v0
    assert str(CID.parse(v0).to_v1()) == v1
    assert CID.parse(v1).to_v0() == CID.parse(v0)
    assert CID.parse(v0) != CID.parse(v1)


def test_the_raw_cid_of_no_bytes_is_the_published_one() -> None:
    empty = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"
    assert str(CID.of(b"")) == empty
    assert str(CID.of(b"", function=multihash.IDENTITY)) == "bafkqaaa"


def test_identity_is_taken_up_to_128_bytes() -> None:
    assert multihash.content(CID.parse(IDENTITY_128).multihash) == b"B" * 128
    with pytest.raises(CIDError, match="too large"):
        CID.parse(IDENTITY_129)


@given(cids)
def test_text_and_bytes_round_trip(cid: CID) -> None:
    assert CID.decode(bytes(cid)) == cid
    assert CID.parse(str(cid)) == cid
    assert CID.read(b"??" + bytes(cid) + b"!", 2) == (cid, 2 + len(bytes(cid)))
    assert eval(repr(cid), {"CID": CID.parse}) == cid  # noqa: S307  (our own text)


@given(cids, st.sampled_from(sorted(multibase.BY_NAME)))
def test_every_multibase_is_read(cid: CID, base: str) -> None:
    text = cid.encode(base)
    if len(text) <= 1100:
        assert CID.parse(text) == cid


@given(st.binary(max_size=80))
def test_any_bytes_are_a_cid_or_a_cid_error(data: bytes) -> None:
    try:
        cid = CID.decode(data)
    except CIDError:
        return
    assert bytes(cid) == data


@given(st.text(max_size=120))
def test_any_text_is_a_cid_or_a_cid_error(text: str) -> None:
    assert looks_like_cid(text) in {True, False}


@given(cids, st.data())
def test_a_truncated_cid_is_refused(cid: CID, data: st.DataObject) -> None:
    text = str(cid)
    cut = text[: data.draw(st.integers(0, len(text) - 1))]
    with pytest.raises(CIDError):
        CID.decode(bytes(cid)[:-1])
    with suppress(CIDError):
        assert CID.parse(cut) != cid  # no part of a digest passes for the digest


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Qm",
        "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3N0",  # 0 is not in base58
        "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3N",  # one short
        "zQmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn",  # CIDv0 with a multibase prefix
        "bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf35",
        "bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354a",
        "/ipfs/bafkqaaa",
        "bafkqaaa ",
        "b" * 5000,
        "z" + "1" * 100_000,
    ],
)
def test_malformed_text_is_refused(text: str) -> None:
    with pytest.raises(CIDError):
        CID.parse(text)


def test_control_and_bidi_characters_do_not_reach_the_message() -> None:
    with pytest.raises(CIDError) as caught:
        CID.parse("bafy\x1b[31m\u202egnp.exe\n")
    assert caught.value.message.isascii()
    assert caught.value.message.isprintable()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x12\x20" + bytes(31),  # CIDv0, cut off
        b"\x12\x20" + bytes(33),  # CIDv0, too long
        b"\x00\x55\x12\x20" + bytes(32),  # version 0 written out
        b"\x02\x55\x12\x20" + bytes(32),  # version 2 is reserved
        b"\x01\x55\x11\x14" + bytes(20),  # sha1
        b"\x01\x55\x12\x1f" + bytes(31),  # a digest one byte short of its function
        b"\x81\x00\x55\x12\x20" + bytes(32),  # a varint that is not minimal
        b"\x01" + b"\xff" * 20,
    ],
)
def test_malformed_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(CIDError):
        CID.decode(data)


def test_only_dag_pb_under_sha2_256_has_a_version_0() -> None:
    for cid in (CID.of(b""), CID.of(b"", DAG_PB, function=multihash.SHA2_512)):
        with pytest.raises(CIDError, match="no version 0"):
            cid.to_v0()
