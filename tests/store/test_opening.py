"""Opening: places that cannot be used, and damage that is found."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.errors import (
    RepoBusyError,
    RepoError,
    RepoUnusableError,
    RepoVersionError,
    VerificationError,
)
from jupyter_ipfs.node import gc
from jupyter_ipfs.node.health import broken_pins
from jupyter_ipfs.node.walk import walk
from jupyter_ipfs.store import locking, schema
from jupyter_ipfs.store.repo import Repo
from tests.store.conftest import leaves, store, tree

if TYPE_CHECKING:
    from pathlib import Path


def test_everything_in_a_repo_is_private(repo: Repo, path: Path) -> None:
    store(repo, leaves(1), name="fig-3")
    repo.cache_put(leaves(1, seed=1)[0])
    repo.flush_cache()
    for file in [path, *path.rglob("*")]:
        assert stat.S_IMODE(file.stat().st_mode) == (0o700 if file.is_dir() else 0o600), file


def test_sqlite_is_set_up_to_be_careful(repo: Repo) -> None:
    settings = {
        name: repo.database.rows(f"PRAGMA {name}")[0][0]
        for name in ("trusted_schema", "mmap_size", "cell_size_check", "synchronous",
                     "journal_mode")
    }  # fmt: skip
    extra = 3
    assert settings == {
        "trusted_schema": 0,
        "mmap_size": 0,
        "cell_size_check": 1,
        "synchronous": extra,
        "journal_mode": "delete",
    }


def test_a_directory_that_others_could_look_into_is_closed(path: Path) -> None:
    path.mkdir(mode=0o755)
    path.chmod(0o755)
    Repo.open(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o700


def test_a_repo_of_somebody_else_is_refused(path: Path) -> None:
    if os.geteuid():
        pytest.skip("giving a directory away takes root")
    path.mkdir()
    os.chown(path, 12345, 12345)
    with pytest.raises(RepoUnusableError, match="another user"):
        Repo.open(path)


def test_a_file_in_the_place_of_a_repo_is_refused(path: Path) -> None:
    path.write_text("not a repo")
    with pytest.raises(RepoUnusableError):
        Repo.open(path)


def test_nothing_is_made_where_nothing_should_be(path: Path) -> None:
    with pytest.raises(RepoUnusableError, match="no repo"):
        Repo.open(path, create=False)
    assert not path.exists()


def test_a_newer_repo_is_refused_and_left_alone(repo: Repo, path: Path) -> None:
    repo.close()
    connection = sqlite3.connect(path / schema.FILE_NAME)
    connection.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    connection.close()
    with pytest.raises(RepoVersionError) as caught:
        Repo.open(path)
    assert "upgrade" in str(caught.value.hint)


@pytest.mark.parametrize("version", [1, 2])
def test_an_older_repo_is_upgraded_and_keeps_what_it_knows(
    repo: Repo, path: Path, version: int
) -> None:
    root = store(repo, leaves(1), name="fig-3").cid
    repo.record_copy(root, "/lab/x.car")
    before = (repo.copies(root), repo.log("fig-3"))
    repo.close()
    connection = sqlite3.connect(path / schema.FILE_NAME)
    connection.execute("ALTER TABLE copies DROP COLUMN checked_at")
    if version == 1:
        connection.execute("DROP TABLE mfs")
    connection.execute(f"PRAGMA user_version = {version}")
    connection.commit()
    connection.close()
    with Repo.open(path) as found:
        assert (found.copies(root), found.log("fig-3"), found.mfs_root()) == (*before, None)
        found.record_check(root, "/lab/x.car")
        assert found.copies(root)[0].checked_at is not None
        assert found.database.rows("PRAGMA user_version") == [(schema.VERSION,)]


def test_the_state_that_an_older_version_saved_is_restored(repo: Repo, path: Path) -> None:
    root = store(repo, leaves(1)).cid
    repo.record_copy(root, "/lab/x.car")
    before = repo.copies(root)
    repo.close()
    saved = (path / "state.backup").read_text()
    (path / "state.backup").write_text(
        saved.replace(f', "/lab/x.car", {before[0].created_at}, null]',
                      f', "/lab/x.car", {before[0].created_at}]')
    )  # fmt: skip
    assert (path / "state.backup").read_text() != saved
    (path / schema.FILE_NAME).unlink()
    with Repo.open(path) as found:
        assert found.copies(root) == before


def test_a_read_only_home_is_told_with_another_place_to_go(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    if os.geteuid():
        home.chmod(0o500)
        with pytest.raises(RepoUnusableError) as caught:
            Repo.open(home / "repo")
        assert "JUPYTER_IPFS_REPO" in str(caught.value.hint)
        return
    mounted = ["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(home)]
    if subprocess.run(mounted, capture_output=True, check=False).returncode:
        pytest.skip("root writes everywhere, and cannot mount here")
    try:
        with pytest.raises(RepoUnusableError) as caught:
            Repo.open(home / "repo")
    finally:
        subprocess.run(["umount", home], check=True)
    assert "JUPYTER_IPFS_REPO" in str(caught.value.hint)


def test_a_file_system_without_locks_gets_lock_files(tmp_path: Path) -> None:
    """SQLite's own ``unix-none`` is such a file system: it takes every lock and holds none."""
    assert locking.choose(tmp_path, ("unix-none", "unix-dotfile")) == "unix-dotfile"


