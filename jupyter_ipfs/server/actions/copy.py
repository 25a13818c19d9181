"""``copy``: "Open copy in workspace": files of one's own, with nothing trusted in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import RequestError
from jupyter_ipfs.server.arguments import text

if TYPE_CHECKING:
    from jupyter_ipfs.node.paths import ContentPath
    from jupyter_ipfs.protocols import ProgressCallback
    from jupyter_ipfs.server.actions import Arguments
    from jupyter_ipfs.server.workspace import Workspace
    from jupyter_ipfs.session import Session
    from jupyter_ipfs.unixfs.reader import Node

_SHORT = 16  # characters of a CID that name a copy
_TOLD = 100  # skipped and renamed entries


def prepare(arguments: Arguments, workspace: Workspace) -> Arguments:
    """Check what is copied, and where to."""
    to = arguments.get("to") or ""
    folder = workspace.existing(to)
    if not folder.is_dir():
        raise RequestError(f"{to!a} is no folder", "choose one in the file browser")
    return {"path": text(arguments, "path"), "folder": folder, "workspace": workspace}


def run(session: Session, arguments: Arguments, progress: ProgressCallback) -> dict[str, Any]:
    """Write it by ourselves: the contents manager would sign what it saves (safety.md 7)."""
    from jupyter_ipfs.node.open_copy import open_copy  # noqa: PLC0415  (the server starts without)

    where = session.path(arguments["path"])
    node = session.resolve(where)
    copied = open_copy(
        session.backend,
        node,
        arguments["folder"],
        name=_name(session, arguments["path"], where, node),
        progress=progress,
    )
    return {
        "path": arguments["workspace"].relative(copied.local_path),
        "skipped": dict(list(copied.skipped.items())[:_TOLD]),
        "skipped_total": len(copied.skipped),
        "renamed": copied.renamed[:_TOLD],
    }


def _name(session: Session, asked: str, where: ContentPath, node: Node) -> str:
    """Return what it is called: in its directory, here, in a folder of CARs, or by its CID."""
    from jupyter_ipfs.backends import car_name  # noqa: PLC0415
    from jupyter_ipfs.server.facts import suffix_of  # noqa: PLC0415

    if where.segments:
        return where.name
    name = asked.strip().strip("/")
    if name.partition("@")[0] not in session.repo.names():
        name = (
            car_name.newest_name(session.repo, where.root)
            or car_name.offered(where.root, session.config.sources)
            or str(where.root)[:_SHORT]
        )
    suffix = suffix_of(session.backend, node)
    return name if name.lower().endswith(suffix) else name + suffix
