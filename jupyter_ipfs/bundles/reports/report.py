"""What was found when a share was run again, as one value."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.bundles.compare.verdict import ORDER, CellVerdict
from jupyter_ipfs.words.foreign import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyter_ipfs.bundles.compare.verdict import OutputVerdict
    from jupyter_ipfs.bundles.replay.machine import Machine

_MAX_DIFFS = 4_000_000  # characters of all diffs of a report
_MAX_OUTPUTS = 10_000  # of a cell
_MAX_NAME, _MAX_SENTENCE = 200, 1000


@dataclass(frozen=True, slots=True)
class Report:
    """The verdict on each cell, and what to know about it.

    It holds for this run on this machine, and says nothing of who made it: that is what its
    signatures are for, and keys are free (``safety.md`` 17).

    Attributes:
        payload: The CID of the bundle that was run.
        share: The CID of the share in which it came, or ``None``.
        title: What the bundle calls itself.
        at: When it was run, ``2026-11-23T20:15:00Z``.
        reader_version: The version of this package that compared.
        machine: Where it was run, and in which respects that is not what the bundle names.
        verdicts: One for each code cell, in order.
        explanations: What may explain differences, a sentence each.
    """

    payload: str
    share: str | None
    title: str
    at: str
    reader_version: str
    machine: Machine
    verdicts: tuple[CellVerdict, ...]
    explanations: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How many cells have each verdict, without those that rest on the author's word."""
        counted = Counter(cell.verdict for cell in self.verdicts if not cell.claimed)
        return {verdict: counted[verdict] for verdict in ORDER}

    @property
    def claimed(self) -> int:
        """How many verdicts rest on a tag of the author's."""
        return sum(cell.claimed for cell in self.verdicts)

    def as_json(self) -> dict[str, Any]:
        """Return it as the server and ``report.json`` tell it."""
        return {
            "payload": self.payload,
            "share": self.share,
            "title": self.title,
            "at": self.at,
            "reader_version": self.reader_version,
            "machine": asdict(self.machine)
            | {"packages": list(map(asdict, self.machine.packages))},
            "counts": self.counts,
            "claimed": self.claimed,
            "explanations": list(self.explanations),
            "cells": [
                asdict(cell) | {"outputs": [asdict(output) for output in cell.outputs]}
                for cell in self.verdicts
            ],
        }


def bounded(verdicts: Iterable[CellVerdict]) -> tuple[CellVerdict, ...]:
    """Make what comes from outputs harmless and short enough for a report.

    Where all diffs together are too long, those of the last cells are dropped.
    """
    left = _MAX_DIFFS

    def outputs(cell: CellVerdict) -> Iterator[OutputVerdict]:
        nonlocal left
        for output in cell.outputs[:_MAX_OUTPUTS]:
            left -= len(output.diff)
            yield replace(
                output,
                mime_type=one_line(output.mime_type)[:_MAX_NAME],
                rule=one_line(output.rule)[:_MAX_SENTENCE],
                detail=one_line(output.detail)[:_MAX_SENTENCE],
                diff=output.diff if left >= 0 else "",
            )

    return tuple(
        replace(cell, reason=one_line(cell.reason)[:_MAX_SENTENCE], outputs=tuple(outputs(cell)))
        for cell in verdicts
    )
