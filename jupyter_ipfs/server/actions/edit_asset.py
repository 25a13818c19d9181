"""``edit-asset``: another description or price of an asset of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ipfs.server.actions import asset
from jupyter_ipfs.server.actions.buy import title
from jupyter_ipfs.server.arguments import text

if TYPE_CHECKING:
    from jupyter_ipfs.server.actions import Arguments, Notes
    from jupyter_ipfs.server.workspace import Workspace
    from jupyter_ipfs.session import Session

__all__ = ["SIGNS", "prepare", "run", "title"]

SIGNS = True
_TEXTS = ("title", "description", "author", "license", "sample", "price")


def prepare(arguments: Arguments, workspace: Workspace) -> Arguments:  # noqa: ARG001  (the table's)
    """Check what changes; what is not given stays."""
    return {
        "did": text(arguments, "did"),
        "changes": {
            **{name: asset.optional(arguments, name) for name in _TEXTS},
            "tags": asset.texts(arguments, "tags"),
            "timeout_s": asset.number(arguments, "timeout_s"),
        },
    }


def run(session: Session, arguments: Arguments, notes: Notes) -> dict[str, Any]:
    """Change it.

    Raises:
        AccessDeniedError: It belongs to another address.
        DDOError: A field is not right; nothing was sent.
    """
    changed = session.ocean.edit(arguments["did"], **arguments["changes"], steps=notes.steps)
    return {"did": changed.did, "asset": changed.card()}
