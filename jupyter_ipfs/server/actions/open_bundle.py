"""``open-bundle``: take in a share from a ``.car`` or ``.zip`` of the workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import RequestError
from jupyter_ipfs.server.arguments import text

if TYPE_CHECKING:
    from jupyter_ipfs.protocols import ProgressCallback
    from jupyter_ipfs.server.actions import Arguments
    from jupyter_ipfs.server.workspace import Workspace
    from jupyter_ipfs.session import Session


def prepare(arguments: Arguments, workspace: Workspace) -> Arguments:
    """Find the file."""
    file = workspace.existing(text(arguments, "path"))
    if not file.is_file():
        raise RequestError(f"{file.name!a} is no file", "choose a .car or .zip file")
    return {"file": file}


def title(arguments: Arguments) -> str:
    """Name the file."""
    return str(arguments["file"].name)


def run(session: Session, arguments: Arguments, progress: ProgressCallback) -> dict[str, Any]:
    """Take it in; nothing of it is written to the workspace or run."""
    return {"root": str(session.bundles.open_file(arguments["file"], progress=progress))}
