"""A file of a share that is read as a whole: only if it is one, and not larger than it may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ipfs.bundles.format import notebook
from jupyter_ipfs.bundles.format.manifest import NOTEBOOK
from jupyter_ipfs.errors import NotABundleError
from jupyter_ipfs.unixfs import reader

if TYPE_CHECKING:
    from jupyter_ipfs.bundles.content import Content
    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.protocols import Blocks


def read(blocks: Blocks, node: reader.Node, name: str, limit: int) -> bytes:
    """Return a file's bytes.

    Raises:
        NotABundleError: It is no file, or has more than ``limit`` bytes.
    """
    if node.kind != reader.FILE or node.size > limit:
        raise NotABundleError(f"its {name[:80]!a} is no file, or larger than {limit:,} bytes")
    return b"".join(reader.read(blocks, node))


def read_notebook(content: Content, payload: CID) -> dict[str, Any]:
    """Return a payload's notebook, as `notebook.parse` does.

    Raises:
        NotABundleError: It is none.
    """
    node = content.resolve(f"/ipfs/{payload}/{NOTEBOOK}")
    return notebook.parse(read(content.backend, node, NOTEBOOK, notebook.MAX_SIZE))
