"""The practice chain on disk: one SQLite file, held by one process, a commit for each block.

Nodes of the state's tries, which only grow, lie beside what JSON-RPC asks for again and again
(blocks, transactions with receipts, logs). All that belongs to a block is committed in one
transaction before its receipt is given to anybody: nothing that was receipted can be lost, and
nothing has to be replayed.
"""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

from eth.db.backends.base import BaseDB

from jupyter_ipfs.errors import RepoBusyError, RepoVersionError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_VERSION = 1
_CACHED = 50_000  # nodes, some hundred bytes each

_SCHEMA = """
CREATE TABLE nodes (key BLOB PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE blocks (number INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, block TEXT NOT NULL);
CREATE TABLE transactions (
    hash TEXT PRIMARY KEY, block INTEGER NOT NULL, sent TEXT NOT NULL, receipt TEXT NOT NULL
);
CREATE INDEX transactions_of_block ON transactions (block);
CREATE TABLE logs (
    block INTEGER NOT NULL, position INTEGER NOT NULL, address TEXT NOT NULL,
    topic0 TEXT, topic1 TEXT, topic2 TEXT, topic3 TEXT, log TEXT NOT NULL,
    PRIMARY KEY (block, position)
) WITHOUT ROWID;
CREATE INDEX logs_of_address ON logs (address, topic0, block);
CREATE INDEX logs_of_topic ON logs (topic0, topic1, block);
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Database:
    """The file, locked against every other process until `close`.

    Not for several threads at once: `PracticeChain` lets one in at a time.

    Raises:
        RepoBusyError: Another process has it open.
        RepoVersionError: A newer version of this package has written it.
    """

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(
            file, timeout=0, isolation_level=None, check_same_thread=False
        )
        try:
            # With the lock held for good, the write-ahead log needs no shared memory (and so works
            # on network file systems), and each commit costs one sync.
            self._connection.executescript(
                "PRAGMA locking_mode=EXCLUSIVE; PRAGMA trusted_schema=OFF; PRAGMA mmap_size=0;"
                "PRAGMA cell_size_check=ON; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            )
            self._connection.execute("BEGIN EXCLUSIVE")
            version = self._connection.execute("PRAGMA user_version").fetchone()[0]
            if version > _VERSION:
                raise RepoVersionError(  # noqa: TRY301
                    "the practice chain was written by a newer version", "update jupyter_ipfs"
                )
            if version == 0:
                for statement in _SCHEMA.split(";"):
                    self._connection.execute(statement)
                self._connection.execute(f"PRAGMA user_version={_VERSION}")
            self._connection.execute("COMMIT")
        except BaseException as error:
            self._connection.close()
            if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
                raise RepoBusyError(f"another process has {str(file)!r} open") from None
            raise
        self.nodes = Nodes(self._connection)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit everything that is written inside, or nothing; within another, that one does."""
        if self._connection.in_transaction:
            yield
            return
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            self.nodes.forget()
            raise
        self._connection.execute("COMMIT")

    def fact(self, name: str) -> str | None:
        """Return something that was noted with `note`."""
        row = self._connection.execute("SELECT value FROM facts WHERE name=?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def note(self, name: str, value: str) -> None:
        """Keep a small text."""
        self._connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    def add_block(self, number: int, block_hash: str, block: str) -> None:
        """Keep a block, as JSON with its transactions' hashes."""
        self._connection.execute("INSERT INTO blocks VALUES (?, ?, ?)", (number, block_hash, block))

    def add_transaction(self, tx_hash: str, number: int, sent: str, receipt: str) -> None:
        """Keep a transaction and its receipt, both as JSON."""
        row = (tx_hash, number, sent, receipt)
        self._connection.execute("INSERT INTO transactions VALUES (?, ?, ?, ?)", row)

    def add_log(
        self, number: int, position: int, address: str, topics: list[str], log: str
    ) -> None:
        """Keep a log, as JSON, under all that it can be asked by."""
        padded = [*topics, None, None, None, None][:4]
        row = (number, position, address, *padded, log)
        self._connection.execute("INSERT INTO logs VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)

    def block(self, number: int) -> str | None:
        """Return a block by its number."""
        return self._text("SELECT block FROM blocks WHERE number=?", number)

    def block_number(self, block_hash: str) -> int | None:
        """Return the number of a block by its hash."""
        query = "SELECT number FROM blocks WHERE hash=?"
        row = self._connection.execute(query, (block_hash,)).fetchone()
        return None if row is None else int(row[0])

    def sent(self, tx_hash: str) -> str | None:
        """Return a transaction."""
        return self._text("SELECT sent FROM transactions WHERE hash=?", tx_hash)

    def receipt(self, tx_hash: str) -> str | None:
        """Return a transaction's receipt."""
        return self._text("SELECT receipt FROM transactions WHERE hash=?", tx_hash)

    def logs(
        self,
        first: int,
        last: int,
        addresses: list[str],
        topics: list[list[str]],
        most: int,
    ) -> list[str]:
        """Return logs in order, as JSON.

        Args:
            first: The first block, and
            last: the last one that count.
            addresses: Of which contracts; empty for any.
            topics: For each place the topics that match there; empty for any.
            most: How many at the most.
        """
        query, values = "SELECT log FROM logs WHERE block BETWEEN ? AND ?", [first, last]
        wanted: list[object] = list(values)
        for column, allowed in (("address", addresses), *_columns(topics)):
            if allowed:
                query += f" AND {column} IN ({','.join('?' * len(allowed))})"
                wanted += allowed
        if len(topics) > 0:  # as many topics as were asked for must be there, whatever they are
            query += f" AND topic{len(topics) - 1} IS NOT NULL"
        query += " ORDER BY block, position LIMIT ?"
        return [row[0] for row in self._connection.execute(query, (*wanted, most))]

    def close(self) -> None:
        """Let go of the file and its lock."""
        self._connection.close()

    def _text(self, query: str, value: object) -> str | None:
        row = self._connection.execute(query, (value,)).fetchone()
        return None if row is None else str(row[0])


class Nodes(BaseDB):
    """py-evm's key-value store: the tries' nodes, contracts' code, and its own bookkeeping."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._known: dict[bytes, bytes] = {}

    def __getitem__(self, key: bytes) -> bytes:
        found = self._known.get(key)
        if found is None:
            query = "SELECT value FROM nodes WHERE key=?"
            row = self._connection.execute(query, (key,)).fetchone()
            if row is None:
                raise KeyError(key)
            found = bytes(row[0])
            self._remember(key, found)
        return found

    def __setitem__(self, key: bytes, value: bytes) -> None:
        self._connection.execute("INSERT OR REPLACE INTO nodes VALUES (?, ?)", (key, value))
        self._remember(key, value)

    def __delitem__(self, key: bytes) -> None:
        if key not in self:
            raise KeyError(key)
        self._connection.execute("DELETE FROM nodes WHERE key=?", (key,))
        del self._known[key]

    def _exists(self, key: bytes) -> bool:
        try:
            self[key]
        except KeyError:
            return False
        return True

    def forget(self) -> None:
        """Believe nothing that a rolled back transaction may have written."""
        self._known.clear()

    def _remember(self, key: bytes, value: bytes) -> None:
        if len(self._known) >= _CACHED:
            self._known.clear()
        self._known[key] = value


def _columns(topics: list[list[str]]) -> list[tuple[str, list[str]]]:
    return [(f"topic{place}", allowed) for place, allowed in enumerate(topics)]
