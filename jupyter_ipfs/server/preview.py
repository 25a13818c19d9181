"""``GET preview``: a bounded look at a file, with nothing in it that could act."""

from __future__ import annotations

import base64
import csv
import io
import json
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyter_ipfs.server import arguments, media, parquet
from jupyter_ipfs.server.handler import IPFSHandler
from jupyter_ipfs.server.sessions import look, open_session
from jupyter_ipfs.server.threads import in_look_thread

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ipfs.protocols import Blocks
    from jupyter_ipfs.unixfs.reader import Node

MAX_IMAGE = 8 * 1024 * 1024
MAX_PIXELS = 50_000_000
MAX_ROWS, MAX_COLUMNS, MAX_CELL = 100, 200, 500
_SEPARATORS = {".csv": ",", ".tsv": "\t"}


class PreviewHandler(IPFSHandler):
    """One file, as text, picture or table."""

    @authenticated
    @authorized
    async def get(self) -> None:
        """Answer with what can be shown of ``path``; what is not held is not fetched."""
        path = arguments.path(self)
        self.finish(json.dumps(await in_look_thread(lambda: preview(path))))


def preview(path: str) -> dict[str, Any]:
    """Return what can be shown of a path.

    Raises:
        BlockNotFoundError: It is not held.
        PathNotFoundError: There is no such path.
    """
    from jupyter_ipfs.server.shown import shown  # noqa: PLC0415  (the server starts without it)
    from jupyter_ipfs.unixfs import reader  # noqa: PLC0415

    with open_session() as session:
        where = session.path(path)
        held, node = look(session, where)
        if node.kind == reader.DIRECTORY:
            return {"kind": "directory", "mime": "inode/directory", "size": None}
        if node.kind == reader.SYMLINK:
            target = shown(node.target.decode("utf-8", "surrogateescape"))
            return _as_text(target, "inode/symlink", node.size, is_cut=False)
        if node.kind != reader.FILE:
            return _binary(node.size)
        return _file(held, node, where.name, session.repo.path)


def _file(held: Blocks, node: Node, name: str, repo: Path) -> dict[str, Any]:
    from jupyter_ipfs.node import sniff  # noqa: PLC0415

    head = sniff.head(held, node)
    whole = node.size <= len(head)
    image = sniff.image_type(head)
    if image is not None:
        return _image(held, node, image)
    if head.startswith(parquet.MAGIC):
        return _parquet(node, repo)
    text = sniff.text(head, whole=whole)
    if text is None:
        return _binary(node.size)
    if sniff.is_notebook(name, text):
        return {"kind": "notebook", "mime": "application/x-ipynb+json", "size": node.size}
    extension = sniff.extension(name)
    mime = media.of_text(extension)
    told = _as_text(text, mime, node.size, is_cut=not whole)
    if extension in _SEPARATORS:
        table = _table(text, _SEPARATORS[extension], whole=whole)
        if table is not None:
            return {**told, "kind": "table", "table": table}
    return told


def _image(held: Blocks, node: Node, mime: str) -> dict[str, Any]:
    from jupyter_ipfs.node import cat  # noqa: PLC0415
    from jupyter_ipfs.node.pixels import pixels  # noqa: PLC0415

    not_drawn = {"kind": "binary", "mime": mime, "size": node.size}
    if node.size > MAX_IMAGE:
        return not_drawn
    data = b"".join(cat.stream(held, node, 0, MAX_IMAGE))
    if not 0 < (pixels(mime, data) or 0) <= MAX_PIXELS:
        return not_drawn
    shown = base64.b64encode(data).decode()
    return {"kind": "image", "mime": mime, "size": node.size, "image": shown}


def _parquet(node: Node, repo: Path) -> dict[str, Any]:
    told = {"kind": "binary", "mime": parquet.MIME, "size": node.size}
    table = parquet.table(node.cid, repo, rows=MAX_ROWS, columns=MAX_COLUMNS, cell=MAX_CELL)
    return told if table is None else {**told, "kind": "table", "table": table}


def _as_text(text: str, mime: str, size: int, *, is_cut: bool) -> dict[str, Any]:
    return {"kind": "text", "mime": mime, "size": size, "text": text, "truncated": is_cut}


def _binary(size: int) -> dict[str, Any]:
    return {"kind": "binary", "mime": "application/octet-stream", "size": size}


def _table(text: str, separator: str, *, whole: bool) -> dict[str, Any] | None:
    """Return the first rows, or ``None`` if it is no table."""
    rows: list[list[str]] = []
    lines = text if whole else text[: text.rfind("\n") + 1]  # the last row is cut off
    reader = csv.reader(io.StringIO(lines, newline=""), delimiter=separator)
    is_all = whole
    try:
        for row in reader:
            if len(rows) > MAX_ROWS:
                is_all = False
                break
            rows.append([cell[:MAX_CELL] for cell in row[:MAX_COLUMNS]])
    except csv.Error:
        return None
    if not rows or not rows[0]:
        return None
    total = len(rows) - 1 if is_all else None
    return {"columns": rows[0], "rows": rows[1:], "total_rows": total}
