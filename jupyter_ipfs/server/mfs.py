"""``mfs``: the files that can change, as the panel's Files shows and changes them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyter_ipfs.errors import RequestError
from jupyter_ipfs.server import arguments
from jupyter_ipfs.server.handler import IPFSHandler
from jupyter_ipfs.server.sessions import open_session
from jupyter_ipfs.server.threads import in_thread

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ipfs.protocols import MFSChanges

_MOST = 1000
_ENTRIES = 10_000
_SHAPE = '{"operations": [{"op": "mkdir", "path": "/a"}]}'


class MFSHandler(IPFSHandler):
    """The mutable files of the backend in use."""

    @authenticated
    @authorized
    async def get(self) -> None:
        """Answer with the folder at ``path`` and its entries."""
        self._track_activity = False  # the open panel asks at each change
        path = self.get_query_argument("path", "/", strip=False)
        self.finish(json.dumps(await in_thread(lambda: folder(path))))

    @authenticated
    @authorized
    async def post(self) -> None:
        """Carry out ``{"operations": […]}`` in one step; answers with the new root."""
        wanted = arguments.body(self).get("operations")
        if not isinstance(wanted, list) or not 0 < len(wanted) <= _MOST:
            raise RequestError("there is no list of operations", _SHAPE)
        changes = [_change(each) for each in wanted]
        self.finish(json.dumps(await in_thread(lambda: change(changes))))


def folder(path: str) -> dict[str, Any]:
    """Return a folder, or a file as one entry."""
    from jupyter_ipfs.server.facts import kind_called  # noqa: PLC0415  (the server starts without it)
    from jupyter_ipfs.server.shown import shown  # noqa: PLC0415

    with open_session() as session:
        cid = session.mfs.stat(path).cid
        found = session.mfs.ls(path)
    entries = [
        {
            "name": shown(entry.name),
            "path": f"/ipfs/{entry.cid}",
            "cid": str(entry.cid),
            "kind": kind_called(entry.kind, entry.name),
            "size": None if entry.kind == "directory" else entry.size,
        }
        for entry in found[:_ENTRIES]
    ]
    return {"path": shown(path), "cid": str(cid), "entries": entries, "total": len(found)}


def change(changes: list[Callable[[MFSChanges], None]]) -> dict[str, Any]:
    """Make all changes or none of them."""
    with open_session() as session:
        with session.mfs.batch() as batch:
            for each in changes:
                each(batch)
        return {"root": str(session.mfs.root())}


def _change(value: object) -> Callable[[MFSChanges], None]:
    """Read one operation.

    Raises:
        RequestError: It is none.
    """
    given: dict[str, object] = value if isinstance(value, dict) else {}
    match given.get("op"):
        case "mkdir":
            path, parents = arguments.text(given, "path"), given.get("parents") is True
            return lambda files: files.mkdir(path, parents=parents)
        case "cp":
            source, target = arguments.text(given, "source"), arguments.text(given, "target")
            return lambda files: files.cp(source, target)
        case "mv":
            source, target = arguments.text(given, "source"), arguments.text(given, "target")
            return lambda files: files.mv(source, target)
        case "rm":
            path, recursive = arguments.text(given, "path"), given.get("recursive") is True
            return lambda files: files.rm(path, recursive=recursive)
    raise RequestError(f"{str(given.get('op'))[:40]!a} is no operation", "mkdir, cp, mv or rm")
