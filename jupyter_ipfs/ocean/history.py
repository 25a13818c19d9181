"""What happened to an asset, from the chain's own logs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.ocean.asset import STATES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ipfs.ocean.abi import Event
    from jupyter_ipfs.ocean.asset import Asset
    from jupyter_ipfs.ocean.market import Market

_MOST = 500


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened.

    Attributes:
        event: ``published``, ``edited``, ``state``, ``transferred``, ``ordered``, ``price``.
        tx_hash: The transaction.
        block_number: Its block.
        at: When, in seconds since the epoch.
        by: Whose doing it was, an address.
        detail: More, in words, or empty.
    """

    event: str
    tx_hash: str
    block_number: int
    at: int
    by: str
    detail: str

    def as_json(self) -> dict[str, Any]:
        """Return what the server tells the page."""
        return {
            "event": self.event,
            "tx_hash": self.tx_hash,
            "block_number": self.block_number,
            "at": self.at,
            "by": self.by,
            "detail": self.detail,
        }


def history(market: Market, asset: Asset) -> list[Happened]:
    """Return what happened, the newest first; on a long chain what is not too long ago."""
    found: list[tuple[Event, str, str, str]] = list(_events(market, asset))
    found.sort(key=lambda each: (each[0].block_number, each[0].log_index), reverse=True)
    times: dict[int, int] = {}
    told = []
    for event, name, by, detail in found[:_MOST]:
        number = event.block_number
        if number not in times:
            times[number] = market.connection.block_time(number)
        told.append(Happened(name, event.tx_hash, number, times[number], by, detail))
    return told


def _events(market: Market, asset: Asset) -> Iterator[tuple[Event, str, str, str]]:
    start = market.first_block()

    def logs(contract: str, event: str, address: str) -> Iterator[Event]:
        return market.connection.logs(contract, event, address=address, from_block=start)

    nft, datatoken = asset.data_nft, asset.datatoken
    for each in logs("ERC721Template", "MetadataCreated", nft):
        yield each, "published", str(each.fields["createdBy"]), ""
    for each in logs("ERC721Template", "MetadataUpdated", nft):
        yield each, "edited", str(each.fields["updatedBy"]), ""
    for each in logs("ERC721Template", "MetadataState", nft):
        state = int(each.fields["state"])
        name = STATES[state] if state < len(STATES) else str(state)
        yield each, "state", str(each.fields["updatedBy"]), name
    for each in logs("ERC721Template", "Transfer", nft):
        if int(str(each.fields["from"]), 16):  # the first one is its making
            yield each, "transferred", str(each.fields["from"]), f"to {each.fields['to']}"
    for each in logs("ERC20Template", "OrderStarted", datatoken):
        yield each, "ordered", str(each.fields["consumer"]), ""
