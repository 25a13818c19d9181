"""In what order a notebook's cells were run: from top to bottom, once each, as they are now?"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.bundles.format.outputs import as_text
from jupyter_ipfs.bundles.recording.literals import digest
from jupyter_ipfs.bundles.review.finding import NOTE, WARNING, Finding
from jupyter_ipfs.words.figures import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyter_ipfs.bundles.format.manifest import Cell, Manifest
    from jupyter_ipfs.bundles.recording.run_record import Run

_AGAIN = "Restart the kernel and run all cells."


def cells(notebook: Mapping[str, Any], manifest: Manifest, run: Run | None) -> Iterator[Finding]:
    """Say which cells were never run, run late, twice, or changed since."""
    recorded = {each.cell_id: each.source_sha256 for each in run.cells} if run else {}
    times = Counter(each.cell_id for each in run.cells if each.cell_id) if run else Counter()
    above: Cell | None = None  # the one with the highest number so far
    numbers: set[int] = set()
    for cell in manifest.cells:
        source = as_text(_cell(notebook, cell.index).get("source"))
        if not source.strip():
            continue
        if cell.number is None:
            yield _finding(cell, WARNING, "never-run", "was never run", _AGAIN)
            continue
        numbers.add(cell.number)
        if above is not None and cell.number < (above.number or 0):
            words = f"was run before cell {above.index + 1}, which stands above it"
            yield _finding(cell, WARNING, "out-of-order", words, _AGAIN)
        else:
            above = cell
        if times[cell.id] > 1:
            words = f"was run {times[cell.id]} times in this kernel"
            yield _finding(cell, NOTE, "run-again", words, _AGAIN)
        if recorded.get(cell.id, digest(source)) != digest(source):
            hint = "Run it again: its outputs are from the old text."
            yield _finding(cell, WARNING, "changed-since", "has changed since it was run", hint)
        if _is_failed(_cell(notebook, cell.index)):
            hint = "Mend it and run all cells, unless it is meant to."
            yield _finding(cell, WARNING, "failed", "ended in an error", hint)
    gone = max(numbers, default=0) - len(numbers)
    if gone > 0 and max(times.values(), default=1) == 1:
        yield Finding(
            NOTE,
            "runs-missing",
            f"{counted(gone, 'run')} of this kernel left nothing in the notebook",
            hint=f"Cells that were deleted or run again may have set what others use. {_AGAIN}",
        )


def _finding(cell: Cell, level: str, kind: str, words: str, hint: str) -> Finding:
    name = f"cell {cell.index + 1}"
    return Finding(level, kind, f"C{name[1:]} {words}", name, hint, cell.id)


def _is_failed(cell: Mapping[str, Any]) -> bool:
    return any(each.get("output_type") == "error" for each in cell.get("outputs") or [])


def _cell(notebook: Mapping[str, Any], index: int) -> Mapping[str, Any]:
    all_cells = notebook.get("cells") or []
    return all_cells[index] if 0 <= index < len(all_cells) else {}
