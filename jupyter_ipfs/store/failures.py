"""What the disk and SQLite say, in the words of `jupyter_ipfs.errors`."""

from __future__ import annotations

import errno
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import (
    DiskFullError,
    JupyterIPFSError,
    RepoBusyError,
    RepoError,
    RepoUnusableError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FULL = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})
_DENIED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_PRIMARY = 0xFF  # extended SQLite codes carry the primary one in their lowest byte

FREE_SPACE = "free some space: `jupyter ipfs gc` drops what no pin and no name keeps"
ANOTHER_PLACE = "choose another place for the repo: --repo DIR or JUPYTER_IPFS_REPO"
REBUILD = (
    "`jupyter ipfs repair --rebuild` makes a new database from the packs and from state.backup; "
    "stop every other process that uses the repo first"
)


def is_busy(error: sqlite3.Error) -> bool:
    """Tell whether another process holds the lock."""
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
    return code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn errors of the disk and of SQLite into ours.

    Raises:
        DiskFullError, RepoBusyError, RepoUnusableError, RepoError: What it was.
    """
    try:
        yield
    except JupyterIPFSError:
        raise
    except sqlite3.Error as error:
        raise _from_sqlite(error, path) from error
    except OSError as error:
        raise _from_os(error, path) from error


def _from_os(error: OSError, path: Path) -> RepoError:
    if error.errno in _FULL:
        return DiskFullError(f"the disk of {str(path)!r} is full; nothing was kept", FREE_SPACE)
    if error.errno in _DENIED:
        reason = error.strerror or "no permission"
        return RepoUnusableError(f"the repo {str(path)!r} cannot be used: {reason}", ANOTHER_PLACE)
    return RepoError(f"the repo {str(path)!r} cannot be used: {error.strerror or error}")


def _from_sqlite(error: sqlite3.Error, path: Path) -> RepoError:
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
    if is_busy(error):
        return busy(path)
    if code == sqlite3.SQLITE_FULL:
        return DiskFullError(f"the disk of {str(path)!r} is full; nothing was kept", FREE_SPACE)
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}:
        return RepoUnusableError(f"the repo {str(path)!r} cannot be used: {error}", ANOTHER_PLACE)
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return RepoError(f"the database of the repo {str(path)!r} is damaged: {error}", REBUILD)
    return RepoError(f"the database of the repo {str(path)!r} failed: {error}")


def busy(path: Path) -> RepoBusyError:
    """Return the error for a lock that nobody lets go of."""
    return RepoBusyError(
        f"the repo {str(path)!r} is in use: another process has held its lock for too long",
        f"try again; if no such process is left, remove {str(path / 'repo.sqlite.lock')!r}",
    )
