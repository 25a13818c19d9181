"""A session for each request, so that changed settings and other processes' work count at once."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ipfs.node.held import Held
    from jupyter_ipfs.node.paths import ContentPath
    from jupyter_ipfs.session import Session
    from jupyter_ipfs.unixfs.reader import Node


@contextmanager
def open_session() -> Iterator[Session]:
    """Open what `connect` gives by default, for the thread that asks; half a millisecond."""
    from jupyter_ipfs.session import connect  # noqa: PLC0415  (the server starts without it)

    with connect() as session:
        yield session


def look(session: Session, where: ContentPath) -> tuple[Held, Node]:
    """Return the blocks that are held, and the node at a path of them; nothing is fetched.

    Raises:
        BlockNotFoundError: It is not held.
        PathNotFoundError: There is no such path.
    """
    from jupyter_ipfs.node.held import Held  # noqa: PLC0415  (the server starts without it)
    from jupyter_ipfs.unixfs import reader  # noqa: PLC0415

    held = Held(session.repo, session.backend)
    return held, reader.resolve(held, where.root, where.segments)
