"""`share --execute`: a copy is run and recorded by its own kernel; the file stays as it is."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pytest

from jupyter_ipfs.bundles.recording.execution import execute
from jupyter_ipfs.bundles.recording.survey import reads_of
from jupyter_ipfs.errors import NotABundleError, ReplayError
from tests.conftest import CHECKOUT

if TYPE_CHECKING:
    from jupyter_ipfs.protocols import Progress


@pytest.fixture(autouse=True)
def kernelspecs(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``python3`` is the interpreter of these tests; ``broken`` ends at once."""
    monkeypatch.setenv("PYTHONPATH", str(CHECKOUT))
    for name, argv in (
        ("python3", [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]),
        ("broken", [sys.executable, "-c", "pass", "{connection_file}"]),
    ):
        spec = home / "jupyter-data" / "kernels" / name / "kernel.json"
        spec.parent.mkdir(parents=True)
        spec.write_text(json.dumps({"argv": argv, "display_name": name, "language": "python"}))


def _notebook(folder: Path, *cells: str, kernel: str | None = "python3") -> Path:
    v4: Any = nbformat.v4
    book = v4.new_notebook(cells=[v4.new_code_cell(cell) for cell in cells])
    if kernel is not None:
        book.metadata["kernelspec"] = {"name": kernel, "display_name": kernel}
    file = folder / "nb.ipynb"
    write: Any = nbformat.write
    write(book, file)
    return file


def test_a_copy_is_run_in_its_folder_and_recorded_though_it_does_not_load_us(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.txt").write_text("from the file")
    cells = ("x = open('a.txt').read(); print(x)", "", "1/0", "x", "x")
    file = _notebook(tmp_path, *cells, kernel=None)
    before = file.read_bytes()
    told: list[Progress] = []
    done = execute(file, tmp_path / "repo", progress=told.append)
    assert file.read_bytes() == before
    outputs = [cell["outputs"] for cell in done.notebook["cells"]]
    assert outputs[0][0]["text"] == "from the file\n"
    assert outputs[2][0]["ename"] == "ZeroDivisionError"
    assert outputs[3][0]["data"]["text/plain"] == "'from the file'"
    assert [each.label for each in told] == [f"cell {n}" for n in range(1, 6)]
    assert done.run is not None
    assert done.run.notebook == str(file)
    # nbclient tells no ids of cells: they are found by source and number.
    found = reads_of(done.run, done.notebook, tmp_path)
    assert [cell.ran and cell.ran.number for cell in found.cells] == [1, None, 2, 3, 4]
    assert [Path(read.path).name for read in found.reads] == ["a.txt"]


def test_a_kernel_that_dies_is_told_with_the_cell(tmp_path: Path) -> None:
    file = _notebook(tmp_path, "1", "import os; os._exit(1)", "3")
    with pytest.raises(ReplayError, match="the kernel died in cell 2 of 3") as caught:
        execute(file, tmp_path / "repo")
    assert caught.value.hint


def test_a_notebook_without_a_kernel_that_is_here_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReplayError, match=r"there is no kernel 'julia-1\.9' here"):
        execute(_notebook(tmp_path, "1", kernel="julia-1.9"), tmp_path / "repo")
    with pytest.raises(ReplayError, match="did not start"):
        execute(_notebook(tmp_path, "1", kernel="broken"), tmp_path / "repo")


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"nbformat": 4}', "\0"])
def test_what_is_no_notebook_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "nb.ipynb"
    file.write_text(text)
    with pytest.raises(NotABundleError):
        execute(file, tmp_path / "repo")
