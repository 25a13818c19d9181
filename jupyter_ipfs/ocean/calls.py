"""The closed set of contract calls that can be asked to be signed, and their calldata.

What is not in `ALLOWED` is refused, whoever asks (``safety.md`` 13): a signature is never
asked for bytes that nobody here can put into words.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import OceanError, TransactionError
from jupyter_ipfs.ocean import abi, call_words
from jupyter_ipfs.wallet.recover import is_address

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_ipfs.ocean.call_words import Words
    from jupyter_ipfs.ocean.chains import Chain
    from jupyter_ipfs.wallet.intents import Argument, ContractCall

_DATATOKENS = ("ERC20Template", "ERC20TemplateEnterprise", "ERC20Template4")

ALLOWED = frozenset(
    {
        # Publish and edit.
        ("ERC721Factory", "createNftWithErc20"),
        ("ERC721Factory", "createNftWithErc20WithDispenser"),
        ("ERC721Factory", "createNftWithErc20WithFixedRate"),
        ("ERC721Template", "createERC20"),
        ("ERC721Template", "setMetaData"),
        ("ERC721Template", "setMetaDataState"),
        ("ERC721Template", "setTokenURI"),
        ("ERC721Template", "safeTransferFrom"),
        ("FixedRateExchange", "setRate"),
        ("FixedRateExchange", "collectBT"),
        # Order.
        ("MockERC20", "approve"),
        ("FixedRateExchange", "buyDT"),
        ("Dispenser", "dispense"),
        ("AccessListFactory", "deployAccessListContract"),
        ("AccessList", "mint"),
        ("AccessList", "burn"),
        *((token, "approve") for token in _DATATOKENS),
        *((token, "startOrder") for token in _DATATOKENS),
        *((token, "reuseOrder") for token in _DATATOKENS),
        *((token, "buyFromDispenserAndOrder") for token in _DATATOKENS[1:]),
        *((token, "buyFromFreAndOrder") for token in _DATATOKENS[1:]),
    }
)
"""Pairs of a contract's artifact and a function. ``MockERC20`` stands for any ERC-20 token."""

# An approval beyond this, in the smallest unit, is what wallets call unlimited: a million million
# tokens of 18 decimals.
MAX_APPROVAL = 10**30


def check(call: ContractCall) -> None:
    """Refuse what is not in the closed set, or not well-formed.

    Raises:
        TransactionError: With the reason.
    """
    if (call.contract, call.function) not in ALLOWED:
        raise TransactionError("this contract call is none that can be signed here")
    _checksummed(call.to)
    if call.value_wei:
        raise TransactionError(f"{call.function} takes no money along with it")
    if call.function == "approve" and not _is_within(call.arguments[1:2]):
        raise TransactionError(
            "an approval without a limit is not signed here",
            "approve the amount of this one payment",
        )


def encode(call: ContractCall) -> bytes:
    """Return the calldata.

    Raises:
        TransactionError: It is not in the closed set, or its arguments do not fit.
    """
    check(call)
    try:
        return abi.encode_call(call.contract, call.function, call.arguments)
    except OceanError as error:
        raise TransactionError(error.message) from None


def words(
    call: ContractCall, chain: Chain, tokens: Mapping[str, tuple[str, int]] | None = None
) -> Words:
    """Return what a call does, for the one who is to sign it.

    Args:
        call: The call.
        chain: The chain that it is for.
        tokens: Symbol and decimals of tokens that are known, by their address; the chain's own
            payment token is known without.

    Raises:
        TransactionError: It is not in the closed set, or its arguments do not fit.
    """
    # What is described is what the calldata says, not what it was made from.
    data = encode(call)
    read = abi.decode_call(call.contract, call.function, len(call.arguments), data)
    try:
        return call_words.describe(replace(call, arguments=read), chain, tokens or {})
    except (IndexError, ValueError):  # what the ABI takes and no contract does
        raise TransactionError(
            f"{call.function} does not take lists of that length, or such numbers"
        ) from None


def _checksummed(address: str) -> None:
    if not is_address(address):
        raise TransactionError(f"{address[:50]!a} is no address with its checksum")


def _is_within(amount: tuple[Argument, ...]) -> bool:
    return bool(amount) and isinstance(amount[0], int) and 0 <= amount[0] < MAX_APPROVAL
