"""A recorded run laid beside the notebook."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ipfs.bundles.recording import literals
from jupyter_ipfs.bundles.recording.run_record import GUESSED, CellRun, FileRead, Run
from jupyter_ipfs.bundles.recording.survey import reads_of

if TYPE_CHECKING:
    from pathlib import Path


def _notebook(*sources: str, ids: bool = True) -> dict[str, Any]:
    cells: list[dict[str, Any]] = [{"cell_type": "markdown", "source": "# 'a.csv'"}]
    for at, source in enumerate(sources):
        cell = {"cell_type": "code", "source": source, "execution_count": at + 1, "outputs": []}
        cells.append({**cell, "id": f"c{at}"} if ids else cell)
    return {"cells": cells, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}


def _ran(source: str, number: int, *, cell: str | None = None, **found: Any) -> CellRun:  # noqa: ANN401
    found.setdefault("success", True)
    return CellRun(cell, number, literals.digest(source), float(number), number + 0.5, **found)


def _run(*cells: CellRun) -> Run:
    return Run("k", None, "/", "/python", cells)


def _read(path: str, mtime: int = 1) -> FileRead:
    return FileRead(path, 1, mtime, 1)


def test_each_cell_has_its_last_run_by_the_id_that_the_front_end_told(tmp_path: Path) -> None:
    found = reads_of(
        _run(
            _ran("x", 1, cell="c0", reads=(_read("/old"),)),
            _ran("x", 2, cell="c0", reads=(_read("/new"),), hosts=("h:1",), modules=("b",)),
            _ran("gone", 3, cell="deleted", reads=(_read("/other"),)),
            _ran("was y", 4, cell="c1", success=False, contents=("bafy",), modules=("a", "b")),
        ),
        _notebook("x", "y", "z", ""),
        tmp_path,
    )
    assert [cell.ran and cell.ran.number for cell in found.cells] == [2, 4, None, None]
    assert [read.path for read in found.reads] == ["/new"]
    assert (found.hosts, found.contents, found.modules) == (("h:1",), ("bafy",), ("a", "b"))
    assert found.recorded
    assert found.ended_at == 4.5


def test_without_ids_a_run_belongs_to_the_cell_of_its_source_and_number(tmp_path: Path) -> None:
    book = _notebook("same", "same", "other", ids=False)
    runs = _run(_ran("same", 2, writes=("/w",)), _ran("same", 9), _ran("other", 3))
    found = reads_of(runs, book, tmp_path)
    assert [cell.ran and cell.ran.number for cell in found.cells] == [9, 2, 3]


def test_what_a_cell_above_wrote_before_is_no_input(tmp_path: Path) -> None:
    book = _notebook("write", "read")
    write: dict[str, Any] = {"cell": "c0", "writes": ("/f",)}
    read: dict[str, Any] = {"cell": "c1", "reads": (_read("/f"),)}
    assert reads_of(_run(_ran("w", 1, **write), _ran("r", 2, **read)), book, tmp_path).reads == ()
    # Read first: whoever runs it from the top has it, but what was read was another one.
    late = reads_of(_run(_ran("r", 1, **read), _ran("w", 2, **write)), book, tmp_path)
    assert [each.path for each in late.reads] == ["/f"]


def test_a_file_that_two_cells_saw_differently_has_changed(tmp_path: Path) -> None:
    book = _notebook("a", "b")
    one = _ran("a", 1, cell="c0", reads=(_read("/f", 1), _read("/g", 1)))
    two = _ran("b", 2, cell="c1", reads=(_read("/f", 2), _read("/g", 1)))
    found = reads_of(_run(one, two), book, tmp_path)
    assert [(read.path, read.mtime_ns, read.changed) for read in found.reads] == [
        ("/f", 2, True),
        ("/g", 1, False),
    ]


def test_without_a_run_there_are_guesses_only(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1")
    found = reads_of(None, _notebook("read('a.csv')", "1"), tmp_path)
    assert not found.recorded
    assert [(read.path, read.how) for read in found.reads] == [
        (os.path.realpath(tmp_path / "a.csv"), GUESSED)
    ]


def test_a_notebook_s_source_may_be_lines(tmp_path: Path) -> None:
    book = _notebook("x")
    book["cells"][1]["source"] = ["a = 1\n", "b"]
    found = reads_of(_run(_ran("a = 1\nb", 1)), book, tmp_path)
    assert found.cells[0].ran is not None


@pytest.mark.parametrize(
    "source",
    [
        "open('data/a.csv')",
        'f("""data/a.csv""")',
        "Path('data') / 'a.csv'",
        "os.path.join('data', 'a.csv')",
        "duckdb.sql(\"select * from 'data/a.csv'\")",
        "!head -n 3 data/a.csv",
        "if True:\n    !head 'data/a.csv'\nx = 'b'",
        "rows = !wc -l data/a.csv",
        "%run data/a.csv --fast",
        "%%bash\nset -e\ncat data/a.csv | wc",
        "%%time\nopen('data/a.csv')",
        "x = = 'data/a.csv'",
        "%%bash\necho it's data/a.csv",
    ],
)
def test_a_file_that_the_source_names_is_guessed(tmp_path: Path, source: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.csv").write_text("1")
    (read,) = literals.reads(source, str(tmp_path))
    assert read == FileRead(
        os.path.realpath(tmp_path / "data" / "a.csv"),
        1,
        (tmp_path / "data" / "a.csv").stat().st_mtime_ns,
        (tmp_path / "data" / "a.csv").stat().st_ino,
        GUESSED,
    )


@pytest.mark.parametrize(
    "source",
    [
        "'nothing.csv'",
        "'data'",
        "'ipfs://a.csv'",
        "'a\0.csv'",
        "'\\ud800'",
        "'" + "a" * 5000 + "'",
        "(" * 10_000,
        "# data/a.csv",
        "",
        "'/dev/zero'",
    ],
)
def test_what_names_no_regular_file_is_no_guess(tmp_path: Path, source: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.csv").write_text("1")
    assert literals.reads(source, str(tmp_path)) == ()
