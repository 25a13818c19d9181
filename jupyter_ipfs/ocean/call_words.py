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
_MOST_DECIMALS = 255  # ERC-20's are one byte
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
        if token == self.chain.payment_token:
            # The chain's own, whatever anybody says of it.
            symbol, decimals = self._payment_symbol, 18
        elif token in self.tokens:
            # Its symbol is its own claim: the address goes with it.
            claimed, decimals = self.tokens[token]
            symbol = f"{plain_text(claimed)[:20]} ({token})"
        else:
            return f"{units} of the smallest units of {token}"
        return f"{price.to_text(units, decimals)} {symbol}{self._kind_of_money}"

    @property
    def _payment_symbol(self) -> str:
        return "OCEAN" if "Ocean" in self.chain.contracts else "COMPY"

    @property
    def _kind_of_money(self) -> str:
        if self.chain.is_sandbox:
            return " (play money)"
        return " (test money)" if self.chain.is_test else ""

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
    nft, token, *offer = _given(call)
    lines = [
        ("Data NFT", f"{nft[0]} ({nft[1]})"),
        ("Owner", nft[5]),
        *_datatoken_lines(token[1], token[2]),
    ]
    if offer and call.function == "createNftWithErc20WithDispenser":
        lines.append(("Price", "free"))
    elif offer:
        lines += _rate_lines(offer[0], names)
    if not nft[4]:
        lines.append(("Transfer", "the data NFT cannot be given to anybody else"))
    warnings = _token_warnings(token, nft[5], names)
    sellers = {"Dispenser", "FixedRateExchange"}
    if offer and not any(names.is_own(each, offer[0][0]) for each in sellers):
        warnings.append(f"{offer[0][0]}, which would sell it, is none of Ocean's contracts.")
    return "Create the asset's data NFT and datatoken", lines, " ".join(warnings) or None


def _rate_lines(rate: Any, names: _Names) -> list[tuple[str, str]]:  # noqa: ANN401
    _, addresses, numbers = rate
    if numbers[0] > _MOST_DECIMALS:
        raise ValueError("no token has so many decimals")  # ten to that power would end the process
    # The rate has 18 decimals, whatever the token has.
    units = numbers[2] * 10 ** numbers[0] // _ONE
    lines = [("Price", names.amount(units, addresses[0]))]
    if numbers[3]:
        share = price.to_text(numbers[3] * 100)
        lines.append(("Fee of the market", f"{share} % to {addresses[2]}"))
    return lines


def _datatoken_lines(strings: Any, addresses: Any) -> list[tuple[str, str]]:  # noqa: ANN401
    to = "the owner of the data NFT" if addresses[1] == _NOBODY else addresses[1]
    lines = [("Datatoken", f"{strings[0]} ({strings[1]})"), ("Payments go to", to)]
    # Template 4 has, after the four, the factory of its lists and the lists.
    named = zip(("Who may order", "Who may not order"), addresses[5:], strict=False)
    lines += [(label, f"members of {each}") for label, each in named if each != _NOBODY]
    return lines


def _token_warnings(token: Any, owner: str, names: _Names) -> list[str]:  # noqa: ANN401
    warnings = []
    minter, _, fee_to, fee_token, *_ = token[2]
    if minter not in {_NOBODY, owner}:
        warnings.append(f"{minter} could make datatokens, and so orders, without paying.")
    if fee_to != _NOBODY and token[3][1]:
        fee = names.amount(token[3][1], fee_token)
        warnings.append(f"Each order pays a fee of {fee} to {fee_to}.")
    return warnings


def _create_token(call: ContractCall, names: _Names) -> _Said:
    given = _given(call)
    warnings = _token_warnings(given, _NOBODY, names)
    lines = _datatoken_lines(given[1], given[2])
    return "Add a datatoken to the data NFT", lines, " ".join(warnings) or None


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
            f"{spender} is not Ocean's own exchange, and can take this at any time: "
            "sign only while you buy an asset that you trust."
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
        share = price.to_text(exchange[3] * 100)
        lines.append(("Fee of the market", f"{share} % to {exchange[4]}"))
    warning = None
    if not names.is_own("FixedRateExchange", exchange[0]):
        warning = f"{exchange[0]}, which sells it, is not Ocean's own exchange."
    return "Buy the asset", lines, warning


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


def _hex(value: Any) -> str:  # noqa: ANN401
    return "0x" + bytes(value).hex()
