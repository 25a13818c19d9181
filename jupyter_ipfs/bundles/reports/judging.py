"""From a run to a report: each cell's verdict, and what may explain it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from jupyter_ipfs.bundles.compare import cell as comparison
from jupyter_ipfs.bundles.replay.replayed import DIED, NOT_RUN, TIMEOUT, ReplayedCell
from jupyter_ipfs.bundles.reports import explanations
from jupyter_ipfs.bundles.reports.report import Report, bounded

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jupyter_ipfs.bundles.compare.verdict import CellVerdict
    from jupyter_ipfs.bundles.format.notebook import CodeCell
    from jupyter_ipfs.bundles.opening.opening import Opened
    from jupyter_ipfs.bundles.replay.machine import Machine


def verdict(cell: CodeCell, ran: ReplayedCell, why: str = "") -> CellVerdict:
    """Return the verdict on one cell: of the bundle's notebook, and as it ran again.

    ``why`` tells why it was not run, where that is known.
    """
    found = comparison.compare(
        cell.outputs,
        ran.outputs,
        id=cell.id,
        index=cell.index,
        number=cell.number,
        status=ran.status,
        rule=cell.rule,
        why=why,
        truncated=ran.truncated,
    )
    (short,) = bounded([found])
    return short


def verdicts(cells: Sequence[CodeCell], ran: Iterable[ReplayedCell]) -> tuple[CellVerdict, ...]:
    """Return the verdict on each code cell; one that the run does not tell of was not run."""
    by_id = {each.id: each for each in ran}
    found = []
    why = ""
    for cell in cells:
        again = by_id.get(cell.id, ReplayedCell(cell.id, cell.index, NOT_RUN))
        found.append(verdict(cell, again, why))
        if again.status in {DIED, TIMEOUT}:
            how = "the kernel died" if again.status == DIED else "the time was up"
            why = f"it was not run again: {how} in cell {cell.index + 1}"
    return bounded(found)


def report(
    opened: Opened,
    cells: Sequence[CodeCell],
    ran: Iterable[ReplayedCell],
    machine: Machine,
    *,
    reader_version: str,
    at: dt.datetime | None = None,
) -> Report:
    """Return the report on a run.

    Args:
        opened: The bundle.
        cells: The code cells of its notebook, with the author's outputs.
        ran: The same, as they ran again.
        machine: Where.
        reader_version: The version of this package.
        at: When; now by default.
    """
    found = verdicts(cells, ran)
    sources = {cell.id: cell.source for cell in cells}
    when = (at or dt.datetime.now(dt.UTC)).astimezone(dt.UTC)
    return Report(
        payload=str(opened.payload),
        share=None if opened.root == opened.payload else str(opened.root),
        title=opened.manifest.title,
        at=f"{when:%Y-%m-%dT%H:%M:%SZ}",
        reader_version=reader_version,
        machine=machine,
        verdicts=found,
        explanations=explanations.explain(opened.manifest, sources, machine, found),
    )
