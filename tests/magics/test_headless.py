"""Where there is no front end: nbclient, papermill, plain IPython; and what pages show."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import nbformat
import pytest

from tests.magics.conftest import notebook

if TYPE_CHECKING:
    from pathlib import Path

    import jupyter_ipfs
    from tests.magics.conftest import Shell

write: Any = nbformat.write  # not typed
CARD = "application/vnd.jupyter-ipfs.cid+json"


@pytest.fixture(autouse=True)
def kernelspec(home: Path, repo: Path) -> None:
    """``python3`` is the interpreter of these tests."""
    del repo
    import json  # noqa: PLC0415

    spec = home / "jupyter-data" / "kernels" / "python3" / "kernel.json"
    spec.parent.mkdir(parents=True)
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec.write_text(json.dumps({"argv": argv, "display_name": "Python", "language": "python"}))


def _execute(book: Any) -> Any:  # noqa: ANN401
    from nbclient import NotebookClient  # noqa: PLC0415

    client = NotebookClient(book, timeout=60, kernel_name="python3")
    return client.execute()


def test_a_notebook_run_by_nbclient_stores_and_shows_cards(
    session: jupyter_ipfs.Session,
) -> None:
    book = _execute(
        notebook("%%ipfs put --name first\nprint(1)\n[1, 2]", "%ipfs put [3] --name second")
    )
    for cell in book.cells[1:]:
        card = cell.outputs[-1].data
        assert set(card) == {"text/plain", "text/html", CARD}
        assert str(session.stat(card[CARD]["name"]).cid) == card[CARD]["cid"]
    nbformat.validate(book)


@pytest.mark.parametrize(
    "cell",
    [
        "%ipfs ls nobody",
        "%ipfs put --nmae x",
        "%%ipfs put --nmae x\n1",
        "%%ipfs put --name ''\n1",
        "%ipfs gc",
    ],
)
def test_a_mistake_stops_nbclient(cell: str) -> None:
    from nbclient.exceptions import CellExecutionError  # noqa: PLC0415

    book = notebook(cell, "print('went on')")
    with pytest.raises(CellExecutionError):
        _execute(book)
    assert book.cells[1].outputs[-1].output_type == "error"
    assert book.cells[2].outputs == []


def test_papermill_runs_it_and_stops_at_a_mistake(
    tmp_path: Path, session: jupyter_ipfs.Session
) -> None:
    import papermill  # noqa: PLC0415

    source, target = tmp_path / "in.ipynb", tmp_path / "out.ipynb"
    write(notebook("n = 1", "%%ipfs put --name run-{n}\nn", "%ipfs put n --name it"), source)
    write(notebook("%%ipfs put --name run\n7"), source)
    papermill.execute_notebook(str(source), str(target), kernel_name="python3", progress_bar=False)
    assert session.load("run") == 7
    write(notebook("%ipfs cat nobody"), source)
    with pytest.raises(papermill.PapermillExecutionError, match="nobody"):
        papermill.execute_notebook(
            str(source), str(target), kernel_name="python3", progress_bar=False
        )


def test_plain_ipython_stores_a_cell_and_shows_the_card_as_text(
    shell: Shell, session: jupyter_ipfs.Session, capsys: pytest.CaptureFixture[str]
) -> None:
    result = shell.run_cell("%%ipfs put --name it\nprint('seen')\n{'a': 1}")
    assert result.result == {"a": 1}
    shown = capsys.readouterr().out
    assert shown.startswith("seen\n")
    assert "it, version 1: bafy" in shown
    assert session.cat("it/stdout.txt") == b"seen\n"
    assert session.load("it") == {"a": 1}
    assert session.cat("it/output-1/text.txt") == b"{'a': 1}"


def test_plain_ipython_stores_a_cell_that_awaits(
    shell: Shell, session: jupyter_ipfs.Session
) -> None:
    cell = "%%ipfs put --name it\nimport asyncio\nawait asyncio.sleep(0, 'done')"
    assert shell.run_cell(cell).result == "done"
    assert session.load("it") == "done"


def test_a_cell_that_cannot_be_stored_fails_in_plain_ipython(
    shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    result = shell.run_cell("%%ipfs put --name ''\n1")
    assert not result.success
    assert "Traceback" not in capsys.readouterr().out
