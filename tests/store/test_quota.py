"""The quota: what counts, in all processes, and what is told when it is reached."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.errors import DiskFullError, QuotaExceededError
from jupyter_ipfs.ipld.block import Block
from jupyter_ipfs.node.forget import forget
from jupyter_ipfs.store.quota import KEPT_FREE
from tests.store.conftest import leaves, store
from tests.store.test_processes import in_child, needs_fork

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ipfs.store.repo import Repo

_CHECKOUT = Path(__file__).resolve().parents[2]
MB = 1_000_000

_RESERVE = """
import sys
from jupyter_ipfs.errors import QuotaExceededError
from jupyter_ipfs.store.repo import Repo

with Repo.open(sys.argv[1]) as repo:
    repo.quota.limit = 10_000_000
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        held = repo.quota.reserve(6_000_000)
        print("held", flush=True)
    except QuotaExceededError:
        print("refused", flush=True)
    sys.stdin.readline()
"""


def start(path: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", _RESERVE, path], text=True,
        env={**os.environ, "PYTHONPATH": str(_CHECKOUT)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert said(process) == "ready"
    return process


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


@pytest.fixture
def two(repo: Repo, path: Path) -> Iterator[list[subprocess.Popen[str]]]:
    """Two other processes that are about to set 6 MB of 10 aside."""
    repo.quota.limit = 10 * MB
    processes = [start(path), start(path)]
    yield processes
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_two_processes_cannot_take_the_same_bytes(
    repo: Repo, two: list[subprocess.Popen[str]]
) -> None:
    for process in two:
        go(process)
    assert sorted(map(said, two)) == ["held", "refused"]
    assert repo.quota.usage().reserved == 6 * MB
    with pytest.raises(QuotaExceededError):
        repo.quota.reserve(6 * MB)
    repo.quota.reserve(4 * MB).release()


def test_what_a_process_had_set_aside_is_free_when_it_dies(
    repo: Repo, two: list[subprocess.Popen[str]], path: Path
) -> None:
    first, second = two
    go(first)
    assert said(first) == "held"
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    assert repo.quota.usage().reserved == 0
    go(second)
    assert said(second) == "held"
    assert len(list((path / "reservations").iterdir())) == 1, "the dead one's file is gone"


@needs_fork
def test_a_fork_gives_nothing_back_that_is_its_parents(repo: Repo) -> None:
    repo.quota.limit = 10 * MB
    with repo.quota.reserve(6 * MB) as held:

        def child() -> None:
            held.release()
            with pytest.raises(QuotaExceededError):
                repo.quota.reserve(6 * MB)

        assert in_child(child) == 0
        assert repo.quota.usage().reserved == 6 * MB
    assert repo.quota.usage().reserved == 0


def test_packs_cache_staging_and_reservations_count(repo: Repo, path: Path) -> None:
    store(repo, leaves(3, size=1000))
    for block in leaves(2, size=500, seed=9):
        repo.cache_put(block)
    repo.flush_cache()
    (path / "uploads" / "a").mkdir(parents=True)
    (path / "uploads" / "a" / "stream").write_bytes(bytes(777))
    (path / "packs" / "x.car.partial").write_bytes(bytes(23))
    with repo.quota.reserve(4096):
        usage = repo.quota.usage()
    assert usage.packs == sum(file.stat().st_size for file in (path / "packs").glob("*.car"))
    assert usage.cache == sum(file.stat().st_size for file in (path / "cache").glob("*.car"))
    assert (usage.staged, usage.reserved) == (800, 4096)
    assert usage.total == usage.packs + usage.cache + 800 + 4096


def test_the_refusal_says_quota_used_needed_and_what_to_do(repo: Repo) -> None:
    store(repo, leaves(1, size=300_000))
    repo.quota.limit = MB
    with repo.quota.reserve(500_000), pytest.raises(QuotaExceededError) as caught:
        repo.quota.reserve(250_000)
    message = caught.value.message
    assert message == (
        "250 kB do not fit: the quota is 1 MB, and 800 kB of it are used, "
        "500 kB of those by what is being stored now"
    )
    assert caught.value.hint is not None
    assert "gc" in caught.value.hint
    assert "forget" in caught.value.hint


def test_a_batch_is_refused_at_the_byte_that_does_not_fit_and_leaves_nothing(
    repo: Repo, path: Path
) -> None:
    repo.quota.limit = 100_000
    before = repo.quota.usage()
    with repo.batch() as batch, pytest.raises(QuotaExceededError):  # noqa: PT012
        for number, block in enumerate(leaves(200)):
            batch.put(block)
            assert number < 100
    assert repo.quota.usage() == before
    assert [file.name for file in (path / "packs").iterdir()] == []
    store(repo, leaves(90))


def test_a_batch_of_many_megabytes_is_counted_once(repo: Repo) -> None:
    repo.quota.limit = 40 * MB
    with repo.batch(size_hint=30 * MB) as batch:
        for block in leaves(30, size=MB):
            batch.put(block)
            assert 30 * MB <= repo.quota.usage().total <= 33 * MB
        root = leaves(1, size=MB)[0].cid
        batch.commit(root)
    assert repo.quota.usage().reserved == 0


def test_content_that_is_here_already_is_stored_again_under_a_nearly_full_quota(
    repo: Repo,
) -> None:
    blocks = leaves(60)
    store(repo, blocks)
    repo.quota.limit = 100_000
    with repo.batch(size_hint=60_000) as batch:
        for block in blocks:
            assert not batch.put(block)
        batch.commit(blocks[0].cid)


def test_what_is_larger_than_the_whole_quota_is_refused_before_it_is_read(repo: Repo) -> None:
    repo.quota.limit = 100_000
    with pytest.raises(QuotaExceededError, match="101 kB do not fit"):
        repo.batch(size_hint=101_000)


def test_the_cache_makes_room_before_anything_is_refused(repo: Repo, path: Path) -> None:
    for block in leaves(80, seed=3):
        repo.cache_put(block)
    repo.flush_cache()
    repo.quota.limit = 100_000
    (kept,) = leaves(1)
    with repo.batch(size_hint=70_000) as batch:
        for block in [kept, *leaves(60, seed=4)]:
            batch.put(block)
        batch.commit(kept.cid)
    assert repo.quota.usage().total <= 100_000
    assert list((path / "cache").glob("*.car")) == []
    assert not repo.has(leaves(1, seed=3)[0].cid)


def test_an_upload_is_not_counted_twice_while_it_is_stored(repo: Repo, path: Path) -> None:
    staged = path / "uploads" / "a"
    staged.parent.mkdir()
    staged.write_bytes(bytes(60_000))
    repo.quota.limit = 100_000
    block = Block.build(bytes(60_000))
    with pytest.raises(QuotaExceededError), repo.batch() as batch:
        batch.put(block)
    with repo.quota.replacing(60_000), repo.batch(size_hint=60_000) as batch:
        batch.put(block)
        batch.commit(block.cid)
        staged.unlink()
    assert 60_000 < repo.quota.usage().total < 61_000


def test_some_disk_stays_free_for_the_rest_of_the_system(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures = shutil.disk_usage(repo.path)._replace(free=KEPT_FREE + 10 * MB)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: figures)
    with repo.quota.reserve(6 * MB), pytest.raises(DiskFullError, match="do not fit"):
        repo.quota.reserve(6 * MB)
    repo.quota.reserve(10 * MB).release()


def test_forget_works_when_the_quota_is_used_up(repo: Repo) -> None:
    root = store(repo, leaves(50))
    store(repo, leaves(50, seed=2))
    repo.quota.limit = 1
    assert forget(repo, root.cid).removed.blocks == 51


def test_what_is_fetched_does_not_grow_past_the_quota(repo: Repo) -> None:
    store(repo, leaves(50))
    repo.quota.limit = 80_000
    for seed in range(10, 20):
        for block in leaves(10, seed=seed):
            repo.cache_put(block)
        repo.flush_cache()
    usage = repo.quota.usage()
    assert usage.total <= 80_000
    assert usage.cache > 10_000
