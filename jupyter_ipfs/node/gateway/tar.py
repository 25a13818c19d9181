"""``application/x-tar``: a file or a directory tree, as it is read."""

from __future__ import annotations

import os
import tarfile
from http import HTTPStatus
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import LimitError, UnsafeContentError
from jupyter_ipfs.node.gateway import disposition, etag, negotiation
from jupyter_ipfs.node.gateway.cache import IMMUTABLE
from jupyter_ipfs.node.gateway.messages import Response
from jupyter_ipfs.node.get import check_name
from jupyter_ipfs.unixfs import reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ipfs.ipld.dag_pb import PBLink
    from jupyter_ipfs.node.gateway.messages import Policy, Request
    from jupyter_ipfs.protocols import Blocks

_BLOCK = tarfile.BLOCKSIZE
_END = bytes(tarfile.RECORDSIZE)
_MODES = {reader.DIRECTORY: 0o755, reader.FILE: 0o644, reader.SYMLINK: 0o777}
_TYPES = {
    reader.DIRECTORY: tarfile.DIRTYPE,
    reader.FILE: tarfile.REGTYPE,
    reader.SYMLINK: tarfile.SYMTYPE,
}


def respond(request: Request, blocks: Blocks, node: reader.Node, policy: Policy) -> Response:
    """Answer with a tar whose one top entry is named by the CID."""
    tag = etag.of_content(node.cid, negotiation.TAR)
    headers = {"ETag": tag, "Cache-Control": IMMUTABLE}
    if etag.is_unchanged(request, tag):
        return Response(HTTPStatus.NOT_MODIFIED, headers)
    name = disposition.asked_name(request) or f"{node.cid}.tar"
    headers |= {
        "Content-Type": negotiation.TAR,
        "Content-Disposition": disposition.header(disposition.ATTACHMENT, name),
        "X-Content-Type-Options": "nosniff",
    }
    return Response(HTTPStatus.OK, headers, _body(blocks, node, policy))


def _body(blocks: Blocks, root: reader.Node, policy: Policy) -> Iterator[bytes]:
    count = 0
    top = str(root.cid).encode()
    yield _header(top, root)
    yield from _content(blocks, root)
    stack: list[tuple[bytes, Iterator[PBLink]]] = []
    if root.kind == reader.DIRECTORY:
        stack.append((top, reader.entries(blocks, root)))
    while stack:
        prefix, entries = stack[-1]
        link = next(entries, None)
        if link is None:
            stack.pop()
            continue
        count += 1
        if count > policy.max_blocks or len(stack) > policy.max_depth:
            raise LimitError("it has too many entries for one response")
        check_name(link.name or b"")
        name = prefix + b"/" + (link.name or b"")
        node = reader.get(blocks, link.cid)
        yield _header(name, node)
        yield from _content(blocks, node)
        if node.kind == reader.DIRECTORY:
            stack.append((name, reader.entries(blocks, node)))
    yield _END


def _content(blocks: Blocks, node: reader.Node) -> Iterator[bytes]:
    if node.kind == reader.FILE:
        yield from reader.read(blocks, node)
        yield bytes(-node.size % _BLOCK)


def _header(name: bytes, node: reader.Node) -> bytes:
    if node.kind not in _TYPES:
        raise UnsafeContentError("it holds something that is neither file nor directory")
    info = tarfile.TarInfo(os.fsdecode(name))
    info.type = _TYPES[node.kind]
    info.mode = (node.metadata.mode or 0) & 0o777 or _MODES[node.kind]
    info.size = node.size if node.kind == reader.FILE else 0
    info.mtime = node.metadata.mtime[0] if node.metadata.mtime else 0
    info.linkname = os.fsdecode(node.target) if node.kind == reader.SYMLINK else ""
    return info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")
