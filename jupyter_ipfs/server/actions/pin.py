"""``pin``: keep everything under a path, fetched first where it is not here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ipfs.server.actions import store
from jupyter_ipfs.server.arguments import text

if TYPE_CHECKING:
    from jupyter_ipfs.protocols import ProgressCallback
    from jupyter_ipfs.server.actions import Arguments
    from jupyter_ipfs.server.workspace import Workspace
    from jupyter_ipfs.session import Session


def prepare(arguments: Arguments, workspace: Workspace) -> Arguments:  # noqa: ARG001  (the table's)
    """Check that there is a path, and the name that it was opened by, if any."""
    return {"path": text(arguments, "path"), "name": store.name(arguments)}


def run(session: Session, arguments: Arguments, progress: ProgressCallback) -> dict[str, Any]:
    """Keep it; what has no name here gets the one that it came under, if nothing else has that."""
    from jupyter_ipfs.backends import car_name  # noqa: PLC0415  (the server starts without it)

    root = session.pin(arguments["path"], progress=progress)
    name = car_name.newest_name(session.repo, root)
    if name is None:
        given = arguments["name"] or car_name.offered(root, session.config.sources)
        name = car_name.free_name(session.repo, given, root) if given else None
        if name is not None:
            session.repo.set_name(name, root, pin=session.config.backend == "embedded")
    return {"root": str(root), "name": name}
