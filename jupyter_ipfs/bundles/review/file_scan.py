"""What is private in a file on the disk: looked at once in a process while it stays as it is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from jupyter_ipfs.bundles.review import personal, secrets

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class FileScan:
    """What was found.

    Attributes:
        hits: What looks like a secret.
        people: Personal data at a glance.
        whole: All of it was looked at, or it is no text.
    """

    hits: tuple[secrets.Hit, ...]
    people: personal.People
    whole: bool


def scan(path: Path) -> FileScan:
    """Look at the beginning of a file.

    Raises:
        OSError: It cannot be read.
    """
    at = path.stat()
    return _scan(path, at.st_size, at.st_mtime_ns, at.st_ino)


@lru_cache(maxsize=4096)
def _scan(path: Path, size: int, _mtime_ns: int, _inode: int) -> FileScan:
    with path.open("rb") as file:
        text = secrets.text_of(file.read(secrets.LIMIT))
    hits = tuple(secrets.scan(path.name, text))
    return FileScan(hits, personal.scan(text), whole=not text or size <= secrets.LIMIT)
