"""What a person is shown of a repo: roots with names, times and copies, one page at a time.

Ten thousand of them are paged and searched here, inside the database, so that only the page
that is looked at has its blocks read.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from jupyter_ipfs.ipld.cid import CID, looks_like_cid
from jupyter_ipfs.store import copies, forgotten
from jupyter_ipfs.store.names import RECOVERED

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

    from jupyter_ipfs.store.copies import Copy

Kind: TypeAlias = Literal["all", "names", "recent"]

# Every row is a root that something of ours points at, and when that began. `elsewhere` has
# the pins of a backend that is not this repo; `recovered/…` is told by its pin, as a root.
_SOURCES = {
    "names": "SELECT root, max(created_at) AS since FROM newest GROUP BY root",
    "all": """
        SELECT root, max(since) AS since FROM (
            SELECT root, created_at AS since FROM newest
            UNION ALL SELECT root, created_at FROM pins
            UNION ALL SELECT root, created_at FROM names WHERE substr(name, 1, 10) = :recovered
            UNION ALL SELECT root, created_at FROM temp.elsewhere
        ) GROUP BY root
    """,
    "recent": """
        SELECT root, max(since) AS since FROM (
            SELECT root, created_at AS since FROM names WHERE NOT is_gone(root)
            UNION ALL SELECT root, created_at FROM pins
        ) GROUP BY root
    """,
}
_NAMES = "SELECT group_concat(name, char(10)) FROM names WHERE root = listed.root"
_NEWEST = """
    WITH newest AS (
        SELECT name, version, root, created_at FROM names AS n
        WHERE substr(name, 1, 10) <> :recovered
        AND version = (SELECT max(version) FROM names WHERE name = n.name)
        AND NOT is_gone(root)
    )
"""


@dataclass(frozen=True, slots=True)
class Label:
    """A name that points at a root.

    Attributes:
        name: The name.
        version: Which version of it the root is: the newest that is.
        versions: How many versions the name has.
    """

    name: str
    version: int
    versions: int


@dataclass(frozen=True, slots=True)
class Holding:
    """One root that is listed.

    Attributes:
        root: Its CID.
        created_at: When it was last named or pinned, in seconds since the epoch; 0 if unknown.
        pinned: Whether this repo keeps it.
        labels: The names that point at it, newest version first.
        copies: Places it was copied to, the oldest first.
    """

    root: CID
    created_at: float
    pinned: bool
    labels: tuple[Label, ...]
    copies: tuple[Copy, ...]


def page(
    connection: sqlite3.Connection,
    kind: Kind,
    query: str = "",
    *,
    offset: int = 0,
    limit: int = 200,
    elsewhere: Mapping[CID, float] | None = None,
) -> tuple[list[Holding], int]:
    """Return one page and how many there are in all.

    Args:
        connection: The repo's database.
        kind: ``"all"`` has the newest version of every name and the pins without one, newest
            first; ``"names"`` those with a name, by name; ``"recent"`` every version. What was
            forgotten here, and of which no copy is known, is in none of them.
        query: A part of a name or of a CID.
        offset: Where the page begins.
        limit: How many it has at most.
        elsewhere: Roots that are kept by a backend that is not this repo, and since when.
    """
    wanted = _Wanted(query)
    connection.create_function("is_wanted", 2, wanted, deterministic=True)
    gone = _gone(connection)
    connection.create_function("is_gone", 1, gone.__contains__)
    _enter(connection, elsewhere or {})
    values = {"recovered": RECOVERED, "limit": limit, "offset": offset}
    listed = f"{_NEWEST} {_SOURCES[kind]}"
    if wanted:
        listed = f"SELECT root, since FROM ({listed}) AS listed WHERE is_wanted(root, ({_NAMES}))"  # noqa: S608
    # By name means by the first one that a root has.
    first = "(SELECT min(name) FROM names WHERE root = found.root)" if kind == "names" else "0"
    order = "first, root" if kind == "names" else "since DESC, root"
    rows = connection.execute(
        f"SELECT root, since, {first} AS first, count(*) OVER () FROM ({listed}) AS found "  # noqa: S608
        f"ORDER BY {order} LIMIT :limit OFFSET :offset",
        values,
    ).fetchall()
    if rows:
        total = rows[0][3]
    else:
        total = connection.execute(f"SELECT count(*) FROM ({listed})", values).fetchone()[0]  # noqa: S608
    roots = [(root, since) for root, since, _, _ in rows]
    return _described(connection, roots), total


def one(connection: sqlite3.Connection, root: CID) -> Holding:
    """Return what is known of one root, be it nothing."""
    since = connection.execute(
        "SELECT max(created_at) FROM (SELECT created_at FROM pins WHERE root = :root "
        "UNION ALL SELECT created_at FROM names WHERE root = :root)",
        {"root": bytes(root)},
    ).fetchone()[0]
    return _described(connection, [(bytes(root), since or 0.0)])[0]


def _described(
    connection: sqlite3.Connection, rows: Sequence[tuple[bytes, float]]
) -> list[Holding]:
    found = []
    for root, since in rows:
        versions = connection.execute(
            "SELECT name, max(version), max(pinned), "
            "(SELECT count(*) FROM names WHERE name = n.name) FROM names AS n "
            "WHERE root = ? GROUP BY name ORDER BY max(created_at) DESC, name",
            (root,),
        ).fetchall()
        pinned = connection.execute("SELECT 1 FROM pins WHERE root = ?", (root,)).fetchone()
        labels = tuple(
            Label(name, version, count)
            for name, version, _, count in versions
            if not name.startswith(RECOVERED)
        )
        is_pinned = pinned is not None or any(row[2] for row in versions)
        copied = tuple(copies.of(connection, root))
        found.append(Holding(CID.decode(root), since, is_pinned, labels, copied))
    return found


def _gone(connection: sqlite3.Connection) -> frozenset[bytes]:
    """Return the roots that were deleted for good and of which no copy is known."""
    multihashes = forgotten.multihashes(connection)
    if not multihashes:
        return frozenset()
    named = connection.execute("SELECT root FROM names EXCEPT SELECT root FROM copies")
    return frozenset(root for (root,) in named if CID.decode(root).multihash in multihashes)


def _enter(connection: sqlite3.Connection, elsewhere: Mapping[CID, float]) -> None:
    """Make what is kept elsewhere a table; it goes with the transaction, which reads only."""
    connection.execute("CREATE TEMP TABLE elsewhere (root BLOB PRIMARY KEY, created_at REAL)")
    connection.executemany(
        "INSERT INTO elsewhere VALUES (?, ?)",
        ((bytes(root), since) for root, since in elsewhere.items()),
    )


class _Wanted:
    """Whether a root or one of its names has what is looked for in it."""

    def __init__(self, query: str) -> None:
        text = unicodedata.normalize("NFC", query.strip()).removeprefix("ipfs://")
        text = text.removeprefix("/ipfs/").partition("/")[0]
        self._cid = CID.parse(text) if looks_like_cid(text) else None
        self._name = text.partition("@")[0].casefold()
        self._part = text

    def __bool__(self) -> bool:
        return bool(self._part)

    def __call__(self, root: bytes, names: str | None) -> bool:
        cid = CID.decode(root)
        if self._cid is not None:
            return cid.multihash == self._cid.multihash  # whatever version and base it is told in
        in_name = names is not None and bool(self._name) and self._name in names.casefold()
        return in_name or self._part in str(cid)
