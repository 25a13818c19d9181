"""The verdict on one cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.bundles.compare import error, numbers, outputs, sizes
from jupyter_ipfs.bundles.compare.verdict import (
    DIFFERS,
    FAILED,
    ORDER,
    SKIPPED,
    CellVerdict,
    OutputVerdict,
)
from jupyter_ipfs.bundles.format.manifest import Rule
from jupyter_ipfs.bundles.replay.replayed import DIED, ERROR, NOT_RUN, OK, TIMEOUT
from jupyter_ipfs.words.foreign import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

_NO_RULE = Rule()
_MAX_REASON = 300
_ENDED = {DIED: "the kernel died while it ran", TIMEOUT: "it took longer than it was given"}


def compare(
    expected: Sequence[dict[str, object]],
    actual: Sequence[dict[str, object]],
    *,
    id: str,  # noqa: A002  (the field's name)
    index: int,
    number: int | None,
    status: str = OK,
    rule: Rule = _NO_RULE,
    why: str = "",
    truncated: bool = False,
) -> CellVerdict:
    """Compare what a cell gave with what its author's run of it gave.

    Args:
        expected: The author's outputs, as nbformat has them.
        actual: Those of the run to be judged.
        id: The notebook's id of the cell.
        index: Its place among all cells.
        number: The author's execution count; ``None`` if the author never ran it.
        status: How running it again ended.
        rule: What the author says about comparing it.
        why: Why it was not run, where that is known.
        truncated: It gave more than is kept of it.
    """
    raised = _raised(actual)
    verdict, reason = _without_looking(expected, raised, number, status, why)
    if verdict == FAILED:
        # No tag of the author's hides this.
        found = outputs.compare(expected, actual, numbers.RELATIVE)
        return CellVerdict(id, index, FAILED, reason, outputs=found)
    if verdict is not None:
        return CellVerdict(id, index, verdict, reason)
    if rule.skip:
        said = f": {one_line(rule.reason)[:_MAX_REASON]}" if rule.reason else ""
        reason = f"the author says that it is not to be compared{said}"
        return CellVerdict(id, index, SKIPPED, reason, claimed=True)
    if truncated:
        # What is kept is already as much as there was before: the rest is too much.
        if sizes.weight(list(expected)) <= sizes.weight(list(actual)):
            return CellVerdict(id, index, DIFFERS, "it gave far more output than before")
        return CellVerdict(id, index, SKIPPED, "it gave more output than is kept to compare")
    return _compared(expected, actual, id, index, rule)


def _compared(
    expected: Sequence[dict[str, object]],
    actual: Sequence[dict[str, object]],
    cell: str,
    index: int,
    rule: Rule,
) -> CellVerdict:
    found = outputs.compare(expected, actual, numbers.RELATIVE)
    claimed = False
    if rule.relative is not None:
        by_tag = outputs.compare(expected, actual, rule.relative)
        if [one.verdict for one in by_tag] != [one.verdict for one in found]:
            found = by_tag
            # A tag that makes a cell differ is nothing to be kept apart.
            claimed = outputs.worst(found) != DIFFERS
    verdict = outputs.worst(found)
    return CellVerdict(cell, index, verdict, _reason(verdict, found), claimed, found)


def _without_looking(
    expected: Sequence[dict[str, object]],
    raised: dict[str, object] | None,
    number: int | None,
    status: str,
    why: str,
) -> tuple[str | None, str]:
    """Return what is known before outputs are compared: verdict and reason."""
    if status in _ENDED:
        return FAILED, _ENDED[status]
    is_run = number is not None or bool(expected)
    if status == NOT_RUN and is_run:
        return SKIPPED, one_line(why)[:_MAX_REASON] or "it was not run again"
    if not is_run:
        told = f"; here it raised {error.sentence(raised)}" if raised else ""
        return SKIPPED, f"the author did not run it{told}"
    if raised is not None and _raised(expected) is None:
        return FAILED, f"raised {error.sentence(raised)}"
    if status == ERROR and raised is None and _raised(expected) is None:
        return FAILED, "raised an error that was not told"
    return None, ""


def _raised(given: Sequence[dict[str, object]]) -> dict[str, object] | None:
    return next((one for one in given if one.get("output_type") == "error"), None)


def _reason(verdict: str, found: Sequence[OutputVerdict]) -> str:
    """Say what made a cell differ, or why it was not compared."""
    if ORDER.index(verdict) < ORDER.index(SKIPPED):
        return "" if found else "it gave no output, as before"
    told = [one.detail for one in found if one.verdict == verdict and one.detail]
    more = f" (and {len(told) - 1} more)" if len(told) > 1 else ""
    fallback = "its outputs differ" if verdict == DIFFERS else "an output was not compared"
    return f"{told[0]}{more}" if told else fallback
