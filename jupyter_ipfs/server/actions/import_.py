"""``import``: take in a CAR file of the workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import RequestError
from jupyter_ipfs.server.actions import store
from jupyter_ipfs.server.arguments import text

if TYPE_CHECKING:
    from jupyter_ipfs.protocols import ProgressCallback
    from jupyter_ipfs.server.actions import Arguments
    from jupyter_ipfs.server.workspace import Workspace
    from jupyter_ipfs.session import Session


def prepare(arguments: Arguments, workspace: Workspace) -> Arguments:
    """Turn ``path`` into a local file."""
    file = workspace.existing(text(arguments, "path"))
    if not file.is_file():
        raise RequestError(f"{file.name!a} is no file", "choose a .car file")
    return {"file": file, "name": store.name(arguments)}


def run(session: Session, arguments: Arguments, progress: ProgressCallback) -> dict[str, Any]:
    """Take it in; roots that are not whole are told, and not kept."""
    done = session.import_car(arguments["file"], name=arguments["name"], progress=progress)
    return {
        "roots": [str(root) for root in done.roots],
        "incomplete": {str(root): missing for root, missing in done.incomplete.items()},
        "blocks": done.blocks,
        "size": done.size,
    }
