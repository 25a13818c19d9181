"""The mutable files in the local repo: against a dict, against other processes, against gc."""

from __future__ import annotations

import os
import random
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from jupyter_ipfs.backends.embedded import EmbeddedBackend
from jupyter_ipfs.errors import (
    BlockNotFoundError,
    InvalidPathError,
    JupyterIPFSError,
    LimitError,
    PathNotFoundError,
)
from jupyter_ipfs.node import add as adding
from jupyter_ipfs.node import gc
from jupyter_ipfs.node.forget import forget, preview
from jupyter_ipfs.node.mfs.paths import FilePath
from jupyter_ipfs.node.walk import walk
from jupyter_ipfs.store import backup, schema
from jupyter_ipfs.store.repo import Repo
from jupyter_ipfs.unixfs import profiles
from tests.processes import run_together
from tests.store.test_crashes import crashed
from tests.store.test_processes import in_child
from tests.unixfs.dags import Dag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.protocols import MFS, MFSBatch

_CHECKOUT = Path(__file__).resolve().parents[2]
_EMPTY = "bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354"  # facts/ipfs.md 1.3


@pytest.fixture
def repo(tmp_path: Path) -> Iterator[Repo]:
    with Repo.open(tmp_path / "repo") as repo:
        yield repo


@pytest.fixture
def files(repo: Repo) -> MFS:
    return EmbeddedBackend(repo).mfs()


def imported(files: dict[str, bytes]) -> CID:
    return adding.add_files(adding.OnlyHash(), files, profiles.DEFAULT).cid


# — against a dict —

_NAMES = st.sampled_from(["a", "b", "c", "…", "x\ny"])
_PATHS = st.lists(_NAMES, min_size=1, max_size=3).map(lambda names: "/" + "/".join(names))
_CONTENT = st.binary(max_size=12)


class Model:
    """A tree of dicts and bytes that does what the files should."""

    def __init__(self) -> None:
        self.top: dict[str, object] = {}

    def at(self, names: list[str]) -> object:
        found: object = self.top
        for name in names:
            if not isinstance(found, dict) or name not in found:
                raise KeyError(name)
            found = found[name]
        return found

    def folder(self, names: list[str], *, make: bool = False) -> dict[str, object]:
        found = self.top
        for name in names:
            below = found.setdefault(name, {}) if make else found[name]
            if not isinstance(below, dict):
                raise KeyError(name)
            found = below
        return found


def copy_of(value: object) -> object:
    return (
        {name: copy_of(each) for name, each in value.items()} if isinstance(value, dict) else value
    )


def flat(tree: dict[str, object], prefix: str = "") -> Iterator[tuple[str, bytes | None]]:
    for name, value in tree.items():
        if isinstance(value, dict):
            yield prefix + name, None
            yield from flat(value, f"{prefix}{name}/")
        else:
            assert isinstance(value, bytes)
            yield prefix + name, value


