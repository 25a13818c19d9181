"""Where a copy is written before it gets its name; what a crash left of others is swept."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PREFIX = ".ipfs-copy-"
_YOUNG_S = 60.0  # one that has just been made may not be locked yet
_OLD_S = 24 * 3600.0  # where there are no locks


@contextmanager
def staging(folder: Path) -> Iterator[Path]:
    """Give a hidden directory in ``folder`` that is gone when the body is left.

    Raises:
        OSError: The folder cannot be written to.
    """
    _sweep(folder)
    place = folder / f"{_PREFIX}{secrets.token_hex(6)}"
    place.mkdir()
    try:
        with _locked(place):
            yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _sweep(folder: Path) -> None:
    """Remove what processes that were killed have left: nobody holds the lock of these."""
    for place in folder.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            age_s = time.time() - place.lstat().st_mtime
            if age_s < _YOUNG_S or place.is_symlink() or not place.is_dir():
                continue
            with _locked(place) as is_mine:
                if is_mine or (is_mine is None and age_s > _OLD_S):
                    shutil.rmtree(place, ignore_errors=True)


@contextmanager
def _locked(place: Path) -> Iterator[bool | None]:
    """Hold the directory's lock, and tell whether that worked; ``None``: there are no locks."""
    try:
        import fcntl  # noqa: PLC0415  (absent on Windows)
    except ImportError:
        yield None
        return
    fd = os.open(place, os.O_RDONLY)
    try:
        is_mine: bool | None = True
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            is_mine = False
        except OSError:  # a file system without locks
            is_mine = None
        yield is_mine
    finally:
        os.close(fd)
