"""Files that a cell opens are seen, nothing else is, and errors stay the user's."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import subprocess
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.bundles.recording import recording
from jupyter_ipfs.bundles.recording.run_record import SEEN
from tests.bundles.recorded_notebook import Notebook, raw_cid
from tests.conftest import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Callable


def test_a_file_that_is_opened_is_noted_with_what_it_was_and_later_its_cid(book: Notebook) -> None:
    with book.cell("open('a.csv')"):
        Path("a.csv").read_text()
    at = (book.folder / "a.csv").stat()
    (read,) = book.last.reads
    assert (read.path, read.how, read.changed) == (str(book.folder / "a.csv"), SEEN, False)
    assert (read.size, read.mtime_ns, read.inode) == (at.st_size, at.st_mtime_ns, at.st_ino)
    assert read.cid == raw_cid(b"a\n1\n")
    assert book.last.source_sha256 == hashlib.sha256(b"open('a.csv')").hexdigest()
    assert book.last.success


def test_nothing_is_noted_between_cells(book: Notebook) -> None:
    with book.cell():
        pass
    Path("a.csv").read_text()
    assert book.reads == {}
    assert recording._sinks == ()


@pytest.mark.parametrize(
    "reading",
    [
        lambda: Path("a.csv").read_bytes(),
        lambda: open(b"a.csv").close(),  # noqa: PTH123
        lambda: os.close(os.open("a.csv", os.O_RDONLY)),
        lambda: open("../work/./a.csv").close(),  # noqa: PTH123
        lambda: open("a.csv", "r+").close(),  # noqa: PTH123
        lambda: [Path("a.csv").read_text() for _ in range(50)],
    ],
)
def test_it_is_the_same_file_however_it_is_named(
    book: Notebook, reading: Callable[[], object]
) -> None:
    with book.cell():
        reading()
    assert book.reads == {"a.csv": SEEN}


def test_links_are_followed_to_what_was_read(book: Notebook) -> None:
    Path("link.csv").symlink_to("a.csv")
    Path("folder").symlink_to(".")
    with book.cell():
        Path("link.csv").read_text()
        Path("folder/a.csv").read_text()
    assert book.reads == {"a.csv": SEEN}


def test_threads_of_the_cell_count_and_a_changed_directory_does(book: Notebook) -> None:
    Path("sub").mkdir()
    Path("sub/b.csv").write_text("b")

    def work() -> None:
        Path("a.csv").read_text()

    with book.cell():
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        os.chdir("sub")
        Path("b.csv").read_text()
        os.chdir("..")
    assert book.reads == {"a.csv": SEEN, "sub/b.csv": SEEN}


def test_what_the_cell_wrote_first_is_no_input(book: Notebook) -> None:
    with book.cell():
        Path("out.txt").write_text("1")
        Path("out.txt").read_text()
        Path("temporary").write_text("2")
        Path("temporary").rename("moved.txt")
        Path("gone.txt").write_text("3")
        Path("gone.txt").unlink()
        Path("moved.txt").read_text()
        with Path("a.csv").open("a") as stream:
            stream.write("2\n")
        Path("a.csv").read_text()
    assert book.reads == {}
    assert book.writes == ["a.csv", "moved.txt", "out.txt"]


def test_what_python_and_jupyter_open_for_themselves_is_no_input(
    book: Notebook, tmp_path: Path
) -> None:
    book.path.write_text("{}")
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo" / "config.toml").write_text("")
    (book.folder / ".ipynb_checkpoints").mkdir()
    (book.folder / ".ipynb_checkpoints" / "x.ipynb").write_text("{}")
    with book.cell("open('nb.ipynb'); open('/etc/hosts')"):
        for path in (
            "/proc/self/status", "/dev/null", "/etc/hosts", "/sys/kernel/mm/nothing",
            pytest.__file__, contextlib.__file__, recording.__file__, book.path,
            tmp_path / "repo" / "config.toml", ".ipynb_checkpoints/x.ipynb",
            CHECKOUT / "jupyter_ipfs" / "net" / "public_gateways.toml",
        ):  # fmt: skip
            with contextlib.suppress(OSError):
                Path(path).read_bytes()
    assert book.reads == {}


class _Raising:
    def __fspath__(self) -> str:
        raise ValueError("mine")


class _Once:
    """A path whose code is the user's own: not ours to run."""

    def __init__(self) -> None:
        self.asked = 0

    def __fspath__(self) -> str:
        self.asked += 1
        return "a.csv"


def test_what_is_no_regular_file_is_left_alone_and_errors_stay_the_user_s(
    book: Notebook,
) -> None:
    os.mkfifo("fifo")
    name = os.fsencode(book.folder) + b"/\xff\xe2\x80\xae\n<script>"
    Path(os.fsdecode(name)).write_text("x")
    with book.cell():
        with pytest.raises(ValueError, match="mine"):
            open(_Raising())  # noqa: PTH123, SIM115
        with pytest.raises(FileNotFoundError):
            Path("nothing").read_text()
        with pytest.raises(IsADirectoryError):
            Path().read_text()
        with pytest.raises(ValueError, match="null"):
            Path("a\0b").read_text()
        os.close(os.open("fifo", os.O_RDONLY | os.O_NONBLOCK))
        os.close(os.open(".", os.O_RDONLY))
        once = _Once()
        os.close(os.open(once, os.O_RDONLY))
        assert once.asked == 1
        open(name).close()  # noqa: PTH123
        read, write = os.pipe()
        open(write, "w").close()  # noqa: PTH123
        open(read).close()  # noqa: PTH123
    assert book.reads == {"a.csv": SEEN, os.fsdecode(b"\xff\xe2\x80\xae\n<script>"): SEEN}


def test_a_file_that_changed_after_it_was_read_is_told_and_has_no_cid(book: Notebook) -> None:
    with book.cell():
        Path("a.csv").read_text()
        other = Path("other")
        other.write_text("b\n2\n")
        future = (Path("a.csv").stat().st_mtime_ns + 10**10,) * 2
        os.utime(other, ns=future)
        subprocess.run(["mv", "other", "a.csv"], check=True)
    (read,) = book.last.reads
    assert read.changed
    assert read.cid is None


def test_a_database_of_sqlite_is_noted(book: Notebook) -> None:
    with contextlib.closing(sqlite3.connect("db.sqlite")) as database:
        database.execute("create table t (x)")
    with book.cell():
        sqlite3.connect(":memory:").close()
        sqlite3.connect("file:db.sqlite?mode=ro", uri=True).close()
    assert book.reads == {"db.sqlite": SEEN}


def test_hidden_files_are_noted_here_and_never_hashed(book: Notebook) -> None:
    Path(".env").write_text("TOKEN=1")
    with book.cell():
        Path(".env").read_text()
    (read,) = book.last.reads
    assert read.cid is None
