"""One run of a notebook's cells, in a box or, where the user said so, beside everything else."""

from __future__ import annotations

import contextlib
import json
import os
import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.bundles.environment import environments
from jupyter_ipfs.bundles.replay import isolation, replayed
from jupyter_ipfs.bundles.replay.process import Process
from jupyter_ipfs.bundles.replay.replayed import DIED, NOT_RUN, ReplayedCell
from jupyter_ipfs.bundles.replay.workplace import READER, TEMPORARY, WORK
from jupyter_ipfs.errors import ReplayError
from jupyter_ipfs.node.meter import Meter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jupyter_ipfs.bundles.environment.environments import BuiltEnvironment
    from jupyter_ipfs.bundles.format.notebook import CodeCell
    from jupyter_ipfs.bundles.replay.allowed import Allowed, Limits
    from jupyter_ipfs.bundles.replay.workplace import Workplace
    from jupyter_ipfs.protocols import ProgressCallback

_GRACE_S = 60.0  # more than the runner's own deadlines, which come first
_OPEN_FILES = 4096
_COUNTS_APART = (5, 14)
_TASKS = 1000  # where it is not known how many there are
_JOB = "job.json"


def run(
    place: Workplace,
    built: BuiltEnvironment,
    cells: Sequence[tuple[CodeCell, bool]],
    allowed: Allowed,
    *,
    folder: str,
    on_cell: Callable[[ReplayedCell], None] | None = None,
    progress: ProgressCallback | None = None,
) -> tuple[ReplayedCell, ...]:
    """Run cells and return what each gave; however it ends, nothing runs on.

    Args:
        place: Filled.
        built: The environment.
        cells: The code cells, and which of them are run.
        allowed: What the user has agreed to.
        folder: Where the notebook stands, as the code calls it.
        on_cell: Told each cell as it ends; again if a later one changes what it displayed.
        progress: Told the cells; what it raises ends the run.

    Raises:
        ReplayError: The kernel did not start.
        DiskFullError: The code writes more than it may.
    """
    wanted = [cell for cell, is_run in cells if is_run]
    _write_job(place, wanted, folder, allowed.limits)
    results = _Results(cells, on_cell)
    meter = Meter(progress, "running", files_total=len(wanted))
    python = built.python(isolated=place.isolated)
    variables = place.variables(str(PurePosixPath(python).parent))

    def command(descriptor: int, told: int) -> list[str]:
        arguments = _arguments(place, built, python, allowed.limits, descriptor)
        if not place.isolated:
            return arguments
        return isolation.command(_box(place, built, allowed, variables), arguments, told)

    limits = allowed.limits
    timeout_s = limits.start_s + limits.run_s + _GRACE_S
    with Process(command, variables, place.path / WORK, in_box=place.isolated) as process:
        for line in process.lines(timeout_s, limits.disk):
            meter.advance(0)
            if line is None:
                continue
            event = replayed.event(line)
            if event is None or not results.take(event, meter):
                break
        said = process.said
    results.end(said)
    meter.done()
    return results.listed()


