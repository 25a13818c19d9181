"""``fetch``: bring what is not here from the configured sources, each block checked as it comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import RequestError
from jupyter_ipfs.server.arguments import text

if TYPE_CHECKING:
    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.protocols import ProgressCallback
    from jupyter_ipfs.server.actions import Arguments
    from jupyter_ipfs.server.workspace import Workspace
    from jupyter_ipfs.session import Session

_DEPTHS = ("all", "entity")
_MOST = 100_000  # blocks that are looked for to tell whether all of it is here


def prepare(arguments: Arguments, workspace: Workspace) -> Arguments:  # noqa: ARG001  (the table's)
    """Check the arguments: ``path``, ``pin``, and how much is wanted (``depth``)."""
    path, depth = text(arguments, "path"), arguments.get("depth", "all")
    if depth not in _DEPTHS:
        raise RequestError(f"depth={depth!a} is unknown", f"one of {', '.join(_DEPTHS)}")
    return {"path": path, "pin": arguments.get("pin") is True, "depth": depth}


def run(session: Session, arguments: Arguments, progress: ProgressCallback) -> dict[str, Any]:
    """Fetch; the node itself first, so that what it is can be told early.

    A gateway's link is read for its CID: its host is not asked (safety.md 10).
    """
    from jupyter_ipfs.node import ls  # noqa: PLC0415
    from jupyter_ipfs.node.held import Completeness  # noqa: PLC0415
    from jupyter_ipfs.protocols import Progress  # noqa: PLC0415  (the server starts without it)
    from jupyter_ipfs.server.facts import kind_within  # noqa: PLC0415

    progress(Progress("fetching"))
    where = session.path(arguments["path"])
    node = session.resolve(where)
    if arguments["pin"]:
        session.backend.pin(node.cid, progress=progress)
    elif arguments["depth"] == "all":
        _bring(session, node.cid, progress)
    else:
        for _ in ls.ls(session.backend, node):  # what the entries are takes a block of each
            progress(Progress("fetching"))
    session.repo.flush_cache()
    return {
        "root": str(where.root),
        "cid": str(node.cid),
        "path": str(where),
        # What was fetched and is not kept lies in the cache, which may be too small for it.
        "complete": Completeness(session.repo, _MOST).of(node.cid),
        "kind": kind_within(session.backend, node, where.name),
    }


def _bring(session: Session, root: CID, progress: ProgressCallback) -> None:
    from jupyter_ipfs.backends.embedded import EmbeddedBackend  # noqa: PLC0415
    from jupyter_ipfs.node.meter import Meter  # noqa: PLC0415
    from jupyter_ipfs.node.walk import walk  # noqa: PLC0415

    backend = session.backend
    if isinstance(backend, EmbeddedBackend):
        backend.fetcher.prefetch(root, progress=progress)
        return
    meter = Meter(progress, "fetching")
    for block in walk(backend, root):
        meter.advance(len(block.data))
    meter.done()
