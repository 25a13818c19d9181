"""A project with a notebook and its data, and sessions that share nothing."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ipfs.bundles.environment import distributions
from jupyter_ipfs.bundles.papers import documents
from jupyter_ipfs.bundles.recording.run_record import CellRun, FileRead, Run
from jupyter_ipfs.session import Session
from tests.bundles.recorded_notebook import Notebook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SOURCE = "from pathlib import Path\nPath('data/a.csv').read_text()"


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with a notebook that read ``data/a.csv``, and the run that was recorded of it."""

    folder: Path
    notebook: Path
    run: Run

    def reads(self, *paths: str, how: str = "seen", contents: tuple[str, ...] = ()) -> Run:
        """The same run, having read other files."""
        found = []
        for path in paths:
            place = (self.folder / path).resolve()
            at = place.stat()
            found.append(FileRead(str(place), at.st_size, at.st_mtime_ns, at.st_ino, how))
        head = self.run.cells[0]
        cell = CellRun(
            head.cell_id, head.number, head.source_sha256, head.started_at, head.ended_at,
            success=True, reads=tuple(found), contents=contents, modules=("json",),
        )  # fmt: skip
        return Run("k", str(self.notebook), str(self.folder), sys.executable, (cell,))


def cells() -> list[dict[str, Any]]:
    """A heading, a cell that read a file and a cell that drew a picture."""
    return [
        {"cell_type": "markdown", "id": "head", "metadata": {}, "source": "# A survey\n\nText"},
        {
            "cell_type": "code", "id": "read", "execution_count": 1, "source": SOURCE,
            "metadata": {"tags": ["ipfs-tolerance=1e-3"], "execution": {"iopub.busy": "now"}},
            "outputs": [
                {"output_type": "stream", "name": "stdout", "text": ["one\n"]},
                {"output_type": "stream", "name": "stdout", "text": "two\n"},
                {"output_type": "execute_result", "execution_count": 1, "metadata": {},
                 "data": {"text/plain": "'a,b\\n1,2\\n'", "image/png": "iVBORw0KGgo=\n"}},
            ],
        },
        {"cell_type": "code", "id": "fail", "execution_count": 2, "source": "1/0", "metadata": {},
         "outputs": [{"output_type": "error", "ename": "ZeroDivisionError",
                      "evalue": "division by zero", "traceback": ["\x1b[0;31mno\x1b[0m"]}]},
    ]  # fmt: skip


def write_notebook(place: Path, these: list[dict[str, Any]], **metadata: object) -> Path:
    nb = {"cells": these, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    place.write_text(json.dumps(nb))
    return place


@pytest.fixture
def make_project() -> Callable[[Path], Project]:
    def make(folder: Path) -> Project:
        (folder / "data").mkdir(parents=True)
        (folder / "data" / "a.csv").write_text("a,b\n1,2\n")
        for place in (folder / "data", folder / "data" / "a.csv"):
            os.utime(place, (1_700_000_000, 1_700_000_000))  # long ago: it is remembered
        notebook = write_notebook(folder / "survey.ipynb", cells())
        read = folder / "data" / "a.csv"
        at = read.stat()
        noted = FileRead(str(read.resolve()), at.st_size, at.st_mtime_ns, at.st_ino)
        digest = hashlib.sha256(SOURCE.encode()).hexdigest()
        run = Run(
            "k", str(notebook), str(folder), sys.executable,
            (CellRun("read", 1, digest, 1_700_000_000.25, 1_700_000_001.5,
                     success=True, reads=(noted,), modules=("json",)),),
        )  # fmt: skip
        return Project(folder, notebook, run)

    return make


@pytest.fixture
def project(tmp_path: Path, make_project: Callable[[Path], Project]) -> Project:
    return make_project(tmp_path / "project")


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with Session(repo=tmp_path / "repo") as opened:
        yield opened


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Session]:
    """Somebody else, who has nothing of it."""
    with Session(repo=tmp_path / "other-repo") as opened:
        yield opened


@pytest.fixture
def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lock nothing, and ask this Python once: both are looked at where locks are made."""
    monkeypatch.setattr(documents, "lock", lambda *_: None)
    monkeypatch.setattr(distributions, "installed", _installed)


_ask = functools.cache(distributions.installed)


def _installed(*_: object) -> distributions.Installed:
    return _ask(sys.executable, ("json",))


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Notebook]:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "a.csv").write_text("a\n1\n")
    monkeypatch.chdir(folder)
    book = Notebook(folder.resolve(), tmp_path / "repo")
    yield book
    book.recorder.stop()
