"""What one has published, bought and earned."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import ConfigError, OceanError, OceanNodeError
from jupyter_ipfs.ocean import ddo, orders, search
from jupyter_ipfs.ocean import price as prices
from jupyter_ipfs.ocean.edit import require_owner
from jupyter_ipfs.ocean.search import MAX_LIMIT, Wanted
from jupyter_ipfs.ocean.showing import Shown, bundle
from jupyter_ipfs.ocean.steps import Steps
from jupyter_ipfs.words.practice import PRACTICE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ipfs.ocean.asset import Asset
    from jupyter_ipfs.ocean.market import Market
    from jupyter_ipfs.ocean.steps import StepsCallback
    from jupyter_ipfs.protocols import Signer

_AT_ONCE = 50
_ONE_BY_ONE = 10  # of what a node does not find by a query
_TOKEN, _BALANCE = 3, 10  # places in what FixedRateExchange.getExchange gives


@dataclass(frozen=True, slots=True)
class Bought:
    """An asset that was ordered.

    Attributes:
        asset: Which.
        order_tx: The order.
        bought_at: When, in seconds since the epoch.
        valid_until: Until when it can be downloaded; ``None``: for ever.
    """

    asset: Asset
    order_tx: str
    bought_at: float
    valid_until: float | None


@dataclass(frozen=True, slots=True)
class Earned:
    """What was earned in one token: decimal texts.

    Attributes:
        symbol: The token's.
        amount: All of it.
        waiting: Of that, what still lies in the exchange; `Ocean.collect` takes it out.
    """

    symbol: str
    amount: str
    waiting: str


@dataclass(frozen=True, slots=True, repr=False)
class Mine(Shown):
    """What one has published, bought and earned."""

    address: str
    published: tuple[Asset, ...]
    bought: tuple[Bought, ...]
    earned: tuple[Earned, ...]
    is_practice: bool

    def as_json(self) -> dict[str, Any]:
        """Return what the server tells the page."""
        return {
            "published": [asset.card() for asset in self.published],
            "bought": [
                each.asset.card()
                | {
                    "order_tx": each.order_tx,
                    "bought_at": each.bought_at,
                    "valid_until": each.valid_until,
                }
                for each in self.bought
            ],
            "earned": [
                {"symbol": each.symbol, "amount": each.amount, "waiting": each.waiting}
                for each in self.earned
            ],
        }

    def shown(self) -> dict[str, str]:
        """Return the words."""
        lines = [PRACTICE] if self.is_practice else []
        lines += [f"published: {a.title} ({a.costs()}, {a.orders} ordered) {a.did}"
                  for a in self.published]  # fmt: skip
        lines += [f"bought: {each.asset.title} {each.asset.did}" for each in self.bought]
        for each in self.earned:
            waiting = f" (of that {each.waiting} to be collected)" if each.waiting != "0" else ""
            lines.append(f"earned: {each.amount} {each.symbol}{waiting}")
        return bundle(f"Of {self.address}", lines or ["Nothing yet."])


def mine(market: Market, address: str) -> Mine:
    """Return it all; prices, orders and earnings are the chain's."""
    own = search.search(
        market, Wanted(owner=address, sort="newest", limit=MAX_LIMIT, any_state=True)
    )
    bought = bought_by(market, address)
    dids = frozenset(each.asset.did for each in bought)
    published = tuple(asset.seen_by(address, dids) for asset in own)
    seen = tuple(replace(each, asset=each.asset.seen_by(address, dids)) for each in bought)
    return Mine(address, published, seen, earned(market, published), market.chain.is_sandbox)


def bought_by(market: Market, address: str) -> list[Bought]:
    """Return what an address has ordered, the newest first, by receipts and logs.

    On a long chain only what was ordered from here, or not too long ago.
    """
    notes = market.journal.orders(market.chain.chain_id, address)
    ordered = {note.tx_hash: note.did for note in notes}
    dids: dict[str, str | None] = {}
    for event in market.connection.logs(
        "ERC20Template", "OrderStarted", indexed=(address,), from_block=market.first_block()
    ):
        if event.tx_hash in ordered:
            continue
        if event.address not in dids:
            dids[event.address] = _did(market, event.address)
        did = dids[event.address]
        if did is not None:
            ordered[event.tx_hash] = did
    listed = {asset.did: asset for asset in _listed(market, sorted(set(ordered.values())))}
    found: dict[str, Bought] = {}
    for tx_hash, did in ordered.items():
        each = _bought(market, tx_hash, listed.get(did), address)
        before = found.get(did)
        if each and (before is None or before.bought_at <= each.bought_at):
            found[did] = each
    return sorted(found.values(), key=lambda each: each.bought_at, reverse=True)


