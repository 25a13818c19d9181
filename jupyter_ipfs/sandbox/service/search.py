"""Searching the index: conditions as SQL, text by SQLite's FTS5."""

# What is put together here are names of ours; every value is bound.
# ruff: noqa: S608

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.sandbox.service import assets
from jupyter_ipfs.sandbox.service.conditions import (
    Compare,
    Condition,
    Exists,
    Join,
    Not,
    QueryError,
    Scalar,
    Text,
)

if TYPE_CHECKING:
    import sqlite3

    from jupyter_ipfs.sandbox.service.query import Query

_NEVER = "coalesce(NULL, 0)"
# What is a column, by the paths that clients know it by.
_COLUMNS = {
    "id": "did", "did": "did", "_id": "did",
    "nftAddress": "nft", "indexedMetadata.nft.address": "nft",
    "version": "version", "chainId": "chain_id",
    "metadata.name": "name", "name": "name",
    "metadata.type": "type",
    "metadata.author": "author",
    "metadata.license": "license",
    "metadata.created": "created_at",
    "metadata.updated": "updated_at",
    "nft.state": "state", "indexedMetadata.nft.state": "state",
    "nft.owner": "owner", "indexedMetadata.nft.owner": "owner",
    "nft.created": "published_at", "indexedMetadata.nft.created": "published_at",
    "event.block": "block", "indexedMetadata.event.block": "block",
    "stats.orders": "orders", "indexedMetadata.stats.orders": "orders",
    "stats.price.value": "price", "price.value": "price",
    "indexedMetadata.stats.prices.price": "price",
    "indexedMetadata.stats.prices.type": "pricing",
    "metadata.additionalInformation.jupyter_ipfs.kind": "kind",
    # Nothing is ever banned here, and clients ask for what is not.
    "purgatory.state": _NEVER, "indexedMetadata.purgatory.state": _NEVER,
}  # fmt: skip
_TOKENS = frozenset({"services.datatokenAddress", "datatokens.address"})
_WORDS = {
    "metadata.name": "name",
    "metadata.description": "description",
    "metadata.author": "author",
    "metadata.tags": "tags",
}
_ID_PATHS = frozenset({"id", "did", "_id"})
_PATH = re.compile(r"[A-Za-z@][\w@]*(?:\.[A-Za-z@][\w@]*)*", re.ASCII)
# As the index cuts text: at everything that is neither letter nor digit.
_WORD = re.compile(r"[^\W_]+")
_MAX_WORDS = 20
# SQLite takes 32,766 values and expressions 1,000 deep.
_MAX_VALUES, _MAX_COMPARISONS = 10_000, 200
_RELEVANCE = "bm25(words, 100.0, 1.0, 20.0, 50.0)"  # a name tells more than a description


def search(db: sqlite3.Connection, query: Query) -> dict[str, Any]:
    """Return one page of results, in the shape of a Typesense collection's answer.

    Raises:
        QueryError: A field's path is none.
    """
    begun = time.perf_counter()
    made = _SQL()
    where = made.of(query.condition)
    source = "assets"
    if made.match is not None:
        source = "words JOIN assets ON assets.id = words.rowid"
        where = f"words MATCH ? AND {where}"
        made.values.insert(0, made.match)
    order = [_sorted_by(field, falls=falls, text=made.match) for field, falls in query.sort]
    order += [_RELEVANCE] if made.match is not None and not order else []
    order.append("block DESC, did")
    # Conditions are looked at once: which they are, and of those one page is read.
    ids = db.execute(
        f"SELECT assets.id FROM {source} WHERE {where} ORDER BY {', '.join(order)}", made.values
    ).fetchall()
    page = [row[0] for row in ids[query.offset : query.offset + query.limit]]
    marks = ", ".join("?" * len(page))
    texts = dict(db.execute(f"SELECT * FROM documents WHERE asset IN ({marks})", page))
    (out_of,) = db.execute("SELECT count(*) FROM assets").fetchone()
    documents = (assets.shown(json.loads(texts[each])) for each in page)
    return {
        "facet_counts": [],
        "found": len(ids),
        "hits": [{"document": document, "highlights": []} for document in documents],
        "out_of": out_of,
        "page": query.offset // query.limit + 1 if query.limit else 1,
        "search_cutoff": False,
        "search_time_ms": int((time.perf_counter() - begun) * 1000),
    }


