"""What a path holds, as the object that an adapter stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs import adapters
from jupyter_ipfs.node import cat, files
from jupyter_ipfs.unixfs import reader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_ipfs.node.paths import ContentPath
    from jupyter_ipfs.protocols import Blocks


def load(blocks: Blocks, node: reader.Node, where: ContentPath, trusted: Sequence[str]) -> object:
    """Return the object; see `Session.load`.

    Args:
        blocks: Where its blocks are.
        node: What the path leads to.
        where: The path; the name at its end tells an adapter about a single file.
        trusted: Fully qualified type names that a stored model may use.
    """
    if node.kind != reader.DIRECTORY:
        named = {where.name: files.opener(blocks, node)}
        if not where.segments or not adapters.recognises(named):
            return cat.read(blocks, node)
        return adapters.load(named, trusted=trusted)
    result = reader.lookup(blocks, node, b"result")
    if result and reader.lookup(blocks, node, b"outputs.json"):
        node = reader.get(blocks, result)
    return adapters.load(files.openers(blocks, node), trusted=trusted)
