"""Nobody waits for the recorder, and nothing fails because of it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ipfs.bundles.recording import noting
from jupyter_ipfs.bundles.recording.run_record import SEEN
from jupyter_ipfs.bundles.recording.run_store import RunStore
from tests.bundles.recorded_notebook import SOON_S, Notebook
from tests.conftest import CHECKOUT

if TYPE_CHECKING:
    import pytest


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
    assert book.recorder.flush(SOON_S)
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