class FilesLikeADict(RuleBasedStateMachine):
    """Every step is done to both; what one refuses the other must refuse."""

    def __init__(self) -> None:
        super().__init__()
        import tempfile  # noqa: PLC0415

        self.place = tempfile.TemporaryDirectory()
        self.repo = Repo.open(Path(self.place.name) / "repo")
        self.files = EmbeddedBackend(self.repo).mfs()
        self.model = Model()

    def teardown(self) -> None:
        self.repo.close()
        self.place.cleanup()

    def both(self, ours: object, theirs: object) -> None:
        assert callable(ours)
        assert callable(theirs)
        before = copy_of(self.model.top)
        try:
            theirs()
        except KeyError:
            self.model.top = before  # type: ignore[assignment]
            with pytest.raises(JupyterIPFSError):
                ours()
        else:
            ours()

    @rule(path=_PATHS, data=_CONTENT, parents=st.booleans())
    def write(self, path: str, data: bytes, *, parents: bool) -> None:
        def model() -> None:
            *above, name = path[1:].split("/")
            folder = self.model.folder(above, make=parents)
            if isinstance(folder.get(name), dict):
                raise KeyError(name)
            folder[name] = data

        self.both(lambda: self.files.write(path, data, parents=parents), model)

    @rule(path=_PATHS, data=_CONTENT, offset=st.integers(0, 20))
    def change(self, path: str, data: bytes, offset: int) -> None:
        def model() -> None:
            *above, name = path[1:].split("/")
            folder = self.model.folder(above)
            old = folder[name]
            if not isinstance(old, bytes):
                raise KeyError(name)
            if data:
                padded = old.ljust(offset, b"\0")
                folder[name] = padded[:offset] + data + padded[offset + len(data) :]

        self.both(
            lambda: self.files.write(path, data, offset=offset, create=False, truncate=False), model
        )

    @rule(path=_PATHS, parents=st.booleans())
    def mkdir(self, path: str, *, parents: bool) -> None:
        def model() -> None:
            *above, name = path[1:].split("/")
            folder = self.model.folder(above, make=parents)
            if name in folder and not (parents and isinstance(folder[name], dict)):
                raise KeyError(name)
            folder.setdefault(name, {})

        self.both(lambda: self.files.mkdir(path, parents=parents), model)

    @rule(path=_PATHS, recursive=st.booleans())
    def rm(self, path: str, *, recursive: bool) -> None:
        def model() -> None:
            *above, name = path[1:].split("/")
            folder = self.model.folder(above)
            if isinstance(folder[name], dict) and not recursive:
                raise KeyError(name)
            del folder[name]

        self.both(lambda: self.files.rm(path, recursive=recursive), model)

    @rule(source=_PATHS, to=_PATHS)
    def cp(self, source: str, to: str) -> None:
        def model() -> None:
            found = copy_of(self.model.at(source[1:].split("/")))
            *above, name = to[1:].split("/")
            folder = self.model.folder(above)
            if name in folder or to.startswith(source + "/"):
                raise KeyError(name)
            folder[name] = found

        self.both(lambda: self.files.cp(source, to), model)

    @rule(source=_PATHS, to=_PATHS)
    def mv(self, source: str, to: str) -> None:
        def model() -> None:
            found = self.model.at(source[1:].split("/"))
            if source == to and isinstance(found, bytes):
                return
            if to == source or to.startswith(source + "/"):
                raise KeyError(to)
            *above, name = to[1:].split("/")
            folder = self.model.folder(above)
            there = folder.get(name)
            if isinstance(there, dict):
                folder, name = there, source.rpartition("/")[2]
                if name in folder:
                    raise KeyError(name)
            folder[name] = found
            *above, last = source[1:].split("/")
            del self.model.folder(above)[last]

        self.both(lambda: self.files.mv(source, to), model)

    @rule()
    def collect(self) -> None:
        gc.collect(self.repo, grace_s=0)

    @invariant()
    def is_the_same(self) -> None:
        found: dict[str, bytes | None] = {}
        stack = ["/"]
        while stack:
            at = stack.pop()
            for entry in self.files.ls(at):
                path = f"{at.rstrip('/')}/{entry.name}"
                is_directory = entry.kind == "directory"
                found[path[1:]] = None if is_directory else self.files.read(path)
                stack += [path] if is_directory else []
        assert found == dict(flat(self.model.top))


TestFilesLikeADict = FilesLikeADict.TestCase
TestFilesLikeADict.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)


# — one root —


def test_the_files_are_empty_in_the_beginning(repo: Repo, files: MFS) -> None:
    assert str(files.root()) == _EMPTY
    assert files.ls() == []
    assert repo.mfs_root() is None
    assert files.stat("/").kind == "directory"
    with pytest.raises(PathNotFoundError):
        files.read("/a")


def test_a_change_that_changes_nothing_commits_nothing(repo: Repo, files: MFS) -> None:
    files.write("/a", b"a")
    generation = repo.kept()[0]
    files.write("/a", b"a")
    files.mkdir("/", parents=True)
    assert repo.kept()[0] == generation


