"""The blocks of each ``dag-scope``, depth first, parents before children."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.errors import CodecError, LimitError
from jupyter_ipfs.ipld.block import Block
from jupyter_ipfs.node.gateway.resolution import Tap
from jupyter_ipfs.node.walk import BRANCHING, links
from jupyter_ipfs.unixfs import reader

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.protocols import Blocks

_RUN = 64  # leaves read ahead at a time, so that hashing overlaps with sending


def block(blocks: Blocks, cid: CID) -> Iterator[Block]:
    """Yield the one block."""
    yield Block.from_identity(cid) if cid.is_identity else blocks.get(cid)


def entity(blocks: Blocks, cid: CID, span: tuple[int, int | None] | None) -> Iterator[Block]:
    """Yield what is needed to read a file (or a part of it), or to list a directory.

    Of a directory its shards and no entry; of anything else the block.
    """
    tap = Tap(blocks)
    first = reader.get(tap, cid).block
    yield first
    tap.drain()
    try:
        node = reader.interpret(first)
    except CodecError:
        return  # dag-pb, but not UnixFS
    if node.kind == reader.DIRECTORY:
        for _ in reader.entries(tap, node):
            yield from tap.drain()
    elif node.kind == reader.FILE:
        for _ in reader.read(tap, node, *_bounds(span, node.size)):
            yield from tap.drain()
    yield from tap.drain()


def everything(blocks: Blocks, root: CID, *, duplicates: bool, max_depth: int) -> Iterator[Block]:
    """Yield every block under ``root``: with ``duplicates`` as often as it is linked to.

    Raises:
        LimitError: It is nested deeper than ``max_depth``.
    """
    seen: set[CID] = set()
    frames: list[tuple[Sequence[CID], int]] = [((root,), 0)]
    while frames:
        cids, at = frames.pop()
        if at == len(cids):
            continue
        run = _run(cids, at)
        frames.append((cids, at + len(run)))
        if not duplicates:
            run = [cid for cid in dict.fromkeys(run) if cid not in seen]
            seen.update(run)
        for found in _read(blocks, run):
            yield found
            if children := links(found):
                if len(frames) > max_depth:
                    raise LimitError(f"it is nested deeper than {max_depth} blocks")
                frames.append((children, 0))


def _run(cids: Sequence[CID], at: int) -> list[CID]:
    """Return the next CID and, if it has no links, those like it that follow."""
    run = [cids[at]]
    while run[-1].codec not in BRANCHING and at + len(run) < len(cids) and len(run) < _RUN:
        following = cids[at + len(run)]
        if following.codec in BRANCHING:
            break
        run.append(following)
    return run


def _read(blocks: Blocks, cids: list[CID]) -> Iterator[Block]:
    if len(cids) > 1 and not any(cid.is_identity for cid in cids):
        yield from blocks.get_many(cids)
        return
    for cid in cids:
        yield from block(blocks, cid)


def _bounds(span: tuple[int, int | None] | None, size: int) -> tuple[int, int]:
    """Return first and behind-last byte; what lies outside of the file is left out."""
    if span is None:
        return 0, size
    first, last = span
    start = first if first >= 0 else max(size + first, 0)
    if last is None:
        return start, size
    return start, min(last if last >= 0 else size + last, size - 1) + 1
