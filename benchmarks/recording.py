"""What recording costs a cell: ``python -m benchmarks.recording [--cells N]``.

A cell opens and reads 1,000 files of 4 kB, as plainly as Python can, so that nothing hides the
cost; another one parses each as JSON. Each is run in turn with recording and without, in one
process, and the medians are compared, by the clock and by the processor's time of the cell's thread
(a busy machine shows in the former). What happens after the cell (lookups, CIDs) is waited for
and not counted, as a person who reads the output waits.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ipfs.bundles.recording.recorder import Recorder
from jupyter_ipfs.bundles.recording.run_record import Run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_FILES = 1000
_SIZE = 4096


def main() -> int:
    """Measure and print; return the exit status."""
    parser = argparse.ArgumentParser("benchmarks.recording", description=__doc__)
    parser.add_argument("--cells", type=int, default=101, help="runs of each kind (101)")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        files = list(_files(Path(place)))
        head = Run("bench", None, place, sys.executable)
        recorder = Recorder(lambda: head, lambda: Path(place) / "repo")
        sys.stdout.write(f"{_FILES:,} files of {_SIZE:,} bytes; medians of {wanted.cells}\n")
        for name, cell in (("open and read", _read), ("open and parse JSON", _parse)):
            sys.stdout.write(f"{name}: {_line(recorder, cell, files, wanted.cells)}\n")
        recorder.stop()
    return 0


def _files(place: Path) -> Iterator[str]:
    row = {"name": "x" * 20, "values": list(range(300))}
    for number in range(_FILES):
        file = place / f"{number:04}.json"
        file.write_text(json.dumps({**row, "number": number}).ljust(_SIZE))
        yield os.fspath(file)


def _read(files: list[str]) -> None:
    for file in files:
        with open(file, "rb") as stream:  # noqa: PTH123  (the plainest)
            stream.read()


def _parse(files: list[str]) -> None:
    for file in files:
        with open(file, encoding="utf-8") as stream:  # noqa: PTH123
            json.load(stream)


def _line(
    recorder: Recorder, cell: Callable[[list[str]], None], files: list[str], cells: int
) -> str:
    def plain() -> tuple[float, float]:
        return _timed(lambda: cell(files))

    def recorded() -> tuple[float, float]:
        def run() -> None:
            noting = recorder.begin(None, "")
            cell(files)
            recorder.end(noting, number=1, success=True)

        took = _timed(run)
        recorder.flush(60, cids=True)
        return took

    plain()
    both = [(plain(), recorded()) for _ in range(cells)]
    parts = []
    for at, clock in enumerate(("clock", "processor")):
        without = statistics.median(pair[0][at] for pair in both) * 1000
        with_it = statistics.median(pair[1][at] for pair in both) * 1000
        parts.append(
            f"{clock} {without:.2f} ms, recorded {with_it:.2f} ms, ratio {with_it / without:.3f}"
        )
    return "; ".join(parts)


def _timed(function: Callable[[], None]) -> tuple[float, float]:
    """Return how long it took, and how much of that this thread worked."""
    start, worked = time.perf_counter(), time.thread_time()
    function()
    return time.perf_counter() - start, time.thread_time() - worked


if __name__ == "__main__":
    sys.exit(main())
