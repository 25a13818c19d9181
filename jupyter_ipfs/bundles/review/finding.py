"""What is wrong, or worth knowing, about what is to be shared or run."""

from __future__ import annotations

from dataclasses import dataclass

SECRET, WARNING, NOTE = "secret", "warning", "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found.

    Attributes:
        level: ``secret`` (a share needs a word about it), ``warning`` or ``note``.
        kind: A short key: ``aws-key``, ``home-path``, ``never-run``, ``out-of-order``,
            ``no-licence``, ``input-changed``, ``not-on-an-index`` …
        title: What it is, in one sentence; never the secret itself.
        where: ``cell 3``, ``output of cell 3``, ``data/a.csv, line 2`` or empty.
        hint: What to do about it.
        cell: The id of the cell, or ``None``.
        path: The input's path, or ``None``.
    """

    level: str
    kind: str
    title: str
    where: str = ""
    hint: str = ""
    cell: str | None = None
    path: str | None = None
