"""The mailbox's database: small, private, and made anew when it is broken.

Apart from ``repo.sqlite``, which is precious: what lies here is over in five minutes, so nothing
waits for the disk, and a loss of power may cost it.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import RepoError
from jupyter_ipfs.store import directory, locking
from jupyter_ipfs.store.schema import Database

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

DIRECTORY = "wallet"
FILE_NAME = "requests.sqlite"
_LOCKING = "locking"  # how the repo's own database is locked, tried out when it was made
_VERSION = 1
_BUSY_S = 10.0
_BROKEN = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_TABLES = (
    """CREATE TABLE requests (
        id TEXT PRIMARY KEY,
        state TEXT NOT NULL,
        intent TEXT NOT NULL,
        digest TEXT NOT NULL,
        address TEXT,
        kernel TEXT,
        notebook TEXT,
        process INTEGER NOT NULL,
        note TEXT,
        created_at REAL NOT NULL,
        expires_at REAL NOT NULL,
        result TEXT,
        reason TEXT
    ) WITHOUT ROWID""",
    "CREATE TABLE watching (server TEXT PRIMARY KEY, pages INTEGER, at REAL) WITHOUT ROWID",
    "CREATE TABLE changes (only INTEGER PRIMARY KEY CHECK (only = 1), count INTEGER NOT NULL)",
    "INSERT INTO changes VALUES (1, 0)",
    f"PRAGMA user_version = {_VERSION}",
)


class RequestStore:
    """The database of one repo's mailbox; made when it is first used."""

    def __init__(self, repo: Path) -> None:
        self._repo = repo
        self._lock = threading.Lock()
        self._database: Database | None = None

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple[object, ...]]:
        """Return all rows of one query."""
        return self._opened().rows(sql, values)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Hold the write lock; commit when the body is left, roll back if it raised."""
        with self._opened().write() as connection:
            yield connection

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """As `writing`, for what others want to know of."""
        with self.writing() as connection:
            yield connection
            connection.execute("UPDATE changes SET count = count + 1")

    def changes(self) -> int:
        """Return how often anything was changed by `changing`."""
        (count,) = self.rows("SELECT count FROM changes")[0]
        return count if isinstance(count, int) else 0

    def close(self) -> None:
        """Let go of the database; idempotent."""
        with self._lock:
            if self._database is not None:
                self._database.close()
                self._database = None

    def _opened(self) -> Database:
        with self._lock:
            if self._database is None:
                self._database = self._open()
            return self._database

    def _open(self) -> Database:
        place = self._repo / DIRECTORY
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        directory.check_owner(place)
        file = place / FILE_NAME
        try:
            return self._made(file)
        except RepoError as error:
            if getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF not in _BROKEN:
                raise
            file.unlink(missing_ok=True)
            file.with_name(f"{FILE_NAME}-journal").unlink(missing_ok=True)
            return self._made(file)

    def _made(self, file: Path) -> Database:
        # Only a file that is new is opened here: closing one drops this process's locks on it.
        if not file.exists():
            with suppress(FileExistsError):  # another process was quicker
                os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        database = Database(file, self._vfs(), busy_s=_BUSY_S, synchronous="OFF")
        try:
            with database.write() as connection:
                if connection.execute("PRAGMA user_version").fetchone()[0] == 0:
                    for statement in _TABLES:
                        connection.execute(statement)
        except BaseException:
            database.close()
            raise
        return database

    def _vfs(self) -> str:
        try:
            chosen = (self._repo / _LOCKING).read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            chosen = ""
        return chosen if chosen in locking.CANDIDATES else locking.choose(self._repo)
