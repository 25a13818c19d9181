"""``/wallet``: who is signed in; ``/wallet/challenge`` and ``/wallet/session``: signing in, out."""

from __future__ import annotations

import json
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyter_ipfs.errors import RequestError
from jupyter_ipfs.server import arguments, chain
from jupyter_ipfs.server.handler import IPFSHandler
from jupyter_ipfs.server.threads import in_brief_thread, in_thread
from jupyter_ipfs.server.wallet import balance, listing
from jupyter_ipfs.server.wallet import given as read
from jupyter_ipfs.server.wallet.place import Place
from jupyter_ipfs.server.wallet.wallets import WALLETS

if TYPE_CHECKING:
    from jupyter_ipfs.server.wallet.wallets import Wallets
    from jupyter_ipfs.wallet.sessions import WalletSession

_MESSAGE = 8192  # characters


class WalletHandler(IPFSHandler):
    """The wallet of the user who asks."""

    _track_activity = False  # the front end asks by itself

    @authenticated
    @authorized
    async def get(self) -> None:
        """Answer with session, chain and practice wallet; with ``?balance=1`` ask the chain too."""
        user, wallets = self.current_user.username, self.settings[WALLETS]
        answer = await in_thread(lambda: current(user, wallets))
        session = wallets.get(user)
        if self.get_query_argument("balance", "") == "1" and session is not None:
            answer["balance"] = await in_brief_thread(lambda: balance.of(session))
        self.finish(json.dumps(answer))


class ChallengeHandler(IPFSHandler):
    """Messages to sign in with."""

    @authenticated
    @authorized
    async def post(self) -> None:
        """Answer with a message for an address; it counts once and for ten minutes."""
        given = arguments.body(self)
        user, place = self.current_user.username, Place.of(self)
        wallets: Wallets = self.settings[WALLETS]
        address, chain_id = read.account(given), read.number(given, "chain_id")
        await in_thread(lambda: read.refuse_other_chain(chain_id))
        message = await in_thread(lambda: wallets.challenge(user, place, address, chain_id))
        answer = {
            "message": message.text(),
            "nonce": message.nonce,
            "expires_at": _seconds(message.expiration_time),
        }
        self.finish(json.dumps(answer))


class SessionHandler(IPFSHandler):
    """The session of the user who asks."""

    @authenticated
    @authorized
    async def post(self) -> None:
        """Sign in with a signed message, and answer as ``GET wallet``."""
        given = arguments.body(self)
        user, place = self.current_user.username, Place.of(self)
        wallets: Wallets = self.settings[WALLETS]
        answer = await in_thread(lambda: sign_in(user, place, given, wallets))
        self.finish(json.dumps(answer))

    @authenticated
    @authorized
    def delete(self) -> None:
        """Sign out."""
        wallets: Wallets = self.settings[WALLETS]
        wallets.close(self.current_user.username)
        self.set_status(HTTPStatus.NO_CONTENT)
        self.finish()


def current(user: str, wallets: Wallets) -> dict[str, Any]:
    """Return what is known of a user's wallet; the chain is not asked."""
    from jupyter_ipfs import config  # noqa: PLC0415  (the server starts without it)

    loaded = config.load()
    session = wallets.get(user)
    return {
        "session": None if session is None else told(session),
        "chain": chain.told(loaded, chain.chosen(loaded)),
        "balance": None,
        "requests": len(listing.listed(user, wallets)),
        "sandbox": chain.sandbox(loaded),
    }


def sign_in(user: str, place: Place, given: dict[str, object], wallets: Wallets) -> dict[str, Any]:
    """Open a session.

    Raises:
        RequestError: Something is missing.
        SignatureError: It is not the message that was given out here, or not signed by its address.
    """
    text, signature = arguments.text(given, "message"), arguments.text(given, "signature")
    if len(text) > _MESSAGE:
        raise RequestError("that is no message to sign in with", "ask for a new one")
    wallets.open(user, place, text, signature, read.wallet_name(given))
    return current(user, wallets)


def told(session: WalletSession) -> dict[str, Any]:
    """Return a session without its message and signature."""
    return {
        "address": session.address,
        "chain_id": session.chain_id,
        "wallet_name": session.wallet_name,
        "kind": session.kind,
        "signed_in_at": session.signed_in_at,
        "expires_at": session.expires_at,
    }


def _seconds(moment: str | None) -> float | None:
    """Return a message's time (RFC 3339) in seconds since the epoch."""
    return None if moment is None else datetime.fromisoformat(moment).timestamp()
