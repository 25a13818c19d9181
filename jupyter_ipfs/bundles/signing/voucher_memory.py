"""Whose signatures this repo has met: ``<repo>/bundles/vouchers.sqlite``.

An address is *known* once it was met with another payload: opening one share twice introduces
nobody. It is no proof of who somebody is, and is never told as one.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from jupyter_ipfs.bundles import memory_file

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from jupyter_ipfs.ipld.cid import CID

_SCHEMA = """
CREATE TABLE IF NOT EXISTS vouchers (
    address TEXT NOT NULL, payload TEXT NOT NULL, met_at REAL NOT NULL,
    PRIMARY KEY (address, payload)
) STRICT;
"""
_ANYTHING = ""  # no payload has that CID
_MOST = 20_000  # rows; the oldest go


class VoucherMemory:
    """The memory of one repo; a connection for each call. Without a disk it knows nobody.

    Args:
        repo: The repo's directory.
    """

    def __init__(self, repo: Path) -> None:
        self._file = repo / "bundles" / "vouchers.sqlite"

    def known(self, payload: CID) -> frozenset[str]:
        """Return the addresses that were met with something else than this."""
        with suppress(sqlite3.Error, OSError), self._open() as connection:
            sql = "SELECT DISTINCT address FROM vouchers WHERE payload != ?"
            return frozenset(row[0] for row in connection.execute(sql, (str(payload),)))
        return frozenset()

    def introduce(self, address: str) -> None:
        """Note an address that is known whatever it vouches for: one's own."""
        self._note([(address, _ANYTHING, time.time())])

    def meet(self, payload: CID, addresses: Iterable[str]) -> None:
        """Note whose valid signatures a payload has."""
        self._note([(address, str(payload), time.time()) for address in addresses])

    def _note(self, rows: list[tuple[str, str, float]]) -> None:
        if not rows:
            return
        with suppress(sqlite3.Error, OSError), self._open() as connection:
            connection.executemany("INSERT OR IGNORE INTO vouchers VALUES (?, ?, ?)", rows)
            connection.execute(
                "DELETE FROM vouchers WHERE rowid IN "
                "(SELECT rowid FROM vouchers ORDER BY met_at DESC LIMIT -1 OFFSET ?)",
                (_MOST,),
            )

    def _open(self) -> AbstractContextManager[sqlite3.Connection]:
        return memory_file.connected(self._file, _SCHEMA)
