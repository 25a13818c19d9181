"""Whether an asset was really ordered: all that Ocean Node checks, and whose events count."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import OceanError
from jupyter_ipfs.net import strict_json
from jupyter_ipfs.ocean import abi
from jupyter_ipfs.sandbox.service.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ipfs.ocean.abi import Event
    from jupyter_ipfs.sandbox.service.chain_reads import ChainReads, Receipt
    from jupyter_ipfs.sandbox.service.document import Document

_FAILED = 500  # what Ocean Node answers to an order that does not count
_TX_HASH = re.compile(r"0x[0-9a-fA-F]{64}")
_DATATOKEN = "ERC20Template"
_NOT_THAT = (
    "Tx id used not valid, one of the NFT addresses, Datatoken address or the User address "
    "contract address does not match."
)


@dataclass(frozen=True, slots=True)
class Orders:
    """Checks of orders.

    Attributes:
        chain: Where they are.
        node: The service's address, which every order names.
        now: Seconds since the epoch.
    """

    chain: ChainReads
    node: str
    now: Callable[[], float] = time.time

    def check(self, tx_hash: str, address: str, document: Document, service: int) -> None:
        """Do nothing if a transaction is a valid order of a service by an address.

        Args:
            tx_hash: ``startOrder``, a ``buy…AndOrder`` or ``reuseOrder``, sent to the datatoken.
            address: Its consumer or payer.
            document: The asset.
            service: The service's place in it.

        Raises:
            Refusal: It is not.
        """
        wanted: dict[str, Any] = document["services"][service]
        datatoken: str = wanted["datatokenAddress"]
        receipt = self._receipt(tx_hash)
        if receipt is None or not self._has_fee(receipt, wanted):
            raise Refusal(_FAILED, "ERROR checking fees")
        # So orders through a Safe, or many at once through the factory, do not count.
        if receipt.to is None or receipt.to.lower() != datatoken.lower():
            raise Refusal(_FAILED, _NOT_THAT)
        self._check_nft(datatoken, document["nftAddress"])
        receipt = self._original(receipt, datatoken, tx_hash)
        started = [
            event
            for event in _events(receipt, "OrderStarted", datatoken)
            if address in {event.fields["consumer"], event.fields["payer"]}
        ]
        if not started:
            raise Refusal(_FAILED, _NOT_THAT)
        if started[0].fields["serviceIndex"] != service:
            raise Refusal(_FAILED, "Invalid service index.")
        timeout = wanted["timeout"]
        age = self.now() - self.chain.timestamp(receipt.block_number)
        if timeout != 0 and age > timeout:
            raise Refusal(_FAILED, "The order has expired.")

    def _receipt(self, tx_hash: str) -> Receipt | None:
        return self.chain.receipt(tx_hash.lower()) if _TX_HASH.fullmatch(tx_hash) else None

    def _has_fee(self, receipt: Receipt, service: dict[str, Any]) -> bool:
        """Tell whether this node's fee for this service was part of it, even if it was 0."""
        datatoken: str = service["datatokenAddress"]
        for event in _events(receipt, "ProviderFee", datatoken):
            try:
                data = strict_json.parse(event.fields["providerData"])
            except ValueError:
                continue
            if (
                isinstance(data, dict)
                and event.fields["providerFeeAddress"] == self.node
                and data.get("id") == service["id"]
                and str(data.get("dt")).lower() == datatoken.lower()
            ):
                return True
        return False

    def _check_nft(self, datatoken: str, data_nft: str) -> None:
        try:
            of_datatoken = self.chain.call(_DATATOKEN, datatoken, "getERC721Address")
            is_its_own = self.chain.call("ERC721Template", data_nft, "isDeployed", datatoken)
        except OceanError:
            raise Refusal(_FAILED, _NOT_THAT) from None
        if of_datatoken.lower() != data_nft.lower():
            raise Refusal(_FAILED, _NOT_THAT)
        if not is_its_own:
            raise Refusal(_FAILED, "Datatoken was not deployed by this DataNFT.")

    def _original(self, receipt: Receipt, datatoken: str, tx_hash: str) -> Receipt:
        """Return the order that was used again, or the receipt itself.

        Its time counts from the order, not from when it was used again: so does Ocean Node's.
        """
        reused = _events(receipt, "OrderReused", datatoken)
        if not reused:
            return receipt
        original = self._receipt("0x" + reused[0].fields["orderTxId"].hex())
        if original is None:
            words = f"Tx receipt cannot be processed, because tx id {tx_hash} was not mined."
            raise Refusal(_FAILED, words)
        return original


def _events(receipt: Receipt, name: str, datatoken: str) -> list[Event]:
    """Return the events that the datatoken itself has noted: any contract can use their names."""
    decoded = (abi.decode_event(_DATATOKEN, name, log) for log in receipt.logs)
    return [
        event
        for event in decoded
        if event is not None and event.address.lower() == datatoken.lower()
    ]
