"""The practice wallet: play money, and nothing else (``safety.md`` 14).

It signs what this server has built and a person has been shown, and only that: the message to
sign in here, the digest of a request, the transaction of a request. Keys stay on the server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import (
    ChainError,
    JupyterIPFSError,
    RequestError,
    TransactionError,
    TransactionPendingError,
)
from jupyter_ipfs.server import chain as chains
from jupyter_ipfs.server.wallet import chain_rpc
from jupyter_ipfs.wallet.intents import ContractCall, OceanRequest, Vouch

if TYPE_CHECKING:
    from jupyter_ipfs.config import Config
    from jupyter_ipfs.server.wallet.wallets import Wallets
    from jupyter_ipfs.wallet.signers import LocalSigner

# Codes of EIP-1193 and EIP-1474.
_UNAUTHORIZED = 4100
_UNSUPPORTED = 4200
_DISCONNECTED = 4900
_OTHER_CHAIN = 4902
_INVALID = -32602
_INTERNAL = -32603

_CHAIN_METHODS = frozenset({"wallet_switchEthereumChain", "wallet_addEthereumChain"})
_MOST = 8192  # characters of what is to be signed


class Refused(Exception):  # noqa: N818  (a wallet's answer)
    """What the wallet says instead of a result."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def answer(user: str, given: dict[str, object], wallets: Wallets) -> dict[str, Any]:
    """Return a wallet's answer to one call."""
    method, params = given.get("method"), given.get("params", [])
    if not isinstance(method, str):
        raise RequestError("method has to be a text", 'such as {"method": "eth_accounts"}')
    try:
        return {"result": _result(user, method, params, wallets)}
    except Refused as refusal:
        return {"error": {"code": refusal.code, "message": refusal.message}}
    except JupyterIPFSError as error:
        return {"error": {"code": _INTERNAL, "message": error.message}}


def _result(user: str, method: str, params: object, wallets: Wallets) -> object:
    from jupyter_ipfs import config as settings  # noqa: PLC0415  (the server starts without it)

    if not isinstance(params, list):
        raise Refused(_INVALID, "params has to be a list")
    config = settings.load()
    chain = chains.chosen(config)
    if not chain.is_sandbox:
        raise Refused(_DISCONNECTED, f"practice is over: the settings have {chain.title}")
    if method in _CHAIN_METHODS:
        raise Refused(_OTHER_CHAIN, "the practice wallet is on its own chain only")
    if method in {"eth_requestAccounts", "eth_accounts"}:
        return [each["address"] for each in chains.accounts(config)]
    if method == "eth_chainId":
        return hex(chain.chain_id)
    if method == "personal_sign":
        return _sign(user, params, config, wallets)
    if method == "eth_sendTransaction":
        return _send(user, params, config, wallets)
    if method in chain_rpc.METHODS:
        return chain_rpc.ask(config, method, params)
    raise Refused(_UNSUPPORTED, f"the practice wallet does not have {method[:40]!a}")


def _signer(address: object, config: Config) -> LocalSigner:
    """Return the practice account that an address is."""
    from jupyter_ipfs.wallet import sandbox_accounts  # noqa: PLC0415  (the server starts without)

    for each in sandbox_accounts.accounts(config.repo):
        if isinstance(address, str) and address.lower() == each.address.lower():
            return sandbox_accounts.signer(config.repo, each.label)
    raise Refused(_UNAUTHORIZED, "that account is none of the practice wallet's")


def _sign(user: str, params: list[Any], config: Config, wallets: Wallets) -> str:
    if len(params) != 2 or not isinstance(params[0], str) or len(params[0]) > _MOST:  # noqa: PLR2004
        raise Refused(_INVALID, "personal_sign takes a message and an address")
    signer, message = _signer(params[1], config), _bytes(params[0])
    asked = ["0x" + message.hex(), signer.address]
    for each in wallets.showings(user):
        if isinstance(each.intent, OceanRequest) and each.params == asked:
            return signer.sign_request(each.intent)
        if isinstance(each.intent, Vouch) and each.params == asked:
            return signer.vouch(each.intent)
    text = message.decode(errors="replace")
    if wallets.was_issued(user, signer.address, text):
        return signer.sign_message(text)
    raise Refused(
        _UNAUTHORIZED,
        "the practice wallet signs what this server has just asked for, and nothing else",
    )


def _send(user: str, params: list[Any], config: Config, wallets: Wallets) -> str:
    from jupyter_ipfs.ocean.connection import ChainConnection  # noqa: PLC0415

    if len(params) != 1 or not isinstance(params[0], dict):
        raise Refused(_INVALID, "eth_sendTransaction takes one transaction")
    signer = _signer(params[0].get("from"), config)
    # The whole transaction, word for word: what was shown is what is sent, once.
    showing = wallets.take_transaction(user, params[0])
    if showing is None or not isinstance(showing.intent, ContractCall):
        raise Refused(
            _UNAUTHORIZED,
            "the practice wallet sends what this server has just asked for, and nothing else",
        )
    chain, rpc_url = chains.place(config)
    if not rpc_url:
        wallets.give_back(showing)
        raise Refused(_DISCONNECTED, "the practice chain does not run")
    try:
        return signer.send(showing.intent, ChainConnection(chain, rpc_url))
    except (TransactionError, ChainError) as error:
        if not isinstance(error, TransactionPendingError):
            wallets.give_back(showing)
        raise


def _bytes(data: str) -> bytes:
    """Return what is signed: hexadecimal, as wallets are given it, or a text."""
    if data.startswith("0x"):
        try:
            return bytes.fromhex(data[2:])
        except ValueError:
            raise Refused(_INVALID, "no hexadecimal message") from None
    return data.encode(errors="replace")
