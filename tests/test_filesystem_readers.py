"""The libraries that read through ``ipfs://``, each as its users call it."""

# ruff: noqa: ANN401, PLC0415, S608  (libraries without types, loaded where they are used)

from __future__ import annotations

import os
import random
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import fsspec
import pytest

from jupyter_ipfs import filesystem
from jupyter_ipfs.filesystem import IPFSFileSystem
from jupyter_ipfs.session import connect
from tests.conftest import library

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_ipfs.session import Session

ROWS = 5000


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """A session on the repo that ``ipfs://`` uses by default in this test."""
    monkeypatch.setenv("JUPYTER_IPFS_REPO", str(tmp_path / "repo"))
    IPFSFileSystem.clear_instance_cache()
    filesystem._forget_sessions()
    with connect() as session:
        yield session
    IPFSFileSystem.clear_instance_cache()
    filesystem._forget_sessions()


@pytest.fixture
def frame() -> Any:
    """A table with a few row groups' worth of everything."""
    pandas = library("pandas")
    chance = random.Random(3)
    return pandas.DataFrame(
        {
            "number": range(ROWS),
            "noise": [chance.random() for _ in range(ROWS)],
            "text": [f"row {n % 17}" for n in range(ROWS)],
        }
    )


@pytest.fixture
def root(session: Session, frame: Any, tmp_path: Path) -> str:
    """A directory with the table as Parquet, as partitioned Parquet and as CSV."""
    tree = tmp_path / "tree"
    (tree / "parts").mkdir(parents=True)
    frame.to_parquet(tree / "table.parquet", row_group_size=500)
    frame.to_csv(tree / "table.csv", index=False)
    for number in range(4):
        part = frame.iloc[number * ROWS // 4 : (number + 1) * ROWS // 4]
        part.to_parquet(tree / "parts" / f"part-{number}.parquet")
    return str(session.add(tree, name="survey"))


def test_pandas_reads_parquet_and_csv(root: str, frame: Any) -> None:
    import pandas as pd
    from pandas.testing import assert_frame_equal

    assert_frame_equal(pd.read_parquet(f"ipfs://{root}/table.parquet"), frame)
    assert_frame_equal(pd.read_parquet("ipfs://survey/parts"), frame.reset_index(drop=True))
    columns = pd.read_parquet(f"ipfs://{root}/table.parquet", columns=["text"])
    assert_frame_equal(columns, frame[["text"]])
    assert_frame_equal(pd.read_csv(f"ipfs://{root}/table.csv"), frame)


def test_pandas_takes_the_repo_as_a_storage_option(
    root: str, frame: Any, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pandas as pd

    place = str(session.config.repo)
    monkeypatch.delenv("JUPYTER_IPFS_REPO")
    read = pd.read_csv(f"ipfs://{root}/table.csv", storage_options={"repo": place})
    assert read.equals(frame)


def test_pyarrow_reads_a_file_and_a_dataset(root: str, frame: Any) -> None:
    dataset = library("pyarrow.dataset")
    parquet = library("pyarrow.parquet")
    fs = fsspec.filesystem("ipfs")
    table = parquet.read_table(f"{root}/table.parquet", filesystem=fs, columns=["number"])
    assert table.column("number").to_pylist() == list(range(ROWS))
    parts = dataset.dataset(f"{root}/parts", filesystem=fs, format="parquet")
    assert len(parts.files) == 4
    found = parts.to_table(filter=dataset.field("number") >= ROWS - 3)
    assert found.column("number").to_pylist() == [ROWS - 3, ROWS - 2, ROWS - 1]
    assert found.column("text").to_pylist() == frame["text"].tolist()[-3:]


def test_duckdb_reads_parquet_and_csv_and_globs(root: str) -> None:
    duckdb = library("duckdb")
    connection = duckdb.connect()
    connection.register_filesystem(fsspec.filesystem("ipfs"))
    query = f"select count(*), max(number) from read_parquet('ipfs://{root}/table.parquet')"
    assert connection.execute(query).fetchall() == [(ROWS, ROWS - 1)]
    query = f"select sum(number) from read_parquet('ipfs://{root}/parts/*.parquet')"
    assert connection.execute(query).fetchall() == [(ROWS * (ROWS - 1) // 2,)]
    query = f"select count(distinct text) from read_csv('ipfs://{root}/table.csv')"
    assert connection.execute(query).fetchall() == [(17,)]


def test_polars_reads_an_open_file(root: str) -> None:
    polars = library("polars")
    with fsspec.open(f"ipfs://{root}/table.parquet") as file:
        assert polars.read_parquet(file)["number"].sum() == ROWS * (ROWS - 1) // 2


def test_zarr_opens_a_group_and_reads_one_chunk(session: Session, tmp_path: Path) -> None:
    zarr = library("zarr")
    numpy = library("numpy")
    values = numpy.arange(400 * 300, dtype="f4").reshape(400, 300)
    group = zarr.create_group(str(tmp_path / "data.zarr"))
    group.create_array("values", shape=values.shape, chunks=(100, 100), dtype="f4")[:] = values
    group.attrs["unit"] = "kelvin"
    root = session.add(tmp_path / "data.zarr")
    stored = zarr.open_group(f"ipfs://{root}", mode="r")
    assert stored.attrs["unit"] == "kelvin"
    assert list(stored.array_keys()) == ["values"]
    assert numpy.array_equal(stored["values"][150:160, 20:30], values[150:160, 20:30])
    assert numpy.array_equal(stored["values"][:], values)
    with pytest.raises(Exception, match=r"read-only|read only"):
        zarr.open_group(f"ipfs://{root}", mode="a")["values"][0, 0] = 1


def test_numpy_loads_an_open_file(session: Session, tmp_path: Path) -> None:
    numpy = library("numpy")
    values = numpy.arange(300_000)
    numpy.save(tmp_path / "values.npy", values)
    root = session.add(tmp_path / "values.npy")
    with fsspec.open(f"ipfs://{root}") as file:
        assert numpy.array_equal(numpy.load(file), values)


# fsspec leaves the file of a block cache to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("cache", ["simplecache", "filecache", "blockcache"])
def test_fsspecs_caches_stand_in_front(cache: str, root: str, tmp_path: Path, frame: Any) -> None:
    options = {cache: {"cache_storage": str(tmp_path / "cache")}}
    for _ in range(2):
        with fsspec.open(f"{cache}::ipfs://{root}/table.csv", "rb", **options) as file:
            assert file.read(5) == b"numbe"
            file.seek(100_000)
            again = file.read(100)
    assert again == frame.to_csv(index=False).encode()[100_000:100_100]


def test_an_archive_inside_is_read_through(session: Session, tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "archive.zip", "w") as archive:
        archive.writestr("inner.txt", "inside")
    root = session.add(tmp_path / "archive.zip")
    with fsspec.open(f"zip://inner.txt::ipfs://{root}") as file:
        assert file.read() == b"inside"


def test_compression_is_inferred_from_the_name(session: Session, tmp_path: Path) -> None:
    import gzip

    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "a.txt.gz").write_bytes(gzip.compress(b"unpacked"))
    root = session.add(tree)
    with fsspec.open(f"ipfs://{root}/a.txt.gz", "rt", compression="infer") as file:
        assert file.read() == "unpacked"


# Workers are processes, which find the repo by the environment. Importing the module makes
# ipfs:// ours in each of them: in a test environment ipfsspec is installed as well.
DASK = """
import sys
import dask, dask.dataframe
import jupyter_ipfs.filesystem

if __name__ == "__main__":
    dask.config.set({"multiprocessing.context": sys.argv[2], "scheduler": "processes"})
    dask.config.set({"num_workers": 2})
    parts = dask.dataframe.read_parquet(f"ipfs://{sys.argv[1]}/parts")
    print(parts.npartitions, int(parts["number"].sum().compute()))
"""

DATASETS = """
import sys
import multiprocess
import jupyter_ipfs.filesystem

if __name__ == "__main__":
    multiprocess.set_start_method(sys.argv[2])
    import datasets
    datasets.disable_progress_bars()
    url = f"ipfs://{sys.argv[1]}/parts/part-*.parquet"
    found = datasets.load_dataset("parquet", data_files=url, split="train", num_proc=2)
    streamed = datasets.load_dataset("parquet", data_files=url, split="train", streaming=True)
    assert next(iter(streamed))["number"] == found[0]["number"]
    print(found.num_rows, sum(found["number"]))
"""


@pytest.mark.parametrize("method", ["fork", "spawn"])
@pytest.mark.parametrize("reader", ["dask", "datasets"])
def test_worker_processes_read_for_themselves(
    reader: str, method: str, root: str, tmp_path: Path, session: Session
) -> None:
    library(reader)
    assert session
    script = tmp_path / "script.py"
    script.write_text(DASK if reader == "dask" else DATASETS)
    done = subprocess.run(
        [sys.executable, script, root, method],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "HF_HOME": str(tmp_path / "hf"),
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_UPDATE_DOWNLOAD_COUNTS": "0",
        },
        capture_output=True, check=False, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    first = 4 if reader == "dask" else ROWS
    assert done.stdout.splitlines()[-1] == f"{first} {ROWS * (ROWS - 1) // 2}"
