"""dag-pb, against ipld/codec-fixtures."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_ipfs.errors import CodecError
from jupyter_ipfs.ipld import dag_pb
from jupyter_ipfs.ipld.block import Block
from jupyter_ipfs.ipld.cid import CID
from jupyter_ipfs.ipld.dag_pb import PBLink, PBNode
from tests.ipld.test_cid import cids
from tests.vectors import document

_FIXTURES = document("dag_pb.json")

links = st.builds(
    PBLink, cids, st.none() | st.binary(max_size=8), st.none() | st.integers(0, 2**63 - 1)
)


def _node(published: dict[str, Any]) -> PBNode:
    """Read the dag-json form of a dag-pb node."""

    def data(field: dict[str, Any]) -> bytes:
        text = field["/"]["bytes"]
        return base64.b64decode(text + "=" * (-len(text) % 4))

    return PBNode(
        tuple(
            PBLink(
                CID.parse(link["Hash"]["/"]),
                link["Name"].encode() if "Name" in link else None,
                link.get("Tsize"),
            )
            for link in published["Links"]
        ),
        data(published["Data"]) if "Data" in published else None,
    )


def test_all_fixtures_are_there() -> None:
    assert (len(_FIXTURES["valid"]), len(_FIXTURES["invalid"])) == (17, 9)


@pytest.mark.parametrize("fixture", _FIXTURES["valid"], ids=lambda fixture: fixture["name"])
def test_published_blocks_are_read_and_written(fixture: dict[str, Any]) -> None:
    block = Block.verified(CID.parse(fixture["cid"]), bytes.fromhex(fixture["hex"]))
    node = _node(fixture["node"])
    assert dag_pb.decode(block.data) == node
    assert dag_pb.encode(node.links, node.data) == block.data


@pytest.mark.parametrize("fixture", _FIXTURES["invalid"], ids=lambda fixture: fixture["name"])
def test_published_malformed_blocks_are_refused(fixture: dict[str, Any]) -> None:
    with pytest.raises(CodecError):
        dag_pb.decode(bytes.fromhex(fixture["hex"]))


def test_data_before_links_is_read() -> None:
    node = PBNode((PBLink(CID.of(b"x"), b"a", 1),), b"\x08\x01")
    canonical = dag_pb.encode(node.links, node.data)
    assert dag_pb.decode(canonical[-4:] + canonical[:-4]) == node


@given(st.lists(links, max_size=6), st.none() | st.binary(max_size=20))
def test_round_trip_sorts_by_raw_name_and_keeps_ties(
    given_links: list[PBLink], data: bytes | None
) -> None:
    node = dag_pb.decode(dag_pb.encode(given_links, data))
    assert node.data == data
    assert list(node.links) == sorted(given_links, key=lambda link: link.name or b"")


@given(st.binary(max_size=64))
def test_any_bytes_decode_or_raise_a_codec_error(data: bytes) -> None:
    try:
        dag_pb.decode(data)
    except CodecError:
        return


@given(st.lists(links, max_size=3), st.binary(max_size=20), st.data())
def test_a_damaged_block_decodes_or_raises_a_codec_error(
    given_links: list[PBLink], payload: bytes, data: st.DataObject
) -> None:
    block = bytearray(dag_pb.encode(given_links, payload))
    at = data.draw(st.integers(0, len(block) - 1))
    block[at] = data.draw(st.integers(0, 255))
    for damaged in (bytes(block), bytes(block[:at])):
        try:
            dag_pb.decode(damaged)
        except CodecError:
            continue