def _sorted_by(field: str, *, falls: bool, text: str | None) -> str:
    if field in {"_score", "_text_match"}:
        return _RELEVANCE if text is not None else "block DESC"
    column = _COLUMNS.get(field)
    if column is None:
        raise QueryError(f"nothing is sorted by {field[:80]!a}")
    return f"{_named(column)} {'DESC' if falls else 'ASC'} NULLS LAST"


class _SQL:
    """Conditions as SQL; only values come from outside, and they are bound.

    Attributes:
        values: What is bound, in order.
        match: The full-text query, if one is asked of every result.
    """

    def __init__(self) -> None:
        self.values: list[Scalar] = []
        self.match: str | None = None
        self._comparisons = 0

    def of(self, condition: Condition, *, top: bool = True) -> str:
        match condition:
            case Join("and", parts):
                made = [self.of(part, top=top) for part in parts]
                return f"({' AND '.join(made)})" if made else "1"
            case Join(_, parts):
                made = [self.of(part, top=top and len(parts) == 1) for part in parts]
                return f"({' OR '.join(made)})" if made else "0"
            case Not(part):
                return f"NOT coalesce({self.of(part, top=False)}, 0)"
            case Compare():
                return self._compare(condition)
            case Exists(field):
                return _there(field)
            case Text():
                return self._text(condition, top=top)

    def _compare(self, condition: Compare) -> str:
        field, sign = condition.field, condition.operator
        if not condition.values:
            return "0"
        if field == "metadata.tags":
            inner = self._any("tag", sign, condition.values)
            return f"EXISTS (SELECT 1 FROM tags WHERE asset = assets.id AND {inner})"
        if field in _TOKENS:
            inner = self._any("address", sign, condition.values)
            return f"EXISTS (SELECT 1 FROM datatokens WHERE asset = assets.id AND {inner})"
        if field in _COLUMNS:
            return self._any(_named(_COLUMNS[field]), sign, condition.values)
        inner = self._any("value", sign, condition.values)
        return f"EXISTS (SELECT 1 FROM {_json(field)} WHERE {inner})"

    def _any(self, column: str, sign: str, values: tuple[Scalar, ...]) -> str:
        self.values += values
        self._comparisons += 1
        if len(self.values) > _MAX_VALUES or self._comparisons > _MAX_COMPARISONS:
            raise QueryError("too many conditions")
        if sign == "=" and len(values) > 1:
            return f"{column} IN ({', '.join('?' * len(values))})"
        return f"({' OR '.join([f'{column} {sign} ?'] * len(values))})"

    def _text(self, condition: Text, *, top: bool) -> str:
        fields = set(condition.fields)
        if condition.words.startswith("did:op") or (fields and fields <= _ID_PATHS):
            return self._any("did", "=", (condition.words,))
        words = _WORD.findall(condition.words)[:_MAX_WORDS]
        if not words:
            return "0"
        columns = sorted({_WORDS[field] for field in fields & _WORDS.keys()})
        if fields and not columns:
            return "0"
        quoted = " ".join(f'"{word}"*' for word in words)
        match = f"{{{' '.join(columns)}}} : ({quoted})" if columns else quoted
        if top and self.match is None:
            self.match = match
            return "1"
        self.values.append(match)
        return "assets.id IN (SELECT rowid FROM words WHERE words MATCH ?)"


def _named(column: str) -> str:
    """Return a column as SQL has it: the table of words has some of the same names."""
    return column if column == _NEVER else f"assets.{column}"


def _there(field: str) -> str:
    if field in _COLUMNS:
        return f"{_named(_COLUMNS[field])} IS NOT NULL"
    return f"EXISTS (SELECT 1 FROM {_json(field)})"


def _json(field: str) -> str:
    """Return the rows of the values at a path, through lists; for paths that are no column."""
    if not _PATH.fullmatch(field):
        raise QueryError(f"{field[:80]!a} is no field's path")
    document = "(SELECT document FROM documents WHERE asset = assets.id)"
    return f"json_each(values_at({document}, '{field}'))"


def prepare(db: sqlite3.Connection) -> None:
    """Teach a connection what searching needs."""
    db.create_function("values_at", 2, _values_at, deterministic=True)


def _values_at(document: str, path: str) -> str:
    found: list[Any] = [json.loads(document)]
    for step in path.split("."):
        found = [each[step] for each in found if isinstance(each, dict) and step in each]
        found = [one for each in found for one in (each if isinstance(each, list) else [each])]
    plain = [each for each in found if isinstance(each, str | int | float)]
    return json.dumps(plain)
