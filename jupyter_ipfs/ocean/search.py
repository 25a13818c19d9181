"""Finding assets at the Ocean Node, and seeing that what it gives is what the chain has."""

from __future__ import annotations

import contextlib
import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import (
    AssetNotFoundError,
    ChainError,
    ConfigError,
    DDOError,
    OceanNodeError,
    TransactionError,
)
from jupyter_ipfs.net import json_depth
from jupyter_ipfs.ocean import asset as assets
from jupyter_ipfs.ocean import ddo
from jupyter_ipfs.ocean.draft import KINDS
from jupyter_ipfs.ocean.showing import Shown, table
from jupyter_ipfs.words.practice import PRACTICE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyter_ipfs.ocean.asset import Asset
    from jupyter_ipfs.ocean.market import Market

MAX_LIMIT = 250  # what an Ocean Node gives at once
_MOST_PAGES = 8  # that are looked through here where the node's own search fails
_TX_HASH = re.compile(r"0x[0-9a-fA-F]{64}", re.ASCII)
_WORDS = "metadata.name,metadata.description,metadata.author,metadata.tags"
_KIND = "metadata.additionalInformation.jupyter_ipfs.kind"
_SORTS = {
    "relevance": "",
    "newest": "indexedMetadata.nft.created:desc",
    "price": "indexedMetadata.stats.prices.price:asc",
    "orders": "indexedMetadata.stats.orders:desc",
}
_PRICES = {"free": "dispenser", "paid": "fixedrate"}


