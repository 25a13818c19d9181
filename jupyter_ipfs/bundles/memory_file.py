"""A small database of a repo's ``bundles/``, of what may be lost: a connection for each use."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_BUSY_S = 2.0


@contextmanager
def connected(file: Path, schema: str) -> Iterator[sqlite3.Connection]:
    """Give a connection; what was changed is committed when the body is left without an error.

    Args:
        file: The database, which is made if it is not there.
        schema: Makes its tables where they are not.

    Raises:
        OSError, sqlite3.Error: There is no disk, it is damaged, or others hold it too long.
    """
    file.parent.mkdir(mode=0o700, exist_ok=True)
    file.touch(mode=0o600)
    with closing(sqlite3.connect(file, timeout=_BUSY_S)) as connection, connection:
        connection.executescript(schema)
        yield connection
