"""``check-copy``: ask a place for a few blocks of what it is said to have."""

from __future__ import annotations

import random
from contextlib import closing
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.net.scheme import is_web_address
from jupyter_ipfs.server.arguments import text

if TYPE_CHECKING:
    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.protocols import ProgressCallback, Source
    from jupyter_ipfs.server.actions import Arguments
    from jupyter_ipfs.server.workspace import Workspace
    from jupyter_ipfs.session import Session

_FEW = 8


def prepare(arguments: Arguments, workspace: Workspace) -> Arguments:  # noqa: ARG001  (the table's)
    """Check that a root and a place are named."""
    from jupyter_ipfs.ipld.cid import CID  # noqa: PLC0415  (the server starts without it)

    return {"root": CID.parse(text(arguments, "root")), "place": text(arguments, "place")}


def run(
    session: Session,
    arguments: Arguments,
    progress: ProgressCallback,
) -> dict[str, Any]:
    """Fetch the root and some of its blocks from there, and note that and when.

    Only places that are known for this root are asked; one that has it no more is struck off.
    """
    from jupyter_ipfs.errors import BlockNotFoundError, FetchError, RequestError  # noqa: PLC0415
    from jupyter_ipfs.protocols import Progress  # noqa: PLC0415

    root, place = arguments["root"], arguments["place"]
    known = {copy.place for copy in session.repo.copies(root)}
    if place not in known | {session.config.kubo_url}:
        raise RequestError("nobody has copied this to that place", "send it there first")
    progress(Progress("fetching"))
    try:
        with closing(_source(session, place)) as source:
            _sample(source, root)
    except FetchError:
        raise  # it does not answer, which says nothing about what it has
    except BlockNotFoundError:
        session.repo.forget_copy(root, place)
        raise
    return {"checked_at": session.repo.record_check(root, place)}


def _sample(source: Source, root: CID) -> None:
    from jupyter_ipfs.node.walk import links  # noqa: PLC0415

    block = source.get(root)
    below = [cid for cid in dict.fromkeys(links(block)) if not cid.is_identity]
    for cid in random.sample(below, min(_FEW, len(below))):
        source.get(cid)


def _source(session: Session, place: str) -> Source:
    from jupyter_ipfs.backends import sources  # noqa: PLC0415
    from jupyter_ipfs.backends.kubo_held import HeldByKubo  # noqa: PLC0415

    if is_web_address(place):
        return HeldByKubo.create(session.config.at_kubo(place))
    return sources.place(place)
