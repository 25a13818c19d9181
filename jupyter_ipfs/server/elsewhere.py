"""What a backend other than the repo keeps; asked for once for many looks."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_ipfs.server.sessions import open_session
from jupyter_ipfs.server.waiting import within

if TYPE_CHECKING:
    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.session import Session

_GOOD_S = 2.0  # how long an answer is good for, if nothing of ours has changed
_PATIENCE_S = 3.0  # how long one is waited for


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The pins of another backend, and when it was asked for them."""

    pins: dict[CID, float]
    asked_at: float


_NOTHING = Elsewhere({}, 0.0)
_last: dict[tuple[str, int], Elsewhere] = {}


def kept(session: Session) -> Elsewhere | None:
    """Return what a backend other than the repo keeps; ``None`` while it does not answer."""
    from jupyter_ipfs.errors import BackendError  # noqa: PLC0415  (the server starts without it)

    if session.config.backend == "embedded":
        return _NOTHING
    place = f"pins of {session.config.backend} {session.config.kubo_url}"
    # Whoever stores under a name there writes that name here.
    key = place, session.repo.changes()[1]
    last = _last.get(key, _NOTHING)
    if 0 <= time.time() - last.asked_at < _GOOD_S:
        return last
    try:
        found = within(_PATIENCE_S, f"{place} {key[1]}", _ask)
    except (BackendError, TimeoutError):
        return None
    _last.clear()
    _last[key] = found
    return found


def ask_again() -> None:
    """Forget the last answer: something of ours may have changed what is kept."""
    _last.clear()


def _ask() -> Elsewhere:
    asked_at = time.time()
    with open_session() as session:  # it may outlive the request's
        return Elsewhere({pin.root: pin.created_at for pin in session.backend.pins()}, asked_at)
