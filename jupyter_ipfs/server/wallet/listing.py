"""Which requests a user is shown, as openapi.yaml has them."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import RequestError
from jupyter_ipfs.server.wallet import words
from jupyter_ipfs.wallet.intents import SignIn

if TYPE_CHECKING:
    from jupyter_ipfs.config import Config
    from jupyter_ipfs.server.wallet.wallets import Wallets
    from jupyter_ipfs.wallet.requests import Request


def listed(user: str, wallets: Wallets) -> list[dict[str, Any]]:
    """Return what waits for this user, oldest first."""
    from jupyter_ipfs import config as settings  # noqa: PLC0415  (the server starts without it)
    from jupyter_ipfs.wallet.requests import Mailbox  # noqa: PLC0415

    config = settings.load()
    with closing(Mailbox(config.repo)) as mailbox:
        waiting = mailbox.pending()
    found = (_told(each, config) for each in waiting if is_for(each, user, wallets))
    return [each for each in found if each is not None]


def is_for(request: Request, user: str, wallets: Wallets) -> bool:
    """Tell whether a user may see and answer a request.

    What this server asks for somebody is for them alone. What a kernel asks of an address is
    for who is signed in with it; where nobody is, anybody may sign in to answer. One that was
    changed since it was first seen is for nobody: its old words may stand on a page.
    """
    if not wallets.is_as_seen(request.id, request.digest):
        return False
    owner = wallets.owner(request.id)
    if owner is not None:
        return owner == user
    if request.address is None or isinstance(request.intent, SignIn):
        return True
    session = wallets.get(user)
    if session is not None and session.address == request.address:
        return True
    return not any(each.address == request.address for each in wallets.all())


def _told(request: Request, config: Config) -> dict[str, Any] | None:
    try:
        said = words.words(request.intent, config)
    except RequestError:
        return None  # `mail` has declined it, or is about to
    return {
        "id": request.id,
        "kind": words.KINDS[type(request.intent)],
        **said,
        "note": request.note,
        "address": request.address,
        "chain_id": words.chain_id(request.intent, config),
        "kernel": request.origin.kernel,
        "notebook": request.origin.notebook,
        "created_at": request.created_at,
        "expires_at": request.expires_at,
        "state": request.state,
    }
