"""``publish``: content becomes an asset; one that broke off goes on where it did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ipfs.ocean.draft import Draft

if TYPE_CHECKING:
    from jupyter_ipfs.server.actions import Arguments, Notes
    from jupyter_ipfs.server.workspace import Workspace
    from jupyter_ipfs.session import Session

SIGNS = True


def title(arguments: Arguments) -> str:
    """Name the asset."""
    draft: Draft = arguments["draft"]
    return draft.title


def key(arguments: Arguments) -> str:
    """Return the form's key: it is published once."""
    draft: Draft = arguments["draft"]
    return draft.key or ""


def prepare(arguments: Arguments, workspace: Workspace) -> Arguments:  # noqa: ARG001  (the table's)
    """Read the form.

    Raises:
        DDOError: It is none; what is wrong with its fields `run` tells.
    """
    return {"draft": Draft.from_json(arguments.get("draft"))}


def run(session: Session, arguments: Arguments, notes: Notes) -> dict[str, Any]:
    """Publish it.

    Raises:
        DDOError: A field is not right; nothing was sent.
        UnreachableContentError: The Ocean Node cannot fetch the bytes; nothing was sent.
    """
    asset = session.ocean.publish_draft(arguments["draft"], progress=notes, steps=notes.steps)
    return {"did": asset.did, "asset": asset.card()}
