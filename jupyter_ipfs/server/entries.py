"""``GET entries``: what a path holds, from what is held; nothing is fetched for a look."""

from __future__ import annotations

import itertools
import json
import os
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyter_ipfs.server import arguments
from jupyter_ipfs.server.handler import IPFSHandler
from jupyter_ipfs.server.sessions import look, open_session
from jupyter_ipfs.server.threads import in_look_thread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.ipld.dag_pb import PBLink
    from jupyter_ipfs.protocols import Blocks
    from jupyter_ipfs.unixfs.reader import Node

_LIMIT = 2000
_OFFSET = 1 << 24
_COUNTED = 20_000  # entries that are gathered and sorted
_REMEMBERED = 8  # directories whose entries are remembered: a tree asks page by page

_sorted: OrderedDict[CID, Sequence[PBLink] | None] = OrderedDict()
_lock = threading.Lock()


class EntriesHandler(IPFSHandler):
    """One level of a tree."""

    @authenticated
    @authorized
    async def get(self) -> None:
        """Answer with the node at ``path`` and one page of its entries.

        What is not held is a `BlockNotFoundError`; a job ``fetch`` brings it.
        """
        path = arguments.path(self)
        offset = arguments.number(self, "offset", 0, _OFFSET)
        limit = arguments.number(self, "limit", 500, _LIMIT)
        self.finish(json.dumps(await in_look_thread(lambda: entries(path, offset, limit))))


def entries(path: str, offset: int, limit: int) -> dict[str, Any]:
    """Return a node and one page of its entries.

    Raises:
        BlockNotFoundError: It is not held.
        PathNotFoundError: There is no such path in it.
    """
    from jupyter_ipfs.server.facts import content_size, facts_of, kind_of  # noqa: PLC0415  (late)
    from jupyter_ipfs.server.shown import shown  # noqa: PLC0415
    from jupyter_ipfs.unixfs import reader  # noqa: PLC0415

    with open_session() as session:
        where = session.path(path)
        held, node = look(session, where)
        here = shown(str(where))
        told: dict[str, Any] = {
            "path": here,
            "cid": str(node.cid),
            # A root has no name to tell a notebook by.
            "kind": kind_of(node, where.name) if where.segments else facts_of(held, node.cid).kind,
            "size": content_size(held, node) if node.kind == reader.DIRECTORY else node.size,
            "dag_size": node.dag_size,
            "name": shown(where.name),
            "total": 0,
            "entries": [],
            "complete": True,
        }
        if node.kind != reader.DIRECTORY:
            return told
        if any(shown(os.fsdecode(name)) != os.fsdecode(name) for name in where.segments):
            here = f"/ipfs/{node.cid}"  # the way to it cannot be told in text
        whole = _whole(held, node)
        if whole is not None:
            found, told["total"] = whole[offset : offset + limit + 1], len(whole)
        else:  # nobody counts a huge directory
            rows = itertools.islice(reader.entries(held, node), offset, offset + limit + 1)
            found, told["total"] = list(rows), None
        told["complete"] = len(found) <= limit
        if told["complete"] and told["total"] is None and (found or not offset):
            told["total"] = offset + len(found)
        told["entries"] = [_entry(held, here, link) for link in found[:limit]]
    return told


def _whole(held: Blocks, node: Node) -> Sequence[PBLink] | None:
    """Return all entries by name, if they are not too many and all of the directory is held.

    A sharded one is in the order of its names' digests, and has to be walked to be counted.
    """
    from jupyter_ipfs.errors import IPFSError  # noqa: PLC0415
    from jupyter_ipfs.unixfs import reader  # noqa: PLC0415

    with _lock:
        if node.cid in _sorted:
            _sorted.move_to_end(node.cid)
            return _sorted[node.cid]
    try:
        links = list(itertools.islice(reader.entries(held, node), _COUNTED + 1))
    except IPFSError:
        return None  # a part of it is not held, or damaged: what comes before can be looked at
    found = None
    if len(links) <= _COUNTED:
        found = tuple(sorted(links, key=lambda link: link.name or b""))
    with _lock:
        _sorted[node.cid] = found
        while len(_sorted) > _REMEMBERED:
            _sorted.popitem(last=False)
    return found


def _entry(held: Blocks, parent: str, link: PBLink) -> dict[str, Any]:
    from jupyter_ipfs.server.facts import of_link  # noqa: PLC0415
    from jupyter_ipfs.server.shown import child_path, shown  # noqa: PLC0415

    name, facts = os.fsdecode(link.name or b""), of_link(held, link)
    return {
        "name": shown(name),
        "path": child_path(parent, name, link.cid),
        "cid": str(link.cid),
        "kind": facts.kind,
        "size": facts.size,
    }
