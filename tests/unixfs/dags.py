"""Crafted DAGs: nodes that no importer of ours would make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.ipld import dag_pb
from jupyter_ipfs.ipld.block import Block
from jupyter_ipfs.ipld.cid import DAG_PB
from jupyter_ipfs.unixfs import nodes
from tests.conformance.memory import Memory

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jupyter_ipfs.ipld.cid import CID


class Dag(Memory):
    """Blocks in memory, with a line for each kind of node; nothing is checked."""

    def raw(self, data: bytes) -> CID:
        """Add a raw leaf."""
        return self._built(Block.build(data))

    def node(self, data: bytes | None, links: Iterable[tuple[bytes, CID, int]] = ()) -> CID:
        """Add a dag-pb node with any data; links are (name, CID, Tsize)."""
        rows = [dag_pb.PBLink(cid, name, tsize) for name, cid, tsize in links]
        return self._built(Block.build(dag_pb.encode(rows, data), DAG_PB))

    def directory(self, *entries: tuple[bytes, CID]) -> CID:
        """Add a directory with any entries."""
        return self.node(b"\x08\x01", [(name, cid, 1) for name, cid in entries])

    def symlink(self, target: bytes) -> CID:
        """Add a symlink."""
        return self.node(nodes.encode(nodes.Data(nodes.SYMLINK, target)))

    def file(self, children: Sequence[CID], sizes: Sequence[int], filesize: int | None) -> CID:
        """Add a file node that claims any sizes."""
        message = nodes.Data(nodes.FILE, filesize=filesize, blocksizes=tuple(sizes))
        return self.node(nodes.encode(message), [(b"", child, 1) for child in children])

    def shard(
        self,
        bitfield: bytes,
        *links: tuple[bytes, CID],
        fanout: int = 256,
        hash_type: int = 0x22,
    ) -> CID:
        """Add a shard of a directory that claims anything."""
        message = nodes.Data(nodes.HAMT_SHARD, bitfield, hash_type=hash_type, fanout=fanout)
        return self.node(nodes.encode(message), [(name, cid, 1) for name, cid in links])

    def _built(self, block: Block) -> CID:
        self.put(block)
        return block.cid
