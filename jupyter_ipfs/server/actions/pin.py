"""``pin``: keep everything under a path, fetched first where it is not here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ipfs.server.arguments import text

if TYPE_CHECKING:
    from jupyter_ipfs.protocols import ProgressCallback
    from jupyter_ipfs.server.actions import Arguments
    from jupyter_ipfs.server.workspace import Workspace
    from jupyter_ipfs.session import Session


def prepare(arguments: Arguments, workspace: Workspace) -> Arguments:  # noqa: ARG001  (the table's)
    """Check that there is a path."""
    return {"path": text(arguments, "path")}


def run(session: Session, arguments: Arguments, progress: ProgressCallback) -> dict[str, Any]:
    """Keep it."""
    return {"root": str(session.pin(arguments["path"], progress=progress))}
