"""What a cell opens is seen, by Python and past it; nothing else is, and nobody waits or fails."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import inspect
import os
import pickle
import socket
import sqlite3
import subprocess
import sys
import threading
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import jupyter_ipfs
from jupyter_ipfs.bundles.recording import noting, recording
from jupyter_ipfs.bundles.recording.readers import Readers
from jupyter_ipfs.bundles.recording.recorder import Recorder
from jupyter_ipfs.bundles.recording.run_record import GUESSED, SEEN, CellRun, Run
from jupyter_ipfs.bundles.recording.run_store import RunStore
from tests.conftest import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SOON_S = 30


class Notebook:
    """A folder, and a recorder that works in it."""

    def __init__(self, folder: Path, repo: Path) -> None:
        self.folder, self.repo = folder, repo
        self.path = folder / "nb.ipynb"
        head = Run("k1", str(self.path), str(folder), sys.executable)
        self.recorder = Recorder(lambda: head, lambda: repo)

    @contextmanager
    def cell(self, source: str = "") -> Iterator[None]:
        running = self.recorder.begin("c1", source)
        yield
        self.recorder.end(running, number=1, success=True)

    @property
    def last(self) -> CellRun:
        assert self.recorder.flush(_SOON_S, cids=True)
        assert self.recorder.problem is None
        run = RunStore(self.repo).latest(kernel="k1")
        assert run is not None
        return run.cells[-1]

    @property
    def reads(self) -> dict[str, str]:
        """How what was read, by path below the folder."""
        return {os.path.relpath(read.path, self.folder): read.how for read in self.last.reads}

    @property
    def writes(self) -> list[str]:
        return [os.path.relpath(path, self.folder) for path in self.last.writes]


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Notebook]:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "a.csv").write_text("a\n1\n")
    monkeypatch.chdir(folder)
    book = Notebook(folder.resolve(), tmp_path / "repo")
    yield book
    book.recorder.stop()


def _raw_cid(data: bytes) -> str:
    """CIDv1, raw, sha2-256: what the unixfs-v1-2025 profile gives one chunk (IPIP-499)."""
    binary = b"\x01\x55\x12\x20" + hashlib.sha256(data).digest()
    return "b" + base64.b32encode(binary).decode().lower().rstrip("=")


def test_a_file_that_is_opened_is_noted_with_what_it_was_and_later_its_cid(book: Notebook) -> None:
    with book.cell("open('a.csv')"):
        Path("a.csv").read_text()
    at = (book.folder / "a.csv").stat()
    (read,) = book.last.reads
    assert (read.path, read.how, read.changed) == (str(book.folder / "a.csv"), SEEN, False)
    assert (read.size, read.mtime_ns, read.inode) == (at.st_size, at.st_mtime_ns, at.st_ino)
    assert read.cid == _raw_cid(b"a\n1\n")
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


def test_other_computers_are_noted_and_this_one_is_not(book: Notebook) -> None:
    def connect(family: socket.AddressFamily, address: Any) -> None:  # noqa: ANN401
        with socket.socket(family) as it, contextlib.suppress(OSError):
            it.setblocking(False)  # noqa: FBT003
            it.connect(address)

    with book.cell():
        connect(socket.AF_INET, ("192.0.2.1", 9))  # TEST-NET: nobody's (RFC 5737)
        connect(socket.AF_INET, ("127.0.0.1", 1))
        connect(socket.AF_UNIX, "/nowhere")
        with contextlib.suppress(OSError):
            socket.getaddrinfo("127.0.0.1", 80)
        # The name that was looked up goes before the address: that one changes.
        sys.audit("socket.getaddrinfo", "data.example", "443", 0, 0, 0)
        connect(socket.AF_INET, ("192.0.2.1", 443))
        sys.audit("socket.getaddrinfo", "evil\n\u202e", 443, 0, 0, 0)
        sys.audit("socket.connect", None, ("x" * 10_000, 1))
        sys.audit("socket.connect", None)
    assert book.last.hosts == ("192.0.2.1:9", "data.example:443")


def test_content_that_is_read_is_an_input_and_what_is_only_looked_at_is_not(
    book: Notebook,
) -> None:
    fsspec = pytest.importorskip("fsspec")
    from jupyter_ipfs.filesystem import IPFSFileSystem  # noqa: PLC0415

    with jupyter_ipfs.connect(repo=book.repo) as session:
        roots = [session.store_files({f"{n}.txt": b"%d" % n}).root for n in range(5)]
        session.store_files({"x": b"x"}, name="named")
        fs = IPFSFileSystem(repo=book.repo)
        with book.cell():
            session.cat(f"{roots[0]}/0.txt")
            session.get(roots[1], "got")
            fs.cat_file(f"{roots[2]}/2.txt")
            session.stat(roots[3])
            session.ls(roots[3])
            with fs.open("ipfs://named/x") as stream:
                stream.read()
        expected = {str(root) for root in (*roots[:3], session.path("named").root)}
    assert set(book.last.contents) == expected
    assert fsspec
    assert "got/1.txt" in book.writes


def test_what_a_gateway_gave_is_content_and_its_host_is_told(book: Notebook) -> None:
    cid = _raw_cid(b"x")
    with book.cell(f"get('https://{cid}.ipfs.gw.example/a'); 'https://quiet.example/ipfs/{cid}'"):
        sys.audit("urllib.Request", f"https://gw.example/ipfs/{cid}/a.csv", None, {}, "GET")
    assert book.last.contents == (cid,)
    assert book.last.hosts == ("gw.example:443",)


def test_files_that_the_source_names_are_guessed_and_own_products_are_not(
    book: Notebook,
) -> None:
    Path("b.csv").write_text("x")
    with book.cell("library.read('a.csv'); library.write('out.bin'); open('b.csv')"):
        Path("b.csv").read_text()
        subprocess.run(["cp", "a.csv", "out.bin"], check=True)  # past Python
    assert book.reads == {"a.csv": GUESSED, "b.csv": SEEN}
    assert book.writes == ["out.bin"]


def test_a_module_of_the_notebook_s_own_is_an_input(
    book: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("my_helper_r6.py").write_text("x = 1")
    monkeypatch.syspath_prepend(str(book.folder))
    with book.cell("import my_helper_r6"):
        import my_helper_r6  # type: ignore[import-not-found]  # noqa: F401, PLC0415
    del sys.modules["my_helper_r6"]
    assert book.reads == {"my_helper_r6.py": SEEN}
    assert "pytest" in book.last.modules
    assert not {"my_helper_r6", "os", "jupyter_ipfs"} & set(book.last.modules)


def test_a_cell_that_opens_too_much_is_noted_in_part_and_that_is_counted(
    book: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(noting, "_MAX_FILES", 3)
    for number in range(5):
        Path(f"{number}.txt").write_text("x")
    with book.cell():
        for number in range(5):
            Path(f"{number}.txt").read_text()
    assert len(book.reads) == 3
    assert book.recorder.left_out == 2
    monkeypatch.setattr(noting, "_MAX_KNOWN", 2)
    with book.cell():
        for number in range(5):
            Path(f"{number}.txt").read_text()
    assert len(book.reads) == 2
    assert book.recorder.left_out == 5


def test_a_repo_that_cannot_be_written_to_stops_no_cell(book: Notebook) -> None:
    book.repo.write_text("a file in its place")
    with book.cell():
        Path("a.csv").read_text()
    assert book.recorder.flush(_SOON_S)
    assert isinstance(book.recorder.problem, OSError)
    book.repo.unlink()
    book.recorder.problem = None
    with book.cell():
        Path("a.csv").read_text()
    assert book.reads == {"a.csv": SEEN}


def test_a_recorder_that_was_stopped_can_start_again(book: Notebook) -> None:
    with book.cell():
        pass
    book.recorder.stop()
    book.recorder.stop()
    assert "jupyter_ipfs recording" not in {thread.name for thread in threading.enumerate()}
    with book.cell():
        Path("a.csv").read_text()
    assert book.reads == {"a.csv": SEEN}


def test_a_worker_that_was_forked_notes_nothing_and_an_exit_at_once_loses_nothing(
    tmp_path: Path,
) -> None:
    code = """
