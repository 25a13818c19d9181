"""The chain that is chosen in the settings, and whether its practice form runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jupyter_ipfs.errors import ConfigError, RequestError
from jupyter_ipfs.server.waiting import within

if TYPE_CHECKING:
    from jupyter_ipfs.config import Config
    from jupyter_ipfs.ocean.chains import Chain
    from jupyter_ipfs.ocean.local_sandbox import SandboxInfo

_HOST = 255  # characters
PATIENCE_S = 2.0  # how long the chain may take before an answer goes without it


def chosen(config: Config) -> Chain:
    """Return the chain of the settings.

    Raises:
        RequestError: Nothing is known of it here.
    """
    from jupyter_ipfs.ocean import chains  # noqa: PLC0415  (the server starts without it)

    try:
        return chains.by_name(config.chain)
    except ConfigError as error:
        raise RequestError(error.message, error.hint) from None


def told(config: Config, chain: Chain) -> dict[str, Any]:
    """Return a chain as openapi.yaml has it: of addresses the host, for a path is often a key."""
    return {
        "name": chain.name,
        "chain_id": chain.chain_id,
        "title": chain.title,
        "currency": chain.currency,
        "practice": chain.is_sandbox,
        "explorer": chain.explorer,
        "rpc_url": None if chain.is_sandbox else host_of(config.rpc_url),
        "ocean_node": None if chain.is_sandbox else host_of(config.ocean_node),
    }


def host_of(url: str) -> str | None:
    """Return an address's host and port, in ASCII; ``None`` if it is no address."""
    try:
        host = urlsplit(url).netloc.rpartition("@")[2]
    except ValueError:
        return None
    return ascii(host)[1:-1][:_HOST] or None


def running(config: Config) -> SandboxInfo | None:
    """Return the sandbox of this repo, if it runs and answers soon."""
    from jupyter_ipfs.ocean import local_sandbox  # noqa: PLC0415  (the server starts without it)

    def look() -> SandboxInfo | None:
        return local_sandbox.status(config.repo)

    try:
        return within(PATIENCE_S, f"sandbox of {config.repo}", look)
    except TimeoutError:
        return None


def place(config: Config) -> tuple[Chain, str]:
    """Return the chain with its contracts, and where its JSON-RPC is; empty if nowhere."""
    chain = chosen(config)
    if not chain.is_sandbox:
        return chain, config.rpc_url
    info = running(config)
    return (chain, "") if info is None else (info.chain, info.rpc_url)


def sandbox(config: Config) -> dict[str, Any]:
    """Return the practice wallet as openapi.yaml has it; no accounts are made by asking."""
    if not chosen(config).is_sandbox:
        return {"running": False, "accounts": []}
    info = running(config)
    return {"running": info is not None, "accounts": accounts(config) if info else []}


def accounts(config: Config) -> list[dict[str, str]]:
    """Return the practice wallet's accounts, without their keys."""
    from jupyter_ipfs.wallet import sandbox_accounts  # noqa: PLC0415

    return [
        {"address": each.address, "label": each.label}
        for each in sandbox_accounts.accounts(config.repo)
    ]
