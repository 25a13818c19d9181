"""``GET items``: what is held, by name and by time, with who has a copy of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyter_ipfs.errors import RequestError
from jupyter_ipfs.net.scheme import is_web_address
from jupyter_ipfs.server import arguments, elsewhere
from jupyter_ipfs.server.handler import IPFSHandler
from jupyter_ipfs.server.sessions import open_session
from jupyter_ipfs.server.shares import SHARES
from jupyter_ipfs.server.threads import in_thread

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.server.shares import Shares
    from jupyter_ipfs.session import Session
    from jupyter_ipfs.store.copies import Copy
    from jupyter_ipfs.store.listing import Holding, Kind

    Served: TypeAlias = Mapping[str, list[str]]  # root → the gateways' addresses

_LIMIT = 1000
_OFFSET = 1 << 40
_COMPLETE = 20_000  # blocks of a page that are looked for to tell whether unpinned roots are whole
_SHORT = 12  # characters of a CID that stand for one without a name


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
        served = _served(self)
        told = await in_thread(lambda: items(kind, query, offset, limit, served))
        self.finish(json.dumps(told))


class ItemHandler(IPFSHandler):
    """One root, by its CID."""

    _track_activity = False

    @authenticated
    @authorized
    async def get(self, cid: str) -> None:
        """Answer with the item, its names' versions, and what else needs its blocks."""
        served = _served(self)
        self.finish(json.dumps(await in_thread(lambda: item(cid, served))))


def items(kind: str, query: str, offset: int, limit: int, served: Served) -> dict[str, Any]:
    """Return one page of what is held; see `listing.page`.

    Raises:
        RequestError: There is no such list.
    """
    from jupyter_ipfs.store import listing  # noqa: PLC0415  (the server starts without it)

    chosen: Kind | None = next((each for each in get_args(listing.Kind) if each == kind), None)
    if chosen is None:
        kinds = ", ".join(get_args(listing.Kind))
        raise RequestError(f"kind={kind[:40]!a} is no list", f"one of {kinds}")
    with open_session() as session:
        look = _Look(session, served)
        found, total = session.repo.database.read(
            lambda connection: listing.page(
                connection, chosen, query, offset=offset, limit=limit, elsewhere=look.pins
            )
        )
        return {"items": [look.at(holding) for holding in found], "total": total}


def item(text: str, served: Served) -> dict[str, Any]:
    """Return what is known of one root.

    Raises:
        CIDError: The text is no CID.
    """
    from jupyter_ipfs.ipld.cid import CID  # noqa: PLC0415  (the server starts without it)
    from jupyter_ipfs.node.needed import needed_by  # noqa: PLC0415
    from jupyter_ipfs.server.names import version_json  # noqa: PLC0415
    from jupyter_ipfs.store import listing  # noqa: PLC0415

    root = CID.parse(text)
    with open_session() as session:
        holding = session.repo.database.read(lambda connection: listing.one(connection, root))
        told = _Look(session, served).at(holding)
        for name in told["names"]:
            name["history"] = [version_json(each) for each in session.log(name["name"])]
        needed = needed_by(session.repo, root)
    return {**told, "needed_by": list(needed.labels), "needed_by_complete": needed.is_complete}


class _Look:
    """One look at several roots; a backend that does not answer is waited for once."""

    def __init__(self, session: Session, served: Served) -> None:
        from jupyter_ipfs.node.held import Completeness, Held  # noqa: PLC0415

        config = session.config
        self._kubo_url = config.kubo_url if config.backend == "kubo" else None
        self._elsewhere = elsewhere.kept(session)
        self._blocks = Held(session.repo, session.backend if self._elsewhere else None)
        self._whole = Completeness(session.repo, _COMPLETE)
        self._served = served
        self.pins: Mapping[CID, float] = self._elsewhere.pins if self._elsewhere else {}

    def at(self, holding: Holding) -> dict[str, Any]:
        """Return an item as openapi.yaml has it."""
        from jupyter_ipfs.server.facts import facts_of  # noqa: PLC0415
        from jupyter_ipfs.server.shown import shown  # noqa: PLC0415

        root, text = holding.root, str(holding.root)
        name = holding.labels[0].name if holding.labels else ""
        facts = facts_of(self._blocks, root, name)
        return {
            "root": text,
            "path": f"/ipfs/{text}",
            "title": name or shown(facts.hint or "") or f"{text[:_SHORT]}…",
            "names": [
                {"name": each.name, "version": each.version, "versions": each.versions}
                for each in holding.labels
            ],
            "created_at": holding.created_at,
            "kind": facts.kind,
            "size": facts.size,
            "dag_size": facts.dag_size,
            "pinned": holding.pinned or root in self.pins,
            "copies": self._copies(holding),
        }

    def _copies(self, holding: Holding) -> list[dict[str, Any]]:
        """Tell who has it, from evidence: what is kept, and files that are still there."""
        from jupyter_ipfs.backends.car_name import is_of  # noqa: PLC0415

        copies: list[dict[str, Any]] = []
        if holding.pinned or self._whole.of(holding.root):
            copies.append(_copy("here", "this computer"))
        if self._kubo_url and self._elsewhere and holding.root in self.pins:
            # A list of its pins: no block was fetched, and when it got them is not told.
            known = next((each for each in holding.copies if each.place == self._kubo_url), None)
            copies.append(_copy("kubo", self._kubo_url, known))
        for each in holding.copies:
            if is_web_address(each.place):
                if not any(copy["place"] == each.place for copy in copies):
                    copies.append(_copy("kubo", each.place, each))
            elif Path(each.place).is_file():
                in_folder = is_of(Path(each.place).name, holding.root)  # as `push` calls it
                copies.append(_copy("folder" if in_folder else "car", each.place, each))
        copies += [_copy("served", url) for url in self._served.get(str(holding.root), ())]
        return copies


def _served(handler: IPFSHandler) -> Served:
    """Return what *Serve from here* serves now."""
    shares: Shares | None = handler.settings.get(SHARES)
    served: dict[str, list[str]] = {}
    for share in shares.list() if shares else ():
        served.setdefault(share["root"], []).append(share["url"])
    return served


def _copy(kind: str, place: str, known: Copy | None = None) -> dict[str, Any]:
    return {
        "kind": kind,
        "place": place,
        "since": known.created_at if known else None,
        "checked_at": known.checked_at if known else None,
    }
