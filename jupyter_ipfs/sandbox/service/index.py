"""The index of assets: follows the chain block by block, and goes on where it stopped."""

from __future__ import annotations

import logging
import sqlite3
import threading
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import DDOError, OceanError
from jupyter_ipfs.ocean import abi
from jupyter_ipfs.ocean import ddo as rules
from jupyter_ipfs.sandbox.service import assets, document, pricing
from jupyter_ipfs.sandbox.service.assets import Publication

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jupyter_ipfs.ocean.abi import Event
    from jupyter_ipfs.sandbox.service.chain_reads import ChainReads
    from jupyter_ipfs.sandbox.service.database import Database
    from jupyter_ipfs.sandbox.service.document import Document
    from jupyter_ipfs.sandbox.service.key import NodeKey

_log = logging.getLogger("jupyter_ipfs")

_CHUNK = 200  # blocks whose events are kept by one transaction
_NFT, _DATATOKEN = "ERC721Template", "ERC20Template"
_NOBODY = "0x" + "00" * 20

_FOLLOWED = (
    (_NFT, "MetadataCreated"),
    (_NFT, "MetadataUpdated"),
    (_NFT, "MetadataState"),
    (_NFT, "Transfer"),
    (_DATATOKEN, "OrderStarted"),
    ("FixedRateExchange", "ExchangeCreated"),
    ("FixedRateExchange", "ExchangeRateChanged"),
    ("FixedRateExchange", "ExchangeActivated"),
    ("FixedRateExchange", "ExchangeDeactivated"),
    ("Dispenser", "DispenserCreated"),
    ("Dispenser", "DispenserActivated"),
    ("Dispenser", "DispenserDeactivated"),
)


