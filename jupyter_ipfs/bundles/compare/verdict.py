"""What was found when a notebook was run again, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass

SAME, TOLERANCE, DIFFERS, FAILED, SKIPPED = "same", "tolerance", "differs", "failed", "skipped"

# From best to worst: a cell has the worst of its outputs.
ORDER = (SAME, TOLERANCE, SKIPPED, DIFFERS, FAILED)

# For people; the sidebar has the same ones.
WORDS = {
    SAME: "same",
    TOLERANCE: "same within tolerance",
    SKIPPED: "not compared",
    DIFFERS: "differs",
    FAILED: "failed",
}


@dataclass(frozen=True, slots=True)
class OutputVerdict:
    """How one output compares.

    Attributes:
        verdict: One of `ORDER`.
        mime_type: What was compared.
        rule: The rule that was used, in words: ``numbers, within 1e-6``.
        detail: What differs, in one sentence, or empty.
        diff: A unified diff or a short table of both, as plain text of at most 20 kB, or empty.
    """

    verdict: str
    mime_type: str
    rule: str
    detail: str = ""
    diff: str = ""


@dataclass(frozen=True, slots=True)
class CellVerdict:
    """How one cell compares.

    Attributes:
        id: The notebook's id of the cell.
        index: Its place among all cells, from 0.
        verdict: One of `ORDER`.
        reason: Why it failed or was not compared, or empty.
        claimed: The verdict rests on a tag of the author's: counted apart.
        outputs: One for each pair of outputs.
    """

    id: str
    index: int
    verdict: str
    reason: str = ""
    claimed: bool = False
    outputs: tuple[OutputVerdict, ...] = ()
