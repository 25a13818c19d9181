"""Changing what is published: description, price, state, owner."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import AccessDeniedError, ConfigError, DDOError, TransactionError
from jupyter_ipfs.ocean import asset as assets
from jupyter_ipfs.ocean import description, draft, reach
from jupyter_ipfs.ocean import price as prices
from jupyter_ipfs.ocean.steps import Steps
from jupyter_ipfs.wallet.recover import checksummed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_ipfs.ocean.asset import Asset
    from jupyter_ipfs.ocean.market import Market
    from jupyter_ipfs.ocean.steps import StepsCallback
    from jupyter_ipfs.protocols import Signer
    from jupyter_ipfs.wallet.intents import ContractCall

_TEXTS = {"title": "name", "description": "description", "author": "author", "license": "license"}


def edit(
    market: Market,
    asset: Asset,
    signer: Signer,
    *,
    texts: dict[str, str | None],
    tags: Sequence[str] | None = None,
    sample: str | None = None,
    timeout_s: int | None = None,
    price: str | None = None,
    steps: StepsCallback | None = None,
) -> str:
    """Change an asset; return the last transaction.

    Args:
        market: Where.
        asset: What.
        signer: Who owns it.
        texts: ``title``, ``description``, ``author``, ``license``; ``None`` stays as it is.
        tags: New ones.
        sample: The address of a sample; empty for none.
        timeout_s: How long orders last from now on, those of before included.
        price: What an order costs from now on.
        steps: Told each step.

    Raises:
        AccessDeniedError: It belongs to another address.
        DDOError: The new description is not valid. Nothing was sent.
        ConfigError: There is nothing to change, or the price cannot be.
    """
    require_owner(market, asset.data_nft, signer.address)
    calls: list[tuple[str, str, ContractCall]] = []
    if price is not None:
        calls.append(("price", f"Set the price to {price}", _new_price(market, asset, price)))
    if sample and not draft.is_web_address(sample):
        problem = "It takes an address that starts with https:// or http://."
        raise DDOError(problem, "correct it and try again", {"sample": problem})
    document = _edited(asset, texts, tags=tags, sample=sample, timeout_s=timeout_s)
    if document is not None:
        problems = draft.form_problems(description_problems(document)) | _betrays(asset, texts)
        if problems:
            raise DDOError(next(iter(problems.values())), "correct it and try again", problems)
        state = int(market.read("ERC721Template", asset.data_nft, "getMetaData")[2])
        call = description.describe(market, asset.data_nft, document, state)
        calls.append(("describe", "Write the description on the chain", call))
    if not calls:
        raise ConfigError("there is nothing to change", "name what: --title, --price …")
    return _send(market, signer, calls, steps)


def description_problems(document: dict[str, Any]) -> dict[str, str]:
    """Return what is wrong with a DDO."""
    from jupyter_ipfs.ocean import ddo  # noqa: PLC0415  (its name is this module's word)

    return ddo.validate(document)


def set_state(
    market: Market,
    data_nft: str,
    signer: Signer,
    state: str,
    *,
    steps: StepsCallback | None = None,
) -> str:
    """Change an asset's state; return the transaction.

    Raises:
        ConfigError: There is no such state, or an Ocean Node would misread it.
    """
    if state not in assets.STATES:
        raise ConfigError(f"there is no state {state[:40]!a}", f"use {', '.join(assets.STATES)}")
    require_owner(market, data_nft, signer.address)
    number = assets.STATES.index(state)
    call = market.call("ERC721Template", data_nft, "setMetaDataState", number)
    return _send(market, signer, [("state", f"Set it to {state}", call)], steps)


def transfer(
    market: Market, data_nft: str, signer: Signer, to: str, *, steps: StepsCallback | None = None
) -> str:
    """Give an asset away: its data NFT, and with it the right to change it.

    What it earns still goes where it went, until the new owner changes that.

    Raises:
        ConfigError: That is no address.
    """
    require_owner(market, data_nft, signer.address)
    if not draft.is_address(to) or int(to, 16) == 0:
        raise ConfigError(f"{to[:60]!a} is no address that can own something")
    call = market.call(
        "ERC721Template", data_nft, "safeTransferFrom", signer.address, checksummed(to), 1
    )
    return _send(market, signer, [("transfer", f"Give it to {to}", call)], steps)


def require_owner(market: Market, data_nft: str, address: str) -> None:
    """Refuse what only its owner can do.

    Raises:
        AccessDeniedError: It belongs to another address.
    """
    owner = str(market.read("ERC721Template", data_nft, "ownerOf", 1))
    if owner.lower() != address.lower():
        raise AccessDeniedError(
            f"this asset belongs to {owner}, and {address} is signed in", "sign in as its owner"
        )


def _edited(
    asset: Asset,
    texts: dict[str, str | None],
    *,
    tags: Sequence[str] | None,
    sample: str | None,
    timeout_s: int | None,
) -> dict[str, Any] | None:
    """Return the new description; ``None`` if nothing of it changes."""
    before = assets.own_part(asset.ddo)
    document: dict[str, Any] = json.loads(json.dumps(before))
    metadata = document["metadata"]
    for name, text in texts.items():
        if text is not None:
            metadata[_TEXTS[name]] = text
    if tags is not None:
        metadata["tags"] = list(tags)
    if sample is not None:
        metadata["links"] = [sample] if sample else []
    if timeout_s is not None:
        document["services"][asset.service_index]["timeout"] = timeout_s
    if document == before:
        return None
    metadata["updated"] = description.timestamp()
    return document


def _betrays(asset: Asset, texts: dict[str, str | None]) -> dict[str, str]:
    """Return the texts that give away the CID of a priced asset, of which the digest is known."""
    published = asset.published
    if published is None or asset.is_free:
        return {}
    found = {}
    for name, text in texts.items():
        for cid in reach.cids_in(text or ""):
            if any(published.is_root(each) for each in reach.versions(cid)):
                found[name] = "It names the CID: whoever reads it could have the content free."
    return found


def _new_price(market: Market, asset: Asset, price: str) -> ContractCall:
    exchange = market.chain.address("FixedRateExchange")
    for address, exchange_id in market.read("ERC20Template", asset.datatoken, "getFixedRates"):
        if str(address).lower() == exchange.lower():
            rate = prices.to_rate(price)
            return market.call("FixedRateExchange", exchange, "setRate", bytes(exchange_id), rate)
    raise ConfigError(
        "this asset was published as free, and stays so", "publish it anew with a price"
    )


def _send(
    market: Market,
    signer: Signer,
    calls: list[tuple[str, str, ContractCall]],
    steps: StepsCallback | None,
) -> str:
    told = Steps([(key, title) for key, title, _ in calls], steps)
    tx_hash: str | None = None
    for key, _, call in calls:
        with told.doing(key):
            tx_hash = market.send(call, signer, told, key).tx_hash
    if tx_hash is None:
        raise TransactionError("there was nothing to be sent")
    return tx_hash