def test_a_batch_is_one_pack_and_one_commit(repo: Repo, files: MFS) -> None:
    generation = repo.kept()[0]
    with files.batch() as batch:
        for number in range(300):
            batch.write(f"/d/{number}", b"%d" % number, parents=True)
    assert repo.kept()[0] == generation + 1
    assert repo.status().packs == 1
    assert files.stat("/d").cid == imported({str(n): b"%d" % n for n in range(300)})


def test_of_a_large_file_only_the_parts_that_change_are_written(repo: Repo, files: MFS) -> None:
    content = random.Random(1).randbytes(6 * profiles.DEFAULT.chunk_size + 5)
    files.write("/f", content)
    before = repo.status().size
    files.write("/f", b"more", offset=len(content), truncate=False)
    assert repo.status().size - before < 100_000
    files.write("/f", b"x", offset=3, truncate=False)
    assert repo.status().size - before < 1.2 * profiles.DEFAULT.chunk_size
    wanted = content[:3] + b"x" + content[4:] + b"more"
    assert files.read("/f") == wanted
    assert files.root() == imported({"f": wanted})


def test_a_huge_gap_is_refused(files: MFS) -> None:
    files.write("/f", b"1")
    with pytest.raises(LimitError):
        files.write("/f", b"2", offset=1 << 60, truncate=False)
    with pytest.raises(ValueError, match="negative"):
        files.write("/f", b"2", offset=-1)


def test_a_file_keeps_its_permissions_when_a_part_of_it_changes(repo: Repo, files: MFS) -> None:
    options = adding.Options(attributes=adding.Attributes(mode=0o640, mtime=(5, 0)))
    import io  # noqa: PLC0415

    with repo.batch() as batch:
        ref = adding.add_stream(batch, io.BytesIO(b"abc"), profiles.DEFAULT, options=options)
        batch.commit(ref.cid)
    files.cp(f"/ipfs/{ref.cid}", "/f")
    files.write("/f", b"X", offset=1, truncate=False)
    stat = files.stat("/f")
    assert (stat.mode, stat.mtime, files.read("/f")) == (0o640, None, b"aXc")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a/b",
        "/a\0b",
        "/" + "x" * 5_000,
        "/a/" + "x" * 70_000,
        "/a" * 300,
        "ipfs://x",
        "\\a",
    ],
)
def test_what_is_no_path_is_refused(text: str, files: MFS) -> None:
    with pytest.raises(InvalidPathError):
        files.ls(text)


def test_paths_are_read_as_kubo_reads_them() -> None:
    for text, shown in [
        ("/", "/"),
        ("//a///b/", "/a/b"),
        ("/a/./b/../c", "/a/c"),
        ("/../..", "/"),
        ("/%2e%2e", "/%2e%2e"),
        ("/a\\b", "/a\\b"),
    ]:
        assert str(FilePath.parse(text)) == shown


def test_a_crafted_directory_is_listed_and_changed_or_refused_by_our_errors(
    repo: Repo, files: MFS
) -> None:
    dag = Dag()
    leaf = dag.raw(b"x")
    entries = [(b"..", leaf), (b"", leaf), (b"a/b", leaf), (b"twice", leaf), (b"twice", leaf)]
    odd = dag.directory(*entries)
    broken = [
        dag.node(b"\x08\x09"),
        dag.shard(b"\x01", (b"00name in the wrong bucket", leaf)),
        dag.shard(b"\xff", (b"00x", leaf)),
        dag.shard(b"\x01", (b"00", dag.shard(b""))),
        dag.file([leaf], [7], 9),
    ]
    with repo.batch() as batch:
        for block in dag.held.values():
            batch.put(block)
        batch.commit(odd, pin=False)
    files.cp(f"/ipfs/{odd}", "/odd")
    files.write("/odd/new", b"n")
    assert [entry.name for entry in files.ls("/odd")] == ["", "..", "a/b", "new", "twice"]
    files.rm("/odd/twice")
    assert files.read("/odd/new") == b"n"
    for number, cid in enumerate(broken):
        try:
            files.cp(f"/ipfs/{cid}", f"/broken{number}")
            files.ls(f"/broken{number}")
            files.write(f"/broken{number}/f", b"x")
        except JupyterIPFSError:
            files.rm(f"/broken{number}", force=True)
    files.rm("/odd", recursive=True)
    assert files.ls() == []


