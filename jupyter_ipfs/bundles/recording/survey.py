"""What a notebook was seen to read, cell by cell: a recorded run laid beside the notebook."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

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
        source_sha256: Of its source in the notebook, in hex.
        ran: Its last run, or ``None`` if none was recorded.
        stale: The source was changed after that run.
        reads: What it read and did not come from a cell before it; guessed where nothing ran.
    """

    index: int
    id: str | None
    source_sha256: str
    ran: CellRun | None
    stale: bool
    reads: tuple[FileRead, ...]


@dataclass(frozen=True, slots=True)
class Survey:
    """A notebook and its recorded run.

    Attributes:
        recorded: Whether there is a run of any of its cells.
        cells: Its code cells, in order.
        reads: What they read, each file once, by path; ``seen`` goes before ``guessed``.
        writes: What they wrote, sorted.
        contents: ``ipfs://`` roots, sorted.
        hosts: Other computers, sorted.
        modules: Of all cells, sorted.
        ended_at: When the last of these runs ended, seconds since the epoch; ``None`` without.
        out_of_order: Indexes of cells that ran before one that stands above them.
        never_run: Indexes of cells with a source that no run is recorded of.
        failed: Indexes of cells whose last run raised.
        strangers: Runs of cells that are not in the notebook (any more): what they left in the
            kernel may be needed.
    """

    recorded: bool
    cells: tuple[SurveyedCell, ...]
    reads: tuple[FileRead, ...]
    writes: tuple[str, ...]
    contents: tuple[str, ...]
    hosts: tuple[str, ...]
    modules: tuple[str, ...]
    ended_at: float | None
    out_of_order: tuple[int, ...]
    never_run: tuple[int, ...]
    failed: tuple[int, ...]
    strangers: int


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
    last, strangers = _matched(run, code)
    written = _Written(last)
    cells = tuple(_surveyed(index, cell, last.get(index), written, folder) for index, cell in code)
    ran = [cell.ran for cell in cells if cell.ran is not None]
    return Survey(
        recorded=bool(ran),
        cells=cells,
        reads=_united(read for cell in cells for read in cell.reads),
        writes=_sorted(each.writes for each in ran),
        contents=_sorted(each.contents for each in ran),
        hosts=_sorted(each.hosts for each in ran),
        modules=_sorted(each.modules for each in ran),
        ended_at=max((each.ended_at for each in ran), default=None),
        out_of_order=_out_of_order(cells),
        never_run=tuple(
            cell.index
            for cell, (_, shown) in zip(cells, code, strict=True)
            if cell.ran is None and _source(shown).strip()
        ),
        failed=tuple(cell.index for cell in cells if cell.ran and not cell.ran.success),
        strangers=strangers,
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


def _matched(
    run: Run | None, code: Sequence[tuple[int, Mapping[str, Any]]]
) -> tuple[dict[int, CellRun], int]:
    by_id: dict[str, int] = {
        cell["id"]: index for index, cell in code if isinstance(cell.get("id"), str)
    }
    by_source: dict[str, list[int]] = {}
    numbers: dict[int, object] = {}
    for index, cell in code:
        by_source.setdefault(literals.digest(_source(cell)), []).append(index)
        numbers[index] = cell.get("execution_count")
    last: dict[int, CellRun] = {}
    strangers = 0
    for ran in () if run is None else run.cells:
        place = (
            _by_source(by_source.get(ran.source_sha256, []), numbers, last, ran)
            if ran.cell_id is None
            else by_id.get(ran.cell_id)
        )
        if place is None:
            strangers += 1
        else:
            last[place] = ran
    return last, strangers


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
    source = _source(cell)
    identifier = cell.get("id")
    moment = float("inf") if ran is None else ran.started_at
    reads = literals.reads(source, os.fspath(folder)) if ran is None else ran.reads
    return SurveyedCell(
        index,
        identifier if isinstance(identifier, str) else None,
        literals.digest(source),
        ran,
        stale=ran is not None and ran.source_sha256 != literals.digest(source),
        reads=_united(read for read in reads if not written.before(read.path, index, moment)),
    )


def _source(cell: Mapping[str, Any]) -> str:
    source = cell.get("source", "")  # nbformat allows lines
    return "".join(source) if isinstance(source, list) else str(source)


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


def _out_of_order(cells: Sequence[SurveyedCell]) -> tuple[int, ...]:
    found, newest = [], float("-inf")
    for cell in cells:
        if cell.ran is None:
            continue
        if cell.ran.started_at < newest:
            found.append(cell.index)
        newest = max(newest, cell.ran.started_at)
    return tuple(found)


def _sorted(groups: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(sorted({item for group in groups for item in group}))
