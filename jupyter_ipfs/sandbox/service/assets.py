"""The index's rows: assets, what is searched of them, and what became of publications."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.sandbox.service.database import INDEX_TABLES

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from jupyter_ipfs.sandbox.service.document import Document

ACTIVE, END_OF_LIFE, DEPRECATED, REVOKED, ORDERING_DISABLED, UNLISTED = range(6)
# Of these an Ocean Node shows that they are there, and no more.
HIDDEN = frozenset({DEPRECATED, REVOKED})

_NO_ERROR = " "  # Ocean Node's default


@dataclass(frozen=True, slots=True)
class Publication:
    """What became of one.

    Attributes:
        did: The asset's.
        nft: The data NFT's address.
        tx_id: The transaction.
        valid: Whether it is in the index.
        error: Why not.
    """

    did: str
    nft: str
    tx_id: str
    valid: bool = True
    error: str = _NO_ERROR


def save(db: sqlite3.Connection, document: Document) -> int:
    """Write an asset as it is now; return its row. The rows of its datatokens are kept."""
    metadata, indexed = document["metadata"], document["indexedMetadata"]
    stats: list[dict[str, Any]] = indexed["stats"]
    prices = [price for stat in stats for price in stat["prices"]]
    cheapest = min(prices, key=lambda price: float(price["price"]), default=None)
    columns = {
        "did": document["id"],
        "nft": document["nftAddress"],
        "state": indexed["nft"]["state"],
        "version": document["version"],
        "chain_id": document["chainId"],
        "kind": _kind(metadata),
        "name": metadata["name"],
        "type": metadata["type"],
        "author": metadata["author"],
        "license": metadata["license"],
        "owner": indexed["nft"]["owner"],
        "published_at": indexed["nft"]["created"],
        "created_at": metadata["created"],
        "updated_at": metadata["updated"],
        "block": indexed["event"]["block"],
        "orders": sum(stat["orders"] for stat in stats),
        "price": None if cheapest is None else float(cheapest["price"]),
        "pricing": None if cheapest is None else cheapest["type"],
    }
    names = ", ".join(columns)
    marks = ", ".join("?" * len(columns))
    changes = ", ".join(f"{name} = excluded.{name}" for name in columns)
    (row,) = db.execute(
        f"INSERT INTO assets ({names}) VALUES ({marks}) "  # noqa: S608  (names of ours)
        f"ON CONFLICT (did) DO UPDATE SET {changes} RETURNING id",
        tuple(columns.values()),
    ).fetchone()
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    db.execute("INSERT OR REPLACE INTO documents VALUES (?, ?)", (row, text))
    tags = [tag for tag in metadata.get("tags") or () if isinstance(tag, str)]
    db.execute("DELETE FROM tags WHERE asset = ?", (row,))
    db.executemany("INSERT OR IGNORE INTO tags VALUES (?, ?)", [(tag, row) for tag in tags])
    db.execute("DELETE FROM words WHERE rowid = ?", (row,))
    db.execute(
        "INSERT INTO words (rowid, name, description, author, tags) VALUES (?, ?, ?, ?, ?)",
        (row, metadata["name"], metadata["description"], metadata["author"], " ".join(tags)),
    )
    return int(row)


def _kind(metadata: dict[str, Any]) -> str | None:
    """Return what the publisher says it is, where that was done with this package."""
    more = metadata.get("additionalInformation")
    ours = more.get("jupyter_ipfs") if isinstance(more, dict) else None
    kind = ours.get("kind") if isinstance(ours, dict) else None
    return kind if isinstance(kind, str) else None


def set_datatokens(db: sqlite3.Connection, row: int, addresses: Sequence[str]) -> None:
    """Let these datatokens, and no others, be an asset's; their orders stay counted."""
    counted = {address: orders(db, address) for address in addresses}
    db.execute("DELETE FROM datatokens WHERE asset = ?", (row,))
    db.executemany(
        "INSERT OR REPLACE INTO datatokens VALUES (?, ?, ?)",
        [(address, row, count) for address, count in counted.items()],
    )


def find(db: sqlite3.Connection, did: str) -> Document | None:
    """Return an asset's whole document, whatever its state."""
    row = db.execute(
        "SELECT document FROM documents JOIN assets ON asset = id WHERE did = ?", (did,)
    ).fetchone()
    return None if row is None else json.loads(row[0])


def shown(document: Document) -> Document:
    """Return what an Ocean Node shows of an asset: in some states next to nothing."""
    nft = document["indexedMetadata"]["nft"]
    if nft["state"] not in HIDDEN:
        return document
    return {
        "id": document["id"],
        "version": "deprecated",
        "chainId": document["chainId"],
        "nftAddress": document["nftAddress"],
        "indexedMetadata": {"nft": {"state": nft["state"]}},
    }


def did_of_datatoken(db: sqlite3.Connection, datatoken: str) -> str | None:
    """Return the asset whose datatoken this is."""
    row = db.execute(
        "SELECT did FROM assets JOIN datatokens ON asset = id WHERE address = ?", (datatoken,)
    ).fetchone()
    return None if row is None else str(row[0])


def count_order(db: sqlite3.Connection, datatoken: str) -> None:
    """Count one more order."""
    db.execute("UPDATE datatokens SET orders = orders + 1 WHERE address = ?", (datatoken,))


def orders(db: sqlite3.Connection, datatoken: str) -> int:
    """Return how often it was ordered."""
    row = db.execute("SELECT orders FROM datatokens WHERE address = ?", (datatoken,)).fetchone()
    return 0 if row is None else int(row[0])


def note(db: sqlite3.Connection, publication: Publication) -> None:
    """Remember what became of a publication; of each asset the newest."""
    db.execute(
        "INSERT OR REPLACE INTO states VALUES (?, ?, ?, ?, ?)",
        (
            publication.did,
            publication.nft,
            publication.tx_id,
            publication.valid,
            publication.error,
        ),
    )


def publication(
    db: sqlite3.Connection, *, did: str | None, nft: str | None, tx_id: str | None
) -> Publication | None:
    """Return what became of a publication; where several are given the last one counts."""
    column, value = "did", did
    if nft:
        column, value = "nft", nft
    if tx_id:
        column, value = "tx_id", tx_id
    row = db.execute(
        f"SELECT did, nft, tx_id, valid, error FROM states WHERE {column} = ?",  # noqa: S608
        (value,),
    ).fetchone()
    return None if row is None else Publication(row[0], row[1], row[2], bool(row[3]), row[4])


def progress(db: sqlite3.Connection) -> tuple[int, str] | None:
    """Return the newest block that was looked at, and its hash."""
    row = db.execute("SELECT block, hash FROM progress").fetchone()
    return None if row is None else (int(row[0]), str(row[1]))


def set_progress(db: sqlite3.Connection, block: int, block_hash: str) -> None:
    """Remember the newest block that was looked at."""
    db.execute("INSERT OR REPLACE INTO progress VALUES (1, ?, ?)", (block, block_hash))


def clear(db: sqlite3.Connection) -> None:
    """Forget the index: the chain is another one."""
    for table in INDEX_TABLES:
        db.execute(f"DELETE FROM {table}")  # noqa: S608  (names of ours)
