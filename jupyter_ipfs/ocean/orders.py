"""Ordering: what gives the right to download, at the price that the chain's contracts ask.

An order that still holds is used again. What broke off between buying a datatoken and spending
it goes on with the datatoken that is there.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import (
    AccessDeniedError,
    InsufficientFundsError,
    OceanNodeError,
    TransactionError,
)
from jupyter_ipfs.ocean import access
from jupyter_ipfs.ocean import offer as offers
from jupyter_ipfs.ocean import price as prices
from jupyter_ipfs.ocean.journal import OrderNote
from jupyter_ipfs.ocean.market import NOBODY, ONE
from jupyter_ipfs.ocean.showing import Shown, bundle
from jupyter_ipfs.ocean.steps import Steps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ipfs.ocean.asset import Asset
    from jupyter_ipfs.ocean.market import Market
    from jupyter_ipfs.ocean.offer import Fee, Offer
    from jupyter_ipfs.ocean.receipt import Receipt
    from jupyter_ipfs.ocean.steps import StepsCallback
    from jupyter_ipfs.protocols import Signer
    from jupyter_ipfs.wallet.intents import Argument, ContractCall

_SPARE_S = 60  # an order that ends sooner is not worth a download
_NO_FEE: Argument = (NOBODY, NOBODY, 0)  # a consuming market's: there is none
_KINDS = {1: "ERC20Template", 2: "ERC20TemplateEnterprise", 4: "ERC20Template4"}


@dataclass(frozen=True, slots=True, repr=False)
class Order(Shown):
    """The right to download an asset.

    Attributes:
        did: The asset.
        title: … for people.
        tx_hash: The transaction that an Ocean Node is shown.
        paid: What was paid for it just now, such as ``5.005 OCEAN``; ``None``: nothing.
        is_reused: It is an order of before.
        ordered_at: When, in seconds since the epoch.
        valid_until: Until when; ``None``: for ever.
    """

    did: str
    title: str
    tx_hash: str
    paid: str | None
    is_reused: bool
    ordered_at: float
    valid_until: float | None

    def as_json(self) -> dict[str, Any]:
        """Return what the server tells the page."""
        return {
            "did": self.did,
            "order_tx": self.tx_hash,
            "paid": self.paid,
            "reused": self.is_reused,
            "bought_at": self.ordered_at,
            "valid_until": self.valid_until,
        }

    def shown(self) -> dict[str, str]:
        """Return the words."""
        cost = "an order of before is used again" if self.is_reused else f"paid {self.paid or 0}"
        until = (
            "for ever"
            if self.valid_until is None
            else "until " + time.strftime("%Y-%m-%d %H:%M", time.localtime(self.valid_until))
        )
        lines = [f"{cost}; it can be downloaded {until}", f"order {self.tx_hash}", self.did]
        return bundle(f"Ordered: {self.title}", lines)


def order(
    market: Market,
    asset: Asset,
    signer: Signer,
    *,
    at_most: str | None = None,
    steps: StepsCallback | None = None,
) -> Order:
    """Order an asset, unless an order of before still holds.

    Args:
        market: Where.
        asset: What.
        signer: Who pays.
        at_most: The most that may be paid, the Ocean Node's fee included, in the asset's token.
        steps: Told each step.

    Raises:
        AccessDeniedError: It cannot be ordered, or not by this address.
        InsufficientFundsError: The address has too little.
        TransactionError: It costs more than agreed, or was refused.
    """
    require_orderable(market, asset)
    access.require_allowed(market, asset, signer.address)
    begun = market.node.initialize(asset.did, asset.service_id, signer.address)
    if begun.datatoken.lower() != asset.datatoken.lower():
        raise OceanNodeError("the Ocean Node asks for another datatoken than the asset's")
    found = find(market, asset, signer.address)
    if found is not None and _is_paid_to(market, found, asset):
        return _ordered(market, asset, found, None, is_reused=True)
    plan = _Plan(market, asset, signer.address, begun.provider_fee)
    if found is not None:
        plan.reuse(found, at_most)
    else:
        plan.buy(at_most)
    told = Steps([(key, title) for key, title, _ in plan.calls], steps)
    receipt: Receipt | None = None
    for key, _, call in plan.calls:
        with told.doing(key):
            receipt = market.send(call, signer, told, key)
    if receipt is None:
        raise TransactionError("there was nothing to be sent")
    note = OrderNote(asset.did, asset.datatoken, receipt.tx_hash, time.time())
    market.journal.note_order(market.chain.chain_id, signer.address, note)
    return _ordered(market, asset, receipt, plan.paid, is_reused=False, began=found)


def require_orderable(market: Market, asset: Asset) -> None:
    """Refuse what is not for sale, or served by somebody else.

    Raises:
        AccessDeniedError: By its state.
        OceanNodeError: By another Ocean Node.
    """
    market.require_served(asset.service_endpoint)
    state = int(market.read("ERC721Template", asset.data_nft, "getMetaData")[2])
    if state:
        raise AccessDeniedError(
            f"this asset cannot be ordered: its publisher has set it to {asset.state!r}"
        )
    tokens = market.read("ERC721Template", asset.data_nft, "getTokensList")
    if asset.datatoken.lower() not in {str(token).lower() for token in tokens}:
        raise AccessDeniedError(
            "the asset asks for a datatoken that is not its own", "do not order it"
        )


def find(market: Market, asset: Asset, consumer: str) -> Receipt | None:
    """Return the newest order of an address that still holds, by the chain's own word."""
    for tx_hash in _candidates(market, asset, consumer):
        try:
            receipt = market.connection.receipt(tx_hash, 0)
        except TransactionError:
            continue
        if not is_started(receipt, asset, consumer):
            continue
        ends = _ends(market, asset, receipt)
        if ends is None or ends > time.time() + _SPARE_S:
            return receipt
    return None


