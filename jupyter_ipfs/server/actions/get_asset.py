"""``get-asset``: order it if need be, download it into the workspace, and check its bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import RequestError
from jupyter_ipfs.server.actions import asset
from jupyter_ipfs.server.actions.buy import key, title
from jupyter_ipfs.server.arguments import text

if TYPE_CHECKING:
    from jupyter_ipfs.server.actions import Arguments, Notes
    from jupyter_ipfs.server.workspace import Workspace
    from jupyter_ipfs.session import Session

__all__ = ["SIGNS", "key", "prepare", "run", "title"]

SIGNS = True


def prepare(arguments: Arguments, workspace: Workspace) -> Arguments:
    """Check which asset, what it may cost, and the folder.

    Raises:
        RequestError: There is no such folder in the workspace.
    """
    to = arguments.get("to") or ""
    folder = workspace.existing(to)
    if not folder.is_dir():
        raise RequestError(f"{to!a} is no folder", "choose one in the file browser")
    return {
        "did": text(arguments, "did"),
        "at_most": asset.optional(arguments, "at_most"),
        "folder": folder,
        "workspace": workspace,
    }


def run(session: Session, arguments: Arguments, notes: Notes) -> dict[str, Any]:
    """Get it; files are written by ourselves, so that no notebook of it is trusted (safety.md 7).

    Raises:
        VerificationError: The Ocean Node sent something else; nothing of it is kept.
    """
    did, steps = arguments["did"], notes.steps
    session.ocean.buy(did, at_most=arguments["at_most"], steps=steps)
    done = session.ocean.download(did, arguments["folder"], progress=notes, steps=steps)
    return done.as_json() | {"path": arguments["workspace"].relative(done.path)}
