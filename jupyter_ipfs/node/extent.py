"""How much a DAG unfolds to on a disk, counted without unfolding it.

A few small blocks can name each other so often that they stand for petabytes; each block
is read once here, and repeated ones are counted as often as they would be written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.errors import LimitError
from jupyter_ipfs.ipld.cid import RAW
from jupyter_ipfs.unixfs import reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.ipld.dag_pb import PBLink
    from jupyter_ipfs.protocols import Blocks

_ENTRY = 4096  # bytes that the smallest file or directory takes on a disk, roughly


def extent(blocks: Blocks, root: reader.Node, max_depth: int) -> int:
    """Return about how many bytes of disk a DAG takes when it is written.

    Raw leaves are not read: their size is what the directory claims, checked on writing.

    Raises:
        LimitError: Directories are nested deeper than ``max_depth``.
        CodecError: A directory or file node is malformed.
    """
    if root.kind != reader.DIRECTORY:
        return _ENTRY + root.size
    known: dict[CID, int] = {}
    # One row for each directory on the way down: its CID, what is left of it, its bytes so far.
    rows: list[tuple[CID, Iterator[PBLink], list[int]]] = [
        (root.cid, reader.entries(blocks, root), [_ENTRY])
    ]
    while True:
        cid, links, size = rows[-1]
        link = next(links, None)
        if link is None:
            known[cid] = size[0]
            rows.pop()
            if not rows:
                return size[0]
            rows[-1][2][0] += size[0]
        elif link.cid in known:
            size[0] += known[link.cid]
        elif link.cid.codec == RAW:
            size[0] += _ENTRY + (link.tsize or 0)
        else:
            node = reader.get(blocks, link.cid)
            if node.kind != reader.DIRECTORY:
                known[link.cid] = _ENTRY + node.size
                size[0] += known[link.cid]
            elif len(rows) >= max_depth:
                raise LimitError(f"directories are nested deeper than {max_depth} levels")
            else:
                rows.append((link.cid, reader.entries(blocks, node), [_ENTRY]))
