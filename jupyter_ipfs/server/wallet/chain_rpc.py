"""Of the practice chain's JSON-RPC, what a page may ask: to look, never to change."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import SandboxError
from jupyter_ipfs.server import chain as chains

if TYPE_CHECKING:
    from jupyter_ipfs.config import Config

METHODS = frozenset({"eth_getBalance", "eth_call", "eth_blockNumber", "eth_getTransactionReceipt"})
_MOST = 1 << 20  # bytes of an answer


def ask(config: Config, method: str, params: list[Any]) -> object:
    """Return what the chain answers.

    Raises:
        SandboxError: It does not run, or says no.
    """
    from jupyter_ipfs.net.address import ConfiguredEndpoint  # noqa: PLC0415  (starts without it)
    from jupyter_ipfs.net.client import Client, Limits  # noqa: PLC0415

    info = chains.running(config)
    if info is None:
        raise SandboxError("the practice chain does not run", "start it in the wallet's section")
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
    headers = {"Content-Type": "application/json"}
    client = Client(ConfiguredEndpoint.parse(info.rpc_url), Limits(size=_MOST))
    with (
        client,
        client.stream("POST", content=[body.encode()], headers=headers) as answer,
    ):
        try:
            told = json.loads(answer.read())
        except ValueError:
            told = None
    if not isinstance(told, dict) or "result" not in told:
        error = told.get("error") if isinstance(told, dict) else None
        reason = error.get("message") if isinstance(error, dict) else "no answer"
        raise SandboxError(f"the practice chain says: {str(reason)[:200]}")
    return told["result"]