import atexit, os, sys
from pathlib import Path
from jupyter_ipfs.bundles.recording.recorder import Recorder
from jupyter_ipfs.bundles.recording.run_record import Run
from jupyter_ipfs.bundles.recording import recording
here = os.getcwd()
recorder = Recorder(lambda: Run("k1", None, here, sys.executable), lambda: Path(here, "repo"))
atexit.register(recorder.stop)
running = recorder.begin(None, "")
open("before").close()
if os.fork() == 0:
    open("child").close()
    os._exit(3 if recording._sinks else 0)
print(os.waitstatus_to_exitcode(os.wait()[1]))
recorder.end(running, number=1, success=True)
"""
    for name in ("before", "child"):
        (tmp_path / name).write_text("x")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("0\n", "")
    run = RunStore(tmp_path / "repo").latest(kernel="k1")
    assert run is not None
    assert [Path(read.path).name for read in run.cells[0].reads] == ["before"]


# — readers that open past Python —


@pytest.fixture
def readers() -> Iterator[Readers]:
    readers = Readers()
    readers.install()
    yield readers
    readers.remove()


@pytest.fixture
def tables(book: Notebook) -> None:
    """Files whose names no source has."""
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import csv, feather, parquet  # noqa: PLC0415

    table = pa.table({"a": [1, 2]})
    parquet.write_table(table, "t.parquet")
    feather.write_feather(table, "t.feather")
    csv.write_csv(table, "t.csv")
    (book.folder / "set").mkdir()
    for name in ("1", "2"):
        parquet.write_table(table, f"set/{name}.parquet")
    (book.folder / "set" / ".hidden").write_text("x")


_SET = ["set/1.parquet", "set/2.parquet"]


@pytest.mark.usefixtures("readers", "tables")
@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("pandas.read_parquet('t.parquet')", ["t.parquet"]),
        ("pandas.read_parquet(path=pathlib.Path('t.parquet'))", ["t.parquet"]),
        ("pandas.read_parquet('set')", _SET),
        ("pandas.read_feather('t.feather')", ["t.feather"]),
        ("pandas.read_csv('t.csv', engine='pyarrow')", ["t.csv"]),
        ("pyarrow.parquet.read_table('t.parquet')", ["t.parquet"]),
        ("pyarrow.parquet.read_table(source=_SET)", _SET),
        ("pyarrow.parquet.ParquetFile('t.parquet').read()", ["t.parquet"]),
        ("pyarrow.parquet.ParquetDataset('set').read()", _SET),
        ("pyarrow.dataset.dataset('set').to_table()", _SET),
        ("pyarrow.feather.read_table('t.feather')", ["t.feather"]),
        ("pyarrow.csv.read_csv('t.csv')", ["t.csv"]),
        ("pyarrow.memory_map('t.feather').close()", ["t.feather"]),
        ("polars.read_parquet('t.parquet')", ["t.parquet"]),
        ("polars.read_parquet('set/*.parquet')", _SET),
        ("polars.scan_parquet(_SET).collect()", _SET),
        ("polars.scan_csv('t.csv').collect()", ["t.csv"]),
        ("polars.read_ipc('t.feather')", ["t.feather"]),
        ("polars.read_parquet(open('t.parquet', 'rb'))", ["t.parquet"]),
        ("duckdb.read_parquet('t.parquet').fetchall()", ["t.parquet"]),
        ("duckdb.connect().read_csv('t.csv').fetchall()", ["t.csv"]),
    ],
)
def test_a_reader_that_opens_past_python_is_seen(
    book: Notebook, code: str, expected: list[str]
) -> None:
    import duckdb  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415
    import polars as pl  # noqa: PLC0415
    import pyarrow.csv  # noqa: PLC0415
    import pyarrow.dataset  # noqa: PLC0415
    import pyarrow.feather  # noqa: PLC0415
    import pyarrow.parquet  # noqa: PLC0415

    names = {
        "pandas": pd, "polars": pl, "pyarrow": pyarrow, "duckdb": duckdb,
        "pathlib": sys.modules["pathlib"], "_SET": _SET,
    }  # fmt: skip
    with book.cell(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        eval(code, names)  # noqa: S307  (above)
    assert list(book.reads) == expected
    assert set(book.reads.values()) == {SEEN}


@pytest.mark.usefixtures("readers", "tables")
def test_files_in_a_query_are_guessed_and_what_is_written_past_python_is_no_input(
    book: Notebook,
) -> None:
    import duckdb  # noqa: PLC0415
    import polars as pl  # noqa: PLC0415

    with book.cell():
        assert duckdb.sql("select * from 't.parquet'")
        duckdb.connect().execute("select * from read_csv('t.csv')").fetchall()
        frame = pl.DataFrame({"a": [1]})
        frame.write_parquet("out.parquet")
        pl.read_parquet("out.parquet")
    assert book.reads == {"t.csv": GUESSED, "t.parquet": GUESSED}
    assert book.writes == ["out.parquet"]


@pytest.mark.usefixtures("tables")
def test_a_wrapped_reader_looks_as_before_and_is_taken_out_again(readers: Readers) -> None:
    import pandas as pd  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    wrapped, init = pd.read_parquet, pq.ParquetFile.__init__
    before: Any = inspect.unwrap(wrapped)
    assert wrapped is not before
    assert (wrapped.__name__, wrapped.__doc__, wrapped.__module__) == (
        before.__name__, before.__doc__, before.__module__,
    )  # fmt: skip
    assert inspect.signature(wrapped) == inspect.signature(before)
    assert pickle.loads(pickle.dumps(wrapped)) is wrapped  # noqa: S301
    assert isinstance(pq.ParquetFile("t.parquet"), pq.ParquetFile)
    with pytest.raises(TypeError, match="read_parquet"):
        pd.read_parquet()
    readers.remove()
    readers.remove()
    assert pd.read_parquet is before
    assert pq.ParquetFile.__init__ is not init
    assert len(wrapped("t.parquet")) == 2
    assert not any("jupyter_ipfs" in type(finder).__module__ for finder in sys.meta_path)


def test_a_wrapper_passes_for_a_part_of_the_library(book: Notebook) -> None:
    """Warnings name files: they end up in a notebook's output, which others compare."""
    code = """
import sys, warnings
sys.path.insert(0, ".")
from jupyter_ipfs.bundles.recording import readers
readers.TABLE = {"made_up": {"read": ("read", 0)}}
found = readers.Readers()
found.install()
import made_up
assert made_up.read.__wrapped__ and made_up.__loader__.get_source("made_up")
assert "exec_module" not in vars(made_up.__loader__)
made_up.read("x")
"""
    del book
    Path("made_up.py").write_text(
        "import sys\n"
        "def read(path):\n"
        "    frame = sys._getframe(1)\n"
        "    print(frame.f_code.co_filename.endswith('made_up.py'), frame.f_globals['__name__'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert done.stdout == "True made_up\n"
