"""``forget``: take content off this computer, now ("Delete for good")."""

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


def run(
    session: Session,
    arguments: Arguments,
    progress: ProgressCallback,  # noqa: ARG001  (the table's)
) -> dict[str, Any]:
    """Forget it, and tell what that could not reach."""
    done = session.forget(arguments["path"])
    return {
        "blocks": done.removed.blocks,
        "size": done.removed.size,
        "shared_with": list(done.shared_with),
        "copies": [copy.place for copy in done.copies],
    }
