"""Letting go of a root so that it can be undone: what kept it is told, and can be set again."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

    from jupyter_ipfs.ipld.cid import CID


@dataclass(frozen=True, slots=True)
class Unpinned:
    """What kept a root and no longer does.

    Attributes:
        root: The root.
        versions: The names and versions whose pin was taken off.
        pinned_at: When it was pinned without a name, in seconds since the epoch, or ``None``.
    """

    root: CID
    versions: tuple[tuple[str, int], ...]
    pinned_at: float | None

    def __bool__(self) -> bool:
        """Whether anything kept it."""
        return bool(self.versions) or self.pinned_at is not None


def unpin(connection: sqlite3.Connection, root: CID) -> Unpinned:
    """Let go of a root, its names' versions included, and return what kept it."""
    key = (bytes(root),)
    pin = connection.execute("SELECT created_at FROM pins WHERE root = ?", key).fetchone()
    versions = connection.execute(
        "SELECT name, version FROM names WHERE root = ? AND pinned = 1 ORDER BY name, version", key
    ).fetchall()
    connection.execute("DELETE FROM pins WHERE root = ?", key)
    connection.execute("UPDATE names SET pinned = 0 WHERE root = ?", key)
    return Unpinned(root, tuple(versions), None if pin is None else pin[0])


def restore(connection: sqlite3.Connection, unpinned: Unpinned) -> None:
    """Set again what `unpin` took off; of a version that is no more, a pin remains.

    The caller has made sure that everything under the root is still here.
    """
    root = bytes(unpinned.root)
    pinned_at = unpinned.pinned_at
    for name, version in unpinned.versions:
        found = connection.execute(
            "UPDATE names SET pinned = 1 WHERE name = ? AND version = ? AND root = ?",
            (name, version, root),
        ).rowcount
        if not found and pinned_at is None:  # renamed meanwhile, or deleted
            pinned_at = time.time()
    if pinned_at is not None:
        connection.execute("INSERT OR IGNORE INTO pins VALUES (?, ?)", (root, pinned_at))
