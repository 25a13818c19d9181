"""Typesense's ``filter_by``: ``field:=[a, b] && (other:>5 || …)``."""

from __future__ import annotations

import re

from jupyter_ipfs.sandbox.service.conditions import (
    DEPTH,
    TERMS,
    Compare,
    Comparison,
    Condition,
    Join,
    Not,
    QueryError,
    Scalar,
    field_path,
)

# https://typesense.org/docs/0.25.1/api/search.html#filter-parameters
_TOKEN = re.compile(
    r"\s*(?:(?P<join>&&|\|\|)|(?P<open>\()|(?P<close>\))"
    r"|(?P<field>[\w.@]+)\s*(?P<sign>:=|:!=|:!|:>=|:<=|:>|:<|:|!=)\s*"
    r"(?:\[(?P<list>(?:`[^`]*`|[^\]`])*)\]|`(?P<quoted>[^`]*)`|(?P<bare>[^&|()\[\]`]+)))"
)
_ITEM = re.compile(r"`([^`]*)`|([^,`]+)")


def parse(text: str) -> Condition:
    """Return the condition that a filter is.

    Raises:
        QueryError: It cannot be read.
    """
    return _Parser(text).parse()


class _Parser:
    """Reads one line."""

    def __init__(self, text: str) -> None:
        self._text = text.rstrip()
        self._at = 0
        self._depth = 0

    def parse(self) -> Condition:
        found = self._any()
        if self._at != len(self._text):
            raise QueryError("filter_by cannot be read")
        return found

    def _any(self) -> Condition:
        parts = [self._all()]
        while self._take("join", "||"):
            parts.append(self._all())
        return Join("or", tuple(parts))

    def _all(self) -> Condition:
        parts = [self._one()]
        while self._take("join", "&&"):
            parts.append(self._one())
        return Join("and", tuple(parts))

    def _one(self) -> Condition:
        if self._take("open"):
            self._depth += 1
            if self._depth > DEPTH:
                raise QueryError("filter_by is nested too deeply")
            inside = self._any()
            if not self._take("close"):
                raise QueryError("filter_by lacks a )")
            self._depth -= 1
            return inside
        found = _TOKEN.match(self._text, self._at)
        if not found or not found["field"]:
            raise QueryError("filter_by cannot be read")
        self._at = found.end()
        return _comparison(found)

    def _take(self, kind: str, text: str | None = None) -> bool:
        found = _TOKEN.match(self._text, self._at)
        if not found or not found[kind] or (text is not None and found[kind] != text):
            return False
        self._at = found.end()
        return True


def _comparison(found: re.Match[str]) -> Condition:
    field, sign = field_path(found["field"]), found["sign"].removeprefix(":")
    if found["list"] is not None:
        items = [quoted or bare.strip() for quoted, bare in _ITEM.findall(found["list"])]
        between = found["list"].partition("..")
        if len(items) == 1 and between[1]:
            low, high = (_value(each.strip()) for each in between[::2])
            span = (Compare(field, (low,), ">="), Compare(field, (high,), "<="))
            return Join("and", span)
        values = tuple(map(_value, items[:TERMS]))
    else:
        quoted = found["quoted"]
        values = (_value(found["bare"].strip()) if quoted is None else quoted,)
    if sign.startswith("!"):
        return Not(Compare(field, values))
    signs: dict[str, Comparison] = {"<": "<", "<=": "<=", ">": ">", ">=": ">="}
    return Compare(field, values, signs.get(sign, "="))


def _value(text: str) -> Scalar:
    if text in {"true", "false"}:
        return text == "true"
    try:
        return int(text) if re.fullmatch(r"-?\d{1,18}", text) else float(text)
    except ValueError:
        return text
