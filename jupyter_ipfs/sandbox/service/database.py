"""The service's own memory: the index of assets, nonces and tokens.

The index is made again from the chain where it is lost; so it is a file of its own.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE_NAME = "service.sqlite"
_VERSION = 1
_CACHE_KIB = 16 * 1024

_TABLES = """
CREATE TABLE assets (
    id INTEGER PRIMARY KEY,
    did TEXT NOT NULL UNIQUE,
    nft TEXT NOT NULL COLLATE NOCASE,
    state INTEGER NOT NULL,
    -- Of the document, to search and sort by
    version TEXT NOT NULL,
    chain_id INTEGER NOT NULL,
    kind TEXT COLLATE NOCASE,          -- ours: dataset, model, algorithm, notebook
    name TEXT NOT NULL COLLATE NOCASE,
    type TEXT NOT NULL COLLATE NOCASE,
    author TEXT NOT NULL COLLATE NOCASE,
    license TEXT NOT NULL COLLATE NOCASE,
    owner TEXT NOT NULL COLLATE NOCASE,
    published_at TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    block INTEGER NOT NULL,
    orders INTEGER NOT NULL,
    price REAL,                        -- NULL: cannot be bought
    pricing TEXT COLLATE NOCASE        -- dispenser, fixedrate
);
CREATE TABLE documents (               -- apart: going through all assets stays quick
    asset INTEGER PRIMARY KEY,
    document TEXT NOT NULL             -- the DDO with what the index adds
);
CREATE INDEX assets_by_nft ON assets (nft);
CREATE INDEX assets_by_block ON assets (block);
CREATE TABLE tags (
    tag TEXT NOT NULL COLLATE NOCASE,
    asset INTEGER NOT NULL,
    PRIMARY KEY (tag, asset)
) WITHOUT ROWID;
CREATE TABLE datatokens (              -- each is one service's
    address TEXT NOT NULL COLLATE NOCASE PRIMARY KEY,
    asset INTEGER NOT NULL,
    orders INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX datatokens_by_asset ON datatokens (asset);
CREATE VIRTUAL TABLE words USING fts5 (
    name, description, author, tags,
    tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);
CREATE TABLE states (                  -- what became of each publication
    did TEXT PRIMARY KEY,
    nft TEXT NOT NULL COLLATE NOCASE,
    tx_id TEXT NOT NULL COLLATE NOCASE,
    valid INTEGER NOT NULL,
    error TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE progress (                -- the newest block that was looked at
    only INTEGER PRIMARY KEY CHECK (only = 1),
    block INTEGER NOT NULL,
    hash TEXT NOT NULL
);
CREATE TABLE nonces (
    address TEXT PRIMARY KEY COLLATE NOCASE,
    nonce INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE tokens (
    digest BLOB PRIMARY KEY,
    address TEXT NOT NULL COLLATE NOCASE,
    valid_until REAL NOT NULL
) WITHOUT ROWID;
"""
INDEX_TABLES = ("assets", "documents", "tags", "datatokens", "words", "states", "progress")


class Database:
    """One connection, used by one thread at a time.

    Args:
        file: Made when it is not there, readable by its owner alone.

    Raises:
        SandboxError: It was written by a newer version, or is no database.
    """

    def __init__(self, file: Path) -> None:
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
        self._lock = threading.RLock()
        try:
            self._connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
            self._connection.execute("PRAGMA trusted_schema = OFF")
            self._connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            self._make_tables()
        except sqlite3.DatabaseError as error:
            hint = "move it away; the index is made again from the chain"
            raise SandboxError(f"{file} cannot be used: {error}", hint) from None

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give the connection."""
        with self._lock:
            yield self._connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give the connection inside a transaction; all of it is kept, or on an error nothing."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()

    def _make_tables(self) -> None:
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if version == _VERSION:
            return
        if version:
            raise sqlite3.DatabaseError("it was written by another version")
        self._connection.executescript(
            f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version = {_VERSION}; COMMIT;"
        )
