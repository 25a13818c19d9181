"""``export``: everything under a path as a CAR file in the workspace."""

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
    """Check where it goes to: a name ending in ``.car``, in a folder that is there."""
    to = workspace.place(text(arguments, "to"))
    if to.suffix.lower() != ".car" or to.is_dir():
        raise RequestError(f"{to.name!a} is no name for a CAR file", "such as results.car")
    return {
        "path": text(arguments, "path"),
        "to": to,
        "shown": workspace.relative(to),
        "overwrite": arguments.get("overwrite") is True,
    }


def run(session: Session, arguments: Arguments, progress: ProgressCallback) -> dict[str, Any]:
    """Write it; the file appears when it is whole."""
    done = session.export_car(
        arguments["path"],
        arguments["to"],
        overwrite=arguments["overwrite"],
        progress=progress,
    )
    return {"path": arguments["shown"], "size": done.size}