class Index:
    """What is published on the chain, checked.

    Args:
        database: Where it is kept.
        chain: Read when an event needs it.
        key: Reads what was encrypted to the service.
        contracts: The chain's entry of ``address.json``.
    """

    def __init__(
        self,
        database: Database,
        chain: ChainReads,
        key: NodeKey,
        contracts: Mapping[str, Any],
    ) -> None:
        self._database = database
        self._chain = chain
        self._key = key
        self._contracts = contracts
        self._chain_id = int(contracts["chainId"])
        self._lock = threading.Lock()
        self._handlers: dict[bytes, tuple[str, str, Callable[..., None]]] = {
            abi.topic(contract, name): (contract, name, getattr(self, f"_on_{_snake(name)}"))
            for contract, name in _FOLLOWED
        }

    def catch_up(self) -> int:
        """Look at the blocks that are new; return the number of the newest one.

        After a crash it goes on from the last whole chunk. A chain that does not have the block
        any more is another one, and is looked at from its beginning.
        """
        with self._lock:
            head = self._chain.head()
            with self._database.reading() as db:
                known = assets.progress(db)
            if known is not None and not self._is_known(known, head):
                with self._database.writing() as db:
                    assets.clear(db)
                known = None
            first = int(self._contracts.get("startBlock", 0)) if known is None else known[0] + 1
            for start in range(first, head + 1, _CHUNK):
                self._follow(start, min(start + _CHUNK - 1, head))
            return head

    def _is_known(self, known: tuple[int, str], head: int) -> bool:
        block, block_hash = known
        return block <= head and self._chain.block_hash(block) == block_hash

    def _follow(self, first: int, last: int) -> None:
        logs = self._chain.logs(first, last, list(self._handlers))
        with self._database.writing() as db:
            for log in logs:
                contract, name, handle = self._handlers[bytes(log["topics"][0])]
                event = abi.decode_event(contract, name, log)
                if event is not None:
                    _one(db, partial(handle, db, event))
            assets.set_progress(db, last, self._chain.block_hash(last))

    # — assets —

    def _on_metadata_created(self, db: sqlite3.Connection, event: Event) -> None:
        if self._is_ours(event.address):
            self._index(db, event, None)

    def _on_metadata_updated(self, db: sqlite3.Connection, event: Event) -> None:
        previous = assets.find(db, rules.did(event.address, self._chain_id))
        # As Ocean Node 3.2: what was refused when it was published is not let in by an update.
        if previous is not None:
            self._index(db, event, previous)

    def _index(self, db: sqlite3.Connection, event: Event, previous: Document | None) -> None:
        did = rules.did(event.address, self._chain_id)
        try:
            found = document.read(self._key, event.fields, event.address, self._chain_id)
            self._check_datatokens(found, event.address)
            self._complete(db, found, event, previous)
        except (DDOError, OceanError) as refused:
            state = Publication(did, event.address, event.tx_hash, valid=False, error=str(refused))
        except (KeyError, TypeError, ValueError):
            words = "The DDO cannot be read."
            state = Publication(did, event.address, event.tx_hash, valid=False, error=words)
        else:
            state = Publication(did, event.address, event.tx_hash)
        assets.note(db, state)

    def _check_datatokens(self, found: Document, data_nft: str) -> None:
        """Refuse datatokens of others: their orders and prices would count for this asset."""
        for service in found["services"]:
            if not self._chain.call(_NFT, data_nft, "isDeployed", service["datatokenAddress"]):
                raise DDOError("Datatoken was not deployed by this DataNFT.")

    def _complete(
        self, db: sqlite3.Connection, found: Document, event: Event, previous: Document | None
    ) -> None:
        """Add what an Ocean Node adds, and write it."""
        fields = event.fields
        nft = {
            "state": fields["state"],
            "address": event.address,
            "name": self._chain.call(_NFT, event.address, "name"),
            "symbol": self._chain.call(_NFT, event.address, "symbol"),
            "owner": self._chain.call(_NFT, event.address, "ownerOf", 1),
            "created": _time(fields["timestamp"]),
            "tokenURI": self._chain.call(_NFT, event.address, "tokenURI", 1),
        }
        if previous is not None:
            nft["created"] = previous["indexedMetadata"]["nft"]["created"]
        found["chainId"] = self._chain_id
        found["nftAddress"] = event.address
        found["indexedMetadata"] = {
            "nft": nft,
            "event": {
                "txid": event.tx_hash,
                "from": fields.get("createdBy") or fields.get("updatedBy"),
                "contract": event.address,
                "block": event.block_number,
                "datetime": _time(self._chain.timestamp(event.block_number), ".000Z"),
            },
            "purgatory": {"state": False},
        }
        services: list[dict[str, Any]] = found["services"]
        stats = found["indexedMetadata"]["stats"] = self._stats(db, services)
        found["datatokens"] = [
            {
                "address": each["datatokenAddress"],
                "name": each["name"],
                "symbol": each["symbol"],
                "serviceId": each["serviceId"],
            }
            for each in stats
        ]
        row = assets.save(db, found)
        assets.set_datatokens(db, row, [each["datatokenAddress"] for each in services])

    def _stats(
        self, db: sqlite3.Connection, services: list[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        return [
            pricing.stats(self._chain, each, assets.orders(db, each["datatokenAddress"]))
            for each in services
        ]

    def _is_ours(self, data_nft: str) -> bool:
        listed = self._chain.call(
            "ERC721Factory", self._contracts["ERC721Factory"], "erc721List", data_nft
        )
        return bool(listed == data_nft)

    # — what changes of them —

    def _on_metadata_state(self, db: sqlite3.Connection, event: Event) -> None:
        self._change_nft(db, event.address, "state", event.fields["state"])

    def _on_transfer(self, db: sqlite3.Connection, event: Event) -> None:
        if event.fields["from"] != _NOBODY:
            self._change_nft(db, event.address, "owner", event.fields["to"])

    def _change_nft(
        self, db: sqlite3.Connection, data_nft: str, key: str, value: str | int
    ) -> None:
        found = assets.find(db, rules.did(data_nft, self._chain_id))
        if found is not None:
            found["indexedMetadata"]["nft"][key] = value
            assets.save(db, found)

    def _on_order_started(self, db: sqlite3.Connection, event: Event) -> None:
        assets.count_order(db, event.address)
        self._renew(db, event.address)

    def _on_exchange_created(self, db: sqlite3.Connection, event: Event) -> None:
        if event.address == self._contracts["FixedPrice"]:
            self._renew(db, event.fields["datatoken"])

    def _on_exchange_rate_changed(self, db: sqlite3.Connection, event: Event) -> None:
        if event.address == self._contracts["FixedPrice"]:
            exchange = self._chain.call(
                "FixedRateExchange", event.address, "getExchange", event.fields["exchangeId"]
            )
            self._renew(db, exchange[1])

    _on_exchange_activated = _on_exchange_rate_changed
    _on_exchange_deactivated = _on_exchange_rate_changed

    def _on_dispenser_created(self, db: sqlite3.Connection, event: Event) -> None:
        if event.address == self._contracts["Dispenser"]:
            self._renew(db, event.fields["datatokenAddress"])

    _on_dispenser_activated = _on_dispenser_created
    _on_dispenser_deactivated = _on_dispenser_created

    def _renew(self, db: sqlite3.Connection, datatoken: str) -> None:
        """Read an asset's prices and orders again, if it is one's datatoken."""
        did = assets.did_of_datatoken(db, datatoken)
        found = None if did is None else assets.find(db, did)
        if found is None:
            return
        found["indexedMetadata"]["stats"] = self._stats(db, found["services"])
        assets.save(db, found)


def _one(db: sqlite3.Connection, work: Callable[[], None]) -> None:
    """Do one event's work, or none of it: what a stranger wrote must not stop the index."""
    db.execute("SAVEPOINT event")
    try:
        work()
    except (sqlite3.Error, OSError):
        raise  # the disk's fault: tried again
    except Exception as error:  # noqa: BLE001
        db.execute("ROLLBACK TO event")
        _log.warning("an event could not be followed: %s", type(error).__name__)
    db.execute("RELEASE event")


def _time(seconds: int, end: str = "Z") -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S") + end


def _snake(name: str) -> str:
    return "".join("_" + char.lower() if char.isupper() else char for char in name).lstrip("_")
