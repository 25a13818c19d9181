"""What a search asks for, as a tree of conditions, whatever the words it came in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

DEPTH = 20  # of conditions in conditions
TERMS = 1000  # to compare one field with

Scalar: TypeAlias = "str | int | float | bool"
Comparison: TypeAlias = Literal["=", "<", "<=", ">", ">="]


class QueryError(ValueError):
    """A query that is none."""


@dataclass(frozen=True, slots=True)
class Compare:
    """A field has one of these values, or one in this relation."""

    field: str
    values: tuple[Scalar, ...]
    operator: Comparison = "="


@dataclass(frozen=True, slots=True)
class Exists:
    """A field is there."""

    field: str


@dataclass(frozen=True, slots=True)
class Text:
    """Words are in these fields; in any, if there are none."""

    words: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Join:
    """All of these, or any."""

    operator: Literal["and", "or"]
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Not this."""

    part: Condition


Condition: TypeAlias = Compare | Exists | Text | Join | Not


def field_path(name: str) -> str:
    """Return a field's path; weights and Elasticsearch's untouched copies are its own affair."""
    return name.partition("^")[0].removesuffix(".keyword").strip()
