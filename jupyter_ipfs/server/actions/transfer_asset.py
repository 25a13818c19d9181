"""``transfer-asset``: give an asset of one's own to another address, to change it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ipfs.server.actions.buy import title
from jupyter_ipfs.server.arguments import text
from jupyter_ipfs.server.wallet import given

if TYPE_CHECKING:
    from jupyter_ipfs.server.actions import Arguments, Notes
    from jupyter_ipfs.server.workspace import Workspace
    from jupyter_ipfs.session import Session

__all__ = ["SIGNS", "prepare", "run", "title"]

SIGNS = True


def prepare(arguments: Arguments, workspace: Workspace) -> Arguments:  # noqa: ARG001  (the table's)
    """Check to whom.

    Raises:
        RequestError: That is no address.
    """
    return {
        "did": text(arguments, "did"),
        "to": given.account({"address": arguments.get("to")}),
    }


def run(session: Session, arguments: Arguments, notes: Notes) -> dict[str, Any]:
    """Transfer it.

    Raises:
        AccessDeniedError: It belongs to another address.
    """
    tx_hash = session.ocean.transfer(arguments["did"], arguments["to"], steps=notes.steps)
    return {"did": arguments["did"], "to": arguments["to"], "tx_hash": tx_hash}
