"""``copy-bundle``: a share as files to work with, in a fresh folder; nothing of it is trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ipfs.server.actions import copy

if TYPE_CHECKING:
    from jupyter_ipfs.protocols import ProgressCallback
    from jupyter_ipfs.server.actions import Arguments
    from jupyter_ipfs.server.workspace import Workspace
    from jupyter_ipfs.session import Session

_TOLD = 100  # entries that were left out

prepare = copy.prepare


def run(session: Session, arguments: Arguments, progress: ProgressCallback) -> dict[str, Any]:
    """Write it by ourselves: the contents manager would sign what it saves (safety.md 7)."""
    workspace: Workspace = arguments["workspace"]
    copied = session.bundles.copy(arguments["path"], arguments["folder"], progress=progress)
    return {
        "path": workspace.relative(copied.local_path),
        "notebook": workspace.relative(copied.notebook),
        "skipped": dict(list(copied.skipped.items())[:_TOLD]),
    }
