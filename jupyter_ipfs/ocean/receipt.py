"""What became of a transaction, and what it noted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import TransactionError
from jupyter_ipfs.ocean import abi

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Receipt:
    """A mined transaction that succeeded.

    Attributes:
        tx_hash: Its hash; another than the one that was sent, where the wallet sped it up.
        block_number: The block that it is in.
        sender: Who sent it.
        gas_used: What it cost, in gas.
        fee_wei: … in the chain's money.
        logs: What contracts noted, as the chain has it.
    """

    tx_hash: str
    block_number: int
    sender: str
    gas_used: int
    fee_wei: int
    logs: Sequence[Mapping[str, Any]]

    def events(self, contract: str, name: str, address: str | None = None) -> list[abi.Event]:
        """Return the events of a name, of one contract if ``address`` says so."""
        found = (abi.decode_event(contract, name, log) for log in self.logs)
        return [each for each in found if each and address in {None, each.address}]

    def event(self, contract: str, name: str, address: str | None = None) -> abi.Event:
        """Return the first event of a name.

        Raises:
            TransactionError: There is none.
        """
        for each in self.events(contract, name, address):
            return each
        raise TransactionError(f"the transaction did not note {name}", tx_hash=self.tx_hash)
