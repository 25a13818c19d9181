"""A batch: blocks stream into a pack of their own, which appears whole or not at all."""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from jupyter_ipfs.errors import BlockNotFoundError, RepoError
from jupyter_ipfs.ipld.block import Block
from jupyter_ipfs.ipld.cid import CID, RAW
from jupyter_ipfs.protocols import Stored
from jupyter_ipfs.store import backup, directory, index, mfs, names
from jupyter_ipfs.store.failures import translated
from jupyter_ipfs.store.packs import PackWriter
from jupyter_ipfs.store.schema import DURABLE, bump

if TYPE_CHECKING:
    import sqlite3
    from types import TracebackType

    from jupyter_ipfs.store.allowance import Allowance
    from jupyter_ipfs.store.packs import PackFile
    from jupyter_ipfs.store.repo import Repo

# One lookup costs about as much as reading so many rows of the index in one go.
_LOOKUP_ROWS = 20
_MOST_ROWS = 500_000  # beyond that the index is not read into memory
# Packs that a batch holds open, so that what it found there cannot vanish; blocks in
# further ones are simply written again.
_MOST_PACKS = 256


class RepoBatch:
    """A `jupyter_ipfs.protocols.Batch` on the local repo. Made by `Repo.batch`."""

    def __init__(self, repo: Repo, allowance: Allowance) -> None:
        self._repo = repo
        self._allowance = allowance
        self._pid = os.getpid()
        self._lock = threading.RLock()
        self._writer: PackWriter | None = None
        self._is_placed = False
        self._is_done = False
        # New blocks: where they are in the pack. Old ones: where they were seen.
        self._written: dict[bytes, tuple[int, int]] = {}
        self._claimed: dict[bytes, tuple[CID, int, int, int]] = {}
        self._size = 0
        self._packs: dict[int, PackFile | None] = {}
        self._files: dict[int, str] = {}
        self._known: dict[bytes, tuple[int, int, int]] | None = None
        self._lookups = 0
        self._rows: int | None = None

    def has(self, cid: CID) -> bool:
        """Hint whether the block is already there, durably (`commit` checks again)."""
        multihash = cid.multihash
        return (
            cid.is_identity
            or multihash in self._written
            or multihash in self._claimed
            or self._find(multihash) is not None
        )

    def put(self, block: Block) -> bool:
        """Take a block; ``False`` if it was already there (or is an identity CID).

        Raises:
            DiskFullError: There is no space left for it.
        """
        cid = block.cid
        with self._lock:
            if not self._claim(cid):
                self._write(cid, block.data)
                return True
        return False

    def claim(self, cid: CID) -> bool:
        """Make sure that a block that is here durably is here when this is committed.

        Returns:
            ``False`` if it is not here, or only in the cache: it has to be put.
        """
        with self._lock:
            return self._claim(cid)

    def get(self, cid: CID) -> Block | None:
        """Return a block that this batch has written; ``None`` if it is not one of them."""
        with self._lock:
            place = self._written.get(cid.multihash)
            if place is None or self._writer is None:
                return None
            return Block.verified(cid, self._writer.read(*place))

    def move_files(self, before: CID | None, root: CID) -> bool:
        """Make every block durable and let the files' root go from ``before`` to ``root``.

        Returns:
            ``False`` if the files are no longer at ``before``. Nothing has happened then, and
            the batch goes on.

        Raises:
            DiskFullError, RepoBusyError, BlockNotFoundError: As `commit`.
        """
        with self._lock, translated(self._repo.path):
            self._check_usable()
            try:
                if self._repo.mfs_root() != before:
                    return False  # before the disk is made to wait
                if self._writer is not None:
                    self._writer.finish([root])
                if not self._move_files(before, root):
                    return False
            except BaseException:
                self._abort()
                raise
            self._is_done = True
            self._let_go()
        if self._written:
            self._repo.after_commit()
        return True

    def _move_files(self, before: CID | None, root: CID) -> bool:
        with self._repo.database.write() as connection:
            if mfs.root(connection) != before:
                return False
            self._rewrite_gone(connection, root)
            if self._writer is not None:
                self._enter_pack(connection, self._writer, 0.0)
            self._check_root(connection, root)
            mfs.move(connection, root)
            bump(connection)
            backup.save(connection, self._repo.path)
        return True

    def commit(self, root: CID, *, pin: bool = True, name: str | None = None) -> Stored:
        """Make every block durable and set pin and name in the same step.

        Raises:
            DiskFullError: Nothing of it was kept.
            RepoBusyError: Other processes held the repo's lock for too long; likewise.
            BlockNotFoundError: ``root`` itself was never put and is not here.
            ConfigError: ``name`` cannot be a name.
        """
        name = None if name is None else names.check(name)
        with self._lock, translated(self._repo.path):
            self._check_usable()
            try:
                if self._writer is not None:
                    self._writer.finish([root])
                stored = self._commit(root, pin=pin, name=name)
            except BaseException:
                self._abort()
                raise
            self._is_done = True
            self._let_go()
        if self._written:
            self._repo.after_commit()
        return stored

    def _commit(self, root: CID, *, pin: bool, name: str | None) -> Stored:
        version, unchanged = None, False
        with self._repo.database.write() as connection:
            self._rewrite_gone(connection, root)
            fresh_at = 0.0 if pin else time.time()
            if self._writer is not None:
                self._enter_pack(connection, self._writer, fresh_at)
            if not pin:  # what is pinned needs no grace
                index.freshen(connection, self._claimed)
            if pin or name is not None:
                self._check_root(connection, root)
            if name is not None:
                version, unchanged = names.put(connection, name, root, pin=pin)
            elif pin:
                names.pin(connection, root)
            bump(connection)
            if self._writer is not None or pin or name is not None:
                backup.save(connection, self._repo.path)
        return Stored(root, len(self._written), self._size, name, version, unchanged)

    def _rewrite_gone(self, connection: sqlite3.Connection, root: CID) -> None:
        """Write again what was already there when it was put and is not any more.

        A gc may have run since. The packs in which the blocks were seen are still open
        here, so their bytes are at hand even if the files are gone (safety.md 1).
        """
        held = index.durable_among(connection, self._claimed)
        gone = [multihash for multihash in self._claimed if multihash not in held]
        for multihash in gone:
            cid, pack, offset, length = self._claimed.pop(multihash)
            file = self._packs[pack]
            data = b"" if file is None else file.read(offset, length)
            # Not counted: asking the quota takes the write lock, which is held here.
            self._append(cid, Block.verified(cid, data).data)
        if gone and self._writer is not None:
            self._writer.finish([root])

    def _enter_pack(
        self, connection: sqlite3.Connection, writer: PackWriter, fresh_at: float
    ) -> None:
        try:
            writer.place()
        except FileNotFoundError:
            raise RepoError(
                "the unfinished pack was removed while it was being written",
                "nothing was written to it for too long; store it again",
            ) from None
        self._is_placed = True
        directory.sync(self._repo.packs_directory)
        pack = index.add_pack(connection, writer.name, writer.size)
        entries = sorted((mh, offset, length) for mh, (offset, length) in self._written.items())
        index.add_blocks(connection, pack, entries, fresh_at)

    def _check_root(self, connection: sqlite3.Connection, root: CID) -> None:
        if root.is_identity or root.multihash in self._written:
            return
        if index.find(connection, root.multihash) is None:
            raise BlockNotFoundError(f"{root} is not in this repo, so it cannot be kept here")

    def _claim(self, cid: CID) -> bool:
        self._check_usable()
        multihash = cid.multihash
        if cid.is_identity or multihash in self._written or multihash in self._claimed:
            return True
        place = self._find(multihash)
        if place is None:
            return False
        pack, offset, length = place
        if self._hold(pack) is None:
            return False
        self._claimed[multihash] = (cid, pack, offset, length)
        return True

    def _find(self, multihash: bytes) -> tuple[int, int, int] | None:
        """Look a block up; after many lookups the index is read into memory as it is then."""
        if self._known is not None:
            return self._known.get(multihash)
        database = self._repo.database
        self._lookups += 1
        if self._rows is None and self._lookups >= _LOOKUP_ROWS:
            self._rows = database.read(index.count)
        if self._rows is not None and self._rows <= min(self._lookups * _LOOKUP_ROWS, _MOST_ROWS):
            self._known = database.read(index.durable_places)
            return self._known.get(multihash)
        place = database.read(lambda connection: index.find(connection, multihash))
        if place is None or place.kind != DURABLE:
            return None
        self._files[place.pack] = place.file
        return place.pack, place.offset, place.length

    def _hold(self, pack: int) -> PackFile | None:
        if pack not in self._packs:
            if len(self._packs) >= _MOST_PACKS:
                return None
            file: PackFile | None = None
            with suppress(OSError):
                name = self._files.get(pack) or self._repo.pack_name(pack)
                file = None if name is None else self._repo.files.get(DURABLE, name)
            self._packs[pack] = file
        return self._packs[pack]

    def _write(self, cid: CID, data: bytes) -> None:
        with translated(self._repo.path):
            self._allowance.spend(len(data))
            self._append(cid, data)

    def _append(self, cid: CID, data: bytes) -> None:
        with translated(self._repo.path):
            if self._writer is None:
                self._writer = PackWriter(self._repo.packs_directory, [CID(1, RAW, cid.multihash)])
            offset = self._writer.add(cid, data)
        self._written[cid.multihash] = (offset, len(data))
        self._size += len(data)

    def _check_usable(self) -> None:
        if self._is_done:
            raise RepoError("this batch is over", "begin another one")
        if self._pid != os.getpid():
            raise RepoError(
                "this batch was begun by another process, before a fork",
                "begin a batch in the process that uses it",
            )

    def _abort(self) -> None:
        self._is_done = True
        writer = self._writer
        if writer is not None:
            if self._is_placed:
                self._repo.remove_unentered(writer.name)
            writer.discard()
        self._let_go()

    def _let_go(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        self._allowance.release()
        self._packs.clear()
        self._known = None

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Abort if `commit` was not called; in a forked child, touch nothing."""
        if not self._is_done and self._pid == os.getpid():
            self._abort()