# — kept —


def test_gc_keeps_the_files_and_drops_what_was_removed(repo: Repo, files: MFS) -> None:
    files.write("/kept", b"kept")
    files.write("/gone", b"gone")
    files.rm("/gone")
    gc.collect(repo, grace_s=0)
    assert files.read("/kept") == b"kept"
    assert len(list(walk(repo, files.root()))) == repo.status().blocks == 2


def test_content_that_was_copied_in_is_kept_without_its_pin(repo: Repo, files: MFS) -> None:
    with repo.batch() as batch:
        ref = adding.add_files(batch, {"a/b": b"b"}, profiles.DEFAULT)
        batch.commit(ref.cid)
    files.cp(f"/ipfs/{ref.cid}/a", "/copy")
    repo.unpin(ref.cid)
    gc.collect(repo, grace_s=0)
    assert files.read("/copy/b") == b"b"
    with pytest.raises(BlockNotFoundError):
        repo.get(ref.cid)
    with pytest.raises(BlockNotFoundError):
        files.cp(f"/ipfs/{ref.cid}", "/again")
    assert [entry.name for entry in files.ls()] == ["copy"]


def test_forget_says_that_the_files_need_it(repo: Repo, files: MFS) -> None:
    with repo.batch() as batch:
        ref = adding.add_files(batch, {"a": b"a", "b": b"b"}, profiles.DEFAULT)
        batch.commit(ref.cid, name="data")
    files.cp(f"/ipfs/{ref.cid}", "/data")
    for root in (ref.cid, files.root()):
        assert preview(repo, root).shared_with[-1:] == ("files:/",)
        assert preview(repo, root).removed.blocks == 0
    assert forget(repo, ref.cid).shared.blocks == 3
    assert files.read("/data/a") == b"a"
    forget(repo, files.root())
    assert files.read("/data/a") == b"a"


def test_where_the_database_is_lost_the_files_come_back(tmp_path: Path) -> None:
    with Repo.open(tmp_path / "repo") as repo:
        files = EmbeddedBackend(repo).mfs()
        files.write("/a/b", b"b", parents=True)
        root = files.root()
    (tmp_path / "repo" / schema.FILE_NAME).unlink()
    with Repo.open(tmp_path / "repo") as repo:
        assert repo.mfs_root() == root
        assert EmbeddedBackend(repo).mfs().read("/a/b") == b"b"
        assert repo.opened.recovered == ()


def test_where_the_backup_is_older_the_newest_root_is_recovered(tmp_path: Path) -> None:
    with Repo.open(tmp_path / "repo") as repo:
        files = EmbeddedBackend(repo).mfs()
        files.write("/a", b"1")
        old, saved = files.root(), (repo.path / backup.FILE_NAME).read_bytes()
        files.write("/a", b"2")
        new = files.root()
    (repo.path / schema.FILE_NAME).unlink()
    (repo.path / backup.FILE_NAME).write_bytes(saved)
    with Repo.open(tmp_path / "repo") as repo:
        assert repo.mfs_root() == old
        assert new in {pin.root for pin in repo.pins()}


def test_a_repo_of_version_1_opens_and_has_files(tmp_path: Path) -> None:
    path = tmp_path / "repo"
    with Repo.open(path) as repo, repo.batch() as batch:
        ref = adding.add_files(batch, {"a": b"a"}, profiles.DEFAULT)
        batch.commit(ref.cid, name="old")
    with sqlite3.connect(path / schema.FILE_NAME) as connection:
        connection.execute("DROP TABLE mfs")
        connection.execute("PRAGMA user_version = 1")
    connection.close()
    for _ in range(2):
        with Repo.open(path) as repo:
            files = EmbeddedBackend(repo).mfs()
            files.cp(
                f"/ipfs/{repo.resolve('old')}", "/old", parents=True
            ) if not files.ls() else None
            assert files.read("/old/a") == b"a"


