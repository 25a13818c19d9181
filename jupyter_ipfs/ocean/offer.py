"""What a datatoken costs, by the chain's own contracts: what an Ocean Node says is a hint."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from jupyter_ipfs.errors import AccessDeniedError, TransactionError
from jupyter_ipfs.ocean import price as prices
from jupyter_ipfs.ocean.market import NOBODY, ONE

if TYPE_CHECKING:
    from jupyter_ipfs.ocean.asset import Asset
    from jupyter_ipfs.ocean.market import Market

# As contracts take it: the token is at 1, the amount at 2.
Fee: TypeAlias = "tuple[str, str, int, int, bytes, bytes, int, bytes]"

# What an exchange may ask beyond the price that was shown, when nobody said how much may be paid:
# Ocean's own fee is a thousandth, and publishing markets take a few hundredths.
_FEES = 20  # one twentieth


@dataclass(frozen=True, slots=True)
class Offer:
    """Where a datatoken is to be had.

    Attributes:
        contract: The dispenser's or the exchange's address.
        exchange_id: Of the exchange; ``None`` if it is a dispenser.
        token: What is paid in.
        amount: What one datatoken costs now, fees included, in the token's smallest unit.
        symbol: The token's.
        decimals: The token's.
    """

    contract: str
    exchange_id: bytes | None = None
    token: str = NOBODY
    amount: int = 0
    symbol: str = ""
    decimals: int = 18

    def __str__(self) -> str:
        """``5.005 OCEAN`` or ``free``."""
        if self.exchange_id is None:
            return "free"
        return f"{prices.to_text(self.amount, self.decimals)} {self.symbol}"


def find(market: Market, datatoken: str) -> Offer:
    """Return where a datatoken is to be had: free before paid.

    Only Ocean's own dispenser and exchange are asked, at the addresses that the chain's list has.

    Raises:
        AccessDeniedError: Nowhere.
    """
    ours = market.chain.address("Dispenser")
    for address in market.read("ERC20Template", datatoken, "getDispensers"):
        if address.lower() == ours.lower():
            is_active = market.read("Dispenser", ours, "status", datatoken)[0]
            if is_active:
                return Offer(ours)
    exchange = market.chain.address("FixedRateExchange")
    for address, exchange_id in market.read("ERC20Template", datatoken, "getFixedRates"):
        if address.lower() != exchange.lower():
            continue
        found = market.read("FixedRateExchange", exchange, "getExchange", exchange_id)
        token, is_active = str(found[3]), bool(found[6])
        if not is_active:
            continue
        amount = market.read(
            "FixedRateExchange", exchange, "calcBaseInGivenOutDT", exchange_id, ONE, 0
        )[0]
        symbol, decimals = market.connection.token(token)
        return Offer(exchange, bytes(exchange_id), token, int(amount), symbol, decimals)
    raise AccessDeniedError(
        "this asset cannot be had at the moment: neither free nor at a price",
        "its publisher may have closed the sale",
    )


def require_agreed(
    market: Market, asset: Asset, offer: Offer | None, fee: Fee, at_most: str | None
) -> None:
    """Refuse to pay more than was agreed to, or than the asset was listed for.

    What an Ocean Node asks for itself counts: it names the amount and the token as it likes.

    Args:
        market: Where.
        asset: As it was shown.
        offer: What the datatoken costs; ``None``: it need not be bought.
        fee: The Ocean Node's.
        at_most: The most that may be paid, in the token of the asset's price, else in the chain's.

    Raises:
        TransactionError: It costs more, or another token.
    """
    fee_token, fee_amount = fee[1], fee[2]
    is_paid = offer is not None and offer.exchange_id is not None
    if offer is not None and is_paid:
        if fee_amount and fee_token.lower() == offer.token.lower():
            offer = replace(offer, amount=offer.amount + fee_amount)
            fee_amount = 0
        _require_price(market, asset, offer, at_most)
    if not fee_amount:
        return
    symbol, decimals = market.connection.token(fee_token)
    asked = prices.to_text(fee_amount, decimals)
    words = f"the Ocean Node asks a fee of {asked} {symbol} ({fee_token}) for it"
    if is_paid or fee_token.lower() != (market.chain.payment_token or "").lower():
        raise TransactionError(f"{words}: nothing was paid", "choose another Ocean Node")
    if at_most is None or fee_amount > prices.to_units(at_most, decimals):
        raise TransactionError(f"{words}: nothing was paid", f"to pay that: at_most={asked!r}")


def _require_price(market: Market, asset: Asset, offer: Offer, at_most: str | None) -> None:
    listed = asset.price.token if asset.price else market.chain.payment_token or ""
    is_listed = listed.lower() == offer.token.lower()
    if at_most is not None:
        if not is_listed:
            raise TransactionError(
                f"it costs {offer} now, which is another token ({offer.token}) than was shown: "
                "nothing was paid",
                "its publisher has changed that, or the Ocean Node lists something else",
            )
        most = prices.to_units(at_most, offer.decimals)
        agreed = f"{at_most} {offer.symbol} at most"
    elif asset.price is not None and is_listed:
        units = prices.to_units(asset.price.amount, offer.decimals)
        most = units + units // _FEES
        agreed = f"listed for {asset.price}"
    else:
        most, agreed = 0, f"listed as {asset.costs()}"
    if offer.amount > most:
        raise TransactionError(
            f"it costs {offer} now, and it was {agreed}: nothing was paid",
            f"to pay that: at_most={prices.to_text(offer.amount, offer.decimals)!r}",
        )
