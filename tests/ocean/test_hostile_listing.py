"""What a hostile Ocean Node, or a hostile publisher, makes of a listing ends nobody's program."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ipfs.errors import DDOError
from jupyter_ipfs.ocean import asset as assets
from jupyter_ipfs.ocean import chains, ddo, publish, reach, search
from jupyter_ipfs.ocean.node_answers import Page
from jupyter_ipfs.ocean.node_client import OceanNode
from jupyter_ipfs.session import connect
from tests.ocean.market import fresh, published

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sandboxes import Sandbox

NFT = "0x" + "1" * 40
CHAIN = chains.by_name("polygon")
FINE: dict[str, Any] = {
    "id": ddo.did(NFT, 137), "chainId": 137, "nftAddress": NFT, "metadata": {"name": "x"},
    "services": [{"id": "s", "type": "access", "datatokenAddress": NFT}],
}  # fmt: skip
# As in a kernel that has imported web3 by itself: py_ecc has lifted the limit.
DEEP = """
import sys
from jupyter_ipfs.errors import DDOError
from jupyter_ipfs.ocean import search
sys.setrecursionlimit(100_000)
try:
    search._is_same({}, {"flags": b"\\0", "data": b"[" * 200_000})
except DDOError:
    print("refused")
"""


def test_a_description_of_brackets_alone_ends_no_process() -> None:
    done = subprocess.run([sys.executable, "-c", DEEP], capture_output=True, timeout=60, check=True)
    assert done.stdout.strip() == b"refused"


@pytest.mark.parametrize(
    "wrong", [None, True, 5, 1.5, "x", [], ["event"], {"event": []}, {"event": {"txid": "0x1"}}]
)
def test_what_an_ocean_node_adds_can_be_anything(wrong: object) -> None:
    asset = assets.read({**FINE, "indexedMetadata": wrong}, CHAIN)
    market: Any = SimpleNamespace(chain=CHAIN)
    with pytest.raises(DDOError, match="does not say"):
        search.require_as_published(market, asset)


@pytest.mark.parametrize("kind", [None, 5, [], {}, ["dispenser"]])
def test_a_price_of_no_known_kind_is_none(kind: object) -> None:
    stats = [{"datatokenAddress": NFT, "prices": [{"type": kind, "price": "5", "token": NFT}]}]
    asset = assets.read({**FINE, "indexedMetadata": {"stats": stats}}, CHAIN)
    assert (asset.price, asset.is_free) == (None, False)


def test_more_than_was_asked_for_is_not_shown() -> None:
    page = Page([FINE] * 1000, 1000)
    market: Any = SimpleNamespace(chain=CHAIN, node=SimpleNamespace(query=lambda _: page))
    assert len(search.search(market, search.Wanted(limit=3))) == 3


@pytest.mark.parametrize("event", [None, {}, {"txid": "0x" + "ab" * 32}, {"txid": ["0x"]}])
def test_other_bytes_are_not_passed_off_as_those_that_were_published(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, event: object
) -> None:
    with connect(repo=sandbox.repo) as session:
        asset, other = (published(session, session.add(fresh())) for _ in range(2))
        real, download = OceanNode.ddo, OceanNode.download

        def lying(self: OceanNode, did: str) -> dict[str, Any]:
            document = real(self, did)
            document["metadata"]["additionalInformation"] = real(self, other.did)["metadata"][
                "additionalInformation"
            ]
            document["indexedMetadata"]["event"] = event
            return document

        def others(self: OceanNode, *_: Any) -> Any:  # noqa: ANN401
            order = session.ocean._market().journal.orders(8996, sandbox.address("buyer"))[0]
            return download(self, other.did, other.service_id, order.tx_hash, session.wallet.signer)

        session.ocean.buy(asset)
        session.ocean.buy(other)
        monkeypatch.setattr(OceanNode, "ddo", lying)
        monkeypatch.setattr(OceanNode, "download", others)
        with pytest.raises(DDOError, match="published this asset"):
            session.ocean.download(asset.did, tmp_path / "got")
        assert not (tmp_path / "got").exists()


@pytest.mark.parametrize(
    "wrong",
    [None, 5, [], {"additionalInformation": []}, {"additionalInformation": {"jupyter_ipfs": 7}}],
)
def test_what_strangers_list_keeps_nobody_from_selling(wrong: object) -> None:
    page = Page([{"metadata": wrong}], 1)
    market: Any = SimpleNamespace(chain=CHAIN, node=SimpleNamespace(query=lambda _: page))
    assert not reach._is_listed_free(market, "bafy")


@pytest.mark.parametrize("wrong", [None, 5, [], {"event": []}, {"event": "0x1"}])
def test_a_change_that_is_not_told_properly_is_waited_for(
    wrong: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = iter([{"indexedMetadata": wrong}, {"indexedMetadata": {"event": {"txid": "0xAB"}}}])
    market: Any = SimpleNamespace(chain=CHAIN, node=SimpleNamespace(ddo=lambda _: next(told)))
    monkeypatch.setattr(publish, "_pause_s", lambda _: 0.0)
    publish.wait_until_seen(market, "did:op:00", "0xab")
    assert list(told) == []
