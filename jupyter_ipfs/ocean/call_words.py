"""What a contract call does, in words and with its numbers, for whoever is to sign it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.ocean import price
from jupyter_ipfs.ocean.abi import plain_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jupyter_ipfs.ocean.chains import Chain
    from jupyter_ipfs.wallet.intents import ContractCall

TOKEN = "MockERC20"  # noqa: S105  (the artifact that stands for any ERC-20 token)

_STATES = {
    0: "active",
    1: "end of life",
    2: "deprecated",
    3: "revoked",
    4: "ordering switched off",
    5: "unlisted",
}
_NOBODY = "0x" + "0" * 40
_ONE = 10**18
# Contracts that there is one of on a chain; the others are made anew for each asset.
_ONE_OF_A_KIND = ("ERC721Factory", "FixedRateExchange", "Dispenser", "AccessListFactory")


@dataclass(frozen=True, slots=True)
class Words:
    """What is shown to the one who signs.

    Attributes:
        title: In one line.
        lines: Labels and values.
        warning: What to be careful about, ``None`` if nothing.
    """

    title: str
    lines: list[tuple[str, str]]
    warning: str | None = None


@dataclass(frozen=True, slots=True)
class _Names:
    """What addresses are called on one chain."""

    chain: Chain
    tokens: Mapping[str, tuple[str, int]]

    def address(self, address: str) -> str:
        for contract in _ONE_OF_A_KIND:
            if self.is_own(contract, address):
                return f"Ocean's {contract} ({address})"
        if address in self.tokens:
            return f"{plain_text(self.tokens[address][0])[:20]} ({address})"
        return address

    def amount(self, units: int, token: str) -> str:
        known = self.tokens.get(token)
        if known is None and token == self.chain.payment_token:
            known = ("OCEAN" if token == self.chain.contracts.get("Ocean") else "COMPY", 18)
        if known is None:
            return f"{units} of the smallest units of {token}"
        symbol, decimals = known
        play = " (play money)" if self.chain.is_test else ""
        return f"{price.to_text(units, decimals)} {plain_text(symbol)[:20]}{play}"

    def is_own(self, contract: str, address: str) -> bool:
        key = {"FixedRateExchange": "FixedPrice"}.get(contract, contract)
        return self.chain.contracts.get(key) == address


def describe(call: ContractCall, chain: Chain, tokens: Mapping[str, tuple[str, int]]) -> Words:
    """Return the words for a call whose arguments are known to fit; see `calls.words`."""
    names = _Names(chain, tokens)
    title, lines, warning = _SAYING[call.function](call, names)
    warnings = [warning] if warning else []
    if call.contract in _ONE_OF_A_KIND and not names.is_own(call.contract, call.to):
        warnings.append(
            f"This is not Ocean's own {call.contract} on {chain.title}: sign only if you know it."
        )
    lines = [(label, plain_text(value)) for label, value in lines]
    return Words(title, [*lines, ("Contract", names.address(call.to))], " ".join(warnings) or None)


_Said = tuple[str, list[tuple[str, str]], str | None]


def _publish(call: ContractCall, names: _Names) -> _Said:
    nft: Any = _given(call)[0]
    token: Any = _given(call)[1]
    lines = [
        ("Data NFT", f"{nft[0]} ({nft[1]})"),
        ("Owner", nft[5]),
        ("Datatoken", f"{token[1][0]} ({token[1][1]})"),
        ("Payments go to", _or_owner(token[2][1])),
    ]
    warning = None
    if token[2][2] != _NOBODY and token[3][1]:
        fee = names.amount(token[3][1], token[2][3])
        warning = f"Each order pays a fee of {fee} to {token[2][2]}."
    if call.function == "createNftWithErc20WithDispenser":
        lines.append(("Price", "free"))
    elif call.function == "createNftWithErc20WithFixedRate":
        rate: Any = _given(call)[2]
        base = rate[1][0]
        # The rate has 18 decimals, whatever the token has.
        lines.append(("Price", names.amount(_rated(rate[2][2], rate[2][0]), base)))
        if rate[2][3]:
            lines.append(("Fee of the market", f"{price.to_text(rate[2][3] * 100)} %"))
    if not nft[4]:
        lines.append(("Transfer", "the data NFT cannot be given to anybody else"))
    return "Create the asset's data NFT and datatoken", lines, warning


def _create_token(call: ContractCall, _names: _Names) -> _Said:
    strings: Any = _given(call)[1]
    addresses: Any = _given(call)[2]
    lines = [
        ("Datatoken", f"{strings[0]} ({strings[1]})"),
        ("Payments go to", _or_owner(addresses[1])),
    ]
    return "Add a datatoken to the data NFT", lines, None


def _metadata(call: ContractCall, _names: _Names) -> _Said:
    state, url, _, flags, data = _given(call)[:5]
    how = "encrypted to the Ocean Node" if flags == b"\x02" else "readable by anybody"
    lines = [
        ("Description", f"{len(data)} bytes, {how}"),
        ("State", _state(state)),
        ("Ocean Node", str(url)),
    ]
    return "Publish the asset's description", lines, None


def _set_state(call: ContractCall, _names: _Names) -> _Said:
    return "Change the asset's state", [("New state", _state(_given(call)[0]))], None


def _token_uri(call: ContractCall, _names: _Names) -> _Said:
    lines = [("Data NFT", f"number {_given(call)[0]}"), ("Points to", str(_given(call)[1]))]
    return "Change what the data NFT points to", lines, None


def _transfer(call: ContractCall, _names: _Names) -> _Said:
    lines = [
        ("From", str(_given(call)[0])),
        ("New owner", str(_given(call)[1])),
        ("Data NFT", f"number {_given(call)[2]}"),
    ]
    return (
        "Give the asset to another address",
        lines,
        "The asset is theirs afterwards: only they can change it, and only they can give it back.",
    )


def _set_rate(call: ContractCall, _names: _Names) -> _Said:
    rate = _given(call)[1]
    lines = [
        ("New price", f"{price.to_text(rate)} of the exchange's token"),
        ("Exchange", _hex(_given(call)[0])),
    ]
    return "Change the asset's price", lines, None


def _collect(call: ContractCall, names: _Names) -> _Said:
    exchange, amount = _given(call)
    token = names.chain.payment_token or "the exchange's token"
    lines = [("Amount", names.amount(amount, token)), ("Exchange", _hex(exchange))]
    return "Take out what the asset has earned", lines, None


def _approve(call: ContractCall, names: _Names) -> _Said:
    spender, amount = _given(call)
    said = names.amount(amount, call.to)
    lines = [("Amount", said), ("May be taken by", names.address(str(spender)))]
    warning = None
    if not names.is_own("FixedRateExchange", str(spender)):
        warning = (
            "What may take it is a contract of the one asset: sign only if you want to buy it."
        )
    return f"Allow {said} to be taken", lines, warning


def _buy(call: ContractCall, names: _Names) -> _Said:
    _, amount, most, *_ = _given(call)
    lines = [
        ("Datatokens", price.to_text(amount)),
        ("At most", names.amount(most, names.chain.payment_token or "the exchange's token")),
    ]
    return "Buy the asset's datatoken", lines, None


def _dispense(call: ContractCall, _names: _Names) -> _Said:
    token, amount, to = _given(call)
    lines = [("Datatoken", str(token)), ("Amount", price.to_text(amount)), ("For", str(to))]
    return "Get the asset's free datatoken", lines, None


def _order(call: ContractCall, names: _Names) -> _Said:
    lines = [("Pays", "1 datatoken"), *_order_lines(_given(call), names)]
    return "Order the asset", lines, None


def _order_free(call: ContractCall, names: _Names) -> _Said:
    order: Any = _given(call)[0]
    lines = [("Price", "free"), *_order_lines(order, names)]
    return "Get the free asset", lines, _dispenser_warning(str(_given(call)[1]), names)


def _order_priced(call: ContractCall, names: _Names) -> _Said:
    order: Any = _given(call)[0]
    exchange: Any = _given(call)[1]
    most = names.amount(exchange[2], names.chain.payment_token or "the exchange's token")
    lines = [("At most", most), *_order_lines(order, names)]
    if exchange[3] and exchange[4] != _NOBODY:
        lines.append(("Fee of the market", f"{price.to_text(exchange[3] * 100)} %"))
    return "Buy the asset", lines, None


def _reuse(call: ContractCall, names: _Names) -> _Said:
    lines = [("Order", _hex(_given(call)[0])), *_fee_lines(_given(call)[1], names)]
    return "Renew an order of the asset", lines, None


def _deploy_list(call: ContractCall, _names: _Names) -> _Said:
    name, _, transferable, owner, users, _ = _given(call)
    lines = [
        ("Name", str(name)),
        ("Owner", str(owner)),
        ("Members", ", ".join(str(each) for each in users) or "none yet"),
        ("Membership", "can be passed on" if transferable else "cannot be passed on"),
    ]
    return "Create a list of who may order", lines, None


def _add_member(call: ContractCall, _names: _Names) -> _Said:
    return "Add a member to the list", [("Member", str(_given(call)[0]))], None


def _remove_member(call: ContractCall, _names: _Names) -> _Said:
    return "Remove a member from the list", [("Member", f"number {_given(call)[0]}")], None


_SAYING: Mapping[str, Callable[[ContractCall, _Names], _Said]] = {
    "createNftWithErc20": _publish,
    "createNftWithErc20WithDispenser": _publish,
    "createNftWithErc20WithFixedRate": _publish,
    "createERC20": _create_token,
    "setMetaData": _metadata,
    "setMetaDataState": _set_state,
    "setTokenURI": _token_uri,
    "safeTransferFrom": _transfer,
    "setRate": _set_rate,
    "collectBT": _collect,
    "approve": _approve,
    "buyDT": _buy,
    "dispense": _dispense,
    "startOrder": _order,
    "buyFromDispenserAndOrder": _order_free,
    "buyFromFreAndOrder": _order_priced,
    "reuseOrder": _reuse,
    "deployAccessListContract": _deploy_list,
    "mint": _add_member,
    "burn": _remove_member,
}


def _order_lines(order: Any, names: _Names) -> list[tuple[str, str]]:  # noqa: ANN401
    consumer, service, fee, market = order
    lines = [("For", str(consumer)), ("Service", f"number {service}"), *_fee_lines(fee, names)]
    if market[2]:
        lines.append(("Fee of the market", f"{names.amount(market[2], market[1])} to {market[0]}"))
    return lines


def _fee_lines(fee: Any, names: _Names) -> list[tuple[str, str]]:  # noqa: ANN401
    said = names.amount(fee[2], fee[1]) if fee[2] else "none"
    return [("Fee of the Ocean Node", f"{said} to {fee[0]}" if fee[2] else said)]


def _dispenser_warning(dispenser: str, names: _Names) -> str | None:
    if names.is_own("Dispenser", dispenser):
        return None
    return f"{dispenser} is not Ocean's own Dispenser on {names.chain.title}."


def _given(call: ContractCall) -> tuple[Any, ...]:
    # They have been encoded by the function's types before.
    return call.arguments


def _state(number: Any) -> str:  # noqa: ANN401
    return _STATES.get(number, f"number {number}")


def _or_owner(address: str) -> str:
    return "the owner of the data NFT" if address == _NOBODY else address


def _rated(rate: int, decimals: int) -> int:
    units: int = rate * 10**decimals // _ONE
    return units


def _hex(value: Any) -> str:  # noqa: ANN401
    return "0x" + bytes(value).hex()
