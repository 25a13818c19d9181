"""web3's errors in this package's words; a contract's reason is decoded and shown."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import (
    ChainError,
    FetchError,
    InsufficientFundsError,
    JupyterIPFSError,
    OceanError,
    TransactionError,
)
from jupyter_ipfs.ocean import abi
from jupyter_ipfs.wallet import recursion_limit

if TYPE_CHECKING:
    from collections.abc import Iterator

# What geth, its kin, anvil and py-evm say.
_NONCE = re.compile(
    r"nonce too low|already known|known transaction|replacement transaction underpriced"
    r"|invalid transaction nonce|incorrect nonce|nonce of .* does not match",
    re.IGNORECASE,
)
_FUNDS = re.compile(r"insufficient funds|insufficient balance|cannot afford", re.IGNORECASE)
# OpenZeppelin's words when a token is short.
_TOKEN = re.compile(r"transfer amount exceeds balance|insufficient.allowance", re.IGNORECASE)
_HEX = re.compile(r"0x[0-9a-fA-F]{8,}")
_LOOK = "look at rpc_url in the settings, or try again later"


class NonceTakenError(TransactionError):
    """Something else was sent from the address meanwhile."""


class RefusedError(ChainError):
    """The chain's endpoint answered that it does not do this, such as too long a range."""


@contextlib.contextmanager
def translated(where: str, hint: str = _LOOK) -> Iterator[None]:
    """Turn what web3 and its provider raise into `ChainError` and `TransactionError`.

    Args:
        where: The chain, as messages name it. What errors say of themselves may hold the
            endpoint's address with its key, so nothing of it is kept but a contract's reason.
        hint: What to do when nothing answers.
    """
    recursion_limit.keep()
    from web3.exceptions import (  # noqa: PLC0415
        ContractLogicError,
        TransactionNotFound,
        Web3RPCError,
    )

    try:
        yield
    except OceanError:
        raise
    except ContractLogicError as error:
        raise reverted(error) from None
    except TransactionNotFound:
        raise TransactionError("that transaction is not known to the chain") from None
    except Web3RPCError as error:
        raise _answered(error, where) from None
    except (FetchError, TimeoutError, ConnectionError):
        raise ChainError(f"{where} does not answer", hint) from None
    except Exception as error:  # noqa: BLE001  (told apart below; what is no answer's goes on)
        raise _other(error, where) from None


def _other(error: Exception, where: str) -> Exception:
    """Return what an error becomes that is none of web3's own for a chain's answer."""
    from web3.exceptions import Web3Exception  # noqa: PLC0415

    # The chain in process raises what only its own packages know.
    if type(error).__module__.partition(".")[0] in {"eth_tester", "eth", "eth_utils"}:
        return _answered(error, where)
    # Any of these comes of an answer that is not of the form that it should be.
    strange = (Web3Exception, JupyterIPFSError, ValueError, TypeError, KeyError, AttributeError,
               RecursionError)  # fmt: skip
    return _unclear(where) if isinstance(error, strange) else error


def _unclear(where: str) -> ChainError:
    return ChainError(f"{where} answers what cannot be understood")


def reverted(error: BaseException, tx_hash: str | None = None) -> TransactionError:
    """Return the error of a contract that refused."""
    data = getattr(error, "data", None)
    words = abi.reason(_bytes(data))
    if words is None:
        words = abi.plain_text(str(getattr(error, "message", None) or error))
        words = re.sub(r"^(VM Exception.*?:|execution reverted:?)\s*", "", words).strip()
        words = "" if _HEX.search(words) or "no data" in words else words
    message = f"the contract refuses: {words}" if words else "the contract refuses, without a word"
    if _TOKEN.search(words):
        return InsufficientFundsError(message, "the address has too little of the token", tx_hash)
    return TransactionError(message, tx_hash=tx_hash)


def _answered(error: BaseException, where: str) -> JupyterIPFSError:
    words = _rpc_words(error)
    if _NONCE.search(words):
        return NonceTakenError("something else was sent from this address meanwhile")
    if _FUNDS.search(words):
        return InsufficientFundsError(
            "the address has too little money for this transaction",
            "send some of the chain's own currency to it first",
        )
    if "revert" in words.lower() or type(error).__name__ == "TransactionFailed":
        return reverted(error)
    return RefusedError(f"{where} refuses: {words}" if words else f"{where} refuses")


def _rpc_words(error: BaseException) -> str:
    response: Any = getattr(error, "rpc_response", None)
    said = response.get("error") if isinstance(response, dict) else None
    words = said.get("message") if isinstance(said, dict) else None
    text = words if isinstance(words, str) else str(getattr(error, "message", None) or error)
    # Addresses of endpoints hold keys.
    return abi.plain_text(re.sub(r"[a-z]+://\S+", "…", text))


def _bytes(data: object) -> bytes:
    is_hex = isinstance(data, str) and re.fullmatch(r"0x([0-9a-fA-F]{2})+", data)
    return bytes.fromhex(str(data)[2:]) if is_hex else b""
