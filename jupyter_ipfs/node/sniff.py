"""What a file is, told from its first bytes and its name; its claims about itself count little."""

from __future__ import annotations

import codecs
import os
import re
from typing import TYPE_CHECKING

from jupyter_ipfs.node import cat

if TYPE_CHECKING:
    from jupyter_ipfs.protocols import Blocks
    from jupyter_ipfs.unixfs import reader

HEAD = 64 * 1024  # bytes of a file that are looked at

# Only these, and only by their first bytes: they are drawn and cannot act.
_IMAGES = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp"),
)
# The keys of a notebook are written sorted, so "cells" is the first one.
_NOTEBOOK = re.compile(r'\s*\{\s*"(cells|metadata|nbformat)"\s*:')


def head(blocks: Blocks, node: reader.Node) -> bytes:
    """Return the first bytes of a file."""
    return b"".join(cat.stream(blocks, node, 0, HEAD))


def image_type(data: bytes) -> str | None:
    """Return the mime type of an image that can be shown, or ``None``."""
    return next((mime for magic, mime in _IMAGES if magic.match(data)), None)


def text(data: bytes, *, whole: bool) -> str | None:
    """Return the bytes as UTF-8 text, or ``None`` if they are something else.

    Args:
        data: The beginning of a file.
        whole: Whether it is all of it. If not, a character may be cut off at the end.
    """
    if b"\0" in data:
        return None
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(data, final=whole)
    except UnicodeDecodeError:
        return None


def is_notebook(name: str, beginning: str | None) -> bool:
    """Tell whether a file is a notebook, by its name or by how its text begins."""
    if beginning is None:
        return False
    if extension(name) == ".ipynb":
        return beginning.lstrip().startswith("{")
    inside = '"cell_type"' in beginning or '"nbformat"' in beginning
    return inside and _NOTEBOOK.match(beginning) is not None


def extension(name: str) -> str:
    """Return a name's extension in lower case, with its dot."""
    return os.path.splitext(name)[1].lower()  # noqa: PTH122  (a name from outside is no path)
