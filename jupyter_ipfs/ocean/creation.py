"""The first transaction of a publication: data NFT, datatoken, and what an order costs.

Layouts: ocean-contracts 3.1.0, ``ERC721Factory.createNftWithErc20…``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import ChainError
from jupyter_ipfs.ocean.market import NOBODY, ONE

if TYPE_CHECKING:
    from jupyter_ipfs.ocean.abi import Event
    from jupyter_ipfs.ocean.draft import Draft
    from jupyter_ipfs.ocean.market import Market
    from jupyter_ipfs.wallet.intents import Argument, ContractCall

_CAP = 2**256 - 1  # one datatoken is burned per order; the exchange mints as it sells
_MAX_NAME = 100
WITH_LISTS = 4


@dataclass(frozen=True, slots=True)
class Created:
    """What the first transaction made: two contracts' addresses."""

    data_nft: str
    datatoken: str


def marker(terms: str) -> str:
    """Return the data NFT's URI: by it a publication is found again on the chain."""
    return f"urn:jupyter-ipfs:publication:{terms}"


def create(
    market: Market, draft: Draft, owner: str, terms: str, *, access_list: str = NOBODY
) -> ContractCall:
    """Return the call.

    Args:
        market: Where.
        draft: What; it was checked.
        owner: Who owns, is paid and may change it.
        terms: See `Draft.terms`.
        access_list: For template 4: who may order.
    """
    title = draft.title[:_MAX_NAME]
    symbol = f"JI{terms[:6].upper()}"
    nft: Argument = (title, symbol, 1, marker(terms), True, owner)
    addresses: tuple[Argument, ...] = (owner, owner, NOBODY, NOBODY)
    files: tuple[Argument, ...] = ()
    if draft.template == WITH_LISTS:
        # Elsewhere than on Oasis Sapphire whatever is in a contract can be read by anybody: the
        # files stay in the DDO, encrypted, as with the other templates.
        lists = market.chain.address("AccessListFactory")
        addresses += (lists, access_list, NOBODY)
        files = (b"",)
    token: Argument = (
        market.connection.template_index(draft.template),
        (f"Access: {title}"[:_MAX_NAME], symbol),
        addresses,
        (_CAP, 0),
        files,
    )
    factory = market.chain.address("ERC721Factory")
    rate = draft.price_wei
    if rate is None:
        dispenser: Argument = (market.chain.address("Dispenser"), ONE, ONE, True, NOBODY)
        return market.call(
            "ERC721Factory", factory, "createNftWithErc20WithDispenser", nft, token, dispenser
        )
    payment = market.chain.payment_token
    if payment is None:
        raise ChainError(
            f"there is no token to be paid in on {market.chain.title}", "publish it as free"
        )
    _, decimals = market.connection.token(payment)
    exchange: Argument = (
        market.chain.address("FixedRateExchange"),
        (payment, owner, owner, NOBODY),
        (decimals, 18, rate, 0, 1),
    )
    return market.call(
        "ERC721Factory", factory, "createNftWithErc20WithFixedRate", nft, token, exchange
    )


def find(market: Market, terms: str, owner: str, from_block: int) -> Created | None:
    """Look on the chain for what a publication has made; nobody's word is taken for it."""
    factory = market.chain.address("ERC721Factory")
    events = market.connection.logs(
        "ERC721Factory", "NFTCreated", address=factory, from_block=from_block
    )
    for event in reversed(list(events)):
        if _is_ours(event, terms, owner):
            return created(market, str(event.fields["newTokenAddress"]))
    return None


def created(market: Market, data_nft: str) -> Created:
    """Return a data NFT with its datatoken."""
    tokens = market.read("ERC721Template", data_nft, "getTokensList")
    return Created(data_nft, str(tokens[0]))


def _is_ours(event: Event, terms: str, owner: str) -> bool:
    fields = event.fields
    return (
        fields["tokenURI"] == marker(terms)
        and str(fields["creator"]).lower() == owner.lower()
        and str(fields["admin"]).lower() == owner.lower()
    )
