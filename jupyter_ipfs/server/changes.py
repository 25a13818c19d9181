"""What has changed in the repo and in its settings, whoever did it."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import JupyterIPFSError
from jupyter_ipfs.server.sessions import open_session

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ipfs.store.repo import Repo


class Changes:
    """Looks at a repo again and again through a connection of its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_closed = False
        self._repo: Repo | None = None
        self._seen: tuple[int, int] | None = None
        self._stamp: object = None

    def since(self) -> list[str]:
        """Return what has changed since the last call: ``changed``, ``config``, both or none."""
        with self._lock, suppress(JupyterIPFSError):
            if self._is_closed:
                return []
            if self._repo is None:
                self._begin()
                return []
            return self._compare(self._repo)
        return []

    def close(self) -> None:
        """Let go of the repo."""
        with self._lock:
            self._is_closed = True
            if self._repo is not None:
                self._repo.close()

    def _begin(self) -> None:
        from jupyter_ipfs.store.repo import Repo  # noqa: PLC0415  (when needed)

        with open_session() as session:
            path = session.repo.path
            self._file = session.config.file
        self._repo = Repo.open(path)
        self._seen = self._repo.changes()
        self._stamp = _stamp(self._file)

    def _compare(self, repo: Repo) -> list[str]:
        found = []
        seen = repo.changes(self._seen)
        if seen != self._seen:
            # Other writes than those of pins, names, files and copies are nobody's business.
            if self._seen is None or seen[1] != self._seen[1]:
                found.append("changed")
            self._seen = seen
        stamp = _stamp(self._file)
        if stamp != self._stamp:
            self._stamp = stamp
            found.append("config")
        return found


def _stamp(file: Path) -> object:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns
