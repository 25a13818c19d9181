"""Forgotten bytes are gone, and what others need is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.node.forget import forget, preview
from jupyter_ipfs.node.health import broken_pins
from jupyter_ipfs.node.walk import walk
from jupyter_ipfs.store.repo import Repo
from tests.store.conftest import leaves, store

if TYPE_CHECKING:
    from pathlib import Path


def on_disk(path: Path, data: bytes) -> bool:
    return any(
        data in file.read_bytes()
        for folder in ("packs", "cache")
        for file in (path / folder).iterdir()
    )


def test_forgotten_bytes_are_nowhere_in_the_repo_and_shared_ones_stay(
    repo: Repo, path: Path
) -> None:
    shared, secret = leaves(2)
    mine = store(repo, [shared, secret], name="secret")
    other = store(repo, [shared], name="other")
    repo.record_copy(mine.cid, "/media/usb/x.car")
    before = preview(repo, mine.cid)
    assert repo.has(secret.cid)
    done = forget(repo, mine.cid)
    assert done == before
    assert done.kept_by == ("secret@1",)
    assert done.shared_with == ("other@1",)
    assert (done.removed.blocks, done.shared.blocks) == (2, 1)
    assert [copy.place for copy in done.copies] == ["/media/usb/x.car"]
    assert not on_disk(path, secret.data)
    assert not repo.has(secret.cid)
    assert len(list(walk(repo, other.cid))) == 2
    assert broken_pins(repo) == []


def test_forgetting_reaches_the_cache_and_what_is_still_in_its_grace(
    repo: Repo, path: Path
) -> None:
    blocks = leaves(2)
    root = store(repo, blocks[:1], pin=False)
    repo.cache_put(blocks[1])
    forget(repo, root.cid)
    forget(repo, blocks[1].cid)
    assert not on_disk(path, blocks[0].data)
    assert not on_disk(path, blocks[1].data)
    assert not repo.has(blocks[1].cid)


def test_forgetting_what_is_another_roots_inside_removes_nothing(repo: Repo) -> None:
    (leaf,) = leaves(1)
    root = store(repo, [leaf])
    done = forget(repo, leaf.cid)
    assert (done.removed.blocks, done.shared.blocks) == (0, 1)
    assert done.shared_with == (str(root.cid),)
    assert len(list(walk(repo, root.cid))) == 2


def test_an_add_that_had_seen_the_forgotten_blocks_is_still_complete(
    repo: Repo, path: Path
) -> None:
    blocks = leaves(3)
    root = store(repo, blocks)
    with Repo.open(path) as other, other.batch() as batch:
        assert not sum(batch.put(block) for block in [*blocks, root])
        forget(repo, root.cid)
        batch.commit(root.cid)
    assert len(list(walk(repo, root.cid))) == 4
