"""Which session a notebook's widgets are for: that of its magics, where these are loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ipfs.session import Session

_offered: list[Callable[[], Session]] = []


def offer(opens: Callable[[], Session]) -> None:
    """Have widgets take a session from here, from now on."""
    _offered.append(opens)


def withdraw(opens: Callable[[], Session]) -> None:
    """Undo `offer`."""
    _offered.remove(opens)


def session() -> Session:
    """Return the notebook's session; one of its own to whoever asks without any magics."""
    from jupyter_ipfs.session import connect  # noqa: PLC0415  (loading counts)

    return _offered[-1]() if _offered else connect()
