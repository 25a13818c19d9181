"""From a path to the block it ends in, through UnixFS directories, dag-cbor and dag-json."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import PathNotFoundError
from jupyter_ipfs.ipld import dag_cbor, dag_json
from jupyter_ipfs.ipld.cid import CID, DAG_CBOR, DAG_JSON, DAG_PB
from jupyter_ipfs.unixfs import reader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from jupyter_ipfs.ipld.block import Block
    from jupyter_ipfs.protocols import Blocks

_DECODERS = {DAG_CBOR: dag_cbor.decode, DAG_JSON: dag_json.decode}


@dataclass(frozen=True, slots=True)
class Resolved:
    """Where a path leads.

    Attributes:
        cid: The block it ends in, which has not been read unless the path ends inside of it.
        roots: The block of each segment, the root's first and ``cid`` last.
        remainder: What is left of the path inside of that block.
        visited: The blocks read on the way, shards of directories included, in order.
    """

    cid: CID
    roots: tuple[CID, ...]
    remainder: tuple[bytes, ...]
    visited: tuple[CID, ...]


class Tap:
    """Blocks that notes what is read, in order, until it is drained."""

    def __init__(self, blocks: Blocks) -> None:
        self._blocks = blocks
        self._read: list[Block] = []

    def get(self, cid: CID) -> Block:
        """See `protocols.Blocks`."""
        return self._note(self._blocks.get(cid))

    def get_many(self, cids: Iterable[CID]) -> Iterator[Block]:
        """See `protocols.Blocks`."""
        return map(self._note, self._blocks.get_many(cids))

    def has(self, cid: CID) -> bool:
        """See `protocols.Blocks`."""
        return self._blocks.has(cid)

    def drain(self) -> list[Block]:
        """Return what was read since the last time."""
        read, self._read = self._read, []
        return read

    def _note(self, block: Block) -> Block:
        self._read.append(block)
        return block


def resolve(blocks: Blocks, root: CID, segments: Sequence[bytes]) -> Resolved:
    """Follow ``segments`` down from ``root``. Symlinks are not followed.

    Raises:
        PathNotFoundError: Something on the way has no such entry.
        CodecError: A block on the way is malformed.
    """
    tap = Tap(blocks)
    cid, roots, visited = root, [root], []
    inside: object = None  # where the path is inside of a block, if it is
    remainder: list[bytes] = []
    for name in segments:
        found: object = None
        if remainder:
            found = _member(inside, name)
        elif cid.codec == DAG_PB:
            node = reader.get(tap, cid)
            found = reader.lookup(tap, node, name) if node.kind == reader.DIRECTORY else None
        elif cid.codec in _DECODERS:
            found = _member(_DECODERS[cid.codec](reader.get(tap, cid).block.data), name)
        if found is None:
            raise PathNotFoundError(f"there is no {name.decode(errors='backslashreplace')!r} there")
        visited += [block.cid for block in tap.drain()]
        if isinstance(found, CID):
            cid, remainder = found, []
        else:
            inside = found
            remainder.append(name)
        roots.append(cid)
    return Resolved(cid, tuple(roots), tuple(remainder), tuple(visited))


def _member(value: object, name: bytes) -> object:
    """Return what a map or a list has under ``name``, or ``None``."""
    if isinstance(value, dict):
        return value.get(name.decode(errors="replace"))
    if isinstance(value, list) and name.isdigit() and len(name) < 10:  # noqa: PLR2004
        return value[int(name)] if int(name) < len(value) else None
    return None
