"""The table ``copies``: places outside the repo that content was copied to."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_ipfs.ipld.cid import CID

if TYPE_CHECKING:
    import sqlite3

COLUMNS = ("root", "place", "created_at", "checked_at")


@dataclass(frozen=True, slots=True)
class Copy:
    """A place that content of this repo was copied to. Times are seconds since the epoch.

    Attributes:
        root: What was copied.
        place: A file's path, or a Kubo's address.
        created_at: When it was copied there, or first found there.
        checked_at: When blocks were last fetched from there; ``None``: never.
    """

    root: CID
    place: str
    created_at: float
    checked_at: float | None


def record(connection: sqlite3.Connection, root: CID, place: str) -> None:
    """Note that ``root`` was copied to ``place`` now; what was checked there was another copy."""
    connection.execute(
        "INSERT OR REPLACE INTO copies (root, place, created_at) VALUES (?, ?, ?)",
        (bytes(root), place, time.time()),
    )


def record_check(connection: sqlite3.Connection, root: CID, place: str) -> float:
    """Note that blocks of ``root`` were fetched from ``place`` now; return when that is."""
    now = time.time()
    connection.execute(
        "INSERT INTO copies (root, place, created_at, checked_at) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (root, place) DO UPDATE SET checked_at = excluded.checked_at",
        (bytes(root), place, now, now),
    )
    return now


def forget(connection: sqlite3.Connection, root: CID, place: str) -> None:
    """Note that ``place`` does not have ``root`` any more."""
    connection.execute("DELETE FROM copies WHERE root = ? AND place = ?", (bytes(root), place))


def of(connection: sqlite3.Connection, root: bytes) -> list[Copy]:
    """Return where a root (a binary CID) was copied to, the oldest first."""
    rows = connection.execute(
        "SELECT place, created_at, checked_at FROM copies WHERE root = ? ORDER BY created_at",
        (root,),
    ).fetchall()
    return [Copy(CID.decode(root), *row) for row in rows]
