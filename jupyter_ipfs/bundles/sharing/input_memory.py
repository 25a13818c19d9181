"""What CID a local file had when it was last shared: ``<repo>/bundles/inputs.sqlite``.

A file that has the same path, size, time of change and number as then is not read again. It is a
hint: whoever takes a CID from here makes sure that all of its blocks are held.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_ipfs.bundles import memory_file
from jupyter_ipfs.ipld.cid import CID
from jupyter_ipfs.unixfs.importer import Ref

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS inputs (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    inode INTEGER NOT NULL, cid BLOB NOT NULL, dag_size INTEGER NOT NULL, seen_at REAL NOT NULL
) STRICT;
"""
_MOST = 20_000  # rows; the oldest go
# A file that was changed just before it was read may be changed again within the same tick.
_SETTLED_NS = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells whether a file is still the one that it was."""

    size: int
    mtime_ns: int
    inode: int

    @classmethod
    def of(cls, status: os.stat_result) -> Identity:
        """Return the identity of a file by its status."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ino)


class InputMemory:
    """The memory of one repo; a connection for each call. Without a disk it knows nothing.

    Args:
        repo: The repo's directory.
    """

    def __init__(self, repo: Path) -> None:
        self._file = repo / "bundles" / "inputs.sqlite"

    def known(self, files: Iterable[tuple[Path, Identity]]) -> dict[Path, Ref]:
        """Return what files were stored as, of those that are still the same."""
        found: dict[Path, Ref] = {}
        if not self._file.exists():  # making it would wait for the disk
            return found
        with suppress(sqlite3.Error, OSError, ValueError), self._open() as connection:
            for path, identity in files:
                row = connection.execute(
                    "SELECT cid, dag_size FROM inputs "
                    "WHERE path = ? AND size = ? AND mtime_ns = ? AND inode = ?",
                    (_key(path), identity.size, identity.mtime_ns, identity.inode),
                ).fetchone()
                if row is not None:
                    found[path] = Ref(CID.decode(row[0]), identity.size, row[1])
        return found

    def note(self, files: Sequence[tuple[Path, Identity, Ref]]) -> None:
        """Remember what files were stored as, but for those so young that they may yet change."""
        now = time.time()
        rows = [
            (_key(path), identity.size, identity.mtime_ns, identity.inode,
             bytes(ref.cid), ref.dag_size, now)
            for path, identity, ref in files
            if int(now * 1e9) - identity.mtime_ns >= _SETTLED_NS
        ]  # fmt: skip
        if not rows:
            return
        with suppress(sqlite3.Error, OSError), self._open() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO inputs VALUES (?, ?, ?, ?, ?, ?, ?)", rows
            )
            connection.execute(
                "DELETE FROM inputs WHERE path IN "
                "(SELECT path FROM inputs ORDER BY seen_at DESC LIMIT -1 OFFSET ?)",
                (_MOST,),
            )

    def _open(self) -> AbstractContextManager[sqlite3.Connection]:
        return memory_file.connected(self._file, _SCHEMA)


def _key(path: Path) -> str:
    return str(path).encode(errors="backslashreplace").decode()
