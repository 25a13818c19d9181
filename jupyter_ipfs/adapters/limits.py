"""What protects the process from content: limits, and one translation of parsers' errors."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from jupyter_ipfs.errors import AdapterError, JupyterIPFSError

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator

_FALLBACK = 8 << 30  # bytes, where the system does not tell its memory
_MAX_MEMBERS = 100_000  # of a zip; a forest of 1,000 trees has some 10,000


def memory() -> int:
    """Return the bytes of memory of this computer: what claims to be more cannot be loaded."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # Windows
        return _FALLBACK


def check_memory(size: int, what: str) -> None:
    """Refuse content that claims more bytes than this computer has.

    Raises:
        AdapterError: It does.
    """
    if size > memory():
        raise AdapterError(f"{what} claims {size:,} bytes in memory, more than this computer has")


def check_zip(archive: zipfile.ZipFile, file_size: int, what: str) -> None:
    """Refuse a zip that unfolds to far more than it is, or to more than memory.

    Raises:
        AdapterError: It does.
    """
    members = archive.infolist()
    total = sum(member.file_size for member in members)
    # Deflate reaches 1,032 on zeros alone; weights and trees stay far under 100.
    if len(members) > _MAX_MEMBERS or total > max(file_size * 100, 64 << 20):
        raise AdapterError(f"{what} unfolds from {file_size:,} to {total:,} bytes; refused")
    check_memory(total, what)


def size_of(file: BinaryIO) -> int:
    """Return a seekable file's size, leaving it at its beginning."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    return size


@contextmanager
def parsing(what: str) -> Iterator[None]:
    """Translate whatever a parser raises on bad bytes into one `AdapterError` in words."""
    try:
        yield
    except JupyterIPFSError:
        raise
    except (MemoryError, RecursionError) as error:
        raise AdapterError(f"{what} is too large or too deep: {type(error).__name__}") from None
    except BaseException as error:
        # Parsers raise anything at all on hostile bytes; a panic of Rust (polars) is not even
        # an `Exception`. Ctrl-C and exits go on their way.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        lines = str(error).strip().splitlines()
        reason = lines[0][:200] if lines else type(error).__name__
        raise AdapterError(f"{what} cannot be read: {reason}") from None
