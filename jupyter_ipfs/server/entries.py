"""``GET entries``: what a path holds, from what is held; nothing is fetched for a look."""

from __future__ import annotations

import itertools
import json
import os
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyter_ipfs.server import arguments
from jupyter_ipfs.server.handler import IPFSHandler
from jupyter_ipfs.server.sessions import open_session
from jupyter_ipfs.server.threads import in_look_thread

if TYPE_CHECKING:
    from jupyter_ipfs.ipld.dag_pb import PBLink
    from jupyter_ipfs.protocols import Blocks

_LIMIT = 2000
_OFFSET = 1 << 24


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
    from jupyter_ipfs.node.held import Held  # noqa: PLC0415  (the server starts without it)
    from jupyter_ipfs.server.facts import facts_of, kind_of  # noqa: PLC0415
    from jupyter_ipfs.server.shown import shown  # noqa: PLC0415
    from jupyter_ipfs.unixfs import nodes, reader  # noqa: PLC0415

    with open_session() as session:
        where = session.path(path)
        held = Held(session.repo, session.backend)
        node = reader.resolve(held, where.root, where.segments)
        here = shown(str(where))
        told: dict[str, Any] = {
            "path": here,
            "cid": str(node.cid),
            # A root has no name to tell a notebook by.
            "kind": kind_of(node, where.name) if where.segments else facts_of(held, node.cid).kind,
            "size": None if node.kind == reader.DIRECTORY else node.size,
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
        rows = itertools.islice(reader.entries(held, node), offset, offset + limit + 1)
        found = list(rows)
        told["entries"] = [_entry(held, here, link) for link in found[:limit]]
        told["complete"] = len(found) <= limit
        if told["complete"]:
            told["total"] = offset + len(found) if found or not offset else None
        if node.data is not None and node.data.type == nodes.DIRECTORY and node.pb is not None:
            told["total"] = len({link.name or b"" for link in node.pb.links})
        elif not told["complete"]:
            told["total"] = None  # nobody counts a sharded directory without walking it
    return told


def _entry(held: Blocks, parent: str, link: PBLink) -> dict[str, Any]:
    from jupyter_ipfs.errors import BackendError, IPFSError  # noqa: PLC0415
    from jupyter_ipfs.ipld.cid import RAW  # noqa: PLC0415
    from jupyter_ipfs.server.facts import NOTEBOOK, UNKNOWN, kind_of  # noqa: PLC0415
    from jupyter_ipfs.server.shown import child_path, shown  # noqa: PLC0415
    from jupyter_ipfs.unixfs import reader  # noqa: PLC0415

    name = os.fsdecode(link.name or b"")
    kind, size = UNKNOWN, None
    if link.cid.codec == RAW and link.tsize is not None:  # a raw leaf need not be read
        kind, size = NOTEBOOK if name.lower().endswith(".ipynb") else reader.FILE, link.tsize
    else:
        try:
            node = reader.get(held, link.cid)
        except (
            IPFSError,
            BackendError,
        ):  # not held, damaged or malformed: the rest can still be looked at
            pass
        else:
            kind = kind_of(node, name)
            size = None if node.kind == reader.DIRECTORY else node.size
    return {
        "name": shown(name),
        "path": child_path(parent, name, link.cid),
        "cid": str(link.cid),
        "kind": kind,
        "size": size,
    }
