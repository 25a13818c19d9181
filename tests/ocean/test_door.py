"""The market of a session before there is one: what is missing, what does not answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ipfs.errors import AssetNotFoundError, ConfigError, DDOError, OceanNodeError
from jupyter_ipfs.ocean import asset as assets
from jupyter_ipfs.ocean import chains, ddo
from jupyter_ipfs.ocean.draft import Draft
from jupyter_ipfs.ocean.market import PRACTICE_ENDPOINT, Market
from jupyter_ipfs.session import connect
from tests.ocean.market import ABOUT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_ipfs.session import Session

_NOBODY_LISTENS = "http://127.0.0.1:9"


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with connect(repo=tmp_path / "repo") as session:
        yield session


def test_telling_how_the_market_is_starts_nothing(session: Session) -> None:
    status = session.ocean.status()
    assert not status.ready
    assert "Nobody is signed in" in repr(status)
    assert "Practice: only on this computer, play money" in repr(status)
    assert not (session.repo.path / "sandbox").exists()


def test_a_real_chain_says_what_is_missing_before_it_can_be_used(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_IPFS_CHAIN", "sepolia")
    with connect(repo=session.repo.path) as real:
        told = repr(real.ocean.status())
        assert "Practice" not in told
        assert "rpc_url" in told
        assert "ocean_node" in told
        with pytest.raises(ConfigError, match="cannot be used yet") as caught:
            real.ocean.search("anything")
        assert "rpc_url" in str(caught.value.hint)


def test_a_chain_that_is_not_known_is_no_practice(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_IPFS_CHAIN", "nowhere")
    with connect(repo=session.repo.path) as lost:
        told = repr(lost.ocean.status())
        assert "Practice" not in told
        assert "polygon" in told
        with pytest.raises(ConfigError, match="nowhere"):
            lost.ocean.mine("0x" + "1" * 40)


def test_an_ocean_node_that_does_not_answer_is_said_in_the_form(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_IPFS_CHAIN", "sepolia")
    monkeypatch.setenv("JUPYTER_IPFS_RPC_URL", _NOBODY_LISTENS)
    monkeypatch.setenv("JUPYTER_IPFS_OCEAN_NODE", _NOBODY_LISTENS)
    with connect(repo=session.repo.path) as real:
        root = real.add(b"abc")
        found = real.ocean.check(Draft(str(root), title="A title", **ABOUT))
        assert not found.ok
        assert found.reach is not None
        assert found.reach.is_reachable is None
        assert "nothing answers" in found.reach.words
        with pytest.raises(OceanNodeError):
            real.ocean.search("anything")


def test_forgetting_a_publication_takes_one_that_there_is(session: Session) -> None:
    for key in ("", "abc", "%"):
        with pytest.raises(AssetNotFoundError):
            session.ocean.forget_pending(key)


def test_what_another_ocean_node_serves_is_neither_paid_nor_signed_for(session: Session) -> None:
    class _Node:
        url = "https://ocean.example"

    market = Market(
        session, chains.by_name("polygon"), None, _Node(), None,  # type: ignore[arg-type]  # not asked
    )  # fmt: skip
    market.require_served("https://ocean.example/")
    for other in ("https://evil.example", PRACTICE_ENDPOINT, "http://[", ""):
        with pytest.raises(OceanNodeError, match="another Ocean Node"):
            market.require_served(other)


def test_a_document_that_is_no_asset_of_this_chain_is_none() -> None:
    chain = chains.by_name("polygon")
    nft = "0x" + "1" * 40
    fine = {
        "id": ddo.did(nft, 137), "chainId": 137, "nftAddress": nft,
        "metadata": {"name": "x", "tags": [1, "a"], "links": ["javascript:alert(1)"]},
        "services": [{"id": "s", "type": "access", "datatokenAddress": nft, "timeout": "soon"}],
        "indexedMetadata": {"nft": {"state": 99, "owner": 5}, "stats": [{"prices": 7}, 3]},
    }  # fmt: skip
    asset = assets.read(fine, chain)
    assert (asset.tags, asset.state, asset.timeout_s, asset.price) == (("a",), "unknown", 0, None)
    assert not asset.is_free
    assert asset.sample is None
    wrongs: list[Any] = [None, [], 5, "x"]
    for key in ("id", "chainId", "nftAddress", "metadata", "services"):
        for wrong in wrongs:
            with pytest.raises(DDOError):
                assets.read({**fine, key: wrong}, chain)
