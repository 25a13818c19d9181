"""What a hostile Ocean Node, or a hostile publisher, makes of a listing ends nobody's program."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from jupyter_ipfs.ocean import asset as assets
from jupyter_ipfs.ocean import chains, ddo, search

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


@pytest.mark.parametrize("wrong", [None, True, 5, 1.5, "x", [], ["event"], {"event": []}])
def test_what_an_ocean_node_adds_can_be_anything(wrong: object) -> None:
    asset = assets.read({**FINE, "indexedMetadata": wrong}, CHAIN)
    market: Any = SimpleNamespace(chain=CHAIN)
    assert not search.require_as_published(market, asset)


@pytest.mark.parametrize("kind", [None, 5, [], {}, ["dispenser"]])
def test_a_price_of_no_known_kind_is_none(kind: object) -> None:
    stats = [{"datatokenAddress": NFT, "prices": [{"type": kind, "price": "5", "token": NFT}]}]
    asset = assets.read({**FINE, "indexedMetadata": {"stats": stats}}, CHAIN)
    assert (asset.price, asset.is_free) == (None, False)