def _candidates(market: Market, asset: Asset, consumer: str) -> Iterator[str]:
    noted = [
        note.tx_hash
        for note in market.journal.orders(market.chain.chain_id, consumer)
        if note.did == asset.did
    ]
    yield from noted
    events = market.connection.logs(
        "ERC20Template", "OrderStarted",
        address=asset.datatoken, indexed=(consumer,), from_block=market.first_block(),
    )  # fmt: skip
    for event in reversed(list(events)):
        if event.tx_hash not in noted:
            yield event.tx_hash


def is_started(receipt: Receipt, asset: Asset, consumer: str) -> bool:
    """Tell whether a transaction started an order of this asset by this address."""
    for event in receipt.events("ERC20Template", "OrderStarted"):
        fields = event.fields
        if (
            event.address.lower() == asset.datatoken.lower()
            and str(fields["consumer"]).lower() == consumer.lower()
            and int(fields["serviceIndex"]) == asset.service_index
            and int(fields["amount"]) >= ONE
        ):
            return True
    return False


def _ends(market: Market, asset: Asset, started: Receipt) -> float | None:
    if not asset.timeout_s:
        return None
    return market.connection.block_time(started.block_number) + asset.timeout_s


def _is_paid_to(market: Market, receipt: Receipt, asset: Asset) -> bool:
    """Tell whether the Ocean Node's own fee was noted, without which it serves nothing."""
    node = market.root.provider_address.lower()
    for event in receipt.events("ERC20Template", "ProviderFee"):
        until = int(event.fields["validUntil"])
        is_ours = event.address.lower() == asset.datatoken.lower()
        if is_ours and str(event.fields["providerFeeAddress"]).lower() == node:
            return until == 0 or until > time.time() + _SPARE_S
    return False


def _ordered(
    market: Market,
    asset: Asset,
    receipt: Receipt,
    paid: str | None,
    *,
    is_reused: bool,
    began: Receipt | None = None,
) -> Order:
    at = market.connection.block_time((began or receipt).block_number)
    until = at + asset.timeout_s if asset.timeout_s else None
    return Order(asset.did, asset.title, receipt.tx_hash, paid, is_reused, at, until)


