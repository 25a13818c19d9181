"""``/sandbox``: start and stop the practice chain; ``/sandbox/rpc``: its wallet, for the page."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyter_ipfs.errors import ConflictError
from jupyter_ipfs.server import arguments, chain
from jupyter_ipfs.server.handler import IPFSHandler
from jupyter_ipfs.server.threads import in_chain_thread
from jupyter_ipfs.server.wallet import practice
from jupyter_ipfs.server.wallet.wallets import WALLETS
from jupyter_ipfs.server.watch import WATCH

if TYPE_CHECKING:
    from jupyter_ipfs.config import Config
    from jupyter_ipfs.server.wallet.wallets import Wallets
    from jupyter_ipfs.server.watch import Watch


class SandboxHandler(IPFSHandler):
    """The practice chain of this repo."""

    @authenticated
    @authorized
    async def post(self) -> None:
        """Start it, if it does not run, and answer when it is ready."""
        arguments.body(self)
        self.finish(json.dumps(await in_chain_thread(start)))
        self._tell()

    @authenticated
    @authorized
    async def delete(self) -> None:
        """Stop it; what is on it stays."""
        await in_chain_thread(stop)
        self.set_status(HTTPStatus.NO_CONTENT)
        self.finish()
        self._tell()

    def _tell(self) -> None:
        watch: Watch = self.settings[WATCH]
        watch.tell("wallet")


class RPCHandler(IPFSHandler):
    """The practice wallet, as a browser's wallet speaks (EIP-1193)."""

    @authenticated
    @authorized
    async def post(self) -> None:
        """Answer one call with ``{"result"}`` or ``{"error": {"code", "message"}}``."""
        self._track_activity = False  # the page asks by itself for blocks and receipts
        given = arguments.body(self)
        user = self.current_user.username
        wallets: Wallets = self.settings[WALLETS]
        answer = await in_chain_thread(lambda: practice.answer(user, given, wallets))
        self.finish(json.dumps(answer))


def start() -> dict[str, Any]:
    """Start the sandbox and wait until it is ready.

    Raises:
        ConflictError: Another chain is chosen in the settings.
        SandboxError: It does not start.
    """
    from jupyter_ipfs.ocean import local_sandbox  # noqa: PLC0415  (the server starts without it)

    config = _config()
    chosen = chain.chosen(config)
    if not chosen.is_sandbox:
        raise ConflictError(
            f"the settings have {chosen.title}, and practice is on a chain of its own",
            'choose the chain "sandbox" first',
        )
    local_sandbox.ensure(config.repo)
    return {
        "running": True,
        "accounts": chain.accounts(config),
        "chain": chain.told(config, chosen),
    }


def stop() -> None:
    """Stop the sandbox, if it runs."""
    from jupyter_ipfs.ocean import local_sandbox  # noqa: PLC0415

    local_sandbox.stop(_config().repo)


def _config() -> Config:
    from jupyter_ipfs import config  # noqa: PLC0415

    return config.load()
