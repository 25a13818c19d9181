"""Roots that were forgotten here while a name still stands: so that a read can say so.

Kept only for what a name's history names anyway: forgetting leaves no other trace.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from jupyter_ipfs.store import schema

if TYPE_CHECKING:
    import sqlite3

    from jupyter_ipfs.ipld.cid import CID

_PREFIX = "forgotten/"  # of keys in `meta`; the rest is the multihash in hexadecimal


def record(connection: sqlite3.Connection, root: CID) -> None:
    """Note that ``root`` was forgotten now, if a name has it in its history."""
    rows = connection.execute("SELECT DISTINCT root FROM names WHERE root = ?", (bytes(root),))
    if rows.fetchone() is not None:
        schema.set_meta(connection, _PREFIX + root.multihash.hex(), str(time.time()))


def when(connection: sqlite3.Connection, multihash: bytes) -> float | None:
    """Return when a root was forgotten, or ``None``."""
    text = schema.get_meta(connection, _PREFIX + multihash.hex())
    return float(text) if text else None


def multihashes(connection: sqlite3.Connection) -> frozenset[bytes]:
    """Return the multihashes of all roots that were forgotten and not stored again."""
    rows = connection.execute("SELECT key FROM meta WHERE key LIKE ?", (_PREFIX + "%",))
    return frozenset(bytes.fromhex(key.removeprefix(_PREFIX)) for (key,) in rows)


def clear(connection: sqlite3.Connection, pack: int) -> None:
    """Forget the note for roots that are in a pack: they were stored again."""
    for multihash in multihashes(connection):
        connection.execute(
            "DELETE FROM meta WHERE key = ? AND EXISTS "
            "(SELECT 1 FROM blocks WHERE multihash = ? AND pack = ?)",
            (_PREFIX + multihash.hex(), multihash, pack),
        )
