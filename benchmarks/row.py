"""One line of the table."""

from __future__ import annotations

from dataclasses import dataclass, field

from benchmarks.measure import Figure


@dataclass(slots=True)
class Row:
    """One line of the table; a peer that cannot do it has no seconds and says why."""

    title: str
    ours: Figure = field(default_factory=Figure)
    kubo: Figure | None = None
    ipfsspec: Figure | None = None
