"""A session for each request, so that changed settings and other processes' work count at once."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ipfs.session import Session


@contextmanager
def open_session() -> Iterator[Session]:
    """Open what `connect` gives by default, for the thread that asks; half a millisecond."""
    from jupyter_ipfs.session import connect  # noqa: PLC0415  (the server starts without it)

    with connect() as session:
        yield session
