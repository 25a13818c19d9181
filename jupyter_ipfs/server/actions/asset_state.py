"""``asset-state``: whether an asset of one's own can be found and ordered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import RequestError
from jupyter_ipfs.server.actions.buy import title
from jupyter_ipfs.server.arguments import text

if TYPE_CHECKING:
    from jupyter_ipfs.server.actions import Arguments, Notes
    from jupyter_ipfs.server.workspace import Workspace
    from jupyter_ipfs.session import Session

__all__ = ["SIGNS", "prepare", "run", "title"]

SIGNS = True


def prepare(arguments: Arguments, workspace: Workspace) -> Arguments:  # noqa: ARG001  (the table's)
    """Check the state's name.

    Raises:
        RequestError: There is none of that name.
    """
    from jupyter_ipfs.ocean.asset import STATES  # noqa: PLC0415  (when needed)

    state = text(arguments, "state")
    if state not in STATES:
        raise RequestError(f"there is no state {state[:40]!a}", f"one of {', '.join(STATES)}")
    return {"did": text(arguments, "did"), "state": state}


def run(session: Session, arguments: Arguments, notes: Notes) -> dict[str, Any]:
    """Set it.

    Raises:
        AccessDeniedError: It belongs to another address.
    """
    tx_hash = session.ocean.set_state(arguments["did"], arguments["state"], steps=notes.steps)
    return {"did": arguments["did"], "state": arguments["state"], "tx_hash": tx_hash}
