"""Where each block lies: the part of the database that can be made again from the packs."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_ipfs.store import forgotten
from jupyter_ipfs.store.schema import DURABLE

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

# What is not pinned at once (`pin=False`) is safe from gc for so long, as are the files
# of an add that has stopped growing.
GRACE_S = 3600.0
_MANY = 500  # values in one query; SQLite's default limit is 32,766, and 999 in old ones


@dataclass(frozen=True, slots=True)
class Place:
    """Where a block lies.

    Attributes:
        pack: Its pack's id.
        kind: `DURABLE` or `CACHE`.
        file: The pack's file name.
        offset: Where its bytes begin.
        length: How many there are.
    """

    pack: int
    kind: int
    file: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Pack:
    """One row of ``packs``."""

    id: int
    file: str
    size: int
    kind: int
    created_at: float


_PLACE = """
SELECT b.pack, p.kind, p.file, b.offset, b.length FROM blocks b JOIN packs p ON p.id = b.pack
WHERE b.multihash = ?
"""


def find(connection: sqlite3.Connection, multihash: bytes) -> Place | None:
    """Return where a block lies, or ``None``."""
    row = connection.execute(_PLACE, (multihash,)).fetchone()
    return None if row is None else Place(*row)


def find_many(connection: sqlite3.Connection, multihashes: Sequence[bytes]) -> dict[bytes, Place]:
    """Return where blocks lie; those that are not here are left out."""
    found: dict[bytes, Place] = {}
    for start in range(0, len(multihashes), _MANY):
        some = multihashes[start : start + _MANY]
        marks = ",".join("?" * len(some))
        sql = (
            "SELECT b.multihash, b.pack, p.kind, p.file, b.offset, b.length "  # noqa: S608  (marks)
            f"FROM blocks b JOIN packs p ON p.id = b.pack WHERE b.multihash IN ({marks})"
        )
        for multihash, *place in connection.execute(sql, some):
            found[multihash] = Place(*place)
    return found


def durable_places(connection: sqlite3.Connection) -> dict[bytes, tuple[int, int, int]]:
    """Return pack, offset and length of every durable block."""
    return {
        multihash: (pack, offset, length)
        for multihash, pack, offset, length in connection.execute(
            "SELECT multihash, pack, offset, length FROM blocks "
            "WHERE pack IN (SELECT id FROM packs WHERE kind = 0)"
        )
    }


def durable_among(connection: sqlite3.Connection, multihashes: Iterable[bytes]) -> set[bytes]:
    """Return those of the blocks that are here durably."""
    sql = "SELECT 1 FROM blocks b JOIN packs p ON p.id = b.pack WHERE multihash = ? AND p.kind = 0"
    return {
        multihash
        for multihash in multihashes
        if connection.execute(sql, (multihash,)).fetchone() is not None
    }


def count(connection: sqlite3.Connection) -> int:
    """Return about how many blocks there are; cheap, and no less than the truth."""
    row = connection.execute("SELECT COUNT(*) FROM blocks").fetchone()
    return int(row[0])


def packs(connection: sqlite3.Connection, kind: int | None = None) -> list[Pack]:
    """Return the packs that are in use, oldest first."""
    rows = connection.execute(
        "SELECT id, file, size, kind, created_at FROM packs "
        "WHERE dropped_at IS NULL AND (? IS NULL OR kind = ?) ORDER BY created_at, id",
        (kind, kind),
    )
    return [Pack(*row) for row in rows]


def add_pack(connection: sqlite3.Connection, file: str, size: int, kind: int = DURABLE) -> int:
    """Enter a pack and return its id."""
    return int(
        connection.execute(
            "INSERT INTO packs (file, size, kind, created_at) VALUES (?, ?, ?, ?)",
            (file, size, kind, time.time()),
        ).lastrowid
        or 0
    )


def has_pack(connection: sqlite3.Connection, file: str, kind: int = DURABLE) -> bool:
    """Tell whether a pack is entered, dropped or not."""
    sql = "SELECT 1 FROM packs WHERE file = ? AND kind = ?"
    return connection.execute(sql, (file, kind)).fetchone() is not None


def add_blocks(
    connection: sqlite3.Connection,
    pack: int,
    entries: Iterable[tuple[bytes, int, int]],
    fresh_at: float,
) -> None:
    """Enter blocks (multihash, offset, length), whatever was known of them before."""
    connection.executemany(
        "INSERT OR REPLACE INTO blocks VALUES (?, ?, ?, ?, ?)",
        ((multihash, pack, offset, length, fresh_at) for multihash, offset, length in entries),
    )
    connection.execute(
        "DELETE FROM damaged WHERE multihash IN (SELECT multihash FROM blocks WHERE pack = ?)",
        (pack,),
    )
    forgotten.clear(connection, pack)


def freshen(connection: sqlite3.Connection, multihashes: Iterable[bytes]) -> None:
    """Begin the grace of blocks anew."""
    now = time.time()
    connection.executemany(
        "UPDATE blocks SET fresh_at = ? WHERE multihash = ?",
        ((now, multihash) for multihash in multihashes),
    )


def quarantine(connection: sqlite3.Connection, multihash: bytes, place: Place, why: str) -> bool:
    """Let a block count as absent, if it still lies where the damage was seen."""
    gone = connection.execute(
        "DELETE FROM blocks WHERE multihash = ? AND pack = ? AND offset = ?",
        (multihash, place.pack, place.offset),
    ).rowcount
    if gone and place.kind == DURABLE:
        connection.execute(
            "INSERT OR REPLACE INTO damaged VALUES (?, ?, ?)", (multihash, why, time.time())
        )
    return bool(gone)


def quarantine_pack(connection: sqlite3.Connection, pack: Pack, why: str) -> int:
    """Let every block of a pack count as absent, and forget the pack; return how many."""
    if pack.kind == DURABLE:
        connection.execute(
            "INSERT OR REPLACE INTO damaged SELECT multihash, ?, ? FROM blocks WHERE pack = ?",
            (why, time.time(), pack.id),
        )
    gone = connection.execute("DELETE FROM blocks WHERE pack = ?", (pack.id,)).rowcount
    connection.execute("DELETE FROM packs WHERE id = ?", (pack.id,))
    return gone


def damaged(connection: sqlite3.Connection) -> list[tuple[bytes, str]]:
    """Return the multihashes that are in quarantine, and why, oldest first."""
    sql = "SELECT multihash, reason FROM damaged ORDER BY found_at"
    return [(bytes(row[0]), str(row[1])) for row in connection.execute(sql)]


def why_damaged(connection: sqlite3.Connection, multihash: bytes) -> str | None:
    """Return why a block is in quarantine, or ``None``."""
    row = connection.execute(
        "SELECT reason FROM damaged WHERE multihash = ?", (multihash,)
    ).fetchone()
    return None if row is None else str(row[0])


def dropped(connection: sqlite3.Connection) -> list[tuple[Pack, float]]:
    """Return the packs whose file may go, and since when."""
    rows = connection.execute(
        "SELECT id, file, size, kind, created_at, dropped_at FROM packs "
        "WHERE dropped_at IS NOT NULL"
    )
    return [(Pack(*row[:5]), row[5]) for row in rows]


def blocks_of(connection: sqlite3.Connection, pack: int) -> Iterator[tuple[bytes, int, int, float]]:
    """Return multihash, offset, length and freshness of a pack's blocks."""
    yield from connection.execute(
        "SELECT multihash, offset, length, fresh_at FROM blocks WHERE pack = ?", (pack,)
    ).fetchall()


