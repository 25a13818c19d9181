"""``POST ocean/check`` and ``/ocean/pending``: before a publication, and when it broke off."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyter_ipfs.errors import GoneError
from jupyter_ipfs.server import arguments
from jupyter_ipfs.server.handler import IPFSHandler
from jupyter_ipfs.server.ocean import market
from jupyter_ipfs.server.sessions import open_session
from jupyter_ipfs.server.threads import in_chain_thread, in_thread
from jupyter_ipfs.server.wallet.wallets import WALLETS

if TYPE_CHECKING:
    from jupyter_ipfs.ocean.door import Pending
    from jupyter_ipfs.server.wallet.wallets import Wallets

_STEPS = {
    "create": "Make the data NFT, its datatoken and its price",
    "describe": "Write the description on the chain",
}
_STATES = {  # by how far it came
    "content": ("waiting", "waiting"),
    "create": ("sent", "waiting"),
    "describe": ("done", "sent"),
}


class CheckHandler(IPFSHandler):
    """A draft, before anything is signed."""

    @authenticated
    @authorized
    async def post(self) -> None:
        """Answer with what is wrong with it, what it costs and whether it is reached."""
        draft = arguments.body(self).get("draft")
        user, wallets = self.current_user.username, self.settings[WALLETS]
        self.finish(json.dumps(await in_chain_thread(lambda: check(user, wallets, draft))))


class PendingHandler(IPFSHandler):
    """Publications that broke off."""

    _track_activity = False  # the front end asks by itself

    @authenticated
    @authorized
    async def get(self) -> None:
        """Answer with all of them, newest first."""
        self.finish(json.dumps(await in_thread(pending)))


class PendingOneHandler(IPFSHandler):
    """One of them."""

    @authenticated
    @authorized
    async def delete(self, key: str) -> None:
        """Forget it; what is on the chain stays there."""
        await in_thread(lambda: forget(key))
        self.set_status(HTTPStatus.NO_CONTENT)
        self.finish()


def check(user: str, wallets: Wallets, given: object) -> dict[str, Any]:
    """Return what was found of a draft.

    Raises:
        DDOError: It is no draft.
    """
    from jupyter_ipfs.ocean.draft import Draft  # noqa: PLC0415  (the server starts without it)

    draft = Draft.from_json(given)
    with market.seen_by(user, wallets) as ocean:
        return ocean.check(draft).as_json()


def pending() -> dict[str, Any]:
    """Return what broke off."""
    with open_session() as session:
        return {"publishing": [_told(each) for each in session.ocean.pending()]}


def forget(key: str) -> None:
    """Forget what broke off.

    Raises:
        GoneError: There is nothing of that key.
    """
    with open_session() as session:
        found = [each for each in session.ocean.pending() if _key(each) == key]
        if not found:
            raise GoneError("no publication of that key has broken off")
        for each in found:
            session.ocean.forget_pending(each.key)


def _told(each: Pending) -> dict[str, Any]:
    states = _STATES.get(each.step, _STATES["content"])
    return {
        "key": _key(each),
        "title": each.title,
        "draft": each.draft,
        "steps": [
            {"key": key, "title": title, "state": state, "tx_hash": None, "error": None}
            for (key, title), state in zip(_STEPS.items(), states, strict=True)
        ],
        "started_at": each.started_at,
    }


def _key(each: Pending) -> str:
    """Return the form's own key, by which it goes on; without one, the journal's."""
    return str(each.draft.get("key") or each.key)
