"""``/ocean/assets`` and ``/ocean/mine``: what is listed, and what is one's own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyter_ipfs.errors import NotSignedInError
from jupyter_ipfs.server import arguments
from jupyter_ipfs.server.handler import IPFSHandler
from jupyter_ipfs.server.ocean import market
from jupyter_ipfs.server.threads import in_chain_thread
from jupyter_ipfs.server.wallet.wallets import WALLETS

if TYPE_CHECKING:
    from jupyter_ipfs.server.wallet.wallets import Wallets

_MOST = 250  # assets on a page
_LONGEST = 500  # characters of what is looked for
_LAST = 1_000_000


class AssetsHandler(IPFSHandler):
    """What the Ocean Node lists."""

    _track_activity = False  # the front end asks by itself

    @authenticated
    @authorized
    async def get(self) -> None:
        """Answer with a page of what was looked for."""
        names = ("kind", "price", "tag", "author")
        wanted: dict[str, Any] = {
            name: self.get_query_argument(name, "")[:_LONGEST] or None for name in names
        }
        wanted["sort"] = self.get_query_argument("sort", "") or "relevance"
        wanted["offset"] = arguments.number(self, "offset", 0, _LAST)
        wanted["limit"] = max(1, arguments.number(self, "limit", 50, _MOST))
        text = self.get_query_argument("query", "")[:_LONGEST]
        user, wallets = self.current_user.username, self.settings[WALLETS]
        start = arguments.number(self, "start", 1, 1) == 1
        found = await in_chain_thread(lambda: listed(user, wallets, text, wanted, start=start))
        self.finish(json.dumps(found))


class AssetHandler(IPFSHandler):
    """One asset."""

    _track_activity = False

    @authenticated
    @authorized
    async def get(self, did: str) -> None:
        """Answer with all that is known of it, its history included."""
        user, wallets = self.current_user.username, self.settings[WALLETS]
        self.finish(json.dumps(await in_chain_thread(lambda: page(user, wallets, did))))


class MineHandler(IPFSHandler):
    """What belongs to whoever is signed in."""

    _track_activity = False

    @authenticated
    @authorized
    async def get(self) -> None:
        """Answer with what they have published, bought and earned."""
        user, wallets = self.current_user.username, self.settings[WALLETS]
        self.finish(json.dumps(await in_chain_thread(lambda: mine(user, wallets))))


def listed(
    user: str, wallets: Wallets, text: str, wanted: dict[str, Any], *, start: bool
) -> dict[str, Any]:
    """Return a page of assets; ``start``: a practice chain that was used before may be started."""
    from jupyter_ipfs import config as settings  # noqa: PLC0415  (the server starts without it)

    config = settings.load()
    if market.is_empty(config):
        return {"assets": [], "total": 0}
    if not start and market.is_asleep(config):
        return {"assets": [], "total": 0, "asleep": True}
    with market.seen_by(user, wallets) as ocean:
        found = ocean.search(text, **wanted)
        return {"assets": [asset.card() for asset in found], "total": found.total}


def page(user: str, wallets: Wallets, did: str) -> dict[str, Any]:
    """Return one asset.

    Raises:
        AssetNotFoundError: It is not listed.
        DDOError: What is listed is not what was published.
    """
    with market.seen_by(user, wallets) as ocean:
        asset = ocean.show(did)
        history = [each.as_json() for each in ocean.history(asset)]
        return asset.page() | {"history": history}


def mine(user: str, wallets: Wallets) -> dict[str, Any]:
    """Return what is one's own.

    Raises:
        NotSignedInError: Nobody is signed in.
    """
    account = wallets.get(user)
    if account is None:
        raise NotSignedInError("nobody is signed in with a wallet", "sign in first")
    with market.seen_by(user, wallets) as ocean:
        return ocean.mine(account.address).as_json()