def count_of(connection: sqlite3.Connection, pack: int) -> int:
    """Return how many blocks lie in a pack."""
    row = connection.execute("SELECT COUNT(*) FROM blocks WHERE pack = ?", (pack,)).fetchone()
    return int(row[0])


def move_blocks(
    connection: sqlite3.Connection, pack: int, moved: Iterable[tuple[bytes, int, int, int]]
) -> None:
    """Let blocks (multihash, old pack, old offset, new offset) lie in another pack."""
    connection.executemany(
        "UPDATE blocks SET pack = ?, offset = ? WHERE multihash = ? AND pack = ? AND offset = ?",
        (
            (pack, new_offset, multihash, old_pack, old_offset)
            for multihash, old_pack, old_offset, new_offset in moved
        ),
    )


def give_up_pack(connection: sqlite3.Connection, pack: Pack) -> None:
    """Delete the rows of a pack; its file may go."""
    connection.execute("DELETE FROM blocks WHERE pack = ?", (pack.id,))
    connection.execute("UPDATE packs SET dropped_at = ? WHERE id = ?", (time.time(), pack.id))


def remove_blocks(connection: sqlite3.Connection, multihashes: Iterable[bytes]) -> None:
    """Delete rows."""
    connection.executemany(
        "DELETE FROM blocks WHERE multihash = ?", ((multihash,) for multihash in multihashes)
    )


def forget_packs(connection: sqlite3.Connection, packs: Iterable[int]) -> None:
    """Delete the rows of packs whose files are gone."""
    connection.executemany(
        "DELETE FROM packs WHERE id = ? AND dropped_at IS NOT NULL", ((pack,) for pack in packs)
    )


def note_damaged(connection: sqlite3.Connection, multihashes: Iterable[bytes], why: str) -> None:
    """Note why blocks count as absent."""
    connection.executemany(
        "INSERT OR REPLACE INTO damaged VALUES (?, ?, ?)",
        ((multihash, why, time.time()) for multihash in multihashes),
    )


def all_blocks(connection: sqlite3.Connection) -> list[tuple[bytes, int, int, float]]:
    """Return multihash, pack, length and freshness of every block."""
    return connection.execute("SELECT multihash, pack, length, fresh_at FROM blocks").fetchall()


def temporaries(connection: sqlite3.Connection) -> dict[str, tuple[int, float]]:
    """Return the unfinished packs that a gc has seen: size, and since when it was that."""
    rows = connection.execute("SELECT file, size, seen_at FROM temporaries")
    return {file: (size, seen_at) for file, size, seen_at in rows}


def note_temporaries(connection: sqlite3.Connection, files: dict[str, int]) -> None:
    """Note the unfinished packs there are, and since when they have had their size."""
    seen, now = temporaries(connection), time.time()
    connection.execute("DELETE FROM temporaries")
    connection.executemany(
        "INSERT INTO temporaries VALUES (?, ?, ?)",
        (
            (file, size, seen[file][1] if file in seen and seen[file][0] == size else now)
            for file, size in files.items()
        ),
    )