# — others at the same time —


def test_a_change_that_comes_late_is_made_on_top_of_the_others(repo: Repo) -> None:
    one, other = EmbeddedBackend(repo).mfs(), EmbeddedBackend(repo).mfs()
    one.write("/shared", b"0123456789")
    with one.batch() as batch:
        batch.write("/one", b"1")
        batch.write("/shared", b"ab", offset=0, truncate=False)
        other.write("/other", b"2")
        other.write("/shared", b"yz", offset=8, truncate=False)
        gc.collect(repo, grace_s=0)
    assert one.root() == imported({"one": b"1", "other": b"2", "shared": b"ab234567yz"})


def test_a_change_that_has_no_place_any_more_is_refused_whole(repo: Repo) -> None:
    one, other = EmbeddedBackend(repo).mfs(), EmbeddedBackend(repo).mfs()
    one.mkdir("/d")

    def change(batch: MFSBatch) -> None:
        batch.write("/first", b"1")
        batch.write("/d/second", b"2")
        other.rm("/d", recursive=True)

    with pytest.raises(PathNotFoundError), one.batch() as batch:
        change(batch)
    assert one.ls() == []


_IMPORTS = """
from jupyter_ipfs.backends.embedded import EmbeddedBackend
from jupyter_ipfs.node import gc
from jupyter_ipfs.store.repo import Repo
"""
_WORK = """
with Repo.open(path) as repo:
    files = EmbeddedBackend(repo).mfs()
    for turn in range(15):
        files.write(f"/shared/{number}-{turn}", b"%d" % turn, parents=True)
        files.write(f"/own{number}/f", b"%d" % turn, parents=True)
    if number == 0:
        gc.collect(repo, grace_s=0)
"""


def test_processes_that_write_different_files_all_succeed(tmp_path: Path) -> None:
    path = tmp_path / "repo"
    run_together(_IMPORTS, _WORK, path, 3)
    with Repo.open(path) as repo:
        wanted = {f"shared/{n}-{t}": b"%d" % t for n in range(3) for t in range(15)}
        wanted |= {f"own{n}/f": b"14" for n in range(3)}
        assert EmbeddedBackend(repo).mfs().root() == imported(wanted)
        assert repo.verify().damaged == ()


def test_a_forked_child_has_the_files_too(files: MFS) -> None:
    files.write("/parent", b"p")
    assert in_child(lambda: files.write("/child", b"c")) == 0
    assert files.root() == imported({"parent": b"p", "child": b"c"})


@pytest.mark.skipif(not hasattr(os, "fork"), reason="it takes fork and SIGKILL")
def test_a_kill_at_any_call_leaves_the_old_root_or_the_new_one(tmp_path: Path) -> None:
    import shutil  # noqa: PLC0415

    template = tmp_path / "template"
    with Repo.open(template) as repo:
        files = EmbeddedBackend(repo).mfs()
        files.write("/d/old", b"old" * 500, parents=True)
        old = files.root()

    def operation(path: Path) -> None:
        with Repo.open(path) as repo, EmbeddedBackend(repo).mfs().batch() as batch:
            batch.write("/d/new", b"new" * 500)
            batch.mv("/d/old", "/moved")

    new = imported({"d/new": b"new" * 500, "moved": b"old" * 500})
    number, roots = 0, set()
    while (path := crashed(template, number := number + 1, operation)) is not None:
        with Repo.open(path) as repo:
            files = EmbeddedBackend(repo).mfs()
            roots.add(files.root())
            assert len(list(walk(repo, files.root()))) in {3, 4}
            gc.collect(repo, grace_s=0)
            assert len(list(walk(repo, files.root()))) in {3, 4}
            assert repo.verify().damaged == ()
            assert repo.opened.recovered == ()
        shutil.rmtree(path)
    assert number > 10
    assert old in roots
    assert roots <= {old, new}
