"""Forgotten bytes are gone, and what others need is not."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs import config
from jupyter_ipfs.errors import BlockNotFoundError, FetchError, ForgottenError
from jupyter_ipfs.node import gc
from jupyter_ipfs.node.forget import forget, preview
from jupyter_ipfs.node.health import broken_pins
from jupyter_ipfs.node.walk import walk
from jupyter_ipfs.session import connect
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


def test_a_name_that_still_stands_says_that_it_was_forgotten_and_when(repo: Repo) -> None:
    root = store(repo, leaves(3), name="fig-3")
    before = time.time()
    forget(repo, root.cid)
    assert repo.resolve("fig-3") == root.cid
    with pytest.raises(ForgottenError, match="was forgotten here on 2") as caught:
        repo.get(root.cid)
    assert before <= caught.value.at <= time.time()
    store(repo, leaves(3))
    assert repo.get(root.cid).data == root.data
    repo.unpin(root.cid)
    gc.collect(repo, grace_s=0)
    with pytest.raises(BlockNotFoundError) as again:
        repo.get(root.cid)
    assert not isinstance(again.value, ForgottenError), "it was stored again, and gc took it"


def test_what_no_name_points_at_leaves_no_trace_of_having_been_here(repo: Repo) -> None:
    root = store(repo, leaves(3))
    forget(repo, root.cid)
    with pytest.raises(BlockNotFoundError) as caught:
        repo.get(root.cid)
    assert not isinstance(caught.value, ForgottenError)
    assert repo.database.rows("SELECT key FROM meta WHERE key LIKE 'forgotten/%'") == []


def test_a_session_tells_it_whether_or_not_there_is_a_source(path: Path, tmp_path: Path) -> None:
    with connect(repo=path) as session:
        session.add(b"hello" * 100, name="fig-3")
        session.forget("fig-3")
        with pytest.raises(FetchError, match=r"was forgotten on this computer on 2.*no source"):
            session.cat("fig-3")
        (tmp_path / "lab").mkdir()
        config.save(path, sources=[str(tmp_path / "lab")])
        with pytest.raises(FetchError, match=r"was forgotten on this computer on 2.*only source"):
            session.cat("fig-3")
