"""Reading UnixFS out of verified blocks: what a node is, its entries, its bytes.

Everything is iterative and checked on the way: the sizes that a node claims for its
children are compared with what they turn out to be, so a range read can rely on them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import (
    CodecError,
    IPFSError,
    LimitError,
    NotADirectoryPathError,
    NotAFileError,
    PathNotFoundError,
)
from jupyter_ipfs.ipld import dag_pb
from jupyter_ipfs.ipld.block import Block
from jupyter_ipfs.ipld.cid import CODEC_NAMES, DAG_PB, RAW
from jupyter_ipfs.unixfs import hamt, nodes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.protocols import Blocks

# Nodes that a read may visit: a chain of thousands is read, one that is named again and again
# for a byte each time is not.
_NODES_AT_LEAST = 10_000
_NODES_PER_PART = 64

FILE, DIRECTORY, SYMLINK, OTHER = "file", "directory", "symlink", "other"


@dataclass(frozen=True, slots=True)
class Node:
    """One UnixFS node.

    Attributes:
        cid: Its CID.
        kind: `FILE`, `DIRECTORY`, `SYMLINK`, or `OTHER` for a codec that is not UnixFS.
        size: Content bytes of a file, length of a symlink's target, 0 for a directory.
        dag_size: Cumulative size of its blocks, as its links claim.
        block: The block itself.
        pb: The block as dag-pb, or ``None`` for raw and other codecs.
        data: The UnixFS message, or ``None`` for raw and other codecs.
    """

    cid: CID
    kind: str
    size: int
    dag_size: int
    block: Block
    pb: dag_pb.PBNode | None = None
    data: nodes.Data | None = None

    @property
    def target(self) -> bytes:
        """A symlink's target."""
        return (self.data.data if self.data else None) or b""

    @property
    def metadata(self) -> nodes.Metadata:
        """Mode and mtime, where the node has them."""
        return self.data.metadata if self.data else nodes.NO_METADATA


def get(blocks: Blocks, cid: CID) -> Node:
    """Read the node at ``cid``.

    Raises:
        CodecError: The block is malformed.
        BlockNotFoundError, VerificationError: From ``blocks``.
    """
    return interpret(Block.from_identity(cid) if cid.is_identity else blocks.get(cid))


def interpret(block: Block) -> Node:
    """Tell what a block is in UnixFS; see `get`."""
    length = len(block.data)
    if block.cid.codec == RAW:
        return Node(block.cid, FILE, length, length, block)
    if block.cid.codec != DAG_PB:
        return Node(block.cid, OTHER, length, length, block)
    pb = dag_pb.decode(block.data)
    data = nodes.decode(pb.data or b"")
    dag_size = length + sum(link.tsize or 0 for link in pb.links)
    if data.type in {nodes.DIRECTORY, nodes.HAMT_SHARD}:
        return Node(block.cid, DIRECTORY, 0, dag_size, block, pb, data)
    if data.type == nodes.SYMLINK:
        return Node(block.cid, SYMLINK, len(data.data or b""), dag_size, block, pb, data)
    if data.type not in {nodes.FILE, nodes.RAW}:
        raise CodecError(f"UnixFS node of type {nodes.TYPE_NAMES[data.type]} holds no content")
    if len(data.blocksizes) != len(pb.links):
        raise CodecError(
            f"file node has {len(pb.links)} links and sizes for {len(data.blocksizes)}"
        )
    size = len(data.data or b"") + sum(data.blocksizes)
    if data.filesize is not None and data.filesize != size:
        raise CodecError(f"file node claims {data.filesize} bytes, and its parts add up to {size}")
    return Node(block.cid, FILE, size, dag_size, block, pb, data)


def entries(blocks: Blocks, node: Node) -> Iterator[dag_pb.PBLink]:
    """Yield a directory's entries with their raw names; of repeated names only the first.

    Raises:
        NotADirectoryPathError: It is no directory.
        CodecError: A shard is malformed.
    """
    if node.kind != DIRECTORY or node.pb is None or node.data is None:
        raise NotADirectoryPathError(f"{node.cid} is a {node.kind}, not a directory")
    if node.data.type == nodes.HAMT_SHARD:
        # A shard has one slot for a name's hash, so no name can stand in it twice.
        yield from hamt.entries(blocks, node.pb, node.data)
        return
    seen: set[bytes] = set()
    for link in node.pb.links:
        name = link.name or b""
        if name not in seen:
            seen.add(name)
            yield link


def duplicates(node: Node) -> list[bytes]:
    """Return the names that a directory has more than once, each once, in its order."""
    if node.kind != DIRECTORY or node.pb is None or node.data is None:
        return []
    if node.data.type == nodes.HAMT_SHARD:
        return []
    counts = Counter(link.name or b"" for link in node.pb.links)
    return [name for name, count in counts.items() if count > 1]


def lookup(blocks: Blocks, node: Node, name: bytes) -> CID | None:
    """Return the CID of one entry, or ``None``; reads only the shards on its path."""
    if node.kind != DIRECTORY or node.pb is None or node.data is None:
        raise NotADirectoryPathError(f"{node.cid} is a {node.kind}, not a directory")
    if node.data.type == nodes.HAMT_SHARD:
        link = hamt.lookup(blocks, node.pb, node.data, name)
    else:
        link = next((link for link in node.pb.links if (link.name or b"") == name), None)
    return link.cid if link else None


