"""The root of the mutable files: one CID, which moves by compare-and-swap (safety.md 1)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from jupyter_ipfs.ipld.cid import CID
from jupyter_ipfs.protocols import Pin

if TYPE_CHECKING:
    import sqlite3

# What keeps the root, as gc and forget name it. No name that a user gives has a slash.
LABEL = "files:/"


def root(connection: sqlite3.Connection) -> CID | None:
    """Return the root; ``None`` before there has been any."""
    row = connection.execute("SELECT root FROM mfs").fetchone()
    return None if row is None else CID.decode(row[0])


def move(connection: sqlite3.Connection, to: CID) -> None:
    """Set the root. The caller has compared, and holds the write lock."""
    connection.execute("INSERT OR REPLACE INTO mfs VALUES (1, ?, ?)", (bytes(to), time.time()))


def kept(connection: sqlite3.Connection) -> list[Pin]:
    """Return the root as something kept, for whoever asks what is needed."""
    rows = connection.execute("SELECT root, changed_at FROM mfs").fetchall()
    return [Pin(CID.decode(row[0]), row[1], (LABEL,)) for row in rows]
