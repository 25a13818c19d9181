"""Kill -9 between any two calls that change the disk, and look at what is left.

A child is forked, and dies by SIGKILL at the nth such call of an operation; n counts up
until the operation gets through. What SQLite does inside of one call is SQLite's to prove.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.node import gc
from jupyter_ipfs.node.forget import forget
from jupyter_ipfs.node.health import broken_pins
from jupyter_ipfs.node.walk import walk
from jupyter_ipfs.store import backup, schema
from jupyter_ipfs.store.repo import Repo
from tests.store.conftest import leaves, store, tree

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="it takes fork and SIGKILL")

_CALLS = [(os, name) for name in ("open", "write", "writev", "fsync", "lseek")]
_METHODS = [(Path, name) for name in ("rename", "replace", "unlink", "mkdir", "chmod")]

OLD = leaves(6, size=3000, seed=1)
MIXED = [*OLD[:3], *leaves(3, size=3000, seed=2)]
NEW = [*OLD[2:], *leaves(4, size=3000, seed=3)]


class _Doomed:
    """Counts calls, and ends the process at one of them."""

    def __init__(self, at: int) -> None:
        self.left = at

    def step(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def install(self) -> None:
        """Wrap the calls of this (forked, single-use) process."""
        for owner, name in [*_CALLS, *_METHODS]:
            setattr(owner, name, self._wrap(getattr(owner, name)))
        doomed, connect = self, sqlite3.connect

        class Connection(sqlite3.Connection):
            def execute(self, sql: str, *args: object) -> sqlite3.Cursor:
                if not sql.lstrip().startswith(("SELECT", "PRAGMA")):
                    doomed.step()
                return super().execute(sql, *args)  # type: ignore[arg-type]

        sqlite3.connect = lambda *args, **options: connect(
            *args, **{**options, "factory": Connection}
        )

    def _wrap(self, call: Callable[..., object]) -> Callable[..., object]:
        def counted(*args: object, **options: object) -> object:
            self.step()
            return call(*args, **options)

        return counted


def dies_at(number: int, operation: Callable[[], object]) -> bool:
    """Run the operation in a child that is killed at its nth call; ``False`` if it got through."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # about threads; the child uses none
        child = os.fork()
    if child == 0:
        code = 1
        try:
            _Doomed(number).install()
            operation()
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0, "the operation itself failed"
    return False


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """A repo with something named, something unpinned in the same pack, and a dead pack."""
    path = tmp_path / "template"
    with Repo.open(path) as repo:
        with repo.batch() as batch:
            for block in [*OLD, *MIXED, tree(MIXED)]:
                batch.put(block)
            batch.commit(tree(MIXED).cid, name="old")
        repo.unpin(store(repo, leaves(2, seed=7)).cid)
    return path


def check(path: Path) -> Repo:
    """Open what is left, and look for what may never be lost."""
    repo = Repo.open(path)
    assert len(list(walk(repo, repo.resolve("old")))) == 7
    assert broken_pins(repo) == []
    assert repo.verify().damaged == ()
    return repo


def crashed(template: Path, number: int, operation: Callable[[Path], object]) -> Path | None:
    """Return a copy of the template in which the operation died at its nth call."""
    path = template.with_name(f"crash-{number}")
    shutil.copytree(template, path)
    return path if dies_at(number, lambda: operation(path)) else None


def put(path: Path) -> None:
    with Repo.open(path) as repo:
        store(repo, NEW, name="new")


def collect(path: Path) -> None:
    with Repo.open(path) as repo:
        gc.collect(repo, grace_s=0)


def forget_old(path: Path) -> None:
    with Repo.open(path) as repo:
        forget(repo, store(repo, leaves(3, seed=8)).cid)


@pytest.mark.parametrize("operation", [put, collect, forget_old])
def test_a_kill_at_any_call_loses_nothing_and_leaves_nothing_behind(
    template: Path, operation: Callable[[Path], object]
) -> None:
    number = 0
    while (path := crashed(template, number := number + 1, operation)) is not None:
        with check(path) as repo:
            if "new" in repo.names():
                assert len(list(walk(repo, repo.resolve("new")))) == len(NEW) + 1
            store(repo, NEW, name="new")  # it goes on as if nothing had been
            assert len(list(walk(repo, repo.resolve("new")))) == len(NEW) + 1
            for _ in range(2):  # an unfinished pack is first seen, and then removed
                gc.collect(repo, grace_s=0)
            pinned = sum(pin.names == () for pin in repo.pins())  # not forgotten yet
            expected = len({b.cid for b in [*MIXED, *NEW]}) + 2 + 4 * pinned
            assert repo.status().blocks == expected
            assert {file.suffix for file in (path / "packs").iterdir()} == {".car"}
            assert not list(path.glob("*.partial"))
            held = {row[0] for row in repo.database.rows("SELECT file FROM packs")}
            assert {file.name for file in (path / "packs").iterdir()} == held
        shutil.rmtree(path)
    assert number > 15, "so few calls cannot be all"


def test_a_kill_at_any_call_of_a_creation_leaves_a_place_to_create_one(tmp_path: Path) -> None:
    number = 0
    while True:
        number += 1
        path = tmp_path / f"new-{number}"
        if not dies_at(number, lambda path=path: Repo.open(path).close()):  # type: ignore[misc]
            break
        with Repo.open(path) as repo:
            root = store(repo, OLD, name="old")
            assert len(list(walk(repo, root.cid))) == 7
            gc.collect(repo, grace_s=0)
            assert repo.opened.recovered == ()
    assert number > 10


def test_a_kill_at_any_call_of_a_recovery_still_recovers_at_the_next_opening(
    template: Path,
) -> None:
    (template / schema.FILE_NAME).unlink()
    number = 0
    while (
        path := crashed(template, number := number + 1, lambda path: Repo.open(path).close())
    ) is not None:
        with check(path) as repo:
            assert repo.names() == ["old"]
            assert repo.opened.recovered == ()
        shutil.rmtree(path)
    assert number > 10
    assert (template / backup.FILE_NAME).exists()