def resolve(blocks: Blocks, root: CID, segments: Sequence[bytes]) -> Node:
    """Follow entry names down from ``root``. Symlinks are not followed.

    Raises:
        PathNotFoundError: A directory on the way has no such entry.
        NotADirectoryPathError: Something on the way is no directory.
    """
    node = get(blocks, root)
    for depth, name in enumerate(segments):
        cid = lookup(blocks, node, name)
        if cid is None:
            path = b"/".join(segments[: depth + 1]).decode(errors="backslashreplace")
            raise PathNotFoundError(f"there is no {path!r} in {root}", f"see: %ipfs ls {root}")
        node = get(blocks, cid)
    return node


def read(blocks: Blocks, node: Node, start: int = 0, end: int | None = None) -> Iterator[bytes]:
    """Yield a file's bytes from ``start`` to ``end`` (exclusive; ``None`` for all of it).

    Touches only the nodes on the way to the range. Every child is checked against the
    size that its parent claims for it.

    Raises:
        NotAFileError: It is a directory.
        CodecError: A node's sizes do not add up.
        LimitError: It takes far more blocks than its content is worth, as no honest file does.
    """
    if node.kind == DIRECTORY:
        raise NotAFileError(f"{node.cid} is a directory", f"list it: %ipfs ls {node.cid}")
    if node.kind != FILE:
        raise IPFSError(f"{node.cid} is {_described(node)}, not a file")
    stop = node.size if end is None else min(end, node.size)
    if start >= stop:
        return
    # Depth first, one iterator of children a level; a chain may be thousands deep.
    yield from _own_bytes(node, 0, start, stop)
    stack = [_children(blocks, node, 0, start, stop)]
    # Empty parts are looked into once: named often enough, they would give nothing for ever.
    empty: set[CID] = set()
    visited = filled = 0
    while stack:
        found = next(stack[-1], None)
        if found is None:
            stack.pop()
            continue
        child, at = found
        visited += 1
        if visited > _NODES_AT_LEAST + _NODES_PER_PART * filled:
            raise LimitError(
                f"{node.cid} takes {visited:,} blocks for {filled:,} pieces of content"
            )
        for own in _own_bytes(child, at, start, stop):
            filled += 1
            yield own
        if child.pb is not None and child.pb.links and child.cid not in empty:
            if not child.size:
                empty.add(child.cid)
            stack.append(_children(blocks, child, at, start, stop))


def _own_bytes(node: Node, at: int, start: int, stop: int) -> Iterator[bytes]:
    """Yield the part of the node's own bytes, which begin at ``at``, that is in the range."""
    own = node.block.data if node.data is None else node.data.data or b""
    low, high = max(start - at, 0), min(stop - at, len(own))
    if low < high:
        yield own if high - low == len(own) else own[low:high]


def parts(blocks: Blocks, node: Node) -> Iterator[Node]:
    """Yield each distinct node of a file once, itself first, with every size checked.

    A file may repeat its parts so often that reading its bytes would never end.

    Raises:
        CodecError: A node's sizes do not add up.
    """
    sizes = {node.cid: node.size}
    stack = [node]
    while stack:
        node = stack.pop()
        yield node
        if node.pb is None or node.data is None:
            continue
        fresh: dict[CID, int] = {}
        for link, size in zip(node.pb.links, node.data.blocksizes, strict=True):
            known = sizes.get(link.cid, fresh.setdefault(link.cid, size))
            if known != size:
                raise CodecError(f"a file node claims both {known} and {size} for {link.cid}")
        wanted = [(cid, size) for cid, size in fresh.items() if cid not in sizes]
        sizes.update(wanted)
        for block, (_, size) in zip(_get_all(blocks, [c for c, _ in wanted]), wanted, strict=True):
            child = _part(block, size)
            if child.pb is not None and child.pb.links:
                stack.append(child)
            else:
                yield child


def _part(block: Block, size: int) -> Node:
    """Read a file's child, which has to be what its parent claims."""
    child = interpret(block)
    if child.kind != FILE:
        raise CodecError(f"a part of a file is {_described(child)}: {block.cid}")
    if child.size != size:
        raise CodecError(f"{block.cid} has {child.size} bytes, and its parent claims {size}")
    return child


def _children(
    blocks: Blocks, node: Node, at: int, start: int, stop: int
) -> Iterator[tuple[Node, int]]:
    """Yield the children that overlap the range, and where in the file each begins."""
    if node.pb is None or node.data is None:
        return
    position = at + len(node.data.data or b"")
    wanted: list[tuple[CID, int, int]] = []
    for link, size in zip(node.pb.links, node.data.blocksizes, strict=True):
        if position < stop and position + size > start:
            wanted.append((link.cid, position, size))
        position += size
    found = _get_all(blocks, [cid for cid, _, _ in wanted])
    for block, (_, position, size) in zip(found, wanted, strict=True):
        yield _part(block, size), position


def _get_all(blocks: Blocks, cids: list[CID]) -> Iterator[Block]:
    if len(cids) == 1:
        yield get(blocks, cids[0]).block
    elif any(cid.is_identity for cid in cids):
        yield from (get(blocks, cid).block for cid in cids)
    else:
        yield from blocks.get_many(cids)


def _described(node: Node) -> str:
    if node.kind == OTHER:
        return f"a {CODEC_NAMES.get(node.cid.codec, hex(node.cid.codec))} block"
    return f"a {node.kind}"
