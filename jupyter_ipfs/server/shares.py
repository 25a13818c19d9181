"""``shares``: *Serve from here*, chosen roots on a socket of their own and without a login.

For this computer alone, or for others too where the administrator has set
``JupyterIPFS.public_host``. It all ends with the server: nothing of it is kept.
"""

from __future__ import annotations

import json
import threading
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyter_ipfs.errors import RequestError, SettingLockedError
from jupyter_ipfs.server import arguments
from jupyter_ipfs.server.handler import IPFSHandler
from jupyter_ipfs.server.settings import SETTINGS
from jupyter_ipfs.server.threads import in_thread

if TYPE_CHECKING:
    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.session import Session
    from jupyter_ipfs.web.closure import Served
    from jupyter_ipfs.web.gateway import Gateway

SHARES = "jupyter_ipfs_shares"  # where they are in the server's settings

_PRIVATE = "this server shares with this computer only"
_PRIVATE_HINT = (
    "an administrator allows more with c.JupyterIPFS.public_host; "
    "or send the content as a .car file, or into a shared folder"
)


class Shares:
    """What is served now: a gateway for this computer and one for others, each when needed.

    Args:
        public_host: What the latter is bound to, empty if there is to be none.
    """

    def __init__(self, public_host: str) -> None:
        self._public_host = public_host
        self._lock = threading.Lock()
        self._session: Session | None = None
        self._gateways: dict[bool, Gateway] = {}

    def add(self, path: str, *, public: bool) -> dict[str, Any]:
        """Serve everything under a path.

        Raises:
            SettingLockedError: It is to be public, and the administrator has not allowed that.
            BlockNotFoundError: It is not on this computer.
        """
        from jupyter_ipfs.node.gateway.resolution import resolve  # noqa: PLC0415
        from jupyter_ipfs.web.gateway import LOOPBACK, Gateway  # noqa: PLC0415

        if public and not self._public_host:
            raise SettingLockedError(_PRIVATE, _PRIVATE_HINT)
        with self._lock:
            session = self._opened()
            where = session.path(path)
            root = resolve(session.repo, where.root, where.segments).cid
            gateway = self._gateways.get(public)
            if gateway is None:
                host = self._public_host if public else LOOPBACK
                gateway = Gateway(session.repo, host=host)
            try:
                served = gateway.closure.add(root)
            except BaseException:
                if public not in self._gateways:
                    gateway.close()
                raise
            self._gateways[public] = gateway
        return _told(gateway, served)

    def list(self) -> list[dict[str, Any]]:
        """Return what is served."""
        return [
            _told(gateway, served)
            for gateway in list(self._gateways.values())
            for served in gateway.closure.roots
        ]

    def remove(self, root: CID) -> bool:
        """Serve a root no longer; a gateway that serves nothing lets go of its port."""
        found = False
        with self._lock:
            for public, gateway in list(self._gateways.items()):
                found |= gateway.closure.remove(root)
                if not gateway.closure.roots:
                    del self._gateways[public]
                    gateway.close()
        return found

    def close(self) -> None:
        """Stop serving."""
        with self._lock:
            for gateway in self._gateways.values():
                gateway.close()
            self._gateways.clear()
            if self._session is not None:
                self._session.close()
                self._session = None

    def _opened(self) -> Session:
        """The session whose repo is served from, for as long as the server runs."""
        from jupyter_ipfs.session import connect  # noqa: PLC0415  (the server starts without it)

        if self._session is None:
            self._session = connect()
        return self._session


class SharesHandler(IPFSHandler):
    """What is served from here."""

    @authenticated
    @authorized
    def get(self) -> None:
        """List it."""
        self._track_activity = False  # the front end asks by itself
        self.finish(json.dumps({"shares": _shares(self).list()}))

    @authenticated
    @authorized
    async def post(self) -> None:
        """Serve ``{"root": …, "public": false}`` from now until the server stops."""
        wanted = arguments.body(self)
        root, public = wanted.get("root"), wanted.get("public", False)
        if not isinstance(root, str) or not isinstance(public, bool):
            raise RequestError("it is not said what to serve", '{"root": "bafy…", "public": false}')
        shares = _shares(self)
        share = await in_thread(lambda: shares.add(root, public=public))
        self.set_status(HTTPStatus.CREATED)
        self.finish(json.dumps(share))


class ShareHandler(IPFSHandler):
    """One root that is served from here."""

    @authenticated
    @authorized
    async def delete(self, cid: str) -> None:
        """Serve it no longer; 404 if it was not."""
        from jupyter_ipfs.ipld.cid import CID  # noqa: PLC0415  (the server starts without it)

        root, shares = CID.parse(cid), _shares(self)
        found = await in_thread(lambda: shares.remove(root))
        self.set_status(HTTPStatus.NO_CONTENT if found else HTTPStatus.NOT_FOUND)
        self.finish()


def _told(gateway: Gateway, served: Served) -> dict[str, Any]:
    return {
        "root": str(served.root),
        "url": gateway.url,
        "public": gateway.is_public,
        "blocks": served.blocks,
        "missing": served.missing,
    }


def _shares(handler: IPFSHandler) -> Shares:
    """Return the server's; made on first use."""
    settings = handler.settings
    if SHARES not in settings:
        settings[SHARES] = Shares(settings[SETTINGS].public_host)
    shares: Shares = settings[SHARES]
    return shares
