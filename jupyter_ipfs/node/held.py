"""What is held, read without fetching: looking at a list must ask nobody for anything."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import BackendError, BlockNotFoundError, CodecError, VerificationError
from jupyter_ipfs.ipld.block import Block
from jupyter_ipfs.node.walk import BRANCHING, links

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


def is_complete(blocks: Blocks, root: CID, limit: int) -> bool:
    """Tell whether everything under ``root`` is held; ``False`` past ``limit`` blocks."""
    seen, stack = {root}, [root]
    while stack:
        cid = stack.pop()
        if len(seen) > limit or not (cid.is_identity or blocks.has(cid)):
            return False
        if cid.codec not in BRANCHING:
            continue
        try:
            below = links(blocks.get(cid))
        except (BlockNotFoundError, VerificationError, CodecError):
            return False
        fresh = [link for link in dict.fromkeys(below) if link not in seen]
        seen.update(fresh)
        stack.extend(fresh)
    return True
