"""``check-bundle``: read all of a share, and name what is damaged or missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ipfs.server.arguments import text

if TYPE_CHECKING:
    from jupyter_ipfs.protocols import ProgressCallback
    from jupyter_ipfs.server.actions import Arguments
    from jupyter_ipfs.server.workspace import Workspace
    from jupyter_ipfs.session import Session


def prepare(arguments: Arguments, workspace: Workspace) -> Arguments:  # noqa: ARG001  (the table's)
    """Check what is read."""
    return {"path": text(arguments, "path")}


def run(session: Session, arguments: Arguments, progress: ProgressCallback) -> dict[str, Any]:
    """Read it, fetching what is not here."""
    from jupyter_ipfs.bundles.opening.opened_json import integrity_json  # noqa: PLC0415  (when needed)

    return integrity_json(session.bundles.check(arguments["path"], progress=progress))
