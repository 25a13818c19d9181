"""What was begun and what was bought, kept on this computer: ``<repo>/ocean/journal.sqlite``.

A hint, and never proof: any process of the user can write it. What it says about a chain is
looked up on that chain before anything is built on it.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import RepoBusyError, RepoUnusableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS publications (
    terms TEXT PRIMARY KEY, chain_id INTEGER NOT NULL, owner TEXT NOT NULL, title TEXT NOT NULL,
    draft TEXT NOT NULL, from_block INTEGER NOT NULL, started_at REAL NOT NULL,
    create_tx TEXT, data_nft TEXT, describe_tx TEXT, did TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS orders (
    chain_id INTEGER NOT NULL, consumer TEXT NOT NULL, did TEXT NOT NULL, datatoken TEXT NOT NULL,
    tx_hash TEXT NOT NULL, ordered_at REAL NOT NULL, PRIMARY KEY (chain_id, tx_hash)
) STRICT;
"""
_BUSY_S = 10.0


@dataclass(frozen=True, slots=True)
class Publication:
    """A publication that was begun.

    Attributes:
        terms: See `Draft.terms`; it stands in the data NFT as well.
        chain_id: The chain.
        owner: Who publishes.
        title: Of the asset.
        draft: As `Draft.from_json` reads it.
        from_block: The chain's height before the first transaction.
        started_at: Seconds since the epoch.
        create_tx: The first transaction, once it was sent.
        data_nft: What it made, once that is known.
        describe_tx: The second transaction, once it was sent.
        did: The asset, once it is described.
    """

    terms: str
    chain_id: int
    owner: str
    title: str
    draft: dict[str, Any]
    from_block: int
    started_at: float
    create_tx: str | None = None
    data_nft: str | None = None
    describe_tx: str | None = None
    did: str | None = None


@dataclass(frozen=True, slots=True)
class OrderNote:
    """An order that was sent from here."""

    did: str
    datatoken: str
    tx_hash: str
    ordered_at: float


class Journal:
    """The journal of one repo; a connection for each call, so that a fork does no harm.

    Args:
        repo: The repo's directory.
    """

    def __init__(self, repo: Path) -> None:
        self._place = repo / "ocean"

    @contextmanager
    def alone(self, terms: str) -> Iterator[None]:
        """Keep every other process from the same publication.

        Raises:
            RepoBusyError: One is at it.
        """
        self._prepare()
        try:
            import fcntl  # noqa: PLC0415  (absent on Windows)
        except ImportError:
            yield
            return
        place = self._place / f"{terms[:32]}.lock"
        file = os.open(place, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                is_ours = os.path.samestat(os.fstat(file), place.stat())
            except (BlockingIOError, FileNotFoundError):
                is_ours = False  # somebody has it, or has just been done with it
            if not is_ours:
                raise RepoBusyError(
                    "this asset is being published right now, by another process",
                    "wait for it; publishing again then goes on where it stopped",
                )
            try:
                yield
            finally:
                place.unlink(missing_ok=True)
        finally:
            os.close(file)

    def begin(self, row: Publication) -> Publication:
        """Note that a publication begins; return what is noted, which may be from before."""
        with self._changing() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO publications (terms, chain_id, owner, title, draft, "
                "from_block, started_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (row.terms, row.chain_id, row.owner, row.title, json.dumps(row.draft),
                 row.from_block, row.started_at),
            )  # fmt: skip
        return self.find(row.terms) or row

    def note(self, terms: str, **columns: str | None) -> None:
        """Note how far a publication has come."""
        for column, value in columns.items():
            if column not in {"create_tx", "data_nft", "describe_tx", "did"}:
                raise ValueError(column)
            with self._changing() as connection:
                connection.execute(
                    f"UPDATE publications SET {column} = ? WHERE terms = ?",  # noqa: S608  (checked)
                    (value, terms),
                )

    def find(self, terms: str) -> Publication | None:
        """Return a publication."""
        found = self._publications("WHERE terms = ?", (terms,))
        return found[0] if found else None

    def unfinished(self, chain_id: int) -> list[Publication]:
        """Return what was begun and is not done, the newest first."""
        return self._publications(
            "WHERE chain_id = ? AND did IS NULL ORDER BY started_at DESC", (chain_id,)
        )

    def forget(self, terms: str) -> None:
        """Forget a publication; what is on the chain stays there."""
        with self._changing() as connection:
            connection.execute("DELETE FROM publications WHERE terms = ?", (terms,))

    def note_order(self, chain_id: int, consumer: str, note: OrderNote) -> None:
        """Note an order."""
        with self._changing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO orders VALUES (?, ?, ?, ?, ?, ?)",
                (chain_id, consumer, note.did, note.datatoken, note.tx_hash, note.ordered_at),
            )

    def orders(self, chain_id: int, consumer: str) -> list[OrderNote]:
        """Return the orders that are noted, the newest first."""
        with self._open() as connection:
            rows = connection.execute(
                "SELECT did, datatoken, tx_hash, ordered_at FROM orders "
                "WHERE chain_id = ? AND consumer = ? ORDER BY ordered_at DESC",
                (chain_id, consumer),
            ).fetchall()
        return [OrderNote(*row) for row in rows]

    def _publications(self, where: str, values: tuple[object, ...]) -> list[Publication]:
        with self._open() as connection:
            rows = connection.execute(
                "SELECT terms, chain_id, owner, title, draft, from_block, started_at, create_tx, "  # noqa: S608  (ours)
                f"data_nft, describe_tx, did FROM publications {where}",
                values,
            ).fetchall()
        return [_publication(row) for row in rows]

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        with self._open() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self._prepare()
        file = self._place / "journal.sqlite"
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
        try:
            with closing(
                sqlite3.connect(file, timeout=_BUSY_S, isolation_level=None)
            ) as connection:
                connection.execute("PRAGMA trusted_schema = OFF")
                connection.execute("PRAGMA synchronous = FULL")
                connection.executescript(_SCHEMA)
                yield connection
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise RepoBusyError("another process holds the journal of publications") from None
            raise self._unusable(error) from None
        except sqlite3.DatabaseError as error:
            raise self._unusable(error) from None

    def _unusable(self, error: Exception) -> RepoUnusableError:
        return RepoUnusableError(
            f"the journal of publications cannot be used: {error}",
            f"move {str(self._place)!r} away: what was published stays on its chain",
        )

    def _prepare(self) -> None:
        self._place.mkdir(mode=0o700, parents=True, exist_ok=True)


def _publication(row: tuple[Any, ...]) -> Publication:
    try:
        draft = json.loads(row[4])
    except ValueError:
        draft = None
    known = draft if isinstance(draft, dict) else {}
    return Publication(row[0], row[1], row[2], row[3], known, *row[5:])


def now() -> float:
    """Return the time, in seconds since the epoch."""
    return time.time()
