"""``buy``: the right to download an asset; one that is held already is used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ipfs.server.actions import asset
from jupyter_ipfs.server.arguments import text

if TYPE_CHECKING:
    from jupyter_ipfs.server.actions import Arguments, Notes
    from jupyter_ipfs.server.workspace import Workspace
    from jupyter_ipfs.session import Session

SIGNS = True


def title(arguments: Arguments) -> str:
    """Name the asset by its identifier: what it is called is the stranger's word."""
    return str(arguments["did"])


def key(arguments: Arguments) -> str:
    """Return the asset: it is not ordered twice at once."""
    return str(arguments["did"])


def prepare(arguments: Arguments, workspace: Workspace) -> Arguments:  # noqa: ARG001  (the table's)
    """Check the arguments: ``did``, and ``at_most``, what the page has shown as its price."""
    return {"did": text(arguments, "did"), "at_most": asset.optional(arguments, "at_most")}


def run(session: Session, arguments: Arguments, notes: Notes) -> dict[str, Any]:
    """Order it.

    Raises:
        TransactionError: It costs more than ``at_most``, or was refused.
    """
    order = session.ocean.buy(arguments["did"], at_most=arguments["at_most"], steps=notes.steps)
    return order.as_json()