def test_where_no_lock_works_the_repo_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RepoUnusableError) as caught:
        locking.choose(tmp_path, ("unix-none",))
    assert "JUPYTER_IPFS_REPO" in str(caught.value.hint)


def test_a_repo_with_lock_files_keeps_two_openers_apart(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locking, "choose", lambda _: "unix-dotfile")
    with Repo.open(path) as first:
        root = store(first, leaves(3), name="fig-3")
        monkeypatch.undo()
        with Repo.open(path, busy_s=0.1) as second:  # finds out from the repo how it is locked
            with first.database.write(), pytest.raises(RepoBusyError):
                subprocess_write(second)
            assert second.resolve("fig-3") == root.cid
            with second.database.write():
                assert (path / "repo.sqlite.lock").exists()


def subprocess_write(repo: Repo) -> None:
    """Write from another opener; the same process will do, as lock files know no process."""
    with repo.database.write():
        pass


_HOLD = """
import sqlite3, sys
c = sqlite3.connect(sys.argv[1], isolation_level=None)
c.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


def test_a_lock_that_is_never_let_go_is_told(repo: Repo, path: Path) -> None:
    repo.database.busy_s = 0.2
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, path / schema.FILE_NAME],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    with holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        (block,) = leaves(1)
        with pytest.raises(RepoBusyError, match="in use"):
            repo.pin(block.cid)
        with pytest.raises(RepoBusyError):
            repo.has(block.cid)
        holder.communicate()
    repo.pin(block.cid)


def test_the_repos_own_files_are_known_by_device_and_inode(repo: Repo, path: Path) -> None:
    for file in (path, path / schema.FILE_NAME, path / "packs"):
        found = file.stat()
        assert (found.st_dev, found.st_ino) in repo.excluded


def test_a_lost_database_comes_back_from_packs_and_backup(repo: Repo, path: Path) -> None:
    named, pinned = store(repo, leaves(3), name="fig-3"), store(repo, leaves(2, seed=1))
    repo.mark_shared("fig-3")
    repo.record_copy(named.cid, "/x.car")
    before = (repo.pins(), repo.log("fig-3"), repo.copies(named.cid))
    repo.close()
    (path / schema.FILE_NAME).unlink()
    with Repo.open(path) as found:
        assert (found.pins(), found.log("fig-3"), found.copies(named.cid)) == before
        assert found.opened.adopted == 7
        assert broken_pins(found) == []
        gc.collect(found, grace_s=0)
        assert len(list(walk(found, pinned.cid))) == 3


@pytest.mark.parametrize("backup", ["older", "missing", "cut off"])
def test_where_the_backup_knows_less_than_the_packs_their_roots_are_kept_until_somebody_looks(
    repo: Repo, path: Path, backup: str
) -> None:
    known = store(repo, leaves(3), name="fig-3")
    saved = (path / "state.backup").read_bytes()
    newer = store(repo, leaves(3, seed=1), name="fig-4")
    repo.close()
    (path / schema.FILE_NAME).unlink()
    if backup == "missing":
        (path / "state.backup").unlink()
    else:
        (path / "state.backup").write_bytes(saved if backup == "older" else saved[:-5])
    with Repo.open(path) as found:
        assert newer.cid in found.opened.recovered
        assert {pin.root for pin in found.pins()} == {known.cid, newer.cid}
        labels = {label for pin in found.pins() for label in pin.names}
        assert f"recovered/{newer.cid}@1" in labels
        with pytest.raises(RepoError, match="recovered"):
            gc.collect(found, grace_s=0)
        found.confirm_recovery(keep=False)
        gc.collect(found, grace_s=0)
        assert found.has(newer.cid) is False
        assert found.has(known.cid) is (backup == "older")


def test_a_recovery_that_is_interrupted_goes_on_at_the_next_opening(
    repo: Repo, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    roots = [store(repo, leaves(1, seed=n)).cid for n in range(3)]
    repo.close()
    (path / schema.FILE_NAME).unlink()
    (path / "state.backup").unlink()
    scanned = 0

    def scan(place: Path) -> object:
        nonlocal scanned
        scanned += 1
        if scanned == 2:
            raise KeyboardInterrupt
        return original(place)

    from jupyter_ipfs.store import recovery  # noqa: PLC0415

    original = recovery.scan
    monkeypatch.setattr(recovery, "scan", scan)
    with pytest.raises(KeyboardInterrupt):
        Repo.open(path)
    monkeypatch.undo()
    with Repo.open(path) as found:
        assert {pin.root for pin in found.pins()} == set(roots)
        with pytest.raises(RepoError):
            gc.collect(found)


def test_a_damaged_database_is_told_and_can_be_rebuilt(repo: Repo, path: Path) -> None:
    root = store(repo, leaves(3), name="fig-3")
    repo.close()
    (path / schema.FILE_NAME).write_bytes(b"no database at all" * 1000)
    with pytest.raises(RepoError, match="damaged") as caught:
        Repo.open(path)
    assert "rebuild" in str(caught.value.hint)
    with Repo.rebuild(path) as found:
        assert found.resolve("fig-3") == root.cid
        assert len(list(walk(found, root.cid))) == 4


@pytest.mark.parametrize("how", ["missing", "short", "longer"])
def test_a_pack_that_is_not_what_it_was_is_quarantined_at_opening(
    repo: Repo, path: Path, how: str
) -> None:
    blocks = leaves(3)
    root = store(repo, blocks, name="fig-3")
    repo.close()
    (pack,) = (path / "packs").iterdir()
    if how == "missing":
        pack.unlink()
    else:
        data = pack.read_bytes()
        pack.write_bytes(data[:-10] if how == "short" else data + b"x")
    with Repo.open(path) as found:
        assert found.opened.quarantined == 4
        whole = how == "longer"  # then all that was in it is found in it again
        assert found.has(blocks[0].cid) is (how != "missing")
        assert (broken_pins(found) == []) is whole
        if not whole:
            with pytest.raises(VerificationError):
                found.get(root.cid)
        store(found, blocks)
        assert len(list(walk(found, root.cid))) == 4


def test_a_pack_that_nothing_knows_of_is_verified_and_indexed(
    repo: Repo, path: Path, tmp_path: Path
) -> None:
    blocks = leaves(3)
    root = tree(blocks)
    with Repo.open(tmp_path / "other") as other:
        store(other, blocks)
    (pack,) = (tmp_path / "other" / "packs").iterdir()
    data = bytearray(pack.read_bytes())
    data[data.find(blocks[1].data)] ^= 1
    (path / "packs" / pack.name).write_bytes(data)
    assert repo.repair().adopted == 3
    assert repo.get(root.cid).data == root.data
    assert not repo.has(blocks[1].cid)


def test_a_copied_repo_is_a_repo(repo: Repo, path: Path, tmp_path: Path) -> None:
    root = store(repo, leaves(3), name="fig-3")
    repo.close()
    shutil.copytree(path, tmp_path / "copy")
    with Repo.open(tmp_path / "copy") as copy:
        assert len(list(walk(copy, copy.resolve("fig-3")))) == 4
        assert copy.resolve("fig-3") == root.cid
