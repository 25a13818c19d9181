"""``/wallet/requests``: what waits for a signature, one at a time to be shown and answered."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyter_ipfs.server import arguments
from jupyter_ipfs.server.handler import IPFSHandler
from jupyter_ipfs.server.threads import in_thread
from jupyter_ipfs.server.wallet import answering, listing
from jupyter_ipfs.server.wallet.place import Place
from jupyter_ipfs.server.wallet.wallets import WALLETS

if TYPE_CHECKING:
    from jupyter_ipfs.server.wallet.wallets import Wallets


class RequestsHandler(IPFSHandler):
    """The requests that a user can answer."""

    _track_activity = False  # the front end asks by itself

    @authenticated
    @authorized
    async def get(self) -> None:
        """Answer with all that wait, oldest first."""
        user, wallets = self.current_user.username, self.settings[WALLETS]
        found = await in_thread(lambda: listing.listed(user, wallets))
        self.finish(json.dumps({"requests": found}))


class ShownHandler(IPFSHandler):
    """A request that is being shown."""

    @authenticated
    @authorized
    async def post(self, request_id: str) -> None:
        """Answer with what the wallet is to be asked, which the server has made."""
        given = arguments.body(self)
        user, place = self.current_user.username, Place.of(self)
        wallets: Wallets = self.settings[WALLETS]
        shown = await in_thread(lambda: answering.show(user, place, request_id, given, wallets))
        answer: dict[str, Any] = {
            "method": shown.method,
            "params": shown.params,
            "chain_id": shown.chain_id,
        }
        self.finish(json.dumps(answer))


class AnswerHandler(IPFSHandler):
    """What the wallet said to a request."""

    @authenticated
    @authorized
    async def post(self, request_id: str) -> None:
        """Take it, once."""
        given = arguments.body(self)
        user, place = self.current_user.username, Place.of(self)
        wallets: Wallets = self.settings[WALLETS]
        await in_thread(lambda: answering.answer(user, place, request_id, given, wallets))
        self.set_status(HTTPStatus.NO_CONTENT)
        self.finish()
