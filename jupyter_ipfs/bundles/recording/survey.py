"""What a notebook was seen to read, cell by cell: a recorded run laid beside the notebook."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.bundles.format.outputs import as_text
from jupyter_ipfs.bundles.recording import literals
from jupyter_ipfs.bundles.recording.run_record import SEEN, CellRun, FileRead

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from jupyter_ipfs.bundles.recording.run_record import Run


@dataclass(frozen=True, slots=True)
class SurveyedCell:
    """A code cell, and what is known of its last run.

    Attributes:
        index: Its place among all cells of the notebook, from 0.
        id: The notebook's id of it, or ``None``.
        ran: Its last run, or ``None`` if none was recorded.
        reads: What it read and did not come from a cell before it; guessed where nothing ran.
    """

    index: int
    id: str | None
    ran: CellRun | None
    reads: tuple[FileRead, ...]


@dataclass(frozen=True, slots=True)
class Survey:
    """A notebook and its recorded run.

    Attributes:
        recorded: Whether there is a run of any of its cells.
        cells: Its code cells, in order.
        reads: What they read, each file once, by path; ``seen`` goes before ``guessed``.
        contents: ``ipfs://`` roots, sorted.
        hosts: Other computers, sorted.
        modules: Of all cells, sorted.
        ended_at: When the last of these runs ended, seconds since the epoch; ``None`` without.
    """

    recorded: bool
    cells: tuple[SurveyedCell, ...]
    reads: tuple[FileRead, ...]
    contents: tuple[str, ...]
    hosts: tuple[str, ...]
    modules: tuple[str, ...]
    ended_at: float | None


def reads_of(run: Run | None, notebook: Mapping[str, Any], folder: Path) -> Survey:
    """Lay a run beside a notebook.

    A run belongs to the cell whose id the front end told; where it told none, to the cell with
    that source and execution count, else with that source.

    Args:
        run: The recorded run; without one there are only guesses.
        notebook: The notebook's JSON.
        folder: Where it stands: paths in its source are looked up from there.
    """
    code = [
        (index, cell)
        for index, cell in enumerate(notebook.get("cells", ()))
        if cell.get("cell_type") == "code"
    ]
    last = _matched(run, code)
    written = _Written(last)
    cells = tuple(_surveyed(index, cell, last.get(index), written, folder) for index, cell in code)
    ran = [cell.ran for cell in cells if cell.ran is not None]
    return Survey(
        recorded=bool(ran),
        cells=cells,
        reads=_united(read for cell in cells for read in cell.reads),
        contents=_sorted(each.contents for each in ran),
        hosts=_sorted(each.hosts for each in ran),
        modules=_sorted(each.modules for each in ran),
        ended_at=max((each.ended_at for each in ran), default=None),
    )


class _Written:
    """Which cell wrote what, by its place and its moment."""

    def __init__(self, last: Mapping[int, CellRun]) -> None:
        self._writers: dict[str, list[tuple[int, float]]] = {}
        for index, ran in last.items():
            for path in ran.writes:
                self._writers.setdefault(path, []).append((index, ran.started_at))

    def before(self, path: str, index: int, moment: float) -> bool:
        """Tell whether a cell above this one wrote it, and did so before: then it's no input."""
        return any(
            above < index and started < moment for above, started in self._writers.get(path, ())
        )


def _matched(run: Run | None, code: Sequence[tuple[int, Mapping[str, Any]]]) -> dict[int, CellRun]:
    by_id: dict[str, int] = {
        cell["id"]: index for index, cell in code if isinstance(cell.get("id"), str)
    }
    by_source: dict[str, list[int]] = {}
    numbers: dict[int, object] = {}
    for index, cell in code:
        by_source.setdefault(literals.digest(as_text(cell.get("source"))), []).append(index)
        numbers[index] = cell.get("execution_count")
    last: dict[int, CellRun] = {}
    for ran in () if run is None else run.cells:
        place = (
            _by_source(by_source.get(ran.source_sha256, []), numbers, last, ran)
            if ran.cell_id is None
            else by_id.get(ran.cell_id)
        )
        if place is not None:
            last[place] = ran
    return last


def _by_source(
    places: Sequence[int],
    numbers: Mapping[int, object],
    last: Mapping[int, CellRun],
    ran: CellRun,
) -> int | None:
    """Return which of the cells of one source ran: by number, else the first that has not."""
    for index in places:
        if numbers[index] == ran.number:
            return index
    free = [index for index in places if index not in last]
    return free[0] if free else next(reversed(places), None)


def _surveyed(
    index: int,
    cell: Mapping[str, Any],
    ran: CellRun | None,
    written: _Written,
    folder: Path,
) -> SurveyedCell:
    source = as_text(cell.get("source"))
    identifier = cell.get("id")
    moment = float("inf") if ran is None else ran.started_at
    reads = literals.reads(source, os.fspath(folder)) if ran is None else ran.reads
    return SurveyedCell(
        index,
        identifier if isinstance(identifier, str) else None,
        ran,
        reads=_united(read for read in reads if not written.before(read.path, index, moment)),
    )


def _united(reads: Iterable[FileRead]) -> tuple[FileRead, ...]:
    """Keep each file once, as the last reader saw it; it changed if any two saw different ones."""
    found: dict[str, FileRead] = {}
    for read in reads:
        before = found.get(read.path)
        found[read.path] = read if before is None else _newer(before, read)
    return tuple(found[path] for path in sorted(found))


def _newer(before: FileRead, read: FileRead) -> FileRead:
    if read.how != SEEN and before.how == SEEN:
        return before
    if before.how != SEEN and read.how == SEEN:
        return read
    same = (before.size, before.mtime_ns, before.inode) == (read.size, read.mtime_ns, read.inode)
    return read if same else replace(read, changed=True)


def _sorted(groups: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(sorted({item for group in groups for item in group}))
