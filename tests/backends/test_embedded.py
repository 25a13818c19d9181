"""The embedded node with sources: what is fetched, what is kept, and what a fork does."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs import config
from jupyter_ipfs.backends.embedded import EmbeddedBackend
from jupyter_ipfs.errors import FetchError, VerificationError
from jupyter_ipfs.ipld import car
from jupyter_ipfs.net.gateway import Gateway
from jupyter_ipfs.store.repo import Repo
from jupyter_ipfs.testing.backend import pinned
from jupyter_ipfs.testing.blocks import MemoryBlocks, leaves, tree
from jupyter_ipfs.testing.gateway import GatewayServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def repo(tmp_path: Path) -> Iterator[Repo]:
    with Repo.open(tmp_path / "repo") as repo:
        yield repo


def test_pinning_fetches_the_whole_dag_and_keeps_it_through_gc(repo: Repo) -> None:
    blocks = tree(8)
    with GatewayServer(blocks) as server:
        backend = EmbeddedBackend(repo, [Gateway.configured(server.url)])
        backend.get(blocks[1].cid)  # lies in the cache, which may be lost
        backend.pin(blocks[0].cid)
        backend.close()
    alone = EmbeddedBackend(repo)
    alone.gc()
    assert pinned(alone) == {blocks[0].cid}
    assert [each.data for each in alone.get_many(block.cid for block in blocks)] == [
        block.data for block in blocks
    ]


def test_a_pin_that_cannot_be_completed_keeps_nothing(repo: Repo) -> None:
    blocks = tree(4)
    backend = EmbeddedBackend(repo, [MemoryBlocks(blocks[:-1])])
    with pytest.raises(FetchError):
        backend.pin(blocks[0].cid)
    assert pinned(backend) == set()
    assert not any(backend.has(block.cid) for block in blocks)


def test_the_settings_name_its_sources(repo: Repo, tmp_path: Path) -> None:
    in_folder, in_file, at_gateway = (tree(2, seed=seed) for seed in "abc")
    (tmp_path / "lab").mkdir()
    for path, blocks in (("lab/x.car", in_folder), ("y.car", in_file)):
        data = car.encode_header([blocks[0].cid]) + b"".join(map(car.encode_section, blocks))
        (tmp_path / path).write_bytes(data)
    with GatewayServer(at_gateway) as server:
        config.save(
            repo.path,
            sources=[str(tmp_path / "lab"), str(tmp_path / "y.car")],
            gateways=[server.url],
        )
        backend = EmbeddedBackend.create(repo, config.load(repo=repo.path, env={}))
        for block in [*in_folder, *in_file, *at_gateway]:
            assert backend.get(block.cid).data == block.data
        with pytest.raises(FetchError, match="none of 3 sources") as caught:
            backend.get(leaves(1, seed="absent")[0].cid)
        backend.close()
    assert [line.partition(": ")[0] for line in caught.value.tried] == [
        str(tmp_path / "lab"),
        str(tmp_path / "y.car"),
        server.url,
    ]
    assert "public_gateways = true" in str(caught.value.hint)


def test_a_source_that_lied_is_named_in_the_status(repo: Repo) -> None:
    block = leaves(1)[0]
    with GatewayServer([block], "other bytes") as server:
        backend = EmbeddedBackend(repo, [Gateway.configured(server.url)])
        with pytest.raises(FetchError):
            backend.get(block.cid)
        assert server.url in backend.status().detail
        backend.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_a_forked_child_fetches_over_connections_of_its_own(tmp_path: Path) -> None:
    blocks = leaves(40)
    with GatewayServer(blocks) as server, Repo.open(tmp_path / "repo") as repo:
        backend = EmbeddedBackend(repo, [Gateway.configured(server.url)])
        list(backend.get_many(block.cid for block in blocks[:10]))
        child = os.fork()
        if child == 0:
            try:
                got = list(backend.get_many(block.cid for block in blocks[10:]))
                os._exit(0 if [each.cid for each in got] == [b.cid for b in blocks[10:]] else 1)
            except BaseException:  # noqa: BLE001
                os._exit(2)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert len(list(backend.get_many(block.cid for block in blocks))) == 40
        backend.close()


def test_damage_is_told_in_the_status(repo: Repo) -> None:
    (block,) = leaves(1)
    with repo.batch() as batch:
        batch.put(block)
        batch.commit(block.cid)
    backend = EmbeddedBackend(repo)
    assert "damaged" not in backend.status().detail
    (pack,) = (file for file in (repo.path / "packs").rglob("*") if file.is_file())
    data = bytearray(pack.read_bytes())
    data[data.rindex(block.data)] ^= 1
    pack.chmod(0o600)
    pack.write_bytes(data)
    with pytest.raises(VerificationError):
        backend.get(block.cid)
    assert "1 damaged block counts as absent" in backend.status().detail
