"""Reading blocks from the packs; nothing leaves here unverified."""

from __future__ import annotations

import itertools
import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import (
    BlockNotFoundError,
    ForgottenError,
    RepoError,
    VerificationError,
)
from jupyter_ipfs.ipld.block import Block
from jupyter_ipfs.store import forgotten, index
from jupyter_ipfs.words.figures import moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.store.index import Place
    from jupyter_ipfs.store.packs import PackFiles
    from jupyter_ipfs.store.schema import Database

_WORKERS = 2
_AHEAD = 3 * _WORKERS
_WINDOW = 256  # blocks looked up together
_GROUP_BYTES = 1024 * 1024  # what one thread reads and checks in one go
_GROUP_BLOCKS = 64

NOT_HERE = "it may be in a .car file, in a folder of CARs or on a gateway: see [sources]"
REPAIR = "store or import it again; `jupyter ipfs verify` tells what else is damaged"


class BlockReader:
    """Blocks by CID. Damage that it meets is put into quarantine.

    Args:
        database: Where the index is.
        files: The packs.
        pending: Gives the bytes of a block that is in no pack yet, by its multihash.
    """

    def __init__(
        self, database: Database, files: PackFiles, pending: Callable[[bytes], bytes | None]
    ) -> None:
        self._database = database
        self._files = files
        self._pending = pending
        self._pool: ThreadPoolExecutor | None = None
        self._pid = 0

    def get(self, cid: CID) -> Block:
        """Return one verified block.

        Raises:
            BlockNotFoundError: It is not here.
            VerificationError: It was here and is damaged.
        """
        multihash = cid.multihash
        return self._read(cid, self._database.read(lambda c: index.find(c, multihash)))

    def get_many(self, cids: Iterable[CID]) -> Iterator[Block]:
        """Yield verified blocks in order, read and checked ahead in threads."""
        rest = iter(cids)
        running: deque[Future[list[Block]]] = deque()
        try:
            for group in self._groups(rest):
                running.append(self._threads().submit(self._read_group, group))
                if len(running) >= _AHEAD:
                    yield from running.popleft().result()
            while running:
                yield from running.popleft().result()
        finally:
            for future in running:
                future.cancel()

    def close(self) -> None:
        """End the threads; the next `get_many` begins new ones."""
        if self._pool is not None and self._pid == os.getpid():
            self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool = None

    def _threads(self) -> ThreadPoolExecutor:
        if self._pool is None or self._pid != os.getpid():
            self._pool, self._pid = ThreadPoolExecutor(_WORKERS, "ipfs-read"), os.getpid()
        return self._pool

    def _groups(self, cids: Iterator[CID]) -> Iterator[list[tuple[CID, Place | None]]]:
        """Yield what one thread takes at a time: one large block or many small ones."""
        window = _WINDOW // 16
        while some := list(itertools.islice(cids, window)):
            window = _WINDOW  # the first blocks are wanted soon
            places = self._find(some)
            group: list[tuple[CID, Place | None]] = []
            size = 0
            for cid in some:
                place = places.get(cid.multihash)
                group.append((cid, place))
                size += 0 if place is None else place.length
                if size >= _GROUP_BYTES or len(group) >= _GROUP_BLOCKS:
                    yield group
                    group, size = [], 0
            if group:
                yield group

    def _find(self, cids: list[CID]) -> Mapping[bytes, Place]:
        wanted = [cid.multihash for cid in cids if not cid.is_identity]
        return self._database.read(lambda connection: index.find_many(connection, wanted))

    def _read_group(self, group: list[tuple[CID, Place | None]]) -> list[Block]:
        return [self._read(cid, place) for cid, place in group]

    def _read(self, cid: CID, place: Place | None) -> Block:
        if cid.is_identity:
            return Block.from_identity(cid)
        if place is None:
            waiting = self._pending(cid.multihash)
            if waiting is None:
                raise self._absent(cid)
            return Block.verified(cid, waiting)
        try:
            data = self._files.get(place.kind, place.file).read(place.offset, place.length)
        except OSError as error:
            return self._read_moved(cid, place, error)
        try:
            return Block.verified(cid, data)
        except VerificationError:
            self._quarantine(cid, place, "its bytes on disk are not those of its CID")
            raise self._absent(cid) from None

    def _read_moved(self, cid: CID, before: Place, error: OSError) -> Block:
        """Look once more: a gc may have moved the block since it was looked up."""
        now = self._database.read(lambda connection: index.find(connection, cid.multihash))
        if now is None:
            raise self._absent(cid) from None
        if now != before:
            with suppress(OSError):
                data = self._files.get(now.kind, now.file).read(now.offset, now.length)
                return Block.verified(cid, data)
        if isinstance(error, FileNotFoundError):
            self._quarantine(cid, now, f"the pack {now.file} is missing")
            raise self._absent(cid) from None
        raise RepoError(f"the pack {now.file} cannot be read: {error.strerror}") from error

    def _quarantine(self, cid: CID, place: Place, why: str) -> None:
        with suppress(RepoError), self._database.write() as connection:
            index.quarantine(connection, cid.multihash, place, why)
        self._files.drop(place.kind, place.file)

    def _absent(self, cid: CID) -> BlockNotFoundError | VerificationError:
        why = self._database.read(lambda connection: index.why_damaged(connection, cid.multihash))
        if why is not None:
            return VerificationError(f"{cid} is damaged in this repo: {why}", REPAIR)
        at = self._database.read(lambda connection: forgotten.when(connection, cid.multihash))
        if at is not None:
            return ForgottenError(f"{cid} was forgotten here on {moment(at)}", NOT_HERE, at)
        return BlockNotFoundError(f"{cid} is not in this repo", NOT_HERE)
