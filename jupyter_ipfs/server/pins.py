"""``pins``: letting go of content, and taking that back."""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyter_ipfs.errors import RequestError
from jupyter_ipfs.server import arguments, elsewhere
from jupyter_ipfs.server.handler import IPFSHandler
from jupyter_ipfs.server.sessions import look, open_session
from jupyter_ipfs.server.threads import in_thread

if TYPE_CHECKING:
    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.session import Session
    from jupyter_ipfs.store.undo import Unpinned

_MOST = 10_000
_LAST = 1e11  # seconds since the epoch that a pin may be from
# A name as the database takes it: without half surrogate pairs.
_LABEL = re.compile(r"([^\ud800-\udfff]{1,200})@([0-9]{1,9})", re.DOTALL)
_SHAPE = 'send back what DELETE answered: {"unpinned": [{"root": …, "names": […], …}]}'


class PinsHandler(IPFSHandler):
    """What was let go of a moment ago."""

    @authenticated
    @authorized
    async def post(self) -> None:
        """Keep again exactly what ``{"unpinned": […]}`` says was kept."""
        wanted = arguments.body(self).get("unpinned")
        if not isinstance(wanted, list) or len(wanted) > _MOST:
            raise RequestError("there is no list of what was let go", _SHAPE)
        await in_thread(lambda: restore(wanted))
        self.set_status(HTTPStatus.NO_CONTENT)
        self.finish()


class PinHandler(IPFSHandler):
    """What a path stands for."""

    @authenticated
    @authorized
    async def delete(self, path: str) -> None:
        """Let go; a name without ``@version`` lets go of all its versions.

        Answers with ``{"unpinned": […]}``, which ``POST pins`` takes to undo it.
        """
        self.finish(json.dumps(await in_thread(lambda: unpin(path))))


def unpin(path: str) -> dict[str, Any]:
    """Let go of what a path stands for; the bytes stay until gc."""
    with open_session() as session:
        if path in session.repo.names():
            roots = [version.root for version in session.log(path)]
        else:
            where = session.path(path)
            roots = [look(session, where)[1].cid if where.segments else where.root]
        told = [_let_go(session, root) for root in dict.fromkeys(roots)]
    elsewhere.ask_again()
    return {"unpinned": [each for each in told if each is not None]}


def restore(wanted: list[Any]) -> None:
    """Keep again what was let go.

    Raises:
        BlockNotFoundError: Some of it is gone: a gc came between.
        RequestError: It is not what `unpin` answers.
    """
    from jupyter_ipfs.node.keep import stay  # noqa: PLC0415
    from jupyter_ipfs.store import undo  # noqa: PLC0415

    everything = [_read(each) for each in wanted]
    with open_session() as session:
        for unpinned, is_elsewhere in everything:
            if is_elsewhere:
                session.backend.pin(unpinned.root)
            if unpinned:
                stay(session.repo, unpinned.root)
                with session.repo.changing() as connection:
                    undo.restore(connection, unpinned)
    elsewhere.ask_again()


def _let_go(session: Session, root: CID) -> dict[str, Any] | None:
    """Let go where it is kept: at the backend, and if that does not keep it, here."""
    from jupyter_ipfs.store import undo  # noqa: PLC0415

    if session.config.backend != "embedded" and session.backend.unpin(root):
        return {"root": str(root), "names": [], "pinned_at": None, "elsewhere": True}
    with session.repo.changing() as connection:
        unpinned = undo.unpin(connection, root)
    if not unpinned:
        return None
    return {
        "root": str(root),
        "names": [f"{name}@{version}" for name, version in unpinned.versions],
        "pinned_at": unpinned.pinned_at,
        "elsewhere": False,
    }


def _read(value: object) -> tuple[Unpinned, bool]:
    from jupyter_ipfs.ipld.cid import CID  # noqa: PLC0415
    from jupyter_ipfs.store.undo import Unpinned  # noqa: PLC0415

    given: dict[str, Any] = value if isinstance(value, dict) else {}
    names, pinned_at = given.get("names"), given.get("pinned_at")
    if not isinstance(names, list) or not isinstance(pinned_at, (int, float, type(None))):
        raise RequestError("this is not what was let go", _SHAPE)
    if pinned_at is not None and not 0 <= pinned_at < _LAST:  # NaN is not either
        raise RequestError("this is no time at which anything was pinned", _SHAPE)
    root = CID.parse(arguments.text(given, "root"))
    unpinned = Unpinned(root, tuple(map(_version, names)), pinned_at)
    return unpinned, given.get("elsewhere") is True


def _version(label: object) -> tuple[str, int]:
    found = _LABEL.fullmatch(label) if isinstance(label, str) else None
    if found is None:
        raise RequestError("this is no version of a name", _SHAPE)
    return found[1], int(found[2])
