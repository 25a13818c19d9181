"""Several processes in one repo at once, and processes that fork."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.errors import RepoError
from jupyter_ipfs.node.health import broken_pins
from jupyter_ipfs.node.walk import walk
from jupyter_ipfs.store.repo import Repo
from tests.processes import run_together
from tests.store.conftest import leaves, store

if TYPE_CHECKING:
    from collections.abc import Callable

_CHECKOUT = Path(__file__).resolve().parents[2]

_IMPORTS = """
from jupyter_ipfs.node import gc
from jupyter_ipfs.node.walk import walk
from jupyter_ipfs.store.repo import Repo
from tests.store.conftest import leaves, store
shared = leaves(40, seed=1)
"""
_WORK = """
with Repo.open(path) as repo:
    for turn in range(6):
        own = leaves(3, seed=1000 * (number + 1) + turn)
        root = store(repo, [*shared, *own], name=f"n{number}")
        assert len(list(walk(repo, root.cid))) == 44
        if turn % 2:
            repo.unpin(root.cid)
            if number % 2:
                gc.collect(repo)
        repo.cache_put(leaves(1, seed=number)[0])
"""


def test_several_processes_create_store_and_collect_at_once(path: Path) -> None:
    """Half of them run gc while the others store the same old blocks, which have no grace."""
    run_together(_IMPORTS, _WORK, path, 4)
    with Repo.open(path) as repo:
        assert repo.names() == ["n0", "n1", "n2", "n3"]
        assert broken_pins(repo) == []
        assert repo.verify().damaged == ()
        for pin in repo.pins():
            assert len(list(walk(repo, pin.root))) == 44


def in_child(work: Callable[[], object]) -> int:
    """Fork, work in the child, and return its exit code."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="it takes fork")


@needs_fork
def test_a_forked_child_uses_the_repo_with_a_connection_of_its_own(repo: Repo) -> None:
    root = store(repo, leaves(3))
    inherited = repo.database._connection

    def work() -> None:
        assert len(list(walk(repo, root.cid))) == 4
        store(repo, leaves(3, seed=1), name="from-the-child")
        assert repo.database._connection is not inherited

    assert in_child(work) == 0
    assert repo.database._connection is inherited
    assert repo.names() == ["from-the-child"]
    store(repo, leaves(3, seed=2), name="from-the-parent")


@needs_fork
def test_a_fork_in_the_middle_of_an_add_leaves_the_add_to_the_parent(
    repo: Repo, path: Path
) -> None:
    blocks = leaves(20, size=200_000)

    def work() -> None:
        with pytest.raises(RepoError, match="fork"):
            batch.put(blocks[0])
        with pytest.raises(RepoError, match="fork"):
            batch.commit(blocks[0].cid)
        batch.__exit__(None, None, None)
        store(repo, leaves(1, seed=1), name="child")

    with repo.batch() as batch:
        for block in blocks[:10]:
            batch.put(block)
        assert in_child(work) == 0
        assert any(file.suffix == ".partial" for file in (path / "packs").iterdir())
        for block in blocks[10:]:
            batch.put(block)
        batch.commit(blocks[0].cid)
    assert [b.data for b in repo.get_many(b.cid for b in blocks)] == [b.data for b in blocks]
    assert repo.names() == ["child"]


@needs_fork
def test_a_child_forked_while_threads_read_and_fetch_is_not_stuck(repo: Repo) -> None:
    root = store(repo, leaves(1))
    with repo.files._lock, repo._cache._lock:
        # Held by another thread at the fork, they would be held for ever in the child.
        def work() -> None:
            signal.alarm(20)
            repo.cache_put(leaves(1, seed=1)[0])
            repo.flush_cache()
            assert repo.get(root.cid).data == root.data

        outcome: list[int] = []
        forker = threading.Thread(target=lambda: outcome.append(in_child(work)))
        forker.start()
        forker.join()
    assert outcome == [0]


@needs_fork
def test_a_fork_waits_until_no_thread_is_inside_the_database(repo: Repo, path: Path) -> None:
    """Else the child would believe the locks to be its own, for good."""
    inside, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with repo.database.write():
            inside.set()
            leave.wait(0.3)  # long enough for the fork below to begin; nothing waits for longer

    holder = threading.Thread(target=hold)
    holder.start()
    inside.wait()

    def work() -> None:
        with Repo.open(path, busy_s=5) as other:
            store(other, leaves(1), name="child")

    assert in_child(work) == 0
    holder.join()
    assert repo.names() == ["child"]


def test_a_writer_elsewhere_stays_out_while_this_process_opens_its_own_files(
    repo: Repo, path: Path
) -> None:
    """The lock must survive everything that this package itself does in the meantime."""
    attempt = (
        "import sqlite3, sys\n"
        "c = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)\n"
        "c.execute('BEGIN IMMEDIATE')\n"
    )
    root = store(repo, leaves(3))
    with Repo.open(path) as other, repo.database.write():
        assert other.excluded
        assert len(list(walk(other, root.cid))) == 4
        assert other.verify().damaged == ()
        other.close()
        tried = subprocess.run(
            [sys.executable, "-c", attempt, path / "repo.sqlite"],
            capture_output=True, check=False,
        )  # fmt: skip
        assert b"locked" in tried.stderr
