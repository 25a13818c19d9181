"""Files that a source names: existing paths in its texts, marked as guessed.

Readers that open files past Python are seen only where a wrapper knows them; most sources name
what they read all the same. Nothing is run: the source is parsed, and paths are looked up.
"""

from __future__ import annotations

import ast
import hashlib
import os
import re
import shlex
import stat
from typing import TYPE_CHECKING

from jupyter_ipfs.bundles.recording.run_record import GUESSED, FileRead

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAX_SOURCE = 1024 * 1024
_MAX_TEXT = 1024
_MAX_TEXTS = 512
_MAX_FOLDERS = 16
# Lines of IPython that Python cannot parse: what they name is looked up word by word.
_MAGIC = re.compile(r"^([ \t]*)((?:[\w, ]+=[ \t]*)?[!%].*)$", re.MULTILINE)
_CELL_MAGIC = re.compile(r"\s*%%(?!time\b|timeit\b|capture\b|prun\b|ipfs\b)")
_QUOTED = re.compile(r"'([^'\n]{1,1024})'|\"([^\"\n]{1,1024})\"")


def reads(source: str, folder: str) -> tuple[FileRead, ...]:
    """Return the regular files that a source names, by path.

    Args:
        source: A cell's, with its magics.
        folder: Where relative paths begin.
    """
    found: dict[str, FileRead] = {}
    texts = list(dict.fromkeys(_texts(source)))[:_MAX_TEXTS]
    folders = [text for text in texts if _is_folder(folder, text)][:_MAX_FOLDERS]
    for text in texts:
        for base in ("", *folders):  # Path("data") / "a.csv"
            path = os.path.join(folder, base, os.path.expanduser(text))  # noqa: PTH111, PTH118
            read = _read(path)
            if read is not None:
                found[read.path] = read
    return tuple(found[path] for path in sorted(found))


def digest(source: str) -> str:
    """Return what tells one source from another: its SHA-256, in hex."""
    return hashlib.sha256(source.encode(errors="surrogatepass")).hexdigest()


def _texts(source: str) -> Iterator[str]:
    if len(source) > _MAX_SOURCE:
        return
    if _CELL_MAGIC.match(source):
        yield from _words(source)
        return
    python = _MAGIC.sub(r"\1pass", source)
    for _, line in _MAGIC.findall(source):
        yield from _words(line)
    try:
        tree = ast.parse(python)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        yield from _quoted(source)
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from _of(node.value)


def _of(text: str) -> Iterator[str]:
    """Yield a text, and the texts in it if it is a query: ``select * from 'a.parquet'``."""
    if _is_plain(text):
        yield text
    if "'" in text or '"' in text:
        yield from _quoted(text[: 64 * _MAX_TEXT])


def _quoted(text: str) -> Iterator[str]:
    for match in _QUOTED.finditer(text):
        inner = match[1] or match[2]
        if _is_plain(inner):
            yield inner


def _words(text: str) -> Iterator[str]:
    try:
        words = shlex.split(text)
    except ValueError:  # an open quote
        words = text.split()
    yield from filter(_is_plain, words)


def _is_plain(text: str) -> bool:
    return 0 < len(text) <= _MAX_TEXT and text.isprintable() and "://" not in text


def _is_folder(folder: str, text: str) -> bool:
    return os.path.isdir(os.path.join(folder, text)) and text not in {"/", ".", ".."}  # noqa: PTH112, PTH118


def _read(path: str) -> FileRead | None:
    try:
        at = os.stat(path)  # noqa: PTH116  (many, and quickly)
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(at.st_mode):
        return None
    return FileRead(os.path.realpath(path), at.st_size, at.st_mtime_ns, at.st_ino, GUESSED)
