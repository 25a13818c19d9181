"""gc drops what nothing keeps, and nothing else, whatever happens at the same time."""

from __future__ import annotations

import itertools
import os
import time
from pathlib import Path

import pytest

from jupyter_ipfs.errors import BlockNotFoundError, RepoError
from jupyter_ipfs.ipld import car
from jupyter_ipfs.node import gc
from jupyter_ipfs.node.health import broken_pins
from jupyter_ipfs.node.keep import keep
from jupyter_ipfs.node.walk import walk
from jupyter_ipfs.store import repack
from jupyter_ipfs.store.repo import Repo
from tests.store.conftest import leaves, store, tree

STEPS = ["begun", "marked", "dropped some", "copied", "dropped", "unlinked"]


def size_of(path: Path) -> int:
    return sum(file.stat().st_size for file in (path / "packs").iterdir())


def test_gc_drops_what_nothing_keeps_and_frees_the_disk(repo: Repo, path: Path) -> None:
    kept = store(repo, leaves(5, seed=1), name="kept")
    dropped = store(repo, leaves(50, seed=2))
    repo.unpin(dropped.cid)
    before = size_of(path)
    removed = gc.collect(repo)
    assert (removed.blocks, removed.size) == (51, 50_000 + len(dropped.data))
    assert not repo.has(dropped.cid)
    assert before - size_of(path) > 50_000
    assert len(list(walk(repo, kept.cid))) == 6


def test_blocks_that_two_roots_share_stay_as_long_as_one_is_kept(repo: Repo) -> None:
    blocks = leaves(6)
    first, second = store(repo, blocks[:4]), store(repo, blocks[2:])
    repo.unpin(first.cid)
    assert gc.collect(repo).blocks == 3
    assert len(list(walk(repo, second.cid))) == 5


def test_what_was_stored_unpinned_has_its_grace(repo: Repo) -> None:
    root = store(repo, leaves(2), pin=False)
    assert gc.collect(repo).blocks == 0
    assert repo.has(root.cid)
    assert gc.collect(repo, grace_s=0).blocks == 3


def test_storing_again_unpinned_begins_the_grace_anew(repo: Repo) -> None:
    blocks = leaves(2)
    repo.unpin(store(repo, blocks).cid)
    root = store(repo, blocks, pin=False)
    assert gc.collect(repo).blocks == 0
    assert repo.has(root.cid)


@pytest.mark.parametrize("stop_after", STEPS)
@pytest.mark.parametrize("moment", ["before commit", "whole add"])
def test_an_add_of_old_unpinned_blocks_at_any_step_of_gc_is_complete(
    repo: Repo, path: Path, stop_after: str, moment: str
) -> None:
    """The race of safety.md 1: "already there", then gone, then pinned."""
    kept_leaf, *blocks = leaves(9, size=5000)
    store(repo, [kept_leaf], name="other")  # so that one pack has to be rewritten
    root = tree(blocks)
    with repo.batch() as batch:
        for block in [*blocks, root, *leaves(1, seed=9)]:
            batch.put(block)
        batch.commit(root.cid)
    mixed = store(repo, leaves(1, seed=9))  # keeps one block of that pack alive
    repo.unpin(root.cid)
    with Repo.open(path) as collector, repo.batch() as batch:
        if moment == "before commit":
            assert not sum(batch.put(block) for block in [*blocks, root])
        steps = gc.collecting(collector, grace_s=0)
        reached = list(itertools.takewhile(lambda step: step != stop_after, steps))
        assert len(reached) < len(STEPS)
        if moment == "whole add":
            for block in [*blocks, root]:
                batch.put(block)
        batch.commit(root.cid)
        for _ in steps:
            pass
    assert len(list(walk(repo, root.cid))) == 9
    assert len(list(walk(repo, mixed.cid))) == 2
    assert broken_pins(repo) == []
    assert repo.verify().damaged == ()
    gc.collect(repo, grace_s=0)
    with Repo.open(path) as fresh:
        assert len(list(walk(fresh, root.cid))) == 9


@pytest.mark.parametrize("stop_after", STEPS)
def test_a_pin_at_any_step_of_gc_holds_or_is_refused(
    repo: Repo, path: Path, stop_after: str
) -> None:
    root = store(repo, leaves(4))
    repo.unpin(root.cid)
    with Repo.open(path) as collector:
        steps = gc.collecting(collector, grace_s=0)
        list(itertools.takewhile(lambda step: step != stop_after, steps))
        try:
            keep(repo, root.cid)
        except BlockNotFoundError:
            assert repo.pins() == []
        for _ in steps:
            pass
    assert broken_pins(repo) == []
    for pin in repo.pins():
        assert len(list(walk(repo, pin.root))) == 5


def test_a_root_that_is_pinned_or_named_while_gc_is_marking_stays(repo: Repo, path: Path) -> None:
    pinned, named = store(repo, leaves(4)), store(repo, leaves(4, seed=1))
    repo.unpin(pinned.cid)
    repo.unpin(named.cid)
    with Repo.open(path) as collector:
        steps = gc.collecting(collector, grace_s=0)
        list(itertools.takewhile(lambda step: step != "marked", steps))
        repo.pin(pinned.cid)
        repo.set_name("fig-3", named.cid, pin=True)
        for _ in steps:
            pass
    assert repo.status().blocks == 10


