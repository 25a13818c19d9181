"""Blocks in memory, and small DAGs to fill them with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.errors import BlockNotFoundError
from jupyter_ipfs.ipld import dag_cbor
from jupyter_ipfs.ipld.block import Block
from jupyter_ipfs.ipld.cid import DAG_CBOR

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyter_ipfs.ipld.cid import CID


class MemoryBlocks:
    """A `jupyter_ipfs.protocols.Source`, and what a `Fetcher` needs of a repo, in a dict.

    Args:
        blocks: What it holds.
        label: As a source.
    """

    def __init__(self, blocks: Iterable[Block] = (), label: str = "memory") -> None:
        self.label = label
        self.held = {block.cid: block for block in blocks}
        self.asked: list[CID] = []

    def get(self, cid: CID) -> Block:
        """Return a block or raise `BlockNotFoundError`."""
        self.asked.append(cid)
        try:
            return self.held[cid]
        except KeyError:
            raise BlockNotFoundError("it is not in memory") from None

    def get_many(self, cids: Iterable[CID]) -> Iterator[Block]:
        """Yield blocks in order."""
        return map(self.get, cids)

    def has(self, cid: CID) -> bool:
        """Tell whether the block is held."""
        return cid in self.held

    def cache_put(self, block: Block) -> None:
        """Hold a block."""
        self.held[block.cid] = block

    def dag(self, root: CID) -> Iterator[Block]:  # noqa: ARG002  (the protocol's)
        """Yield nothing."""
        return iter(())

    def close(self) -> None:
        """Forget nothing."""


def leaves(count: int, *, size: int = 100, seed: str = "leaf") -> list[Block]:
    """Return ``count`` different raw blocks of ``size`` bytes."""
    return [Block.build(f"{seed} {number} ".encode().ljust(size, b".")) for number in range(count)]


def tree(width: int, *, size: int = 100, seed: str = "leaf") -> list[Block]:
    """Return a DAG of raw leaves, ``width`` to a node and ``width`` nodes under one root.

    The root comes first, then each node followed by its leaves: the order of a CAR.
    """
    blocks: list[Block] = []
    nodes: list[Block] = []
    for number in range(width):
        below = leaves(width, size=size, seed=f"{seed} {number}")
        node = Block.build(dag_cbor.encode([leaf.cid for leaf in below]), DAG_CBOR)
        nodes.append(node)
        blocks += [node, *below]
    root = Block.build(dag_cbor.encode([node.cid for node in nodes]), DAG_CBOR)
    return [root, *blocks]
