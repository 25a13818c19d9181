"""Assets: a published DDO, and what an Ocean Node adds to it, read as a stranger's words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from jupyter_ipfs.errors import DDOError
from jupyter_ipfs.ocean import ddo as ddos
from jupyter_ipfs.ocean.draft import KINDS, is_address, is_web_address
from jupyter_ipfs.ocean.published import Published
from jupyter_ipfs.ocean.showing import PASSED_ON, Shown, bundle, one_line
from jupyter_ipfs.words.practice import PRACTICE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_ipfs.ocean.chains import Chain

STATES = (
    "active", "end-of-life", "deprecated", "revoked", "ordering-disabled", "unlisted",
)  # fmt: skip
T = TypeVar("T")
_DIGITS = 40  # of a price's text


@dataclass(frozen=True, slots=True)
class Price:
    """What one order costs, before fees.

    Attributes:
        amount: As a decimal text.
        symbol: The token's, as far as it is known here.
        token: Its address.
        exchange_id: The fixed-rate exchange's, ``0x…``.
    """

    amount: str
    symbol: str
    token: str
    exchange_id: str

    def __str__(self) -> str:
        """``5 OCEAN``."""
        return f"{self.amount} {self.symbol}"


@dataclass(frozen=True, slots=True, repr=False)
class Asset(Shown):
    """An asset as an Ocean Node lists it.

    Attributes:
        did: Its identifier.
        title: Its name.
        description: What it is.
        author: Who made it, as they say.
        kind: ``dataset``, ``model``, ``algorithm`` or ``notebook``.
        tags: Words to find it by.
        license: Under what it may be used.
        price: What an order costs; ``None``: nothing, or it is not to be had (see `is_free`).
        is_free: Whether an order costs nothing but the transaction.
        orders: How often it was ordered.
        created_at: When it was published, ISO 8601.
        updated_at: When it was last changed.
        state: See `STATES`.
        owner: Who holds the data NFT.
        data_nft: The contract that the asset is.
        datatoken: The token that an order costs.
        service_id: Of the service that gives the bytes.
        service_index: Its place among the asset's services.
        service_endpoint: The Ocean Node that serves it.
        timeout_s: How long an order lasts, 0: for ever.
        published: What it says of its bytes, or ``None``.
        sample: The address of a sample, or ``None``.
        chain: The chain that it is on.
        ddo: All of it, as the Ocean Node gave it.
        mine: Whether the address that asked has published it.
        bought: Whether it has ordered it.
    """

    did: str
    title: str
    description: str
    author: str
    kind: str
    tags: tuple[str, ...]
    license: str
    price: Price | None
    is_free: bool
    orders: int
    created_at: str
    updated_at: str
    state: str
    owner: str
    data_nft: str
    datatoken: str
    service_id: str
    service_index: int
    service_endpoint: str
    timeout_s: int
    published: Published | None
    sample: str | None
    chain: Chain
    ddo: Mapping[str, Any] = field(repr=False, compare=False)
    mine: bool = False
    bought: bool = False

    @property
    def root(self) -> str | None:
        """The content's CID, which free assets alone say."""
        return self.published.root if self.published and self.is_free else None

    @property
    def size(self) -> int | None:
        """Bytes that are served, as the asset says."""
        return self.published.size if self.published else None

    def seen_by(self, address: str | None, bought: frozenset[str]) -> Asset:
        """Return it as ``address`` sees it, who has ordered the assets in ``bought``."""
        mine = address is not None and self.owner.lower() == address.lower()
        return replace(self, mine=mine, bought=self.did in bought)

    def card(self) -> dict[str, Any]:
        """Return what the page's lists show."""
        price = {"amount": self.price.amount, "symbol": self.price.symbol} if self.price else None
        return {
            "did": self.did,
            "title": self.title,
            "description": self.description,
            "author": self.author,
            "kind": self.kind,
            "tags": list(self.tags),
            "license": self.license,
            "price": price,
            "free": self.is_free,
            "orders": self.orders,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
            "state": self.state,
            "owner": self.owner,
            "data_nft": self.data_nft,
            "datatoken": self.datatoken,
            "service_id": self.service_id,
            "root": self.root,
            "size": self.size,
            "form": self.published.form if self.published else None,
            "practice": self.chain.is_sandbox,
            "mine": self.mine,
            "bought": self.bought,
        }

    def page(self) -> dict[str, Any]:
        """Return what the page of one asset shows, without its history."""
        name = self.published.name if self.published else ""
        files = [{"type": "ipfs", "name": name, "size": self.size, "content_type": None}]
        return self.card() | {
            "files": files,
            "timeout_s": self.timeout_s,
            "history": [],
            "sample": self.sample,
            "ddo": dict(self.ddo),
        }

    def costs(self) -> str:
        """Return the price in words."""
        if self.price is not None:
            return str(self.price)
        return "free" if self.is_free else "not to be had"

    def shown(self) -> dict[str, str]:
        """Return the card of the asset."""
        facts = [self.kind, self.costs(), *([] if self.state == "active" else [self.state])]
        lines = [" · ".join(facts)]
        if self.chain.is_sandbox:
            lines.append(PRACTICE)
        lines += [
            self.description,
            f"by {self.author}, {self.license}" if self.author else self.license,
            f"DID {self.did}",
            f"data NFT {self.data_nft} · datatoken {self.datatoken}",
        ]
        if self.root:
            lines.append(f"CID {self.root}")
        elif self.price is not None:
            lines.append(PASSED_ON)
        return bundle(self.title, lines)


