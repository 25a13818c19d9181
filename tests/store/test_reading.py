"""Nothing unverified is ever read; the cache may be lost and nothing else."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.errors import BlockNotFoundError, VerificationError
from jupyter_ipfs.node import gc
from jupyter_ipfs.node.health import broken_pins
from jupyter_ipfs.node.keep import keep
from jupyter_ipfs.store.repo import Repo
from tests.store.conftest import leaves, store, tree

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ipfs.ipld.block import Block


def flip(path: Path, block: Block) -> None:
    """Change one byte of a block where it lies."""
    for file in (path / "packs").iterdir():
        data = bytearray(file.read_bytes())
        at = data.find(block.data)
        if at >= 0:
            data[at + len(block.data) // 2] ^= 1
            file.write_bytes(data)
            return
    raise AssertionError


def test_a_flipped_byte_on_disk_is_never_returned(repo: Repo, path: Path) -> None:
    blocks = leaves(3)
    store(repo, blocks)
    flip(path, blocks[1])
    for _ in range(2):
        with pytest.raises(VerificationError) as caught:
            repo.get(blocks[1].cid)
        assert "store or import it again" in str(caught.value.hint)
    assert not repo.has(blocks[1].cid)
    assert repo.get(blocks[2].cid).data == blocks[2].data
    assert repo.status().damaged == 1


def test_a_damaged_block_can_be_stored_again(repo: Repo, path: Path) -> None:
    blocks = leaves(3)
    root = store(repo, blocks)
    flip(path, blocks[1])
    with pytest.raises(VerificationError):
        list(repo.get_many(block.cid for block in blocks))
    assert [(broken.pin.root, broken.missing) for broken in broken_pins(repo)] == [(root.cid, 1)]
    store(repo, blocks)
    assert repo.get(blocks[1].cid).data == blocks[1].data
    assert broken_pins(repo) == []
    assert repo.status().damaged == 0


def test_verifying_reads_everything_and_names_what_is_damaged(repo: Repo, path: Path) -> None:
    blocks = leaves(20)
    root = store(repo, blocks)
    assert repo.verify().damaged == ()
    flip(path, blocks[7])
    checked = repo.verify()
    assert (checked.blocks, checked.damaged) == (21, (blocks[7].cid.multihash,))
    assert checked.size == 20_000 + len(root.data)


def test_a_block_that_is_not_here_is_told(repo: Repo) -> None:
    (block,) = leaves(1)
    with pytest.raises(BlockNotFoundError):
        repo.get(block.cid)
    with pytest.raises(BlockNotFoundError):
        list(repo.get_many([block.cid]))


def test_a_reader_follows_a_block_into_the_pack_that_gc_moved_it_to(repo: Repo, path: Path) -> None:
    wanted, unwanted = leaves(2, size=100_000)
    with repo.batch() as batch:
        batch.put(wanted)
        batch.put(unwanted)
        batch.commit(wanted.cid)
    with Repo.open(path) as reader:
        place = reader.database.read  # the reader has looked the block up, and not read it yet
        assert place is not None
        ahead = reader.get_many([wanted.cid])
        groups = reader._reader._groups(iter([wanted.cid]))
        group = next(groups)
        gc.collect(repo, grace_s=0)
        assert not repo.has(unwanted.cid)
        assert reader._reader._read_group(group)[0].data == wanted.data
        assert next(ahead).data == wanted.data


def test_a_pack_that_vanished_for_good_is_told_as_damage(repo: Repo, path: Path) -> None:
    root = store(repo, leaves(1))
    for file in (path / "packs").iterdir():
        file.unlink()
    with pytest.raises(VerificationError, match="missing"):
        repo.get(root.cid)
    assert not repo.has(root.cid)


def test_threads_share_one_repo(repo: Repo) -> None:
    blocks = leaves(200)
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            own = leaves(50, seed=100 + number)
            store(repo, [*blocks, *own], name=f"n{number}")
            assert [b.data for b in repo.get_many(b.cid for b in own)] == [b.data for b in own]
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert repo.names() == ["n0", "n1", "n2", "n3"]
    assert broken_pins(repo) == []


def test_fetched_blocks_are_seen_by_other_processes_after_a_flush(repo: Repo, path: Path) -> None:
    blocks = leaves(3)
    for block in blocks:
        repo.cache_put(block)
    assert repo.get(blocks[0].cid).data == blocks[0].data
    assert [b.data for b in repo.get_many(b.cid for b in blocks)] == [b.data for b in blocks]
    repo.flush_cache()
    with Repo.open(path) as other:
        assert other.get(blocks[2].cid).data == blocks[2].data


def test_the_cache_keeps_to_its_cap(path: Path) -> None:
    with Repo.open(path, cache_cap=100_000) as repo:
        blocks = leaves(30, size=20_000)
        for block in blocks:
            repo.cache_put(block)
            repo.flush_cache()
        assert sum(file.stat().st_size for file in (path / "cache").iterdir()) <= 100_000
        assert not repo.has(blocks[0].cid)
        assert repo.has(blocks[-1].cid)


def test_a_block_in_the_cache_alone_is_written_durably_when_it_is_stored(
    repo: Repo, path: Path
) -> None:
    (block,) = leaves(1)
    repo.cache_put(block)
    repo.flush_cache()
    with repo.batch() as batch:
        assert not batch.has(block.cid)
        assert batch.put(block)
        batch.commit(block.cid)
    for file in (path / "cache").iterdir():
        file.unlink()
    with Repo.open(path) as other:
        assert other.get(block.cid).data == block.data


def test_keeping_a_fetched_dag_takes_all_of_it_out_of_the_cache(repo: Repo, path: Path) -> None:
    blocks = leaves(3)
    root = tree(blocks)
    for block in [*blocks, root]:
        repo.cache_put(block)
    keep(repo, root.cid)
    repo.flush_cache()
    for file in (path / "cache").iterdir():
        file.unlink()
    with Repo.open(path) as other:
        assert other.get(root.cid).data == root.data
        assert len(list(other.get_many(block.cid for block in blocks))) == 3


def test_a_lost_cache_is_no_damage(repo: Repo, path: Path) -> None:
    (block,) = leaves(1)
    repo.cache_put(block)
    repo.flush_cache()
    for file in (path / "cache").iterdir():
        file.write_bytes(b"")
    with Repo.open(path) as other, pytest.raises(BlockNotFoundError):
        other.get(block.cid)
