"""What the sandbox's Ocean Node can serve: what its own repo holds, and nobody else is asked."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.node.held import Held
    from jupyter_ipfs.node.ls import Stat
    from jupyter_ipfs.session import Session


class RepoContent:
    """The repo and its backend, opened when something is first read.

    Args:
        repo: The repo's directory.
    """

    def __init__(self, repo: Path) -> None:
        self._repo = repo
        self._lock = threading.Lock()
        self._opened: Session | None = None

    def stat(self, path: CID, /) -> Stat:
        """Tell what a CID is, by its own block.

        Raises:
            BlockNotFoundError: It is not held.
        """
        from jupyter_ipfs.node import ls  # noqa: PLC0415  (starting counts)
        from jupyter_ipfs.unixfs import reader  # noqa: PLC0415

        return ls.stat(reader.resolve(self._held, path, ()))

    def stream(self, path: CID, /) -> Iterator[bytes]:
        """Yield a file's bytes, verified. Errors as in `stat`."""
        from jupyter_ipfs.node import cat  # noqa: PLC0415
        from jupyter_ipfs.unixfs import reader  # noqa: PLC0415

        held = self._held
        return cat.stream(held, reader.resolve(held, path, ()))

    def close(self) -> None:
        """Close the session."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()

    @property
    def _held(self) -> Held:
        from jupyter_ipfs.node.held import Held  # noqa: PLC0415
        from jupyter_ipfs.session import connect  # noqa: PLC0415

        with self._lock:
            if self._opened is None:
                self._opened = connect(repo=self._repo)
            return Held(self._opened.repo, self._opened.backend)