def earned(market: Market, assets: tuple[Asset, ...]) -> tuple[Earned, ...]:
    """Return what assets have earned, by token, fees left out."""
    exchange = market.chain.address("FixedRateExchange")
    collected: defaultdict[str, int] = defaultdict(int)
    waiting: defaultdict[str, int] = defaultdict(int)
    for asset in assets:
        if asset.price is None or not asset.orders:
            continue
        for address, exchange_id in market.read("ERC20Template", asset.datatoken, "getFixedRates"):
            if str(address).lower() != exchange.lower():
                continue
            found = market.read("FixedRateExchange", exchange, "getExchange", exchange_id)
            token = str(found[_TOKEN])
            waiting[token] += int(found[_BALANCE])
            logs = market.connection.logs(
                "FixedRateExchange", "TokenCollected", address=exchange,
                indexed=("0x" + bytes(exchange_id).hex(),), from_block=market.first_block(),
            )  # fmt: skip
            collected[token] += sum(
                int(log.fields["amount"]) for log in logs if str(log.fields["token"]) == token
            )
    told = []
    for token, left in waiting.items():
        symbol, decimals = market.connection.token(token)
        total = prices.to_text(left + collected[token], decimals)
        told.append(Earned(symbol, total, prices.to_text(left, decimals)))
    return tuple(told)


def collect(
    market: Market, asset: Asset, signer: Signer, *, steps: StepsCallback | None = None
) -> str:
    """Take out of the exchange what an asset has earned; return the transaction.

    Raises:
        ConfigError: There is nothing to collect.
    """
    require_owner(market, asset.data_nft, signer.address)
    exchange = market.chain.address("FixedRateExchange")
    for address, exchange_id in market.read("ERC20Template", asset.datatoken, "getFixedRates"):
        if str(address).lower() != exchange.lower():
            continue
        found = market.read("FixedRateExchange", exchange, "getExchange", exchange_id)
        if int(found[_BALANCE]):
            call = market.call(
                "FixedRateExchange", exchange, "collectBT", bytes(exchange_id), int(found[_BALANCE])
            )
            told = Steps([("collect", "Take out what was earned")], steps)
            with told.doing("collect"):
                return market.send(call, signer, told, "collect").tx_hash
    raise ConfigError("this asset has earned nothing that could be collected")


def _did(market: Market, datatoken: str) -> str | None:
    """Return the asset of a datatoken; anybody's contract can say that something was ordered."""
    try:
        data_nft = str(market.read("ERC20Template", datatoken, "getERC721Address"))
    except OceanError:
        return None
    return ddo.did(data_nft, market.chain.chain_id)


def _listed(market: Market, dids: list[str]) -> Iterator[Asset]:
    """Yield assets, many at a time: an Ocean Node takes 30 requests a minute by default."""
    for at in range(0, len(dids), _AT_ONCE):
        some = dids[at : at + _AT_ONCE]
        query = {"q": "*", "filter_by": f"id:=[{','.join(some)}]", "limit": _AT_ONCE}
        try:
            documents = list(market.node.query(query).documents)
        except OceanNodeError:
            documents = []
        known = {document.get("id") for document in documents}
        for did in [did for did in some if did not in known][:_ONE_BY_ONE]:
            with contextlib.suppress(OceanError):  # withdrawn, or not listed there
                documents.append(market.node.ddo(did))
        yield from search.read_all(market, documents)


def _bought(market: Market, tx_hash: str, asset: Asset | None, address: str) -> Bought | None:
    if asset is None:
        return None
    try:
        receipt = market.connection.receipt(tx_hash, 0)
    except OceanError:  # a note that somebody else wrote
        return None
    if not orders.is_started(receipt, asset, address):
        return None
    at = market.connection.block_time(receipt.block_number)
    until = at + asset.timeout_s if asset.timeout_s else None
    return Bought(asset, tx_hash, at, until)