class _Plan:
    """The transactions of one order; each gets exactly the approval that it needs."""

    def __init__(self, market: Market, asset: Asset, consumer: str, fee: Fee) -> None:
        self._market = market
        self._asset = asset
        self._consumer = consumer
        self._fee = fee
        self._needed: dict[str, int] = {}  # by token
        self.calls: list[tuple[str, str, ContractCall]] = []
        self.paid: str | None = None

    def reuse(self, before: Receipt, at_most: str | None) -> None:
        """Pay this Ocean Node's fee for an order that holds."""
        offers.require_agreed(self._market, self._asset, None, self._fee, at_most)
        self._approve("fee", self._fee[1], self._asset.datatoken, self._fee[2])
        call = self._market.call(
            "ERC20Template", self._asset.datatoken, "reuseOrder",
            bytes.fromhex(before.tx_hash[2:]), self._fee,
        )  # fmt: skip
        self.calls.append(("order", "Use the order of before again", call))

    def buy(self, at_most: str | None) -> None:
        """Get a datatoken, unless there is one, and spend it."""
        market, asset, fee = self._market, self._asset, self._fee
        kind = int(market.read("ERC20Template", asset.datatoken, "getId"))
        has_token = market.connection.token_balance(asset.datatoken, self._consumer) >= ONE
        if has_token:
            offers.require_agreed(market, asset, None, fee, at_most)
            self._approve("fee", fee[1], asset.datatoken, fee[2])
            self._start()
            return
        offer = offers.find(market, asset.datatoken)
        offers.require_agreed(market, asset, offer, fee, at_most)
        self.paid = None if offer.exchange_id is None else str(offer)
        if kind in {2, 4}:
            self._buy_and_order(offer, _KINDS[kind])
        else:
            self._buy_then_order(offer)

    def _buy_and_order(self, offer: Offer, contract: str) -> None:
        """Templates 2 and 4: one transaction; the datatoken draws what is paid."""
        datatoken, fee = self._asset.datatoken, self._fee
        params: Argument = (self._consumer, self._asset.service_index, fee, _NO_FEE)
        if offer.exchange_id is None:
            self._approve("fee", fee[1], datatoken, fee[2])
            call = self._market.call(
                contract, datatoken, "buyFromDispenserAndOrder", params, offer.contract
            )
        else:
            same = offer.token.lower() == fee[1].lower()
            self._approve("approve", offer.token, datatoken, offer.amount + (fee[2] if same else 0))
            if not same:
                self._approve("fee", fee[1], datatoken, fee[2])
            exchange: Argument = (offer.contract, offer.exchange_id, offer.amount, 0, NOBODY)
            call = self._market.call(contract, datatoken, "buyFromFreAndOrder", params, exchange)
        self.calls.append(("order", "Buy and order", call))

    def _buy_then_order(self, offer: Offer) -> None:
        """Template 1: the exchange draws what is paid, and the datatoken is spent afterwards."""
        datatoken = self._asset.datatoken
        if offer.exchange_id is None:
            call = self._market.call(
                "Dispenser", offer.contract, "dispense", datatoken, ONE, self._consumer
            )
            self.calls.append(("buy", "Get a free datatoken", call))
        else:
            self._approve("approve", offer.token, offer.contract, offer.amount)
            call = self._market.call(
                "FixedRateExchange", offer.contract, "buyDT",
                offer.exchange_id, ONE, offer.amount, NOBODY, 0,
            )  # fmt: skip
            self.calls.append(("buy", f"Buy a datatoken for {offer}", call))
        self._approve("fee", self._fee[1], datatoken, self._fee[2])
        self._start()

    def _start(self) -> None:
        call = self._market.call(
            "ERC20Template", self._asset.datatoken, "startOrder",
            self._consumer, self._asset.service_index, self._fee, _NO_FEE,
        )  # fmt: skip
        self.calls.append(("order", "Order", call))

    def _approve(self, key: str, token: str, spender: str, amount: int) -> None:
        """Let ``spender`` draw this payment, and no more; refuse what cannot be paid."""
        if not amount:
            return
        market = self._market
        needed = self._needed[token] = self._needed.get(token, 0) + amount
        has = market.connection.token_balance(token, self._consumer)
        symbol, decimals = market.connection.token(token)
        if has < needed:
            raise InsufficientFundsError(
                f"this costs {prices.to_text(needed, decimals)} {symbol}, and {self._consumer} has "
                f"{prices.to_text(has, decimals)}",
                f"get some {symbol} on {market.chain.title} first",
            )
        call = market.call("MockERC20", token, "approve", spender, amount)
        words = f"Allow {prices.to_text(amount, decimals)} {symbol} to be drawn"
        self.calls.append((key, words, call))
