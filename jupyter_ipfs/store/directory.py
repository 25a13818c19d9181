"""The repo's directory: its places, its permissions, and making changes to it durable."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import RepoUnusableError
from jupyter_ipfs.store.failures import ANOTHER_PLACE

if TYPE_CHECKING:
    from pathlib import Path

PACKS = "packs"
CACHE = "cache"
_OTHERS = 0o077


def prepare(path: Path) -> None:
    """Make the directory and those in it, private to their owner, durably.

    Raises:
        RepoUnusableError: It belongs to somebody else or is no directory.
    """
    missing = [place for place in (path, *path.parents) if not place.exists()]
    for place in reversed(missing):
        place.mkdir(mode=0o700, exist_ok=True)
        sync(place.parent)
    if not path.is_dir():
        raise RepoUnusableError(f"{str(path)!r} is not a directory", ANOTHER_PLACE)
    check_owner(path)
    for name in (PACKS, CACHE):
        place = path / name
        if not place.is_dir():
            place.mkdir(mode=0o700, exist_ok=True)
            sync(path)
        check_owner(place)


def check_owner(path: Path) -> None:
    """Refuse a directory of somebody else; close one that others could look into.

    Raises:
        RepoUnusableError: It belongs to somebody else.
    """
    if os.name != "posix":
        return
    found = path.lstat()
    if stat.S_ISLNK(found.st_mode):
        found = path.stat()
    if found.st_uid != os.geteuid():
        raise RepoUnusableError(f"{str(path)!r} belongs to another user", ANOTHER_PLACE)
    if found.st_mode & _OTHERS:
        path.chmod(stat.S_IMODE(found.st_mode) & ~_OTHERS)


def sync(directory: Path) -> None:
    """Make names in a directory durable."""
    if os.name != "posix":
        return  # Windows has no such call; NTFS journals its directories
    descriptor = os.open(directory, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_file(file: Path, data: bytes) -> None:
    """Replace a small private file, atomically and durably; one writer at a time."""
    temporary = file.with_name(f"{file.name}.partial")  # what a crash leaves is overwritten
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(descriptor, view) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        temporary.replace(file)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync(file.parent)