@pytest.mark.parametrize("stop_after", STEPS)
def test_a_gc_that_ends_at_any_step_loses_nothing_and_the_next_one_finishes(
    repo: Repo, path: Path, stop_after: str
) -> None:
    shared = leaves(3, size=5000, seed=1)
    with repo.batch() as batch:
        for block in [*shared, *leaves(5, size=5000, seed=2)]:
            batch.put(block)
        batch.commit(shared[0].cid, pin=True)
    kept = store(repo, shared)
    repo.unpin(shared[0].cid)
    repo.unpin(store(repo, leaves(2, seed=3)).cid)
    steps = gc.collecting(repo, grace_s=0)
    list(itertools.takewhile(lambda step: step != stop_after, steps))
    steps.close()
    with Repo.open(path) as other:
        assert len(list(walk(other, kept.cid))) == 4
        gc.collect(other, grace_s=0)
        assert other.status().blocks == 4
        assert len(list(walk(other, kept.cid))) == 4
    assert size_of(path) < 4 * 5000 + 1000


def test_two_gcs_at_once_lose_nothing(repo: Repo, path: Path) -> None:
    blocks = leaves(8, size=5000)
    with repo.batch() as batch:
        for block in blocks:
            batch.put(block)
        batch.commit(blocks[0].cid)
    kept = store(repo, blocks[:4])
    with Repo.open(path) as other:
        runs = [gc.collecting(repo, grace_s=0), gc.collecting(other, grace_s=0)]
        while runs:
            for run in list(runs):
                if next(run, None) is None:
                    runs.remove(run)
    assert len(list(walk(repo, kept.cid))) == 5
    assert repo.status().blocks == 5


def test_a_pin_that_is_not_whole_stops_gc(repo: Repo) -> None:
    inner = tree(leaves(2))
    root = tree([inner])
    with repo.batch() as batch:
        batch.put(root)
        batch.commit(root.cid, name="broken")
    store(repo, leaves(2, seed=1), pin=False)
    with pytest.raises(RepoError, match="broken@1"):
        gc.collect(repo, grace_s=0)
    assert repo.status().blocks == 4


def test_a_pack_loses_its_rows_for_good_before_its_file_goes(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """safety.md 3: removal in reverse, first the commit and then the unlink."""
    kept, dead = leaves(2, size=5000)
    with repo.batch() as batch:
        batch.put(kept)
        batch.put(dead)
        batch.commit(kept.cid)
    done: list[str] = []
    unlink, connection = Path.unlink, repo.database._connection
    assert connection is not None

    def recorded_unlink(self: Path, *, missing_ok: bool = False) -> None:
        if self.suffix == ".car":
            done.append("unlink")
            assert not repo.database.rows("SELECT 1 FROM blocks WHERE pack = 1")
        unlink(self, missing_ok=missing_ok)

    def recorded_sql(sql: str) -> None:
        if sql.startswith("COMMIT"):
            done.append("commit")

    connection.set_trace_callback(recorded_sql)
    monkeypatch.setattr(Path, "unlink", recorded_unlink)
    assert gc.collect(repo).blocks == 1
    assert done.index("commit") < done.index("unlink")
    assert done.count("unlink") == 1


def test_gc_does_not_pass_damage_on_into_a_new_pack(repo: Repo, path: Path) -> None:
    whole, flipped, dead = leaves(3, size=5000)
    with repo.batch() as batch:
        for block in (whole, flipped, dead):
            batch.put(block)
        batch.commit(whole.cid)
    repo.pin(flipped.cid)
    (pack,) = (path / "packs").iterdir()
    data = bytearray(pack.read_bytes())
    data[data.find(flipped.data)] ^= 1
    pack.write_bytes(data)
    assert gc.collect(repo).blocks == 1
    assert repo.status().damaged == 1
    assert not repo.has(flipped.cid)
    assert repo.get(whole.cid).data == whole.data


def test_many_small_packs_become_one(repo: Repo, path: Path) -> None:
    roots = [store(repo, leaves(1, seed=n, size=10)).cid for n in range(repack.MANY_SMALL + 5)]
    gc.collect(repo)
    (pack,) = (path / "packs").iterdir()
    with pack.open("rb") as stream:
        assert set(car.Reader(stream).roots) == set(roots)  # still a hint for recovery
    assert all(repo.has(root) for root in roots)


def test_an_unfinished_pack_goes_only_when_it_has_not_grown_for_the_grace(
    repo: Repo, path: Path
) -> None:
    abandoned = path / "packs" / "0-dead.car.partial"
    abandoned.write_bytes(b"begun, and then the power went")
    old = time.time() - 10**6
    os.utime(abandoned, (old, old))  # file times prove nothing
    gc.collect(repo, grace_s=0)
    assert abandoned.exists()
    abandoned.write_bytes(b"it has grown, so somebody is still writing")
    gc.collect(repo, grace_s=0)
    assert abandoned.exists()
    gc.collect(repo)
    assert abandoned.exists()
    gc.collect(repo, grace_s=0)
    assert not abandoned.exists()


def test_files_of_dropped_packs_stay_while_an_add_is_unfinished(repo: Repo, path: Path) -> None:
    repo.unpin(store(repo, leaves(2)).cid)
    with repo.batch() as batch:
        batch.put(leaves(1, seed=5)[0])
        gc.collect(repo)
        assert len(list((path / "packs").glob("*.car"))) == 1
    gc.collect(repo)
    assert list((path / "packs").iterdir()) == []


def test_fetched_blocks_go_with_gc_unless_they_are_needed(repo: Repo) -> None:
    loose, *blocks = leaves(4)
    root = tree(blocks)
    for block in [loose, *blocks, root]:
        repo.cache_put(block)
    repo.flush_cache()
    repo.pin(root.cid)
    assert gc.collect(repo).blocks == 1
    assert len(list(walk(repo, root.cid))) == 4
