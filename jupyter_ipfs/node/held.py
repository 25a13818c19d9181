"""What is held, read without fetching: looking at a list must ask nobody for anything."""

from __future__ import annotations

import itertools
from contextlib import suppress
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import BackendError, BlockNotFoundError, CodecError, VerificationError
from jupyter_ipfs.ipld.block import Block
from jupyter_ipfs.node.walk import BRANCHING, links
from jupyter_ipfs.store import index

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.protocols import Blocks
    from jupyter_ipfs.store.repo import Repo

_WINDOW = 64


class Held:
    """A `jupyter_ipfs.protocols.Blocks` of what repo and backend hold; no source is asked.

    Args:
        repo: Asked first.
        backend: Asked whether it holds what the repo does not; ``None`` for the repo alone. Once
            it did not answer, it is not asked again: a list of 200 things does not wait 200 times.
    """

    def __init__(self, repo: Repo, backend: Blocks | None) -> None:
        self._repo = repo
        self._backend = backend
        self._failure: BackendError | None = None

    def get(self, cid: CID) -> Block:
        """Return one verified block.

        Raises:
            BlockNotFoundError: It is not held.
            BackendUnavailableError: It is not in the repo, and the backend does not answer.
            VerificationError: It is held and damaged.
        """
        if cid.is_identity:
            return Block.from_identity(cid)
        try:
            return self._repo.get(cid)
        except BlockNotFoundError:
            if self._backend is None or not self._is_elsewhere(cid):
                if self._failure is not None:
                    raise self._failure from None
                raise
        return self._backend.get(cid)

    def get_many(self, cids: Iterable[CID]) -> Iterator[Block]:
        """Yield blocks in the order of ``cids``. Errors as in `get`."""
        rest = iter(cids)
        while window := list(itertools.islice(rest, _WINDOW)):
            done = 0
            try:
                for block in self._repo.get_many(window):
                    done += 1
                    yield block
            except (BlockNotFoundError, VerificationError):  # the rest may be elsewhere
                yield from map(self.get, window[done:])

    def has(self, cid: CID) -> bool:
        """Tell whether the block is held."""
        return self._repo.has(cid) or self._is_elsewhere(cid)

    def _is_elsewhere(self, cid: CID) -> bool:
        if self._backend is None or self._failure is not None:
            return False
        try:
            return self._backend.has(cid)
        except BackendError as error:
            self._failure = error
            return False


class Completeness:
    """Tells of roots whether everything under them is in the repo.

    Args:
        repo: Where to look.
        limit: Blocks that are looked for, for all roots together; what is past that counts as
            not known to be whole.
    """

    def __init__(self, repo: Repo, limit: int) -> None:
        self._repo = repo
        self._left = limit

    def of(self, root: CID) -> bool:
        """Tell whether all of it is here."""
        seen = {root}
        level = [root]
        while level:
            self._left -= len(level)
            if self._left < 0 or not self._has_all(level):
                return False
            try:
                level = [cid for cid in self._below(level) if cid not in seen]
            except (BlockNotFoundError, VerificationError):
                return False  # gone or damaged: nobody can tell what is under it
            seen.update(level)
        return True

    def _has_all(self, cids: list[CID]) -> bool:
        wanted = [cid.multihash for cid in cids if not cid.is_identity]
        found = self._repo.database.read(lambda connection: index.find_many(connection, wanted))
        # What is not in the index may still be waiting to be written to the cache.
        return all(cid.multihash in found or self._repo.has(cid) for cid in cids)

    def _below(self, cids: list[CID]) -> list[CID]:
        below: dict[CID, None] = {}
        for cid in cids:
            if cid.codec not in BRANCHING:
                continue
            block = Block.from_identity(cid) if cid.is_identity else self._repo.get(cid)
            with suppress(CodecError):  # it links to nothing that anybody could find
                below.update(dict.fromkeys(links(block)))
        return list(below)
