"""The cache: blocks fetched from elsewhere. Capped, never synced; it may be lost."""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from jupyter_ipfs.store import index
from jupyter_ipfs.store.packs import PackWriter
from jupyter_ipfs.store.schema import CACHE

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from jupyter_ipfs.ipld.block import Block
    from jupyter_ipfs.store.repo import Repo

CAP = 1024 * 1024 * 1024
_FLUSH_BYTES = 8 * 1024 * 1024
_FLUSH_BLOCKS = 1024
_FLUSH_S = 1.0
_MOST_PACKS = 256


class Cache:
    """Fetched blocks: first in memory, then together in a pack in ``cache/``."""

    def __init__(self, repo: Repo, cap: int = CAP) -> None:
        self._repo = repo
        self._cap = cap
        self._begin()

    def _begin(self) -> None:
        self._pid = os.getpid()
        self._lock = threading.RLock()
        self._pending: dict[bytes, Block] = {}
        self._leaving: dict[bytes, Block] = {}  # being written, and not in the index yet
        self._size = 0
        self._since = 0.0

    def put(self, block: Block) -> None:
        """Take a block."""
        self._after_fork()
        with self._lock:
            if block.cid.is_identity or block.cid.multihash in self._pending:
                return
            if not self._pending:
                self._since = time.monotonic()
            self._pending[block.cid.multihash] = block
            self._size += len(block.data)
            if (
                self._size >= _FLUSH_BYTES
                or len(self._pending) >= _FLUSH_BLOCKS
                or time.monotonic() - self._since >= _FLUSH_S
            ):
                self.flush()

    def get(self, multihash: bytes) -> bytes | None:
        """Return a block's bytes if it has not been written yet."""
        block = self._pending.get(multihash) or self._leaving.get(multihash)
        return None if block is None else block.data

    def flush(self) -> None:
        """Write what is in memory."""
        self._after_fork()
        with self._lock:
            if not self._pending:
                return
            pending, self._pending, self._size = self._pending, {}, 0
            self._leaving = pending
            directory = self._repo.cache_directory
            writer = PackWriter(directory, [])
            try:
                entries = [
                    (multihash, writer.add(block.cid, block.data), len(block.data))
                    for multihash, block in pending.items()
                ]
                writer.finish([], durable=False)
                with self._repo.database.write() as connection:
                    known = index.find_many(connection, [entry[0] for entry in entries])
                    writer.place()
                    pack = index.add_pack(connection, writer.name, writer.size, CACHE)
                    new = [entry for entry in entries if entry[0] not in known]
                    index.add_blocks(connection, pack, new, 0.0)
                    evicted = self._evict(connection)
            except BaseException:
                writer.discard()
                raise
            finally:
                self._leaving = {}
            writer.close()
        self.unlink(old.file for old in evicted)

    def _evict(self, connection: sqlite3.Connection) -> list[index.Pack]:
        """Take away the oldest packs until the rest fits."""
        packs = index.packs(connection, CACHE)
        size, evicted = sum(pack.size for pack in packs), []
        cap = min(self._cap, self._repo.quota.left_for_cache(connection))
        while len(packs) > 1 and (size > cap or len(packs) > _MOST_PACKS):
            oldest = packs.pop(0)
            size -= oldest.size
            _drop(connection, oldest)
            evicted.append(oldest)
        return evicted

    def make_room(self, connection: sqlite3.Connection, size: int) -> tuple[list[str], int]:
        """Give up the oldest packs that have ``size`` bytes together, or all.

        Returns:
            Their files, to be removed after the commit, and their bytes.
        """
        files: list[str] = []
        freed = 0
        for pack in index.packs(connection, CACHE):
            if freed >= size:
                break
            _drop(connection, pack)
            files.append(pack.file)
            freed += pack.size
        return files, freed

    def unlink(self, files: Iterable[str]) -> None:
        """Remove packs that no row names any more."""
        for file in files:
            self._repo.files.drop(CACHE, file)
            with suppress(OSError):
                (self._repo.cache_directory / file).unlink(missing_ok=True)

    def _after_fork(self) -> None:
        """Leave to the parent what is its own, the lock included."""
        if self._pid != os.getpid():
            self._begin()


def _drop(connection: sqlite3.Connection, pack: index.Pack) -> None:
    connection.execute("DELETE FROM blocks WHERE pack = ?", (pack.id,))
    connection.execute("DELETE FROM packs WHERE id = ?", (pack.id,))
