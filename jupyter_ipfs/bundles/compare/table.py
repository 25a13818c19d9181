"""Tables in HTML: their schema and their values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyter_ipfs.bundles.compare import numbers
from jupyter_ipfs.bundles.compare.markup import Tag, Text, Token
from jupyter_ipfs.words.foreign import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

_MAX_CELL, _MAX_TOLD = 80, 40


@dataclass(slots=True)
class Table:
    """Texts of the cells, row by row.

    Attributes:
        head: Rows above the body.
        rows: The others.
        is_head: While it is read: whether rows belong to the head.
    """

    head: list[list[str]] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    is_head: bool = False

    @property
    def columns(self) -> list[str]:
        """The names above the columns."""
        return self.head[0] if self.head else []

    @property
    def shape(self) -> str:
        """How large it is, in words."""
        width = max(map(len, [*self.head, *self.rows]), default=0)
        return f"{len(self.rows)} x {width}"


def tables(found: Iterable[Token]) -> list[Table]:
    """Return the tables; one inside another is a table of its own, after it."""
    every: list[Table] = []
    stack: list[Table] = []
    for token in found:
        if isinstance(token, Tag) and token.name == "table":
            if not token.is_end:
                stack.append(Table())
                every.append(stack[-1])
            elif stack:
                stack.pop()
        elif stack:
            _read(stack[-1], token)
    return every


def _read(table: Table, token: Token) -> None:
    rows = table.head if table.is_head else table.rows
    if isinstance(token, Text):
        if rows and rows[-1]:
            rows[-1][-1] = f"{rows[-1][-1]} {token.text}".strip()
    elif token.name == "thead":
        table.is_head = not token.is_end
    elif token.name == "tr" and not token.is_end:
        rows.append([])
    elif token.name in {"td", "th"} and not token.is_end and rows:
        rows[-1].append("")


def difference(expected: list[Table], actual: list[Table], relative: float) -> tuple[str, str]:
    """Return a sentence on the first table that differs, and its cells; empty if none does."""
    if len(expected) != len(actual):
        return f"{len(expected)} tables before, {len(actual)} now", ""
    for old, new in zip(expected, actual, strict=True):
        if old.columns != new.columns:
            gone, come = (
                [name for name in one.columns if name not in other.columns]
                for one, other in ((old, new), (new, old))
            )
            return (
                "other columns",
                f"-{_listed(gone or old.columns)}\n+{_listed(come or new.columns)}",
            )
        if old.shape != new.shape:
            return f"{old.shape} cells before, {new.shape} now", ""
        told = _cells(old, new, relative)
        if told:
            count = f"{len(told):,} {'values differ' if len(told) > 1 else 'value differs'}"
            more = [f"… and {len(told) - _MAX_TOLD:,} more"] if len(told) > _MAX_TOLD else []
            return count, "\n".join([*told[:_MAX_TOLD], *more])
    return "", ""


def _cells(old: Table, new: Table, relative: float) -> list[str]:
    told = []
    for at, (one, other) in enumerate(zip(old.rows, new.rows, strict=True), 1):
        for column in range(max(len(one), len(other))):
            a = one[column] if column < len(one) else ""
            b = other[column] if column < len(other) else ""
            if a != b and not numbers.compare(a, b, relative).within:
                name = old.columns[column] if column < len(old.columns) else ""
                where = f"row {at}, column {_short(name) or column + 1}"
                told.append(f"{where}: {_short(a)} → {_short(b)}")
    return told


def _listed(names: list[str]) -> str:
    return ", ".join(map(_short, names[:_MAX_TOLD]))


def _short(text: str) -> str:
    text = one_line(text)
    return text if len(text) <= _MAX_CELL else f"{text[:_MAX_CELL]}…"
