"""What ``ipfs`` files are read from: the user's own repo and backend, and nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.node import cat, ls
from jupyter_ipfs.node.held import Held
from jupyter_ipfs.unixfs import reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.node.ls import Stat
    from jupyter_ipfs.session import Session


class HeldContent:
    """A `files.LocalContent` of what a session holds; its sources are not asked.

    Args:
        session: Closed by whoever opened it.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def stat(self, path: CID, /) -> Stat:
        """Tell what a CID is.

        Raises:
            BlockNotFoundError: It is not held.
        """
        return ls.stat(reader.get(self._held(), path))

    def stream(self, path: CID, /) -> Iterator[bytes]:
        """Yield a file's bytes, verified."""
        held = self._held()
        return cat.stream(held, reader.get(held, path))

    def _held(self) -> Held:
        # Not kept: it remembers that a backend did not answer.
        return Held(self._session.repo, self._session.backend)