@dataclass(frozen=True, slots=True, repr=False)
class Found(Shown):
    """A page of what was found; it can be iterated and indexed.

    Attributes:
        assets: The assets.
        total: How many there are in all.
        is_practice: Whether it is the practice market.
    """

    assets: tuple[Asset, ...]
    total: int
    is_practice: bool = False

    def __iter__(self) -> Iterator[Asset]:
        """The assets."""
        return iter(self.assets)

    def __len__(self) -> int:
        """How many are on this page."""
        return len(self.assets)

    def __getitem__(self, index: int) -> Asset:
        """One of them."""
        return self.assets[index]

    def shown(self) -> dict[str, str]:
        """Return the table."""
        title = f"{self.total:,} found" + (f" · {PRACTICE}" if self.is_practice else "")
        rows = [(a.title, a.kind, a.costs(), a.author, a.did) for a in self.assets]
        return table(title, ("Title", "Kind", "Price", "Author", "DID"), rows, "Nothing is listed.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; see `Ocean.search`."""

    text: str = ""
    kind: str | None = None
    price: str | None = None
    tag: str | None = None
    author: str | None = None
    owner: str | None = None
    sort: str = "relevance"
    offset: int = 0
    limit: int = 50
    any_state: bool = False

    def query(self) -> dict[str, Any]:
        """Return it in Typesense's words, which Ocean Node 3.2 takes.

        Raises:
            ConfigError: A choice is none of those that there are.
        """
        for name, value, known in (
            ("kind", self.kind, KINDS), ("price", self.price, _PRICES), ("sort", self.sort, _SORTS),
        ):  # fmt: skip
            if value is not None and value not in known:
                raise ConfigError(f"{name} {value[:40]!a} is not known", f"use {', '.join(known)}")
        if not 0 < self.limit <= MAX_LIMIT or self.offset < 0:
            raise ConfigError(f"a page has between 1 and {MAX_LIMIT} assets")
        filters = [
            None if self.any_state else "indexedMetadata.nft.state:=0",
            self.kind and f"{_KIND}:={_quoted(self.kind)}",
            self.price and f"indexedMetadata.stats.prices.type:={_PRICES[self.price]}",
            self.tag and f"metadata.tags:={_quoted(self.tag)}",
            self.author and f"metadata.author:={_quoted(self.author)}",
            self.owner and f"indexedMetadata.nft.owner:={_quoted(self.owner)}",
        ]
        query: dict[str, Any] = {
            "q": self.text.strip() or "*",
            "query_by": _WORDS,
            "filter_by": " && ".join(filter(None, filters)),
            "offset": self.offset,
            "limit": self.limit,
        }
        sort = _SORTS[self.sort]
        return query | ({"sort_by": sort} if sort else {})

    def takes(self, asset: Asset) -> bool:
        """Tell whether an asset is one of those, where the node cannot."""
        words = " ".join((asset.title, asset.description, asset.author, *asset.tags)).casefold()
        return (
            all(word in words for word in self.text.casefold().split())
            and (self.any_state or asset.state == "active")
            and self.kind in {None, asset.kind}
            and (self.price is None or (self.price == "free") == asset.is_free)
            and (self.tag is None or self.tag in asset.tags)
            and self.author in {None, asset.author}
            and (self.owner is None or self.owner.lower() == asset.owner.lower())
        )


def search(market: Market, wanted: Wanted) -> Found:
    """Search.

    Ocean Node 3.2 with Typesense answers nothing, or with status 500, as soon as a field is
    missing in one of its collections; then a number of pages is looked through here.
    """
    query = wanted.query()
    practice = market.chain.is_sandbox
    try:
        page = market.node.query(query)
    except OceanNodeError as error:
        if practice or error.status is None:
            raise
        page = None
    if page is not None and (page.documents or practice):
        # A node may give more than it was asked for.
        found = tuple(read_all(market, page.documents[: wanted.limit]))
        return Found(found, page.total, practice)
    return _looked_through(market, wanted)


def read_all(market: Market, documents: Any) -> Iterator[Asset]:  # noqa: ANN401  (a node's)
    """Read what a node gave; what is no asset of this chain is left out."""
    for document in documents:
        with contextlib.suppress(DDOError):
            yield assets.read(document, market.chain)


def show(market: Market, did: str) -> Asset:
    """Return an asset, compared with the chain.

    Raises:
        AssetNotFoundError: The Ocean Node does not list it, or its publisher has withdrawn it.
        DDOError: What the Ocean Node gives is not what was published.
    """
    document = market.node.ddo(did)
    if document.get("version") == "deprecated":
        raise AssetNotFoundError(
            "its publisher has withdrawn this asset",
            "is it yours? %ocean state DID active; publishing it anew takes another --key",
        )
    asset = assets.read(document, market.chain)
    # Bytes are checked against what the chain has; of the Ocean Node's word alone they are not.
    return asset if require_as_published(market, asset) else replace(asset, published=None)


def require_as_published(market: Market, asset: Asset) -> bool:
    """Compare an asset with the transaction that published it; tell whether that could be done.

    One in plain text is compared field by field, an encrypted one by its hash.

    Raises:
        DDOError: It is another one, or nothing says where it was published.
    """
    indexed = asset.ddo.get("indexedMetadata")
    event = indexed.get("event") if isinstance(indexed, dict) else None
    tx_hash = event.get("txid", event.get("tx")) if isinstance(event, dict) else None
    if not isinstance(tx_hash, str) or not _TX_HASH.fullmatch(tx_hash):
        raise DDOError(
            "the Ocean Node does not say which transaction published this asset", "do not order it"
        )
    try:
        receipt = market.connection.receipt(tx_hash, 0)
    except ChainError:
        return False
    except TransactionError:
        raise DDOError(
            "the chain does not have the transaction that is said to have published this asset",
            "do not order it; just after a change, or where the endpoint in rpc_url forgets what "
            "is old, try again or another",
        ) from None
    noted = [
        each
        for name in ("MetadataCreated", "MetadataUpdated")
        for each in receipt.events("ERC721Template", name)
        if each.address.lower() == asset.data_nft.lower()
    ]
    if not noted:
        raise DDOError(
            "the Ocean Node names a transaction that did not publish this asset", "do not order it"
        )
    return _is_same(assets.own_part(asset.ddo), noted[-1].fields)


def _is_same(document: Mapping[str, Any], fields: Mapping[str, Any]) -> bool:
    flags = int.from_bytes(fields["flags"], "big")
    if flags == ddo.PLAIN:
        try:
            json_depth.check(fields["data"])
            same = json.loads(fields["data"].decode()) == document
        except ValueError:
            same = False
    else:
        same = ddo.metadata_hash(ddo.canonical(document)) == fields["metaDataHash"]
        if not same:
            return False  # a node may write the same in another order
    if not same:
        raise DDOError(
            "what the Ocean Node lists is not what was published on the chain",
            "do not order it; ask another Ocean Node",
        )
    return True


def _looked_through(market: Market, wanted: Wanted) -> Found:
    found: list[Asset] = []
    for number in range(_MOST_PAGES):
        query = {"q": "*", "filter_by": "", "page": number + 1, "per_page": MAX_LIMIT}
        page = market.node.query(query)
        found += filter(wanted.takes, read_all(market, page.documents))
        if len(page.documents) < MAX_LIMIT:
            break
    if wanted.sort == "newest":
        found.sort(key=lambda asset: asset.created_at, reverse=True)
    elif wanted.sort == "orders":
        found.sort(key=lambda asset: asset.orders, reverse=True)
    elif wanted.sort == "price":
        found.sort(key=lambda asset: float(asset.price.amount) if asset.price else 0.0)
    shown = found[wanted.offset : wanted.offset + wanted.limit]
    return Found(tuple(shown), len(found), market.chain.is_sandbox)


def _quoted(text: str) -> str:
    """A value of Typesense's filters: nothing in it ends it."""
    return "`" + text.replace("`", " ") + "`"
