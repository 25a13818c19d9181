"""What changed from one notebook's cells to another's: matched by id, then by source."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.bundles.compare import diffs, numbers, outputs, read
from jupyter_ipfs.bundles.compare.verdict import DIFFERS, SAME
from jupyter_ipfs.bundles.format.notebook import code_cells
from jupyter_ipfs.words.foreign import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyter_ipfs.bundles.format.manifest import Manifest

ADDED, REMOVED, CHANGED, MOVED = "added", "removed", "changed", "moved"
SOURCE, OUTPUTS, KIND = "source", "outputs", "kind"
_MAX_TOLD = 300


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell that is not as it was.

    Attributes:
        id: The newer one's id, or the older one's if it is gone.
        index: Its place among all cells, from 0.
        change: ``added``, ``removed``, ``changed`` or ``moved`` (and else as it was).
        what: Of ``source``, ``outputs`` and ``kind``.
        diff: As plain text.
    """

    id: str
    index: int
    change: str
    what: tuple[str, ...]
    diff: str


@dataclass(frozen=True, slots=True)
class ComparedCell:
    """A cell as far as it is known.

    Attributes:
        id: Its id.
        index: Its place.
        kind: ``code``, ``markdown`` or ``raw``.
        source: Its source, or the digest of it where the notebook is not read.
        outputs: Of a code cell, as nbformat has them.
        outputs_key: What tells whether they are the same.
        is_read: Whether source and outputs are known, not only by digest.
    """

    id: str
    index: int
    kind: str
    source: str
    outputs: tuple[dict[str, Any], ...] = ()
    outputs_key: object = field(default=None, compare=False)
    is_read: bool = True


def of_notebook(notebook: dict[str, Any], manifest: Manifest) -> list[ComparedCell]:
    """Return all cells of a notebook as `notebook.parse` gives it."""
    code = {cell.index: cell for cell in code_cells(notebook)}
    keys = {cell.id: tuple(each.cid for each in cell.outputs) for cell in manifest.cells}
    found = []
    for index, cell in enumerate(notebook["cells"]):
        known = code.get(index)
        given = () if known is None else known.outputs
        key = keys.get(cell["id"]) or read.digest(list(given))
        kind, source = str(cell["cell_type"]), str(cell["source"])
        found.append(ComparedCell(cell["id"], index, kind, source, given, key))
    return found


def of_manifest(manifest: Manifest) -> list[ComparedCell]:
    """Return the code cells as the manifest has them: by digests."""
    return [
        ComparedCell(
            cell.id,
            cell.index,
            "code",
            cell.source_sha256,
            outputs_key=tuple(each.cid for each in cell.outputs),
            is_read=False,
        )
        for cell in manifest.cells
    ]


def changes(old: Sequence[ComparedCell], new: Sequence[ComparedCell]) -> tuple[CellChange, ...]:
    """Return what changed, in the order of the newer notebook; what is gone comes last."""
    pairs = _matched(old, new)
    stayed = _in_order([pairs[at] for at in sorted(pairs)])
    partner = {there: here for here, there in pairs.items()}
    found = []
    for at, cell in enumerate(new):
        if at not in partner:
            diff = diffs.unified("", cell.source) if cell.is_read else ""
            found.append(CellChange(cell.id, cell.index, ADDED, (), diff))
            continue
        changed = _changed(old[partner[at]], cell)
        if changed is not None:
            found.append(changed)
        elif at not in stayed:
            found.append(CellChange(cell.id, cell.index, MOVED, (), ""))
    for at, cell in enumerate(old):
        if at not in pairs:
            diff = diffs.unified(cell.source, "") if cell.is_read else ""
            found.append(CellChange(cell.id, cell.index, REMOVED, (), diff))
    return tuple(found)


def _matched(old: Sequence[ComparedCell], new: Sequence[ComparedCell]) -> dict[int, int]:
    """Return which cell of ``new`` each one of ``old`` is: by id, then by source in their order."""
    by_id = {cell.id: at for at, cell in enumerate(new)}
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for at, cell in enumerate(old):
        there = by_id.get(cell.id)
        if there is not None and there not in taken:
            pairs[at] = there
            taken.add(there)
    left: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for at in reversed(range(len(new))):
        if at not in taken:
            left[new[at].kind, new[at].source].append(at)
    for at, cell in enumerate(old):
        same = left.get((cell.kind, cell.source))
        if at not in pairs and same:
            pairs[at] = same.pop()
    return pairs


def _in_order(places: Sequence[int]) -> set[int]:
    """Return a longest part of ``places`` that is in rising order: those did not move."""
    ends: list[int] = []  # of a rising part of each length, the place where it ends
    before: dict[int, int | None] = {}
    for place in places:
        length = bisect_left(ends, place)
        before[place] = ends[length - 1] if length else None
        ends[length : length + 1] = [place]
    found: set[int] = set()
    at = ends[-1] if ends else None
    while at is not None:
        found.add(at)
        at = before[at]
    return found


def _changed(old: ComparedCell, new: ComparedCell) -> CellChange | None:
    what, parts = [], []
    if old.kind != new.kind:
        what.append(KIND)
        parts.append(f"{old.kind} → {new.kind}")
    if old.source != new.source:
        what.append(SOURCE)
        if old.is_read and new.is_read:
            parts.append(diffs.unified(old.source, new.source))
    if old.outputs_key != new.outputs_key:
        what.append(OUTPUTS)
        if old.is_read and new.is_read:
            parts += _outputs(old, new)
    if not what:
        return None
    diff = "\n".join(filter(None, parts))[: diffs.MAX_DIFF]
    return CellChange(new.id, new.index, CHANGED, tuple(what), diff)


def _outputs(old: ComparedCell, new: ComparedCell) -> Iterator[str]:
    for found in outputs.compare(old.outputs, new.outputs, numbers.RELATIVE):
        told = f"{found.mime_type}: {found.detail}" if found.detail else found.mime_type
        if found.verdict == DIFFERS:
            yield one_line(told)[:_MAX_TOLD]
            yield found.diff
        elif found.verdict != SAME or found.detail:
            yield one_line(f"{told} ({found.rule})")[:_MAX_TOLD]
