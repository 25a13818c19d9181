"""``GET ocean``: which market it is, and what is missing before anything can be published."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyter_ipfs.errors import JupyterIPFSError
from jupyter_ipfs.server import chain as chains
from jupyter_ipfs.server.handler import IPFSHandler
from jupyter_ipfs.server.threads import in_brief_thread
from jupyter_ipfs.server.waiting import within

if TYPE_CHECKING:
    from jupyter_ipfs.config import Config

_PATIENCE_S = 4.0


class OceanHandler(IPFSHandler):
    """The market of the settings."""

    _track_activity = False  # the front end asks by itself

    @authenticated
    @authorized
    async def get(self) -> None:
        """Answer with chain, Ocean Node and what is missing; starts nothing."""
        self.finish(json.dumps(await in_brief_thread(status)))


def status() -> dict[str, Any]:
    """Return how the market is."""
    from jupyter_ipfs import config as settings  # noqa: PLC0415  (the server starts without it)
    from jupyter_ipfs.ocean.chains import CHAINS  # noqa: PLC0415

    config = settings.load()
    chain = chains.chosen(config)
    healthy, error = _node(config)
    missing = [] if chain.is_sandbox else _missing(config, chain.title)
    if error is not None:
        missing.append(error)
    return {
        "chain": chains.told(config, chain),
        "chains": [
            {
                "name": each.name,
                "title": each.title,
                "chain_id": each.chain_id,
                "practice": each.is_sandbox,
            }
            for each in CHAINS
        ],
        "ocean_node": {
            "url": None if chain.is_sandbox else config.ocean_node or None,
            "healthy": healthy,
            "error": error,
        },
        "ready": not missing,
        "missing": missing,
    }


def _missing(config: Config, title: str) -> list[str]:
    missing = []
    if not config.rpc_url:
        missing.append(f"The address of {title}'s JSON-RPC is not set.")
    if not config.ocean_node:
        missing.append("No Ocean Node is chosen.")
    return missing


def _node(config: Config) -> tuple[bool | None, str | None]:
    """Return whether the Ocean Node answers, and if not, why; ``None``: it is not asked yet."""
    if chains.chosen(config).is_sandbox:
        return (True if chains.running(config) else None), None
    url = config.ocean_node
    if not url:
        return None, None

    def ask() -> tuple[int, ...]:
        from jupyter_ipfs.ocean.node_client import OceanNode  # noqa: PLC0415

        node = OceanNode.configured(url)
        try:
            return node.root().chain_ids
        finally:
            node.close()

    chain = chains.chosen(config)
    try:
        served = within(_PATIENCE_S, f"Ocean Node at {url}", ask)
    except TimeoutError:
        return False, f"The Ocean Node has not answered for {_PATIENCE_S:.0f} s."
    except JupyterIPFSError as error:
        return False, f"{error.message[:1].upper()}{error.message[1:].rstrip('.')}."
    if chain.chain_id not in served:
        return False, f"This Ocean Node does not serve {chain.title}."
    return True, None