class _Results:
    """What is known of the cells, from the runner's events."""

    def __init__(
        self,
        cells: Sequence[tuple[CodeCell, bool]],
        on_cell: Callable[[ReplayedCell], None] | None,
    ) -> None:
        self._wanted = {cell.index: cell.id for cell, is_run in cells if is_run}
        self._found = {cell.index: ReplayedCell(cell.id, cell.index, NOT_RUN) for cell, _ in cells}
        self._on_cell = on_cell
        self._running: int | None = None
        self._started = False
        self._failure = ""

    def take(self, event: dict[str, Any], meter: Meter) -> bool:
        """Take an event in; tell whether others are to come."""
        kind, index = event.get("event"), event.get("index")
        if kind == "failed":
            self._failure = str(event.get("reason"))[:200]
        self._started = self._started or kind == "ready"
        if kind in {"failed", "end"}:
            return False
        if isinstance(index, int) and self._wanted.get(index, "") == event.get("id"):
            if kind == "started":
                self._running = index
                meter.label = f"cell {index + 1}"
            elif kind == "cell":
                if index == self._running:
                    self._running = None
                    meter.file_done()
                self._tell(replayed.cell(event, self._wanted[index], index))
        return True

    def end(self, said: str) -> None:
        """Settle what was under way when it ended.

        Raises:
            ReplayError: Nothing has begun.
        """
        if not self._started:
            last = "".join(f"\n{line[:300]}" for line in said.strip().splitlines()[-8:])
            raise ReplayError(
                f"the notebook could not be run: {self._failure or 'it ended at once'}{last}",
                "its environment may lack what a kernel needs; see what the share says of it",
            )
        if self._running is not None:
            self._tell(ReplayedCell(self._wanted[self._running], self._running, DIED))

    def listed(self) -> tuple[ReplayedCell, ...]:
        """Return them in their order."""
        return tuple(self._found[index] for index in sorted(self._found))

    def _tell(self, cell: ReplayedCell) -> None:
        self._found[cell.index] = cell
        if self._on_cell is not None:
            self._on_cell(cell)


def _write_job(place: Workplace, cells: Sequence[CodeCell], folder: str, limits: Limits) -> None:
    job = {
        "cells": [{"id": cell.id, "index": cell.index, "source": cell.source} for cell in cells],
        "folder": folder,
        "runtime": place.inside(TEMPORARY),
        "start_s": limits.start_s,
        "cell_s": limits.cell_s,
        "run_s": limits.run_s,
        "limits": {
            "bytes": limits.output_size,
            "count": limits.outputs,
            "depth": replayed.MAX_DEPTH - 20,  # an event has a few levels of its own
        },
    }
    file = place.path / READER / _JOB
    file.write_text(json.dumps(job))
    file.chmod(0o644)


def _arguments(
    place: Workplace, built: BuiltEnvironment, python: str, limits: Limits, descriptor: int
) -> list[str]:
    """Return what is started: the launcher, which becomes the runner."""
    reader = place.inside(READER)
    user = isolation.user() if place.isolated else None
    options = json.dumps({"uid": user, "limits": _rlimits(limits, isolated=place.isolated)})
    return [
        str(built.interpreter.executable), "-I", "-S", f"{reader}/launcher.py", options,
        python, "-I", f"{reader}/runner.py", f"{reader}/{_JOB}",
        str(descriptor),
    ]  # fmt: skip


def _box(
    place: Workplace, built: BuiltEnvironment, allowed: Allowed, variables: dict[str, str]
) -> isolation.Box:
    needed = [*built.interpreter.prefixes, *([built.path] if built.is_own else [])]
    read_only = {str(each): each for each in environments.outside_system(needed)}
    if not built.is_own:
        read_only[environments.INSIDE] = built.path
    return isolation.Box(
        folder=place.inside(WORK),
        environment=variables,
        read_only={**place.read_only(), **read_only},
        writable=place.writable(),
        network=allowed.network,
    )


def _rlimits(limits: Limits, *, isolated: bool) -> dict[str, int]:
    found = {
        "CORE": 0,
        "FSIZE": limits.disk,
        "NOFILE": _OPEN_FILES,
        # Threads count as well.
        "NPROC": limits.processes + (0 if isolated and _counts_apart() else _tasks()),
    }
    with contextlib.suppress(ValueError, OSError, AttributeError):
        found["DATA"] = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return found


def _counts_apart() -> bool:
    """Tell whether the processes of a box are counted without the user's others.

    From Linux 5.14 on a user namespace counts its own (its `RLIMIT_NPROC` stands on ucounts).
    Root's boxes have none, but a user that hardly anybody is.
    """
    found = re.match(r"(\d+)\.(\d+)", os.uname().release)
    return found is not None and (int(found[1]), int(found[2])) >= _COUNTS_APART


def _tasks() -> int:
    """Return how many processes and threads there are."""
    try:
        return int(Path("/proc/loadavg").read_text().split()[3].partition("/")[2])
    except (OSError, ValueError, IndexError):
        return _TASKS
