"""``ls`` and ``stat``: what a path holds."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import BlockNotFoundError
from jupyter_ipfs.ipld.cid import RAW
from jupyter_ipfs.unixfs import reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.ipld.dag_pb import PBLink
    from jupyter_ipfs.protocols import Blocks

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a directory.

    Attributes:
        name: The entry's name; bytes that are not UTF-8 as surrogates (``os.fsencode`` undoes it).
        cid: What it points at.
        kind: ``file``, ``directory``, ``symlink``, ``other``, or ``unknown`` where the block
            that would tell is not to be had.
        size: Content bytes of a file, 0 for a directory, ``None`` if unknown. For a raw leaf
            it is the size that the directory claims, since the leaf is not read.
    """

    name: str
    cid: CID
    kind: str
    size: int | None


@dataclass(frozen=True, slots=True)
class Stat:
    """What a path is.

    Attributes:
        cid: Its CID.
        kind: ``file``, ``directory``, ``symlink`` or ``other``.
        size: Content bytes of a file; 0 for a directory.
        dag_size: Bytes of all blocks under it, as its links claim.
        links: Links of the root block.
        mode: POSIX permission bits, where the DAG has them.
        mtime: Seconds and nanoseconds, where the DAG has them.
        target: Where a symlink points.
        duplicates: Names that a directory has more than once; only the first counts.
    """

    cid: CID
    kind: str
    size: int
    dag_size: int
    links: int
    mode: int | None = None
    mtime: tuple[int, int] | None = None
    target: str | None = None
    duplicates: tuple[str, ...] = ()


def ls(blocks: Blocks, node: reader.Node, name: str = "") -> Iterator[Entry]:
    """Yield a directory's entries, or the one entry that a file or symlink is.

    Raw leaves are not read: that they are files is in their CIDs. Names are raw data from
    outside and may hold control characters: escape them wherever they are shown.

    Raises:
        CodecError: A directory's block is malformed.
    """
    if node.kind != reader.DIRECTORY:
        yield Entry(name or str(node.cid), node.cid, node.kind, node.size)
        return
    for link in reader.entries(blocks, node):
        yield _entry(blocks, link)


def stat(node: reader.Node) -> Stat:
    """Describe a node, from its own block alone."""
    return Stat(
        cid=node.cid,
        kind=node.kind,
        size=0 if node.kind == reader.DIRECTORY else node.size,
        dag_size=node.dag_size,
        links=len(node.pb.links) if node.pb else 0,
        mode=node.metadata.mode,
        mtime=node.metadata.mtime,
        target=os.fsdecode(node.target) if node.kind == reader.SYMLINK else None,
        duplicates=tuple(os.fsdecode(name) for name in reader.duplicates(node)),
    )


def _entry(blocks: Blocks, link: PBLink) -> Entry:
    name = os.fsdecode(link.name or b"")
    if link.cid.codec == RAW and link.tsize is not None:
        return Entry(name, link.cid, reader.FILE, link.tsize)
    try:
        node = reader.get(blocks, link.cid)
    except BlockNotFoundError:
        return Entry(name, link.cid, UNKNOWN, None)
    return Entry(name, link.cid, node.kind, 0 if node.kind == reader.DIRECTORY else node.size)
