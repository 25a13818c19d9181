"""A UnixFS file or symlink as a browser or curl wants it."""

from __future__ import annotations

import json
import mimetypes
import os
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

from jupyter_ipfs.node.gateway import disposition, etag, negotiation
from jupyter_ipfs.node.gateway.payload import Payload, serve
from jupyter_ipfs.unixfs import reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.node.gateway.messages import Policy, Request, Response
    from jupyter_ipfs.protocols import Blocks

_SNIFFED = 512  # bytes looked at where the name does not tell
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b\x08", "application/gzip"),
)
_PAGES = (b"<!doctype html", b"<html", b"<head", b"<body", b"<script")


def respond(
    request: Request,
    blocks: Blocks,
    node: reader.Node,
    policy: Policy,
    *,
    name: str,
    tagged: CID,
) -> Response:
    """Answer with a file's bytes.

    Args:
        request: What was asked.
        blocks: Where its blocks are.
        node: A file or a symlink.
        policy: Whether it may be shown in place.
        name: Its entry name, empty for a root.
        tagged: Under which CID caches know it: a directory's for its ``index.html``.
    """
    headers = {"X-Content-Type-Options": "nosniff"}
    asked = disposition.asked_name(request)
    download = disposition.wants_download(request) or not policy.pages
    if asked or not policy.pages:
        kind = disposition.ATTACHMENT if download else disposition.INLINE
        headers["Content-Disposition"] = disposition.header(kind, asked or name or str(node.cid))
    modified = node.metadata.mtime[0] if node.metadata.mtime else None
    tag = etag.of_content(tagged, negotiation.DEFAULT)
    if node.kind == reader.SYMLINK:
        return serve(request, Payload.of_bytes(node.target, "inode/symlink", tag), headers)

    def read(start: int, stop: int) -> Iterator[bytes]:
        return reader.read(blocks, node, start, stop)

    media_type = by_name(asked or name) or _by_content(blocks, node)
    return serve(request, Payload(node.size, read, media_type, tag, modified), headers)


def by_name(name: str) -> str:
    """Return the media type that a name's ending tells, or nothing."""
    media_type, encoding = _types().guess_type("x" + os.path.splitext(name)[1].lower())  # noqa: PTH122
    if encoding is not None:
        media_type = {"gzip": "application/gzip"}.get(encoding, "application/octet-stream")
    return _with_charset(media_type) if media_type else ""


@cache
def _types() -> mimetypes.MimeTypes:
    """Python's own table: what this computer has installed must not change an answer."""
    types = mimetypes.MimeTypes()
    for suffix, media_type in (
        (".md", "text/markdown"),
        (".ipynb", "application/x-ipynb+json"),
        (".parquet", "application/vnd.apache.parquet"),
        (".car", "application/vnd.ipld.car"),
        (".webp", "image/webp"),
        (".wasm", "application/wasm"),
        (".gz", "application/gzip"),
    ):
        types.add_type(media_type, suffix)
    return types


def _by_content(blocks: Blocks, node: reader.Node) -> str:
    start = b"".join(reader.read(blocks, node, 0, _SNIFFED))
    known = (media_type for signature, media_type in _SIGNATURES if start.startswith(signature))
    if media_type := next(known, ""):
        return media_type
    if start.lstrip().lower().startswith(_PAGES):
        return "text/html"
    if not _is_text(start):
        return "application/octet-stream"
    if node.size <= _SNIFFED and start[:1] in {b"{", b"["}:
        with suppress(ValueError, RecursionError):
            json.loads(start)
            return negotiation.JSON
    return _with_charset("text/plain")


def _is_text(start: bytes) -> bool:
    if b"\0" in start:
        return False
    try:
        start.decode()
    except UnicodeDecodeError as error:
        # A character may be cut in two at the end of what was looked at.
        return len(start) == _SNIFFED and error.start >= _SNIFFED - 3
    return True


def _with_charset(media_type: str) -> str:
    """Say what text is in, but for HTML, which may say it itself."""
    if media_type.startswith("text/") and media_type != "text/html":
        return f"{media_type}; charset=utf-8"
    return media_type
