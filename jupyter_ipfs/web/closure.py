"""What is served, and nothing else: the blocks under chosen roots (safety.md 9)."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from jupyter_ipfs.errors import BlockNotFoundError, LimitError
from jupyter_ipfs.ipld.block import Block
from jupyter_ipfs.ipld.cid import CID
from jupyter_ipfs.node.walk import BRANCHING, links

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_BLOCKS = 1_000_000  # of all roots together: about 110 MB of memory, a TiB in usual blocks
# Clients ask for these bytes, none, to see whether this is a gateway.
_PROBE = CID.parse("bafkqaaa")


class LocalBlocks(Protocol):
    """Blocks of this computer. Nobody else is asked: not for a stranger."""

    def get(self, cid: CID) -> Block:
        """Return a verified block or raise."""

    def get_many(self, cids: Iterable[CID]) -> Iterator[Block]:
        """Yield verified blocks in order."""

    def has(self, cid: CID) -> bool:
        """Tell whether it is here."""


@dataclass(frozen=True, slots=True)
class Served:
    """One root that is served.

    Attributes:
        root: It.
        blocks: How many blocks are under it.
        missing: How many of them are not here: they cannot be served.
    """

    root: CID
    blocks: int
    missing: int


class Closure:
    """Blocks that gives the blocks under its roots and is silent on all others.

    Whether another block is held here cannot be told from the answer: it is not even looked
    for. Thread-safe.

    Args:
        blocks: Where they are.
        max_blocks: How many to remember at the most.
    """

    def __init__(self, blocks: LocalBlocks, *, max_blocks: int = MAX_BLOCKS) -> None:
        self._blocks = blocks
        self._max_blocks = max_blocks
        self._lock = threading.Lock()
        self._members: dict[CID, frozenset[bytes]] = {}
        self._served: dict[CID, Served] = {}

    @property
    def roots(self) -> list[Served]:
        """What is served, in the order in which it was added."""
        return list(self._served.values())

    def add(self, root: CID) -> Served:
        """Serve everything under ``root`` from now on.

        Raises:
            BlockNotFoundError: The root is not here.
            CodecError: A block under it is malformed.
            LimitError: It has too many blocks.
        """
        if not root.is_identity and not self._blocks.has(root):
            message = f"{root} is not on this computer, so it cannot be served from here"
            raise BlockNotFoundError(
                message, "bring it here first: %ipfs pin …, or import it from a .car file"
            )
        room = self._max_blocks - sum(map(len, self._members.values()))
        seen, missing = self._below(root, room)
        served = Served(root, len(seen), missing)
        with self._lock:
            self._members = {**self._members, root: frozenset(seen)}
            self._served = {**self._served, root: served}
        return served

    def remove(self, root: CID) -> bool:
        """Serve ``root`` no longer; ``False`` if it was not. Other roots keep what they share."""
        with self._lock:
            members, served = dict(self._members), dict(self._served)
            found = members.pop(root, None) is not None
            served.pop(root, None)
            self._members, self._served = members, served
        return found

    def has(self, cid: CID) -> bool:
        """Tell whether a block is served."""
        return cid == _PROBE or any(cid.multihash in found for found in self._members.values())

    def get(self, cid: CID) -> Block:
        """Return a block that is served.

        Raises:
            BlockNotFoundError: It is not, whether it is here or not; or it has gone since.
        """
        if not self.has(cid):
            raise BlockNotFoundError("it is not served")
        return self._blocks.get(cid)

    def get_many(self, cids: Iterable[CID]) -> Iterator[Block]:
        """Yield served blocks in order."""
        return self._blocks.get_many(map(self._checked, cids))

    def _below(self, root: CID, room: int) -> tuple[set[bytes], int]:
        """Return the multihashes under ``root``, and how many of the blocks are not here."""
        seen = {root.multihash}
        followed = {root}
        stack = [root]
        missing = 0
        while stack:
            cid = stack.pop()
            if not cid.is_identity and not self._blocks.has(cid):
                missing += 1
                continue
            if cid.codec not in BRANCHING:
                continue
            for link in links(
                Block.from_identity(cid) if cid.is_identity else self._blocks.get(cid)
            ):
                seen.add(link.multihash)
                if link not in followed:
                    followed.add(link)
                    stack.append(link)
            if len(seen) > room:
                raise LimitError(f"more than {self._max_blocks:,} blocks are too many to serve")
        return seen, missing

    def _checked(self, cid: CID) -> CID:
        if not self.has(cid):
            raise BlockNotFoundError("it is not served")
        return cid
