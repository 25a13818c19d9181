"""Recording in a real kernel: on with %load_ext, by the cells' ids, and out of the way."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jupyter_ipfs
from jupyter_ipfs.bundles.recording import recording
from jupyter_ipfs.bundles.recording.run_store import RunStore
from jupyter_ipfs.bundles.recording.survey import reads_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from jupyter_ipfs.bundles.recording.run_record import Run
    from tests.magics.conftest import Kernel, Shell


def _latest(repo: Path) -> Run:
    runs = [run for run in RunStore(repo).runs() if run.cells]
    return runs[-1]


def _names(paths: Any) -> list[str]:  # noqa: ANN401
    return sorted(Path(path).name for path in paths)


def test_a_kernel_records_its_cells_from_the_one_that_loads_us_on(
    kernel: Kernel, repo: Path, session: jupyter_ipfs.Session
) -> None:
    for name in ("early", "a", "b", "c"):
        Path(f"{name}.txt").write_text(name)
    root = session.store_files({"x.txt": b"x"}).root
    kernel.run("%unload_ext jupyter_ipfs\nopen('early.txt').close()")
    kernel.run("%load_ext jupyter_ipfs\nopen('a.txt').close()")
    kernel.run("open('b.txt').close()\n1/0")
    kernel.run("import asyncio\nawait asyncio.sleep(0)\n!cat c.txt\nopen('out.txt', 'w').close()")
    kernel.run(f"%ipfs cat {root}/x.txt")
    said = kernel.run("%ipfs record").data("text/plain")[0]
    assert said.startswith("Recording is on; 4 runs of cells recorded in this kernel.")
    run = _latest(repo)
    assert run.executable == kernel.run("import sys; sys.executable").data("text/plain")[0][1:-1]
    assert Path(run.folder) == Path.cwd()
    cells = run.cells[1:5]  # the first one is the fixture's, which has loaded us before
    assert [[Path(read.path).name for read in ran.reads] for ran in cells] == [
        ["a.txt"], ["b.txt"], ["c.txt"], [],
    ]  # fmt: skip
    assert [ran.success for ran in cells] == [True, False, True, True]
    assert _names(cells[2].writes) == ["out.txt"]
    assert cells[3].contents == (str(root),)
    assert "IPython" in cells[0].modules
    numbers = [ran.number for ran in cells]
    assert numbers == list(range(numbers[0], numbers[0] + 4))


def test_recording_that_is_off_notes_nothing_and_silent_runs_are_not_cells(
    kernel: Kernel, repo: Path
) -> None:
    Path("a.txt").write_text("a")
    assert kernel.run("%ipfs record off").data("text/plain")[0].startswith("Recording is off;")
    kernel.run("open('a.txt').close()")
    kernel.run("from jupyter_ipfs.bundles.recording import recording; import sys")
    finders = "[str(each) for each in sys.meta_path if 'jupyter_ipfs' in str(each)]"
    assert kernel.run(f"recording._sinks, {finders}").data("text/plain") == ["((), [])"]
    kernel.run("%ipfs record on")
    kernel.client.execute("open('a.txt').close()", silent=True, store_history=False)
    kernel.run("2 + 2")
    kernel.run("%ipfs record status")
    assert all(not ran.reads for run in RunStore(repo).runs() for ran in run.cells)
    assert "one of" not in kernel.run("%ipfs record maybe").error
    assert "invalid choice" in kernel.run("%ipfs record maybe").error


def test_the_page_s_cell_ids_and_the_notebook_s_path_are_told(
    shell: Shell, repo: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    book = tmp_path / "work" / "nb.ipynb"
    monkeypatch.setenv("JPY_SESSION_NAME", str(book))
    Path("a.txt").write_text("a")
    shell.run_cell("open('a.txt').close()", store_history=True, cell_id="first")
    shell.run_cell("get_ipython().run_cell('open(\"a.txt\").close()')", True, cell_id="second")  # noqa: FBT003
    shell.run_cell("1/0", store_history=False)
    shell.run_line_magic("ipfs", "record")
    run = RunStore(repo).latest(book)
    assert run is not None
    assert [(ran.cell_id, len(ran.reads)) for ran in run.cells] == [("first", 1), ("second", 1)]
    assert run.kernel.startswith(f"{os.getpid()}-")
    survey = reads_of(
        run,
        {"cells": [{"cell_type": "code", "id": "second", "source": "x"}]},
        book.parent,
    )
    assert [cell.ran and cell.ran.cell_id for cell in survey.cells] == ["second"]


def test_what_storing_a_cell_opens_is_not_the_cell_s(
    shell: Shell, repo: Path, run: Callable[[str], Any]
) -> None:
    run("import json\n%ipfs put [1] --name it")
    shell.run_cell("%%ipfs put --name cell\n{'a': 1}", store_history=True)
    shell.run_line_magic("ipfs", "record")
    assert [ran.reads + ran.writes for ran in _latest(repo).cells] == [()]


def test_unloading_leaves_nobody_listening(shell: Shell) -> None:
    shell.run_cell("1", store_history=True)
    jupyter_ipfs.unload_ipython_extension(shell)
    assert recording._sinks == ()
    jupyter_ipfs.load_ipython_extension(shell)
    assert recording._sinks != ()


def test_a_cell_that_was_interrupted_is_kept_as_failed(shell: Shell, repo: Path) -> None:
    Path("a.txt").write_text("a")
    cell = "open('a.txt').close()\nraise KeyboardInterrupt"
    shell.run_cell(cell, store_history=True)
    shell.run_line_magic("ipfs", "record")
    (ran,) = _latest(repo).cells
    assert (ran.success, _names(read.path for read in ran.reads)) == (False, ["a.txt"])


def test_a_wrapper_does_not_show_in_a_traceback(kernel: Kernel) -> None:
    shown = kernel.run("import pyarrow.parquet as pq\npq.read_metadata('nothing')").error
    assert "FileNotFoundError" in shown
    assert "in read_metadata(where" in shown
    assert "args, **kwargs" not in shown
    assert "jupyter_ipfs" not in shown
