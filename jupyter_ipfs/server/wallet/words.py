"""What a person is told of a request, in words made from its typed fields alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import RequestError
from jupyter_ipfs.server import chain as chains
from jupyter_ipfs.wallet.intents import ContractCall, OceanRequest, SignIn, Vouch
from jupyter_ipfs.words.practice import PRACTICE

if TYPE_CHECKING:
    from jupyter_ipfs.config import Config
    from jupyter_ipfs.wallet.intents import Intent

KINDS: dict[type, str] = {
    SignIn: "sign-in",
    OceanRequest: "ocean-request",
    ContractCall: "contract-call",
    Vouch: "vouch",
}
# An Ocean Node's commands that are signed here (facts: §2.2), and what they come to.
_COMMANDS = {
    "download": "Download an asset",
    "encrypt": "Encrypt an asset's files",
    "encryptFile": "Encrypt a file",
    "decryptDDO": "Read an asset's description",
    "validateDDO": "Check an asset's description",
    "createAuthToken": "Begin a session with the Ocean Node",
    "invalidateAuthToken": "End a session with the Ocean Node",
}
# How one vouches for content, and what that says.
_ROLES = {
    "author": ("Vouch for a share as its author", "author: this is my work"),
    "reviewer": ("Vouch for a share as a reviewer", "reviewer: I have looked at it"),
}


def words(intent: Intent, config: Config) -> dict[str, Any]:
    """Return ``title``, ``lines`` and ``warning`` of a request.

    Raises:
        RequestError: It is nothing that is signed here.
    """
    if isinstance(intent, SignIn):
        if intent.chain_id != chains.chosen(config).chain_id:
            raise RequestError("a sign-in for another chain than that of the settings")
        return _told("Sign in", [_network(config)], None)
    if isinstance(intent, OceanRequest):
        return _request(intent, config)
    if isinstance(intent, Vouch):
        return _vouch(intent, config)
    return _call(intent, config)


def chain_id(intent: Intent, config: Config) -> int:
    """Return the chain of a request; one to an Ocean Node is for the settings'."""
    if isinstance(intent, OceanRequest):
        return chains.chosen(config).chain_id
    return intent.chain_id


def is_ours(node_url: str, config: Config) -> bool:
    """Tell whether an Ocean Node is the one of the settings (or the sandbox's own)."""
    if config.ocean_node:
        return node_url.rstrip("/") == config.ocean_node.rstrip("/")
    info = chains.running(config) if chains.chosen(config).is_sandbox else None
    return info is not None and node_url.rstrip("/") == info.node_url.rstrip("/")


def _request(request: OceanRequest, config: Config) -> dict[str, Any]:
    title = _COMMANDS.get(request.command)
    if title is None:
        raise RequestError("an Ocean Node's command that is not signed here")
    host = chains.host_of(request.node_url)
    if host is None:
        raise RequestError("an Ocean Node whose address is none")
    warning = None
    if not is_ours(request.node_url, config):
        warning = (
            f"{host} is not the Ocean Node of your settings. "
            "What you sign lets it act in your name there: sign only if you know it."
        )
    elif chains.chosen(config).is_sandbox:
        host = PRACTICE
    lines = [("Ocean Node", host), ("Request", f"number {request.nonce}")]
    return _told(title, lines, warning)


def _vouch(vouch: Vouch, config: Config) -> dict[str, Any]:
    if vouch.chain_id != chains.chosen(config).chain_id:
        raise RequestError("a signature for another chain than that of the settings")
    title, role = _ROLES[vouch.role]
    lines = [
        ("Content", vouch.payload),
        ("Your role", role),
        ("It is called, it says", vouch.title or "nothing"),
        _network(config),
        ("Seen by", "everybody who gets the share; it cannot be taken back"),
    ]
    return _told(title, lines, None)


def _call(call: ContractCall, config: Config) -> dict[str, Any]:
    from jupyter_ipfs.errors import OceanError  # noqa: PLC0415
    from jupyter_ipfs.ocean import calls  # noqa: PLC0415  (the server starts without it)

    chain, _ = chains.place(config)
    if call.chain_id != chain.chain_id:
        raise RequestError("a transaction on another chain than that of the settings")
    try:
        found = calls.words(call, chain)
    except OceanError as error:
        raise RequestError(error.message, error.hint) from None
    lines = [_network(config), *found.lines]
    return _told(found.title, lines, found.warning)


def _network(config: Config) -> tuple[str, str]:
    chain = chains.chosen(config)
    return ("Network", PRACTICE if chain.is_sandbox else chain.title)


def _told(title: str, lines: list[tuple[str, str]], warning: str | None) -> dict[str, Any]:
    told = [{"label": label, "value": value} for label, value in lines]
    return {"title": title, "lines": told, "warning": warning}
