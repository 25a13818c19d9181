"""The files under a stored object, each by its name and a way to open it."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import LimitError
from jupyter_ipfs.node.cat import open_file
from jupyter_ipfs.node.get import check_name
from jupyter_ipfs.unixfs import reader

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from jupyter_ipfs.protocols import Blocks

MAX_FILES = 10_000


def opener(blocks: Blocks, node: reader.Node) -> Callable[[], BinaryIO]:
    """Return a function that opens a file; nothing of it is read before."""
    return partial(open_file, blocks, node)


def openers(blocks: Blocks, root: reader.Node) -> dict[str, Callable[[], BinaryIO]]:
    """Return every file under a directory as ``a/b`` → a function that opens it.

    Raises:
        LimitError: There are more than `MAX_FILES`: no adapter writes that many.
        UnsafeContentError: A name could lead out of a directory it is written to.
    """
    found: dict[str, Callable[[], BinaryIO]] = {}
    stack = [("", root)]
    while stack:
        prefix, directory = stack.pop()
        for link in reader.entries(blocks, directory):
            check_name(link.name or b"")
            child = reader.get(blocks, link.cid)
            name = prefix + os.fsdecode(link.name or b"")
            if child.kind == reader.DIRECTORY:
                stack.append((name + "/", child))
            else:
                found[name] = opener(blocks, child)
            if len(found) + len(stack) > MAX_FILES:
                hint = "read its files one by one: session.open(path), %ipfs get …"
                raise LimitError("too many files to be one stored object", hint)
    return found
