"""The database: its tables, and connections that keep SQLite's locks what they promise."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

from jupyter_ipfs.errors import RepoVersionError
from jupyter_ipfs.store.failures import busy, is_busy, translated
from jupyter_ipfs.store.locking import uri

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

T = TypeVar("T")

FILE_NAME = "repo.sqlite"
# 2: the table mfs, which an older package would let gc drop, and copies.checked_at.
VERSION = 2
BUSY_S = 30.0
_RETRY_S = 0.01

DURABLE = 0
CACHE = 1

TABLES = """
CREATE TABLE packs (
    id INTEGER PRIMARY KEY,
    file TEXT NOT NULL UNIQUE,         -- name in packs/, or in cache/
    size INTEGER NOT NULL,             -- the file has exactly so many bytes
    kind INTEGER NOT NULL,             -- 0 durable, 1 cache
    created_at REAL NOT NULL,
    dropped_at REAL                    -- its rows are gone; the file may go too
);
-- A cache of the packs: it can be made again from them.
CREATE TABLE blocks (
    multihash BLOB PRIMARY KEY,
    pack INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    length INTEGER NOT NULL,
    fresh_at REAL NOT NULL             -- gc leaves it alone for a while after this
) WITHOUT ROWID;
CREATE INDEX blocks_by_pack ON blocks (pack);
CREATE TABLE damaged (                 -- quarantine: these were here and count as absent
    multihash BLOB PRIMARY KEY,
    reason TEXT NOT NULL,
    found_at REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE temporaries (             -- unfinished packs, and since when they have not grown
    file TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    seen_at REAL NOT NULL
) WITHOUT ROWID;
-- Precious: what follows is nowhere else but in state.backup.
CREATE TABLE pins (
    root BLOB PRIMARY KEY,
    created_at REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE names (
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    root BLOB NOT NULL,
    created_at REAL NOT NULL,
    pinned INTEGER NOT NULL,
    shared INTEGER NOT NULL,
    PRIMARY KEY (name, version)
) WITHOUT ROWID;
CREATE INDEX names_by_root ON names (root);
CREATE TABLE copies (
    root BLOB NOT NULL,
    place TEXT NOT NULL,
    created_at REAL NOT NULL,
    checked_at REAL,                   -- blocks were fetched from there; NULL: never
    PRIMARY KEY (root, place)
) WITHOUT ROWID;
CREATE TABLE mfs (                     -- one row, once there has been a file
    only INTEGER PRIMARY KEY CHECK (only = 1),
    root BLOB NOT NULL,
    changed_at REAL NOT NULL
);
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO meta VALUES ('generation', '0');
"""

# One thread at a time is inside SQLite, and none while the process forks: the child
# would inherit SQLite's idea of who holds which lock. So a fork waits for the gate.
_gate = threading.RLock()


def _hold_gate() -> None:
    _gate.acquire()


def _open_gate() -> None:
    _gate.release()


def _new_gate() -> None:
    global _gate  # noqa: PLW0603  (the thread that held the old one may not be in this process)
    _gate = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_hold_gate,
        after_in_parent=_open_gate,
        after_in_child=_new_gate,
    )

# Connections of the parent, kept in the child for ever: SQLite forbids even closing them there.
_inherited: list[sqlite3.Connection] = []


class Database:
    """One database file, opened once in each process, used by one thread at a time.

    Args:
        file: The database.
        vfs: How SQLite locks, see `locking.choose`.
        busy_s: How long to wait for other processes.
        synchronous: SQLite's word for how long a commit waits for the disk.
    """

    def __init__(
        self, file: Path, vfs: str, *, busy_s: float = BUSY_S, synchronous: str = "EXTRA"
    ) -> None:
        self.file = file
        self.busy_s = busy_s
        self._vfs = vfs
        self._synchronous = synchronous
        self._connection: sqlite3.Connection | None = None
        self._pid = 0

    def read(self, function: Callable[[sqlite3.Connection], T]) -> T:
        """Run ``function`` on one consistent state and return what it returns.

        It must not keep a cursor, and may be run again when another process is writing.
        """
        deadline = time.monotonic() + self.busy_s
        with translated(self.file.parent):
            while True:
                with _gate:
                    connection = self._connect()
                    try:
                        connection.execute("BEGIN")
                        try:
                            return function(connection)
                        finally:
                            connection.execute("ROLLBACK")
                    except sqlite3.OperationalError as error:
                        self._wait_or_raise(error, deadline)
                time.sleep(_RETRY_S)

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple[object, ...]]:
        """Return all rows of one query."""
        return self.read(lambda connection: connection.execute(sql, values).fetchall())

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Hold the write lock; commit when the body is left, roll back if it raised.

        Raises:
            RepoBusyError: Other processes held the lock for too long.
        """
        deadline = time.monotonic() + self.busy_s
        with translated(self.file.parent), self._begun(deadline) as connection:
            try:
                yield connection
                while connection.in_transaction:
                    try:
                        connection.execute("COMMIT")
                    except sqlite3.OperationalError as error:
                        self._wait_or_raise(error, deadline)
                        time.sleep(_RETRY_S)  # readers are still inside
            except BaseException:
                with suppress(sqlite3.Error):
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _begun(self, deadline: float) -> Iterator[sqlite3.Connection]:
        while True:
            with _gate:
                connection = self._connect()
                try:
                    connection.execute("BEGIN IMMEDIATE")
                except sqlite3.OperationalError as error:
                    self._wait_or_raise(error, deadline)
                else:
                    yield connection
                    return
            time.sleep(_RETRY_S)

    def close(self) -> None:
        """Close this process's connection; the next use opens it again."""
        with _gate:
            if self._connection is not None and self._pid == os.getpid():
                self._connection.close()
                self._connection = None

    def _wait_or_raise(self, error: sqlite3.OperationalError, deadline: float) -> None:
        if not is_busy(error):
            raise error
        if time.monotonic() >= deadline:
            raise busy(self.file.parent) from error

    def _connect(self) -> sqlite3.Connection:
        if self._connection is not None:
            if self._pid == os.getpid():
                return self._connection
            _inherited.append(self._connection)
            self._connection = None
        connection = sqlite3.connect(
            uri(self.file, self._vfs) + "&mode=rw",
            uri=True,
            timeout=0.05,
            isolation_level=None,
            check_same_thread=False,  # the gate lets in one thread at a time
        )
        try:
            for setting in (
                "trusted_schema=OFF",
                "mmap_size=0",
                "cell_size_check=ON",
                f"synchronous={self._synchronous}",
                "cache_size=-16000",
            ):
                connection.execute(f"PRAGMA {setting}")
            _check_version(connection, self.file.parent)
        except BaseException:
            connection.close()
            raise
        self._connection, self._pid = connection, os.getpid()
        return connection


def create(connection: sqlite3.Connection) -> None:
    """Make the tables, inside the caller's transaction."""
    for statement in TABLES.split(";\n"):
        if statement.strip():
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {VERSION}")


def is_empty(connection: sqlite3.Connection) -> bool:
    """Tell whether the tables have yet to be made."""
    return bool(connection.execute("PRAGMA user_version").fetchone()[0] == 0)


def is_old(connection: sqlite3.Connection) -> bool:
    """Tell whether an older version of this package made the tables."""
    return not (_has_files(connection) and _has_checks(connection))


def upgrade(connection: sqlite3.Connection) -> None:
    """Add what an older version did not have, inside the caller's transaction.

    Each is looked for by itself: a version 2 that was never released had no ``checked_at``.
    """
    if not _has_files(connection):
        statement = next(each for each in TABLES.split(";\n") if "CREATE TABLE mfs" in each)
        connection.execute(statement)
    if not _has_checks(connection):
        connection.execute("ALTER TABLE copies ADD COLUMN checked_at REAL")
    connection.execute(f"PRAGMA user_version = {VERSION}")


def _has_files(connection: sqlite3.Connection) -> bool:
    found = connection.execute("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'mfs'")
    return found.fetchone() is not None


def _has_checks(connection: sqlite3.Connection) -> bool:
    columns = connection.execute("PRAGMA table_info(copies)").fetchall()
    return any(column[1] == "checked_at" for column in columns)


def get_meta(connection: sqlite3.Connection, key: str, default: str = "") -> str:
    """Return one value of ``meta``."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return default if row is None else str(row[0])


def set_meta(connection: sqlite3.Connection, key: str, value: str) -> None:
    """Set one value of ``meta``."""
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


def generation(connection: sqlite3.Connection) -> int:
    """Return the counter that gc marks against."""
    return int(get_meta(connection, "generation", "0"))


def bump(connection: sqlite3.Connection) -> None:
    """Count a change of what is kept, so that a gc that has begun marks again."""
    connection.execute(
        "UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'generation'"
    )


def _check_version(connection: sqlite3.Connection, path: Path) -> None:
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    if found > VERSION:
        raise RepoVersionError(
            f"the repo {str(path)!r} was written by a newer version of jupyter_ipfs",
            "upgrade it: pip install --upgrade jupyter_ipfs",
        )
