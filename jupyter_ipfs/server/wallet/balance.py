"""What an address has; the chain is given little time to say so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import JupyterIPFSError
from jupyter_ipfs.server import chain as chains
from jupyter_ipfs.server.waiting import within

if TYPE_CHECKING:
    from jupyter_ipfs.config import Config
    from jupyter_ipfs.wallet.sessions import WalletSession

_PATIENCE_S = 6.0  # the first question in a server's life loads web3


def of(session: WalletSession) -> dict[str, Any] | None:
    """Return a session's balance, or ``None``: the chain is another one, or does not answer."""
    from jupyter_ipfs import config as settings  # noqa: PLC0415  (the server starts without it)

    config = settings.load()
    if chains.chosen(config).chain_id != session.chain_id:
        return None
    try:
        what = f"balance of {session.address} on {session.chain_id}"
        return within(_PATIENCE_S, what, lambda: _ask(config, session.address))
    except (TimeoutError, JupyterIPFSError):
        return None


def _ask(config: Config, address: str) -> dict[str, Any] | None:
    from jupyter_ipfs.ocean.connection import ChainConnection  # noqa: PLC0415
    from jupyter_ipfs.ocean.price import to_text  # noqa: PLC0415

    chain, rpc_url = chains.place(config)
    if not rpc_url:
        return None
    connection = ChainConnection(chain, rpc_url)
    token = chain.payment_token
    return {
        "native": to_text(connection.balance(address)),
        "ocean": to_text(connection.token_balance(token, address)) if token else None,
        "symbols": {"native": chain.currency, "ocean": "OCEAN" if token else None},
    }
