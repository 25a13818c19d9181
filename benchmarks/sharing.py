"""What sharing costs beside `add`: ``python -m benchmarks.sharing [--size MB] [--rounds N]``.

A notebook with one large input and a thousand small ones is shared, and the same files are added
to another repo, in turn, each time into a fresh one. Told are the medians, sharing also without
the time of its lock, and a second share of the unchanged notebook, lock and all.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from jupyter_ipfs.bundles.papers import documents
from jupyter_ipfs.bundles.recording.run_record import CellRun, FileRead, Run
from jupyter_ipfs.bundles.sharing import surroundings
from jupyter_ipfs.session import Session

_SMALL, _SMALL_SIZE = 1000, 4096
_SOURCE = "read_everything()"
_LONG_AGO = 1_700_000_000


def main() -> int:
    """Measure and print; return the exit status."""
    parser = argparse.ArgumentParser("benchmarks.sharing", description=__doc__)
    parser.add_argument("--size", type=int, default=512, help="MB of the large input (512)")
    parser.add_argument("--rounds", type=int, default=5, help="shares and adds (5)")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        top = Path(place)
        run = _project(top / "project", wanted.size)
        _share(top / "warm", run)
        rounds = [
            (_add(top / "added", run), *_share(top / "shared", run)) for _ in range(wanted.rounds)
        ]
    added, first, locked, again = map(statistics.median, zip(*rounds, strict=True))
    sys.stdout.write(
        f"{_SMALL:,} files of {_SMALL_SIZE:,} bytes and one of {wanted.size:,} MB\n"
        f"add {added:.2f} s, share {first:.2f} s of which its environment {locked:.2f} s: "
        f"{(first - locked) / added:.2f} x\n"
        f"a second share {again:.2f} s\n"
    )
    return 0


def _project(folder: Path, size: int) -> Run:
    (folder / "data").mkdir(parents=True)
    rng = random.Random(1)
    with (folder / "data" / "large.bin").open("wb") as file:
        for _ in range(size):
            file.write(rng.randbytes(1_000_000))
    for number in range(_SMALL):
        (folder / "data" / f"{number:04}.bin").write_bytes(rng.randbytes(_SMALL_SIZE))
    reads = []
    for file_path in sorted((folder / "data").iterdir()):
        os.utime(file_path, (_LONG_AGO, _LONG_AGO))
        at = file_path.stat()
        reads.append(FileRead(str(file_path), at.st_size, at.st_mtime_ns, at.st_ino))
    cell = {"cell_type": "code", "id": "read", "metadata": {}, "execution_count": 1,
            "source": _SOURCE, "outputs": []}  # fmt: skip
    notebook = folder / "large.ipynb"
    nb = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    notebook.write_text(json.dumps(nb))
    digest = hashlib.sha256(_SOURCE.encode()).hexdigest()
    ran = CellRun("read", 1, digest, 0.0, 1.0, success=True, reads=tuple(reads), modules=("json",))
    return Run("bench", str(notebook), str(folder), sys.executable, (ran,))


def _add(repo: Path, run: Run) -> float:
    with Session(repo=repo) as session:
        began = time.perf_counter()
        session.add(Path(run.folder) / "data")
        took = time.perf_counter() - began
    shutil.rmtree(repo)
    return took


def _share(repo: Path, run: Run) -> tuple[float, float, float]:
    """Share twice; return how long it took, of that the environment, and the second time."""
    notebook = str(run.notebook)
    with Session(repo=repo) as session:
        plan = session.bundles.plan(notebook, run=run)
        documents.lock(session, plan)  # as it is where something was shared before
        began = time.perf_counter()
        session.bundles.share(notebook, run=run)
        first = time.perf_counter() - began
        began = time.perf_counter()
        documents.lock(session, plan)
        surroundings.installed(run, {"json"})
        locked = time.perf_counter() - began
        began = time.perf_counter()
        session.bundles.share(notebook, run=run)
        again = time.perf_counter() - began
    shutil.rmtree(repo)
    return first, locked, again


if __name__ == "__main__":
    sys.exit(main())
