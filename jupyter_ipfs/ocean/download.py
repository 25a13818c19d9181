"""Downloading: what was ordered, streamed to a fresh place, checked, and only then named."""

from __future__ import annotations

import errno
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import (
    AccessDeniedError,
    ConfigError,
    DiskFullError,
    JupyterIPFSError,
    LimitError,
    PathExistsError,
    VerificationError,
)
from jupyter_ipfs.node.copy_staging import staging
from jupyter_ipfs.node.meter import Meter
from jupyter_ipfs.node.open_copy import clean
from jupyter_ipfs.ocean import orders, verify_download
from jupyter_ipfs.ocean.content import Hashing
from jupyter_ipfs.ocean.showing import Shown, bundle
from jupyter_ipfs.ocean.verify_download import Received

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.net.client import Answer
    from jupyter_ipfs.ocean.asset import Asset
    from jupyter_ipfs.ocean.market import Market
    from jupyter_ipfs.ocean.steps import StepsCallback
    from jupyter_ipfs.protocols import ProgressCallback, Signer

MOST_UNTOLD = 4 << 30  # bytes of an asset that does not say how large it is: a disk is not endless


@dataclass(frozen=True, slots=True, repr=False)
class Downloaded(Shown):
    """What was downloaded.

    Attributes:
        did: The asset.
        path: Where it is now.
        root: Its CID; ``None`` if the asset said nothing to check it by.
        checked: What exactly was checked, in words.
        size: Bytes that came.
        order_tx: The order.
        paid: What was paid for it just now, such as ``5 OCEAN``; ``None``: nothing.
    """

    did: str
    path: Path
    root: CID | None
    checked: str
    size: int
    order_tx: str
    paid: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return what the server tells the page."""
        root = None if self.root is None else str(self.root)
        return {"path": str(self.path), "root": root, "checked": self.checked}

    def shown(self) -> dict[str, str]:
        """Return the words."""
        root = [] if self.root is None else [f"CID {self.root}"]
        paid = [] if self.paid is None else [f"paid {self.paid}"]
        return bundle(f"Downloaded to {self.path}", [*paid, self.checked, *root, self.did])


def download(
    market: Market,
    asset: Asset,
    signer: Signer,
    to: str | Path | None = None,
    *,
    buy: bool | None = None,
    progress: ProgressCallback | None = None,
    steps: StepsCallback | None = None,
) -> Downloaded:
    """Download an asset and check its bytes.

    Args:
        market: Where.
        asset: What.
        signer: Who has ordered it.
        to: A directory that exists, or a path where nothing is; by default here.
        buy: Whether to order it where that is needed; by default if that is free.
        progress: Told bytes.
        steps: Told the steps of an order.

    Raises:
        PathExistsError: Something is there already.
        AccessDeniedError: It was not ordered, or the Ocean Node does not let this address.
        VerificationError: The Ocean Node sent something else. Nothing is left of it.
        LimitError: More came than may, of an asset that does not say how large it is.
    """
    target = _target(asset, to)
    market.require_served(asset.service_endpoint)
    order_tx, paid = _order(market, asset, signer, buy=buy, steps=steps)
    published = asset.published
    meter = Meter(progress, "fetching", size_total=published.size if published else None)
    try:
        with staging(target.parent) as place:
            answer = market.node.download(asset.did, asset.service_id, order_tx, signer)
            with answer as found, (place / ".received").open("xb") as file:
                told = Hashing(_Chunks(found, published.size if published else None, meter))
                while data := told.read():
                    file.write(data)
            received = Received(place / ".received", told.size, told.sha256)
            inner = place / target.name
            checked = verify_download.check(
                market.content, received, published, inner, progress=progress
            )
            if target.exists() or target.is_symlink():
                raise PathExistsError(f"{str(target)!r} exists by now", "nothing was overwritten")
            inner.rename(target)
    except JupyterIPFSError:  # some of ours are OSErrors too
        raise
    except OSError as error:
        raise _translated(error) from None
    meter.done()
    return Downloaded(asset.did, target, checked.root, checked.words, told.size, order_tx, paid)


class _Chunks:
    """An answer's body as a stream that ends as soon as it is longer than it may be.

    Args:
        answer: The Ocean Node's.
        told: Bytes that were published, as far as the asset says so.
        meter: Told what has come.
    """

    def __init__(self, answer: Answer, told: int | None, meter: Meter) -> None:
        self._chunks: Iterator[bytes] = answer.chunks()
        self._told = told
        self._meter = meter
        self._size = 0

    def read(self, size: int = -1, /) -> bytes:  # noqa: ARG002  (as much as there is)
        data = next((chunk for chunk in self._chunks if chunk), b"")
        self._size += len(data)
        self._meter.advance(len(data))
        if self._told is not None and self._size > self._told:
            raise VerificationError(
                f"the Ocean Node sends more than the {self._told:,} bytes that were published",
                "nothing of it was kept",
            )
        if self._told is None and self._size > MOST_UNTOLD:
            raise LimitError(
                f"the asset does not say how large it is, and more than {MOST_UNTOLD:,} bytes came",
                "nothing of it was kept; ask its publisher what it is",
            )
        return data


def _order(
    market: Market,
    asset: Asset,
    signer: Signer,
    *,
    buy: bool | None,
    steps: StepsCallback | None,
) -> tuple[str, str | None]:
    """Return the transaction that gives the right to download, and what was paid for it."""
    may_buy = asset.is_free if buy is None else buy
    if may_buy:
        order = orders.order(market, asset, signer, steps=steps)
        return order.tx_hash, order.paid
    found = orders.find(market, asset, signer.address)
    if found is None:
        raise AccessDeniedError(
            f"{signer.address} has not ordered this asset, or no longer ({asset.costs()})",
            f"%ocean buy {asset.did}",
        )
    return found.tx_hash, None


def _target(asset: Asset, to: str | Path | None) -> Path:
    place = Path.cwd() if to is None else Path(to).expanduser().absolute()
    name = clean((asset.published.name if asset.published else "") or asset.title)
    if place.is_dir():
        place = place / name
    if place.exists() or place.is_symlink():
        raise PathExistsError(
            f"{str(place)!r} exists", "name another place; nothing is ever overwritten"
        )
    if not place.parent.is_dir():
        raise ConfigError(f"there is no directory {str(place.parent)!r}", "make it first")
    return place


def _translated(error: OSError) -> JupyterIPFSError:
    reason = error.strerror or str(error)
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DiskFullError(f"the download was not kept: {reason}", "choose another disk")
    return ConfigError(f"the download cannot be written: {reason}", "choose another place")
