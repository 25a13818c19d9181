"""What the mutable files of every backend have to do, as tests; part of `BackendConformance`.

They work in a directory of their own, so that a backend may be shared.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.errors import (
    InvalidPathError,
    NotADirectoryPathError,
    NotAFileError,
    PathExistsError,
    PathNotFoundError,
)
from jupyter_ipfs.ipld.block import Block
from jupyter_ipfs.node import add as adding
from jupyter_ipfs.unixfs import profiles

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.protocols import Backend, MFSBatch


def expected(files: Mapping[str, bytes]) -> CID:
    """Return the CID of a directory with these files, as `add` makes it."""
    return adding.add_files(adding.OnlyHash(), files, profiles.DEFAULT).cid


def names(files: MFSBatch, path: str) -> list[str]:
    """Return what is in a directory."""
    return [entry.name for entry in files.ls(path)]


class MFSConformance:
    """Tests of `jupyter_ipfs.protocols.MFS`; a sub-class has fixtures ``backend``, ``seed``."""

    @pytest.fixture
    def home(self, seed: str) -> str:
        """The directory of one test."""
        return f"/{seed}"

    def test_what_was_written_is_read(self, backend: Backend, home: str) -> None:
        """All of it or a part, from bytes and from a stream."""
        files = backend.mfs()
        files.write(f"{home}/a/b.txt", b"hello world", parents=True)
        files.write(f"{home}/c.txt", io.BytesIO(b"from a stream"))
        assert files.read(f"{home}/a/b.txt") == b"hello world"
        assert files.read(f"{home}/a/b.txt", 6, 3) == b"wor"
        assert b"".join(files.stream(f"{home}/c.txt", 5)) == b"a stream"
        assert files.stat(home).cid == expected(
            {"a/b.txt": b"hello world", "c.txt": b"from a stream"}
        )
        assert files.stat(f"{home}/a/b.txt").size == 11
        assert names(files, home) == ["a", "c.txt"]

    def test_the_root_moves_with_each_change_and_comes_back(
        self, backend: Backend, home: str
    ) -> None:
        """It is told by the content alone."""
        files = backend.mfs()
        before = files.root()
        files.mkdir(home)
        assert files.root() != before
        files.rm(home, recursive=True)
        assert files.root() == before
        assert files.flush("/") == before

    def test_a_part_of_a_file_is_changed(self, backend: Backend, home: str) -> None:
        """What is skipped past its end is zeros."""
        files = backend.mfs()
        files.write(f"{home}/f", b"0123456789", parents=True)
        files.write(f"{home}/f", b"ab", offset=3, truncate=False)
        assert files.read(f"{home}/f") == b"012ab56789"
        files.write(f"{home}/f", b"!", offset=12, truncate=False)
        assert files.read(f"{home}/f") == b"012ab56789\0\0!"
        assert files.stat(home).cid == expected({"f": b"012ab56789\0\0!"})

    def test_a_large_file_is_changed_in_the_middle(self, backend: Backend, home: str) -> None:
        """With the CID that adding all of it would give."""
        files = backend.mfs()
        step = profiles.DEFAULT.chunk_size
        content = bytearray(bytes(range(256)) * (step // 256) * 3)
        files.write(f"{home}/f", bytes(content), parents=True)
        content[step - 2 : step + 2] = b"...."
        files.write(f"{home}/f", io.BytesIO(b"...."), offset=step - 2, truncate=False)
        assert files.stat(home).cid == expected({"f": bytes(content)})

    def test_content_from_elsewhere_is_named(self, backend: Backend, home: str) -> None:
        """By its CID and a path below it; nothing is stored twice."""
        files = backend.mfs()
        with backend.batch() as batch:
            ref = adding.add_files(batch, {"x/y": b"why"}, profiles.DEFAULT)
            batch.commit(ref.cid, pin=False)
        files.cp(f"/ipfs/{ref.cid}", f"{home}/copy", parents=True)
        files.cp(f"ipfs://{ref.cid}/x/y", f"{home}/")
        assert files.stat(f"{home}/copy").cid == ref.cid
        assert files.read(f"{home}/y") == b"why"

    def test_copies_and_moves(self, backend: Backend, home: str) -> None:
        """Into a directory, or in the place of a name."""
        files = backend.mfs()
        files.write(f"{home}/a/one", b"1", parents=True)
        files.cp(f"{home}/a", f"{home}/b")
        files.mv(f"{home}/a/one", f"{home}/b/two")
        files.mv(f"{home}/b/two", f"{home}/a/")
        files.mkdir(f"{home}/x/same", parents=True)
        files.mkdir(f"{home}/y/same", parents=True)
        files.write(f"{home}/x/same/f", b"f")
        files.mv(f"{home}/x/same/f", f"{home}/y/same/f")
        wanted = {"a/two": b"1", "b/one": b"1", "y/same/f": b"f"}
        files.rm(f"{home}/x", recursive=True)
        assert files.stat(home).cid == expected(wanted)
        files.cp(f"{home}/a/two", f"{home}/b/one", force=True)
        files.mv(f"{home}/a", f"{home}/b")
        assert files.stat(home).cid == expected({"b/a/two": b"1", "b/one": b"1", "y/same/f": b"f"})

    def test_what_a_shell_refuses_is_refused(self, backend: Backend, home: str) -> None:
        """And nothing has changed."""
        files = backend.mfs()
        files.write(f"{home}/d/f", b"f", parents=True)
        files.write(f"{home}/g", b"g")
        root = files.root()
        refused: list[tuple[type[Exception], Callable[[], object]]] = [
            (NotAFileError, lambda: files.rm(f"{home}/d")),
            (InvalidPathError, lambda: files.rm("/", recursive=True)),
            (PathNotFoundError, lambda: files.rm(f"{home}/none")),
            (PathNotFoundError, lambda: files.mkdir(f"{home}/no/such")),
            (PathExistsError, lambda: files.mkdir(f"{home}/d")),
            (PathExistsError, lambda: files.mkdir(f"{home}/g", parents=True)),
            (NotADirectoryPathError, lambda: files.mkdir(f"{home}/g/h", parents=True)),
            (PathExistsError, lambda: files.cp(f"{home}/g", f"{home}/g")),
            (InvalidPathError, lambda: files.cp(f"{home}/d", f"{home}/d/d")),
            (InvalidPathError, lambda: files.mv(f"{home}/d", f"{home}/d/d")),
            (InvalidPathError, lambda: files.mv(f"{home}/d", f"{home}/d")),
            (PathExistsError, lambda: files.cp(f"{home}/g", f"{home}/d", force=True)),
            (NotAFileError, lambda: files.write(f"{home}/d", b"")),
            (PathNotFoundError, lambda: files.write(f"{home}/new", b"", create=False)),
            (PathNotFoundError, lambda: files.write(f"{home}/no/such", b"")),
            (NotAFileError, lambda: files.read(f"{home}/d")),
            (InvalidPathError, lambda: files.ls("relative")),
            (InvalidPathError, lambda: files.ls("")),
            (InvalidPathError, lambda: files.mkdir(f"{home}/nul\0")),
        ]
        for kind, change in refused:
            with pytest.raises(kind):
                change()
        files.rm(f"{home}/none", force=True)
        files.mkdir(f"{home}/d", parents=True)
        assert files.root() == root

    def test_any_name_that_a_directory_can_hold_is_kept(self, backend: Backend, home: str) -> None:
        """Newlines, marks of direction, markup, spaces, bytes that are no text."""
        files = backend.mfs()
        hostile = [
            "a\nb",
            "\u202egnp.exe",
            "<script>",
            " ",
            "...",
            "\udcff\udcfe",
            "%2e%2e",
            "a&b=c?",
        ]
        with files.batch() as batch:
            for name in hostile:
                batch.write(f"{home}/{name}", name.encode(errors="surrogateescape"), parents=True)
        assert sorted(names(files, home)) == sorted(hostile)
        for name in hostile:
            assert files.read(f"{home}/{name}") == name.encode(errors="surrogateescape")
            files.mv(f"{home}/{name}", f"{home}/moved")
            files.rm(f"{home}/moved")
        assert names(files, home) == []
        files.mkdir(f"{home}/a/../b/./c//d", parents=True)
        assert names(files, f"{home}/b") == ["c"]

    def test_a_batch_is_one_step_that_reads_what_it_wrote(
        self, backend: Backend, home: str
    ) -> None:
        """And nothing is seen of it before its end."""
        files = backend.mfs()
        before = files.root()
        with files.batch() as batch:
            batch.write(f"{home}/a/f", b"0123", parents=True)
            batch.write(f"{home}/a/f", b"xy", offset=1, truncate=False)
            assert batch.read(f"{home}/a/f") == b"0xy3"
            batch.cp(f"{home}/a", f"{home}/b")
            batch.rm(f"{home}/a/f")
            batch.mv(f"{home}/b/f", f"{home}/g")
            assert names(batch, home) == ["a", "b", "g"]
            assert batch.stat(f"{home}/g").size == 4
            assert files.root() == before
        assert names(files, home) == ["a", "b", "g"]
        assert files.read(f"{home}/g") == b"0xy3"

    def test_a_batch_that_fails_changes_nothing(self, backend: Backend, home: str) -> None:
        """Whatever stops it."""
        files = backend.mfs()
        before = files.root()
        with pytest.raises(KeyboardInterrupt), files.batch() as batch:  # noqa: PT012
            batch.write(f"{home}/f", b"x", parents=True)
            raise KeyboardInterrupt
        assert files.root() == before

    def test_a_directory_is_sharded_and_made_whole_again(self, backend: Backend, home: str) -> None:
        """At the very entry at which Kubo does it, in both directions."""
        files = backend.mfs()
        width, most = 40, 3120  # so many entries of one byte stay below 256 KiB
        entries = {f"{number:0{width}}": b"x" for number in range(most + 2)}
        with files.batch() as batch:
            for name in list(entries)[:most]:
                batch.write(f"{home}/big/{name}", b"x", parents=True)
        assert files.stat(f"{home}/big").cid == expected(dict(list(entries.items())[:most]))
        for count in (most + 1, most + 2):
            files.write(f"{home}/big/{list(entries)[count - 1]}", b"x")
            assert files.stat(f"{home}/big").cid == expected(dict(list(entries.items())[:count]))
        assert len(backend.get(files.stat(f"{home}/big").cid).data) < 100_000, "it is sharded"
        for count in (most + 1, most):
            files.rm(f"{home}/big/{list(entries)[count]}")
            assert files.stat(f"{home}/big").cid == expected(dict(list(entries.items())[:count]))
        assert len(backend.get(files.stat(f"{home}/big").cid).data) > 100_000, "it is one block"

    def test_gc_leaves_the_files(self, backend: Backend, home: str) -> None:
        """No pin keeps them."""
        files = backend.mfs()
        files.write(f"{home}/kept", b"kept " + home.encode(), parents=True)
        backend.gc()
        assert files.read(f"{home}/kept") == b"kept " + home.encode()
        assert backend.has(Block.build(b"kept " + home.encode()).cid)
