"""Whether SQLite's locks work in a place, tried out with a second process.

On some network file systems POSIX locks are accepted and mean nothing; two processes
would then write at once and destroy the database (safety.md 4).
"""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import RepoUnusableError
from jupyter_ipfs.store.failures import ANOTHER_PLACE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# SQLite's own locks, and then lock files, which work wherever `mkdir` is atomic.
CANDIDATES: tuple[str, ...] = ("unix", "unix-dotfile") if os.name == "posix" else ("win32",)

_TRY = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], uri=True, timeout=0, isolation_level=None)
try:
    connection.execute("BEGIN IMMEDIATE")
except sqlite3.OperationalError as error:
    sys.exit(7 if "locked" in str(error) else 1)
"""
_REFUSED = 7
_TIMEOUT_S = 60.0
_by_device: dict[int, str] = {}


def uri(file: Path, vfs: str) -> str:
    """Return SQLite's URI for a database under one of its ways to lock."""
    return f"{file.absolute().as_uri()}?vfs={vfs}"


def choose(directory: Path, candidates: Sequence[str] = CANDIDATES) -> str:
    """Return the first way to lock that keeps a second process out.

    Raises:
        RepoUnusableError: None of them does.
    """
    device = directory.stat().st_dev
    if candidates is CANDIDATES and device in _by_device:
        return _by_device[device]
    for vfs in candidates:
        if _holds(directory, vfs):
            if candidates is CANDIDATES:
                _by_device[device] = vfs
            return vfs
    raise RepoUnusableError(
        f"file locks do not work in {str(directory)!r}, so two processes could destroy the repo",
        ANOTHER_PLACE,
    )


def _holds(directory: Path, vfs: str) -> bool:
    place = directory / f"locktest-{secrets.token_hex(8)}"
    place.mkdir(mode=0o700)
    try:
        address = uri(place / "probe.sqlite", vfs)
        connection = sqlite3.connect(address, uri=True, timeout=0, isolation_level=None)
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("CREATE TABLE probe (x)")
            command = [sys.executable, "-I", "-S", "-c", _TRY, address]
            tried = subprocess.run(  # noqa: S603  (our own interpreter and our own text)
                command, stdin=subprocess.DEVNULL, capture_output=True,
                timeout=_TIMEOUT_S, check=False,
            )  # fmt: skip
            return tried.returncode == _REFUSED
        finally:
            connection.close()
    except (sqlite3.Error, subprocess.SubprocessError):
        return False
    finally:
        shutil.rmtree(place, ignore_errors=True)