def read(document: Mapping[str, Any], chain: Chain) -> Asset:
    """Read an asset as an Ocean Node gave it.

    Raises:
        DDOError: It is no asset of this chain, or not the one that its identifier says.
    """
    metadata = _of(document, "metadata", dict)
    services = _of(document, "services", list)
    index, service = _access(services)
    data_nft = _of(document, "nftAddress", str)
    datatoken = _of(service, "datatokenAddress", str)
    if not (is_address(data_nft) and is_address(datatoken)):
        raise DDOError("the asset's contracts are no addresses")
    did = _of(document, "id", str)
    if document.get("chainId") != chain.chain_id or did != ddos.did(data_nft, chain.chain_id):
        raise DDOError(
            f"{one_line(did, 80)} is not the asset of its data NFT on {chain.title}",
            "the Ocean Node lists something else under this name; do not order it",
        )
    indexed = _dict(document.get("indexedMetadata"))
    nft = _dict(indexed.get("nft"))
    stats = _stats(indexed.get("stats"), datatoken)
    price, is_free = _price(stats, chain)
    published = Published.read(metadata)
    links = metadata.get("links")
    return Asset(
        did=did,
        title=_text(metadata.get("name"), "Without a title"),
        description=_text(metadata.get("description")),
        author=_text(metadata.get("author")),
        kind=_kind(metadata, published),
        tags=tuple(_text(tag) for tag in _list(metadata.get("tags")) if isinstance(tag, str)),
        license=_text(metadata.get("license")),
        price=price,
        is_free=is_free,
        orders=_count(stats.get("orders")),
        created_at=_text(metadata.get("created")),
        updated_at=_text(metadata.get("updated")),
        state=_state(nft),
        owner=_text(nft.get("owner")),
        data_nft=data_nft,
        datatoken=datatoken,
        service_id=_of(service, "id", str),
        service_index=index,
        service_endpoint=_text(service.get("serviceEndpoint")),
        timeout_s=_count(service.get("timeout")),
        published=published,
        sample=next(
            (link for link in _list(links) if isinstance(link, str) and is_web_address(link)), None
        ),
        chain=chain,
        ddo=document,
    )


def moment(text: str) -> dt.datetime | None:
    """Return a DDO's time, ``None`` if it is none."""
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return None


def own_part(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return what its author wrote: a DDO without what an Ocean Node adds."""
    added = {"indexedMetadata", "datatokens", "nft", "event", "stats", "purgatory", "accessDetails"}
    return {key: value for key, value in document.items() if key not in added}


def _state(nft: Mapping[str, Any]) -> str:
    state = nft.get("state", 0)
    known = type(state) is int and 0 <= state < len(STATES)
    return STATES[state] if known else "unknown"


def _access(services: list[Any]) -> tuple[int, Mapping[str, Any]]:
    for index, service in enumerate(services):
        if isinstance(service, dict) and service.get("type") == "access":
            return index, service
    raise DDOError("the asset has no service that gives its bytes")


def _kind(metadata: Mapping[str, Any], published: Published | None) -> str:
    if published and published.kind in KINDS:
        return published.kind
    return "algorithm" if metadata.get("type") == "algorithm" else "dataset"


def _stats(entries: object, datatoken: str) -> Mapping[str, Any]:
    for entry in _list(entries):
        if isinstance(entry, dict) and _text(entry.get("datatokenAddress")).lower() == (
            datatoken.lower()
        ):
            return entry
    return {}


def _price(stats: Mapping[str, Any], chain: Chain) -> tuple[Price | None, bool]:
    for entry in _list(stats.get("prices")):
        if not isinstance(entry, dict):
            continue
        kind = _text(entry.get("type"))
        if kind == "dispenser":
            return None, True
        amount, token = str(entry.get("price")), _text(entry.get("token"))
        if kind in {"fixedrate", "fixed"} and len(amount) <= _DIGITS:
            known = token.lower() == (chain.payment_token or "").lower()
            symbol = "OCEAN" if known else one_line(token, 10)
            return Price(_plain(amount), symbol, token, _text(entry.get("exchangeId"))), False
    return None, False


def _plain(amount: str) -> str:
    """``5`` for the ``5.0`` that ethers writes."""
    return amount.rstrip("0").removesuffix(".") if "." in amount else amount


def _of(document: Mapping[str, Any], key: str, kind: type[T]) -> T:
    value = document.get(key)
    if not isinstance(value, kind):
        raise DDOError(f"the asset has no usable {key}")
    return value


def _dict(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object, otherwise: str = "") -> str:
    return value if isinstance(value, str) else otherwise


def _count(value: object) -> int:
    return value if type(value) is int and value >= 0 else 0
