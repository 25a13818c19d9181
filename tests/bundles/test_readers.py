"""Readers that open past Python are seen, and look as before."""

from __future__ import annotations

import inspect
import os
import pickle
import subprocess
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ipfs.bundles.recording.readers import Readers
from jupyter_ipfs.bundles.recording.run_record import GUESSED, SEEN
from tests.conftest import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.bundles.recorded_notebook import Notebook


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
