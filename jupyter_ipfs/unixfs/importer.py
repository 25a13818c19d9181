"""From chunks and entries to blocks. Generators yield the new blocks and return the root.

`leaf` does the hashing, so a caller that wants both cores runs it in threads and hands the
results to `file` in order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_ipfs.ipld import dag_pb, multihash
from jupyter_ipfs.ipld.block import Block
from jupyter_ipfs.ipld.cid import CID, DAG_PB, RAW
from jupyter_ipfs.unixfs import nodes

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from jupyter_ipfs.unixfs.profiles import Profile


@dataclass(frozen=True, slots=True)
class Ref:
    """A finished DAG, as its parent needs to know it.

    Attributes:
        cid: Its root.
        size: Content bytes under it (0 for directories and symlinks).
        dag_size: Bytes of all its blocks, repeated ones counted each time (dag-pb's Tsize).
    """

    cid: CID
    size: int
    dag_size: int


def build(data: bytes, codec: int, profile: Profile) -> Block:
    """Give ``data`` the CID that ``profile`` wants: inlined, version 0 or version 1."""
    if profile.inline_limit is not None and len(data) <= profile.inline_limit:
        return Block.build(data, codec, function=multihash.IDENTITY)
    function = profile.hash_function
    version = 0 if profile.cid_version == 0 and codec == DAG_PB else 1
    return Block.build(data, codec, function=function, version=version)


def leaf(
    chunk: bytes, profile: Profile, metadata: nodes.Metadata = nodes.NO_METADATA
) -> tuple[Block, Ref]:
    """Make the leaf for one chunk; ``metadata`` only where the leaf is the whole file."""
    size = len(chunk)
    if profile.raw_leaves and not metadata:
        block = build(chunk, RAW, profile)
        return block, Ref(block.cid, size, size)
    message = nodes.Data(nodes.FILE, chunk or None, size, metadata=metadata)
    data = dag_pb.encode((), nodes.encode(message))
    block = build(data, DAG_PB, profile)
    return block, Ref(block.cid, size, len(data))


def file(
    leaves: Iterable[Ref],
    profile: Profile,
    metadata: nodes.Metadata = nodes.NO_METADATA,
) -> Generator[Block, None, Ref]:
    """Lay a file's leaves out as a balanced tree: every leaf at the same depth.

    With one leaf there is nothing to do and it is the root; it must then carry the
    metadata already. There must be at least one leaf (an empty file has an empty one).
    """
    levels: list[list[Ref]] = [[]]
    for ref in leaves:
        yield from _push(levels, 0, ref, profile)
    depth = 0
    while depth < len(levels) - 1 or len(levels[depth]) > 1:
        is_root = depth == len(levels) - 1
        own = metadata if is_root else nodes.NO_METADATA
        block, parent = _file_node(levels[depth], profile, own)
        yield block
        if is_root:
            return parent
        depth += 1
        yield from _push(levels, depth, parent, profile)
    return levels[depth][0]


def symlink(
    target: bytes, profile: Profile, metadata: nodes.Metadata = nodes.NO_METADATA
) -> tuple[Block, Ref]:
    """Make a symlink to ``target`` (raw bytes, as ``os.readlink`` gives them)."""
    message = nodes.Data(nodes.SYMLINK, target, metadata=nodes.Metadata(None, metadata.mtime))
    data = dag_pb.encode((), nodes.encode(message))
    block = build(data, DAG_PB, profile)
    return block, Ref(block.cid, 0, len(data))


def _push(
    levels: list[list[Ref]], depth: int, ref: Ref, profile: Profile
) -> Generator[Block, None, None]:
    """Append to a level, folding it into its parent only when one more has to fit.

    A level that is exactly full may be the root, which has nothing above it.
    """
    while True:
        if depth == len(levels):
            levels.append([])
        if len(levels[depth]) < profile.file_max_links:
            levels[depth].append(ref)
            return
        block, parent = _file_node(levels[depth], profile)
        yield block
        levels[depth] = [ref]
        ref, depth = parent, depth + 1


def _file_node(
    children: list[Ref], profile: Profile, metadata: nodes.Metadata = nodes.NO_METADATA
) -> tuple[Block, Ref]:
    size = sum(child.size for child in children)
    message = nodes.Data(
        nodes.FILE,
        filesize=size,
        blocksizes=tuple(child.size for child in children),
        metadata=metadata,
    )
    links = [dag_pb.PBLink(child.cid, b"", child.dag_size) for child in children]
    data = dag_pb.encode(links, nodes.encode(message))
    block = build(data, DAG_PB, profile)
    dag_size = len(data) + sum(child.dag_size for child in children)
    return block, Ref(block.cid, size, dag_size)
