"""dag-cbor and dag-json, against values of ipld/codec-fixtures and RFC 8949, appendix A."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_ipfs.errors import CodecError, LimitError
from jupyter_ipfs.ipld import dag_cbor, dag_json
from jupyter_ipfs.ipld.cid import CID, DAG_CBOR, DAG_JSON
from tests.ipld.test_cid import cids

if TYPE_CHECKING:
    from collections.abc import Callable

# ipld/codec-fixtures: the CID of each value in dag-cbor (the folder's name is the value).
PUBLISHED: list[tuple[object, str]] = [
    (None, "bafyreifqwkmiw256ojf2zws6tzjeonw6bpd5vza4i22ccpcq4hjv2ts7cm"),
    (True, "bafyreibhvppn37ufanewvxvwendgzksh3jpwhk6sxrx2dh3m7s3t5t7noa"),
    (False, "bafyreibac77tiyjzkzzkucve6zejj7jpswslcihcnehisulfnv423qxo2i"),
    ([], "bafyreidwx2fvfdiaox32v2mnn6sxu3j4qoxeqcuenhtgrv5qv6litfnmoe"),
    ([2], "bafyreihdb57fdysx5h35urvxz64ros7zvywshber7id6t6c6fek37jgyfe"),
    ([3, 4, 5, 6], "bafyreid7y3kwce6omkwi4ziyisf5v2niknzjwab2ofigddwm3bq4xlnovy"),
    ({}, "bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swua"),
    (b"", "bafyreigdmqpykrgxyaxtlafqpqhzrb7qy2rh75nldvfd4kok6gl47quzvy"),
    (b"\xa1", "bafyreidfn5bivgcww7slkgp7f5iiukoggxr542m4pzl3zn3oia7ozt7ffe"),
    ("", "bafyreiengp2sbi6ez34a2jctv34bwyjl7yoliteleaswgcwtqzrhmpyt2m"),
    ("a", "bafyreiewdnw5h3pdzohmxkwl22g6aqgnpdvs5vmiseymz22mjeti5jgvay"),
    (0, "bafyreidogqfzz75tpkmjzjke425xqcrmpcib2p5tg44hnbirumdbpl5adu"),
    (-1, "bafyreibwvht7dsk3ql73tf2d4dc4jtuv3a6juqykvrm7qtxtzp5lmfcqna"),
    (255, "bafyreih4vluto2froiw457akazzjhcfm7y22juemxx6jsyyjufp227tcv4"),
    (65535, "bafyreicft66te6utk6chakwkgyqxirmsh6dzjyi34c4kf2pzwpvjxaaose"),
    (65536, "bafyreibjfaasdb7qgrdnd2pmg7noltevqzswyif5nyup6sktdanzgpft6a"),
    (2**64 - 1, "bafyreibnpsyje7iwfx3smzlnofkxqdyeqz3a4qzhwu33ktibq7sxeckrpq"),
    (-(2**63), "bafyreidh4mvwi7pnv62beigtnibakkxpsgjzua5g7kdvu2deltah6kigay"),
    (0.5, "bafyreifwqkffcpzsyfigri7xm2kaf6bz7si5stsnf46jep5w5we7ngmgma"),
    (-1.1, "bafyreibn43uo5yygsnzbdj6eey2mrcrmavhxgkzvgnmarkt3mo2efr4cfy"),
    (1e-323, "bafyreib6bigeneyagim45hjjzzn3ggyuthejspqqccplri2pmmek5bz2uq"),
    (
        CID.parse("QmRgutAxd8t7oGkSm4wmeuByG6M51wcTso6cubDdQtuEfL"),
        "bafyreidfkreyekhbpfbbau3o4aakvxk6ninfo7baileo7ezgjiunk66er4",
    ),
    (
        CID.parse("bafkqabiaaebagba"),
        "bafyreihm764rs4lirtozq4d5d4pqext5b5akh6val7cyphu4aglvpha3xm",
    ),
]

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.binary(max_size=8)
    | cids,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=4).filter(lambda key: key != "/"), inner, max_size=4)
    ),
    max_leaves=12,
)


@pytest.mark.parametrize(("value", "cid"), PUBLISHED, ids=lambda item: repr(item)[:20])
def test_published_values_have_the_published_cids(value: object, cid: str) -> None:
    encoded = dag_cbor.encode(value)
    assert str(CID.of(encoded, DAG_CBOR)) == cid
    assert dag_cbor.decode(encoded) == value


@given(values)
def test_dag_cbor_round_trip(value: object) -> None:
    encoded = dag_cbor.encode(value)
    decoded = dag_cbor.decode(encoded)
    assert decoded == value
    assert dag_cbor.encode(decoded) == encoded


@given(values)
def test_dag_json_round_trip(value: object) -> None:
    encoded = dag_json.encode(value)
    assert dag_json.decode(encoded) == value
    assert dag_json.encode(dag_json.decode(encoded)) == encoded


@given(st.binary(max_size=64))
def test_any_bytes_are_canonical_dag_cbor_or_a_codec_error(data: bytes) -> None:
    try:
        value = dag_cbor.decode(data)
    except CodecError:
        return
    assert dag_cbor.encode(value) == data


@given(st.binary(max_size=64) | st.text(max_size=64).map(str.encode))
def test_any_bytes_are_dag_json_or_a_codec_error(data: bytes) -> None:
    try:
        dag_json.decode(data)
    except CodecError:
        return


@given(values, st.data())
def test_damaged_dag_cbor_decodes_or_raises_a_codec_error(
    value: object, data: st.DataObject
) -> None:
    encoded = bytearray(dag_cbor.encode(value))
    encoded[data.draw(st.integers(0, len(encoded) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert dag_cbor.encode(dag_cbor.decode(bytes(encoded))) == encoded
    except CodecError:
        return


@pytest.mark.parametrize(
    ("encoded", "what"),
    [
        ("a3636261720363666f6f0163666f6f02", "duplicate keys (codec-fixtures)"),
        ("a2616201616101", "keys out of order"),
        ("1800", "a number that is not minimal"),
        ("190001", "a number that is not minimal"),
        ("9f01ff", "an indefinite length"),
        ("f7", "undefined"),
        ("f97e00", "a half float"),
        ("fa3f800000", "a single float"),
        ("fb7ff8000000000000", "NaN"),
        ("fb7ff0000000000000", "infinity"),
        ("c11a514b67b0", "a tag other than 42"),
        ("d82a4101", "a link that does not start with zero"),
        ("d82a4100", "a link without a CID"),
        ("a10102", "a key that is not text"),
        ("61ff", "text that is not UTF-8"),
        ("0000", "bytes behind the value"),
        ("5bffffffffffffffff", "a length past the end"),
        ("9bffffffffffffffff", "a count past the end"),
        ("bbffffffffffffffff", "a count past the end"),
        ("", "nothing"),
    ],
)
def test_malformed_dag_cbor_is_refused(encoded: str, what: str) -> None:
    with pytest.raises(CodecError):
        dag_cbor.decode(bytes.fromhex(encoded))
    assert what


@pytest.mark.parametrize(
    "encoded",
    [
        b'{"foo":1,"foo":2,"bar":3}',  # codec-fixtures: repeated key
        b'{"/":1}',
        b'{"/":{"bytes":1}}',
        b'{"/":"not a cid"}',
        b'{"/":{"bytes":"!"}}',
        b"NaN",
        b"1e999",
        b"[",
        b"",
        b"\xff",
        b'"\\ud800"',
    ],
)
def test_malformed_dag_json_is_refused(encoded: bytes) -> None:
    with pytest.raises(CodecError):
        dag_json.decode(encoded)


@pytest.mark.parametrize("opening", [b"\x81", b"\xa1\x61a", b"\xd8\x2a"])
def test_dag_cbor_nested_100000_deep_is_refused(opening: bytes) -> None:
    with pytest.raises(CodecError):
        dag_cbor.decode(opening * 100_000 + b"\0")


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_dag_json_nested_100000_deep_is_refused(opening: bytes) -> None:
    with pytest.raises(CodecError):
        dag_json.decode(opening * 100_000)


def test_how_deep_dag_json_may_nest_does_not_depend_on_what_is_in_its_strings() -> None:
    text = '"\\\\["\\"' + "[" * 400
    block = b"[" * 256 + dag_json.encode(text) + b"]" * 256
    assert dag_json.encode(dag_json.decode(block)) == block
    with pytest.raises(CodecError, match="nested"):
        dag_json.decode(b"[" + block + b"]")
    with pytest.raises(CodecError):  # at once, although the string has no end
        dag_json.decode(b"[" * 300 + b'"' + b'\\"' * 1_000_000)


@pytest.mark.parametrize(
    "decode_one",
    [
        lambda: dag_json.decode(b"[" * 256 + b"]" * 256),
        lambda: dag_cbor.decode(b"\x81" * 256 + b"\x80"),
    ],
)
def test_a_full_stack_does_not_make_a_block_malformed(decode_one: Callable[[], object]) -> None:
    def far_down() -> None:
        try:
            far_down()
        except RecursionError:
            decode_one()

    decode_one()
    with pytest.raises((LimitError, RecursionError)):
        far_down()


def test_values_that_nest_too_deep_are_refused_on_writing() -> None:
    value: object = None
    for _ in range(100_000):
        value = [value]
    for codec in (dag_cbor, dag_json):
        with pytest.raises(CodecError):
            codec.encode(value)


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, 2**64, object(), {1: 2}, "\ud800", {"a": {"b": {1}}}]
)
def test_what_the_data_model_does_not_have_is_refused(value: object) -> None:
    for codec in (dag_cbor, dag_json):
        if codec is dag_json and value == 2**64:
            continue  # JSON has no bound
        with pytest.raises(CodecError):
            codec.encode(value)


def test_the_dag_json_of_a_link_is_the_published_form() -> None:
    link = CID.parse("bafkqabiaaebagba")
    assert dag_json.encode(link) == b'{"/":"bafkqabiaaebagba"}'
    assert dag_json.encode(b"\xa1") == b'{"/":{"bytes":"oQ"}}'
    assert CID.of(dag_json.encode(None), DAG_JSON).codec == DAG_JSON
