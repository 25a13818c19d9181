"""Walking a DAG: what a block links to, and everything under a root, each block once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.ipld import dag_cbor, dag_json, dag_pb
from jupyter_ipfs.ipld.block import Block
from jupyter_ipfs.ipld.cid import CID, DAG_CBOR, DAG_JSON, DAG_PB, RAW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ipfs.protocols import Blocks

BRANCHING = frozenset({DAG_PB, DAG_CBOR, DAG_JSON})
# Leaves read ahead at a time, so that hashing and fetching overlap.
_BATCH = 64


def links(block: Block) -> tuple[CID, ...]:
    """Return what ``block`` links to, in its order; nothing for raw and unknown codecs.

    Raises:
        CodecError: The block is malformed.
    """
    codec = block.cid.codec
    if codec == DAG_PB:
        return tuple(link.cid for link in dag_pb.decode(block.data).links)
    if codec == DAG_CBOR:
        return tuple(_links_in(dag_cbor.decode(block.data)))
    if codec == DAG_JSON:
        return tuple(_links_in(dag_json.decode(block.data)))
    return ()


def walk(blocks: Blocks, root: CID) -> Iterator[Block]:
    """Yield every block under ``root`` once, depth first, parents before children.

    Identity CIDs are walked but not yielded: there is nothing to carry.

    Raises:
        BlockNotFoundError, VerificationError, CodecError: As met on the way.
    """
    seen = {root}
    stack: list[CID] = [root]
    while stack:
        # A run of leaves on top of the stack is read in one go, in parallel.
        run = [stack.pop()]
        while run[-1].codec == RAW and stack and stack[-1].codec == RAW and len(run) < _BATCH:
            run.append(stack.pop())
        for block in _read(blocks, run):
            if not block.cid.is_identity:
                yield block
            children = [cid for cid in dict.fromkeys(links(block)) if cid not in seen]
            seen.update(children)
            stack.extend(reversed(children))


def reachable(blocks: Blocks, root: CID, seen: set[bytes]) -> Iterator[CID]:
    """Yield the CIDs under ``root`` whose multihash is not in ``seen`` yet, adding them.

    Leaves are named without being read, so this touches only the inner nodes. A block
    that stands under two codecs is followed under each of them.
    """
    stack = [root]
    followed: set[CID] = set()
    while stack:
        cid = stack.pop()
        if cid.multihash not in seen:
            seen.add(cid.multihash)
            yield cid
        elif cid.codec not in BRANCHING:
            continue
        if cid.codec in BRANCHING and cid not in followed:
            followed.add(cid)
            stack.extend(reversed(links(_get(blocks, cid))))


def _read(blocks: Blocks, cids: list[CID]) -> Iterator[Block]:
    if len(cids) == 1:
        yield _get(blocks, cids[0])
    else:
        yield from blocks.get_many(cids)


def _get(blocks: Blocks, cid: CID) -> Block:
    return Block.from_identity(cid) if cid.is_identity else blocks.get(cid)


def _links_in(value: object) -> Iterator[CID]:
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, CID):
            yield item
        elif isinstance(item, dict):
            stack.extend(reversed(list(item.values())))
        elif isinstance(item, list):
            stack.extend(reversed(item))
