"""What a root is, told from what is held of it; remembered, since content cannot change."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import BackendError, IPFSError, JupyterIPFSError
from jupyter_ipfs.ipld.cid import RAW
from jupyter_ipfs.node import sniff
from jupyter_ipfs.unixfs import nodes, reader

if TYPE_CHECKING:
    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.ipld.dag_pb import PBLink
    from jupyter_ipfs.protocols import Blocks

NOTEBOOK, UNKNOWN = "notebook", "unknown"
_REMEMBERED = 20_000
_LOOKS = 8  # nodes below a directory that are read for the sum of its files


@dataclass(frozen=True, slots=True)
class Facts:
    """One root.

    Attributes:
        kind: ``file``, ``directory``, ``symlink``, ``notebook`` or ``unknown``.
        size: Content bytes of a file, or of a directory if few looks tell; else ``None``.
        dag_size: Bytes of all blocks under it, as its links claim; ``None`` if unknown.
        hint: The one name in a directory that holds one thing only, such as a wrapped file.
    """

    kind: str
    size: int | None = None
    dag_size: int | None = None
    hint: str | None = None


_known: OrderedDict[tuple[CID, bool], Facts] = OrderedDict()
_lock = threading.Lock()


def facts_of(blocks: Blocks, root: CID, name: str = "") -> Facts:
    """Tell what ``root`` is from its first block; unknown if that is not held or malformed."""
    by_name = sniff.extension(name) == ".ipynb"
    key = root, by_name
    with _lock:
        found = _known.get(key)
    if found is not None:
        return found
    try:
        found = _read(blocks, root, by_name=by_name)
    except IPFSError as error:
        if isinstance(error, LookupError):
            return Facts(UNKNOWN)  # it may come
        found = Facts(UNKNOWN)
    except JupyterIPFSError:
        return Facts(UNKNOWN)  # a repo or backend that is in trouble now
    with _lock:
        _known[key] = found
        while len(_known) > _REMEMBERED:
            _known.popitem(last=False)
    return found


def kind_by_name(name: str) -> str:
    """Return what a file is by its name: a notebook, or just a file."""
    return NOTEBOOK if sniff.extension(name) == ".ipynb" else reader.FILE


def kind_of(node: reader.Node, name: str) -> str:
    """Return the kind of a node that has a name."""
    return kind_called(node.kind, name)


def kind_called(kind: str, name: str) -> str:
    """Return the kind of an entry from UnixFS's kind of it and its name."""
    if kind == reader.FILE:
        return kind_by_name(name)
    return kind if kind != reader.OTHER else UNKNOWN


def of_link(blocks: Blocks, link: PBLink) -> Facts:
    """Tell what an entry of a directory is; a raw leaf is not read for that.

    Of what is not held, damaged or malformed nothing is known: the rest can be looked at.
    """
    name = os.fsdecode(link.name or b"")
    if link.cid.codec == RAW and link.tsize is not None:
        return Facts(kind_by_name(name), link.tsize)
    try:
        node = reader.get(blocks, link.cid)
    except (IPFSError, BackendError):
        return Facts(UNKNOWN)
    return Facts(kind_of(node, name), None if node.kind == reader.DIRECTORY else node.size)


def kind_within(blocks: Blocks, node: reader.Node, name: str) -> str:
    """Return the kind of a node whose content may be looked at as well."""
    kind = kind_of(node, name)
    return NOTEBOOK if kind == reader.FILE and suffix_of(blocks, node) == ".ipynb" else kind


def suffix_of(blocks: Blocks, node: reader.Node) -> str:
    """Return the suffix that a file's content deserves, or ``""``."""
    if node.kind != reader.FILE:
        return ""
    head = sniff.head(blocks, node)
    image = sniff.image_type(head)
    if image is not None:
        return "." + image.removeprefix("image/")
    text = sniff.text(head, whole=node.size <= len(head))
    return ".ipynb" if sniff.is_notebook("", text) else ""


def content_size(blocks: Blocks, directory: reader.Node) -> int | None:
    """Return the bytes of all files under a directory, as its links claim; ``None`` if unknown.

    A small directory is told as its files are; for a large one the size of its blocks does.
    """
    size, looks, pending = 0, _LOOKS, [directory]
    while pending:
        node = pending.pop()
        if node.data is None or node.data.type != nodes.DIRECTORY:
            return None  # sharded
        for link in node.pb.links if node.pb else ():
            if link.cid.codec == RAW and link.tsize is not None:
                size += link.tsize
                continue
            if looks == 0:
                return None
            looks -= 1
            try:
                child = reader.get(blocks, link.cid)
            except (IPFSError, BackendError):
                return None
            if child.kind == reader.DIRECTORY:
                pending.append(child)
            elif child.kind == reader.FILE:
                size += child.size
    return size


def _read(blocks: Blocks, root: CID, *, by_name: bool) -> Facts:
    node = reader.get(blocks, root)
    if node.kind == reader.DIRECTORY:
        links = node.pb.links if node.pb else ()
        name = os.fsdecode(links[0].name or b"") if len(links) == 1 else ""
        return Facts(reader.DIRECTORY, content_size(blocks, node), node.dag_size, name or None)
    if node.kind == reader.SYMLINK:
        return Facts(reader.SYMLINK, node.size, node.dag_size)
    if node.kind != reader.FILE:
        return Facts(UNKNOWN, None, node.dag_size)
    # Only what is in the first block is looked at: a list does not read contents.
    own = node.block.data if node.data is None else node.data.data or b""
    beginning = sniff.text(own[: sniff.HEAD], whole=len(own) <= sniff.HEAD)
    is_notebook = by_name or sniff.is_notebook("", beginning)
    return Facts(NOTEBOOK if is_notebook else reader.FILE, node.size, node.dag_size)
