"""``GET items``: what is held, by name and by time, with who has a copy of it."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyter_ipfs.errors import RequestError
from jupyter_ipfs.server import arguments
from jupyter_ipfs.server.handler import IPFSHandler
from jupyter_ipfs.server.sessions import open_session
from jupyter_ipfs.server.threads import in_thread

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.session import Session
    from jupyter_ipfs.store.listing import Holding, Kind

_LIMIT = 1000
_OFFSET = 1 << 40
_COMPLETE = 2000  # blocks that are looked for to tell whether an unpinned root is whole
_SHORT = 12  # characters of a CID that stand for one without a name
_ELSEWHERE_S = 5.0  # how long a list of another backend's pins is good for


class ItemsHandler(IPFSHandler):
    """Roots that have a name or are kept. The repo is read each time: kernels write it too."""

    _track_activity = False

    @authenticated
    @authorized
    async def get(self) -> None:
        """Answer with one page: ``{"items": […], "total": n}``."""
        kind = self.get_query_argument("kind", "all")
        query = self.get_query_argument("query", "")
        offset = arguments.number(self, "offset", 0, _OFFSET)
        limit = arguments.number(self, "limit", 200, _LIMIT)
        self.finish(json.dumps(await in_thread(lambda: items(kind, query, offset, limit))))


class ItemHandler(IPFSHandler):
    """One root, by its CID."""

    _track_activity = False

    @authenticated
    @authorized
    async def get(self, cid: str) -> None:
        """Answer with the item, its names' versions, and what else needs its blocks."""
        self.finish(json.dumps(await in_thread(lambda: item(cid))))


def items(kind: str, query: str, offset: int, limit: int) -> dict[str, Any]:
    """Return one page of what is held; see `listing.page`."""
    from jupyter_ipfs.node.held import Held  # noqa: PLC0415  (the server starts without it)
    from jupyter_ipfs.store import listing  # noqa: PLC0415

    chosen: Kind | None = next((each for each in get_args(listing.Kind) if each == kind), None)
    if chosen is None:
        kinds = ", ".join(get_args(listing.Kind))
        raise RequestError(f"kind={kind[:40]!a} is no list", f"one of {kinds}")
    with open_session() as session:
        elsewhere = _kept_elsewhere(session)
        found, total = session.repo.database.read(
            lambda connection: listing.page(
                connection, chosen, query, offset=offset, limit=limit, elsewhere=elsewhere
            )
        )
        blocks = Held(session.repo, session.backend)
        told = [_item(session, blocks, holding, elsewhere) for holding in found]
    return {"items": told, "total": total}


def item(text: str) -> dict[str, Any]:
    """Return what is known of one root.

    Raises:
        CIDError: The text is no CID.
    """
    from jupyter_ipfs.ipld.cid import CID  # noqa: PLC0415
    from jupyter_ipfs.node.held import Held  # noqa: PLC0415
    from jupyter_ipfs.node.needed import needed_by  # noqa: PLC0415
    from jupyter_ipfs.server.names import version_json  # noqa: PLC0415
    from jupyter_ipfs.store import listing  # noqa: PLC0415

    root = CID.parse(text)
    with open_session() as session:
        holding = session.repo.database.read(lambda connection: listing.one(connection, root))
        told = _item(
            session, Held(session.repo, session.backend), holding, _kept_elsewhere(session)
        )
        for name in told["names"]:
            name["history"] = [version_json(each) for each in session.log(name["name"])]
        needed = needed_by(session.repo, root)
    return {**told, "needed_by": list(needed.labels), "needed_by_complete": needed.is_complete}


def _item(
    session: Session,
    blocks: Any,  # noqa: ANN401  (Held, which is imported late)
    holding: Holding,
    elsewhere: Mapping[CID, float],
) -> dict[str, Any]:
    from jupyter_ipfs.server.facts import facts_of  # noqa: PLC0415
    from jupyter_ipfs.server.shown import shown  # noqa: PLC0415

    root, text = holding.root, str(holding.root)
    name = holding.labels[0].name if holding.labels else ""
    facts = facts_of(blocks, root, name)
    title = name or shown(facts.hint or "") or f"{text[:_SHORT]}…"
    return {
        "root": text,
        "path": f"/ipfs/{text}",
        "title": title,
        "names": [
            {"name": each.name, "version": each.version, "versions": each.versions}
            for each in holding.labels
        ],
        "created_at": holding.created_at,
        "kind": facts.kind,
        "size": facts.size,
        "dag_size": facts.dag_size,
        "pinned": holding.pinned or root in elsewhere,
        "copies": _copies(session, holding, is_elsewhere=root in elsewhere),
    }


def _copies(session: Session, holding: Holding, *, is_elsewhere: bool) -> list[dict[str, Any]]:
    """Tell who has it, from evidence: what is kept, and files that are still there."""
    from jupyter_ipfs.node.held import is_complete  # noqa: PLC0415

    copies: list[dict[str, Any]] = []
    if holding.pinned or is_complete(session.repo, holding.root, _COMPLETE):
        copies.append(_copy("here", "this computer"))
    if is_elsewhere and session.config.backend == "kubo":
        copies.append(_copy("kubo", session.config.kubo_url, time.time()))
    for place, checked_at in holding.copies:
        if place.startswith(("http://", "https://")):
            if not any(copy["place"] == place for copy in copies):
                copies.append(_copy("kubo", place, checked_at))
        elif Path(place).is_file():
            in_folder = Path(place).name == f"{holding.root}.car"  # as `push` calls it
            copies.append(_copy("folder" if in_folder else "car", place, checked_at))
    return copies


def _copy(kind: str, place: str, checked_at: float | None = None) -> dict[str, Any]:
    return {"kind": kind, "place": place, "checked_at": checked_at}


_elsewhere: dict[str, tuple[float, dict[CID, float]]] = {}


def _kept_elsewhere(session: Session) -> Mapping[CID, float]:
    """Return what a backend other than the repo keeps; nothing while it is down."""
    from jupyter_ipfs.errors import BackendError  # noqa: PLC0415

    if session.config.backend == "embedded":
        return {}
    place = f"{session.config.backend} {session.config.kubo_url}"
    asked_at, pins = _elsewhere.get(place, (float("-inf"), {}))
    if time.monotonic() - asked_at < _ELSEWHERE_S:
        return pins
    try:
        pins = {pin.root: pin.created_at for pin in session.backend.pins()}
    except BackendError:
        pins = {}
    _elsewhere[place] = time.monotonic(), pins
    return pins
