"""Search queries, in Typesense's words and in Elasticsearch's, as one tree of conditions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from jupyter_ipfs.sandbox.service import filter_by
from jupyter_ipfs.sandbox.service.conditions import (
    DEPTH,
    TERMS,
    Compare,
    Comparison,
    Condition,
    Exists,
    Join,
    Not,
    QueryError,
    Scalar,
    Text,
    field_path,
)

PAGE = 250  # the most that an Ocean Node gives at once


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for.

    Attributes:
        condition: What every result fulfils.
        sort: Fields, each with whether it falls; by relevance if there are none.
        offset: How many results are left out.
        limit: How many are given at the most.
    """

    condition: Condition
    sort: tuple[tuple[str, bool], ...] = ()
    offset: int = 0
    limit: int = PAGE


def parse(body: dict[str, Any]) -> Query:
    """Read a query in either dialect; they may be mixed, as clients do.

    Raises:
        QueryError: It is none.
    """
    parts: list[Condition] = []
    if body.get("query") is not None:
        parts.append(_elastic(body["query"], 0))
    if body.get("filter_by"):
        parts.append(filter_by.parse(_text(body["filter_by"])))
    words = _text(body.get("q", "*")).strip()
    if words not in {"", "*"}:
        fields = tuple(each.strip() for each in _text(body.get("query_by", "")).split(","))
        parts.append(Text(words, tuple(filter(None, fields))))
    limit = _whole(body, "per_page", "limit", "num_hits", "size", default=PAGE)
    page = _whole(body, "page", default=1)
    offset = _whole(body, "offset", "start", "from", default=max(page - 1, 0) * limit)
    return Query(Join("and", tuple(parts)), _sort(body), offset, min(limit, PAGE))


# — Elasticsearch's —


def _elastic(query: object, depth: int) -> Condition:
    if not isinstance(query, dict) or depth > DEPTH:
        raise QueryError("a query must be an object")
    return Join("and", tuple(_clause(name, value, depth) for name, value in query.items()))


def _clause(name: str, value: Any, depth: int) -> Condition:  # noqa: ANN401
    if name == "bool":
        return _bool(value, depth)
    if name == "match_all":
        return Join("and", ())
    if not isinstance(value, dict):
        raise QueryError(f"{name[:40]} must be an object")
    if name in {"query_string", "simple_query_string", "multi_match"}:
        return _words(value)
    if name == "exists":
        return Exists(field_path(_text(value.get("field"))))
    if name == "ids":
        return Compare("id", _scalars(value.get("values")))
    conditions = [_named(name, field_path(field), each) for field, each in value.items()]
    return Join("and", tuple(conditions))


def _bool(value: Any, depth: int) -> Condition:  # noqa: ANN401
    if not isinstance(value, dict):
        raise QueryError("bool must be an object")
    parts: list[Condition] = []
    for name in ("must", "filter"):
        parts += [_elastic(each, depth + 1) for each in _listed(value.get(name))]
    parts += [Not(_elastic(each, depth + 1)) for each in _listed(value.get("must_not"))]
    should = tuple(_elastic(each, depth + 1) for each in _listed(value.get("should")))
    # Beside must or filter it would only count for relevance.
    if should and not parts:
        parts.append(Join("or", should))
    return Join("and", tuple(parts))


def _words(value: dict[str, Any]) -> Condition:
    text = _text(value.get("query", "")).strip()
    fields = [field_path(_text(each)) for each in _listed(value.get("fields"))]
    # Of the query string's language nothing but its words is taken.
    plain = re.sub(r"[*?~()\"\\/:^+\-|!{}\[\]]|\bAND\b|\bOR\b|\bNOT\b", " ", text).strip()
    return Text(plain, tuple(fields)) if plain else Join("and", ())


def _named(name: str, field: str, value: Any) -> Condition:  # noqa: ANN401
    if name in {"term", "match", "match_phrase"}:
        if isinstance(value, dict):
            value = value.get("value", value.get("query"))
        if name == "term" or not isinstance(value, str):
            return Compare(field, _scalars(value))
        return Text(value, (field,))
    if name == "terms":
        return Compare(field, _scalars(value))
    if name == "range" and isinstance(value, dict):
        signs: dict[str, Comparison] = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
        if not value.keys() <= signs.keys():
            raise QueryError("range takes gt, gte, lt, lte")
        parts = (Compare(field, _scalars(each), signs[sign]) for sign, each in value.items())
        return Join("and", tuple(parts))
    raise QueryError(f"{name[:40]} is no query that is known here")


def _sort(body: dict[str, Any]) -> tuple[tuple[str, bool], ...]:
    found: list[tuple[str, bool]] = []
    for each in filter(None, _text(body.get("sort_by", "")).split(",")):
        field, _, direction = each.strip().rpartition(":")
        found.append((field_path(field or direction), direction.lower() == "desc"))
    for entry in _listed(body.get("sort")):
        pairs = entry.items() if isinstance(entry, dict) else [(_text(entry), "asc")]
        for field, direction in pairs:
            order = direction.get("order") if isinstance(direction, dict) else direction
            found.append((field_path(field), str(order).lower() == "desc"))
    return tuple(found)


def _listed(value: Any) -> list[Any]:  # noqa: ANN401
    if value is None:
        return []
    listed = value if isinstance(value, list) else [value]
    # Clients write conditions that do not apply as false or null.
    return [each for each in listed if each not in (None, False)]


def _scalars(value: Any) -> tuple[Scalar, ...]:  # noqa: ANN401
    listed = value if isinstance(value, list) else [value]
    if len(listed) > TERMS or not all(isinstance(each, str | int | float) for each in listed):
        raise QueryError("text, numbers and truth can be compared with")
    return tuple(listed)


def _text(value: Any) -> str:  # noqa: ANN401
    if not isinstance(value, str):
        raise QueryError("a text is needed")
    return value


def _whole(body: dict[str, Any], *names: str, default: int) -> int:
    for name in names:
        value = body.get(name)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1 << 31:
            raise QueryError(f"{name} must be a whole number")
        return value
    return default
