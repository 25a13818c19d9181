"""What the sandbox's Ocean Node can serve: the content of the repo that it belongs to."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.node.ls import Stat
    from jupyter_ipfs.session import Session


class RepoContent:
    """A session on the repo, opened when something is first read.

    Args:
        repo: The repo's directory.
    """

    def __init__(self, repo: Path) -> None:
        self._repo = repo
        self._lock = threading.Lock()
        self._opened: Session | None = None

    def stat(self, path: CID, /) -> Stat:
        """Tell what a CID is; see `Session.stat`."""
        return self._session.stat(path)

    def stream(self, path: CID, /) -> Iterator[bytes]:
        """Yield a file's bytes; see `Session.stream`."""
        return self._session.stream(path)

    def close(self) -> None:
        """Close the session."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()

    @property
    def _session(self) -> Session:
        from jupyter_ipfs.session import connect  # noqa: PLC0415  (starting counts)

        with self._lock:
            if self._opened is None:
                self._opened = connect(repo=self._repo)
            return self._opened
