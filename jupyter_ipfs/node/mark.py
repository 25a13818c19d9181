"""What a kept root needs: every block under it, told from the blocks alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.errors import BlockNotFoundError, CodecError, VerificationError
from jupyter_ipfs.ipld.block import Block
from jupyter_ipfs.node.walk import BRANCHING, links

if TYPE_CHECKING:
    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.store.repo import Repo


def mark(repo: Repo, root: CID, alive: set[bytes], followed: set[CID]) -> list[CID]:
    """Add to ``alive`` the multihashes of everything under ``root``.

    Args:
        repo: Where the blocks are.
        root: Where to begin.
        alive: Takes the multihashes.
        followed: The CIDs whose links are in ``alive`` already; grows.

    Returns:
        What is missing or damaged: what is under these nobody can tell. A leaf is not read,
        so a missing leaf is found only by whether it is in the index.
    """
    missing: list[CID] = []
    stack = [root]
    while stack:
        cid = stack.pop()
        alive.add(cid.multihash)
        if cid.codec not in BRANCHING or cid in followed:
            continue
        followed.add(cid)
        try:
            block = Block.from_identity(cid) if cid.is_identity else repo.get(cid)
        except (BlockNotFoundError, VerificationError):
            missing.append(cid)
            continue
        try:
            stack.extend(links(block))
        except CodecError:
            continue  # it links to nothing that anybody could find through it
    return missing
