"""Waiting for a transaction, and comparing what was mined with what was asked for."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import TransactionError, TransactionPendingError
from jupyter_ipfs.ocean import calls
from jupyter_ipfs.ocean.chain_errors import reverted, translated
from jupyter_ipfs.ocean.receipt import Receipt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from web3 import Web3

    from jupyter_ipfs.wallet.intents import ContractCall

_LOOK_BACK = 64  # blocks in which a replacement is looked for


@dataclass(frozen=True, slots=True)
class Mined:
    """What became of transactions on one chain.

    Attributes:
        web3: The connection.
        where: The chain, as messages name it.
        poll_s: Between two questions.
    """

    web3: Web3
    where: str
    poll_s: float

    def wait(self, tx_hash: str, timeout_s: float) -> Receipt:
        """Wait for a transaction's receipt; see `ChainConnection.receipt`."""
        deadline = time.monotonic() + timeout_s
        while True:
            found = self._receipt(tx_hash)
            if found is not None:
                return self._succeeded(found)
            self._pause(deadline, tx_hash)

    def check(self, tx_hash: str, call: ContractCall, sender: str, timeout_s: float) -> Receipt:
        """Wait for a call; see `ChainConnection.check_mined`."""
        deadline = time.monotonic() + timeout_s
        nonce: int | None = None
        while True:
            sent = self._transaction(tx_hash)
            if sent is not None:
                nonce = int(sent["nonce"])
                _require_same(sent, call, sender, tx_hash)
                found = self._receipt(tx_hash)
                if found is not None:
                    return self._succeeded(found)
            elif nonce is not None:
                other = self._replacement(sender, nonce)
                if other is not None:
                    return self._after_replacement(other, call, sender)
            self._pause(deadline, tx_hash)

    def _after_replacement(
        self, other: Mapping[str, Any], call: ContractCall, sender: str
    ) -> Receipt:
        other_hash = _hex(other["hash"])
        try:
            _require_same(other, call, sender, other_hash)
        except TransactionError:
            raise TransactionError(
                "the transaction was cancelled or replaced in the wallet",
                "start it again if it is still wanted",
                other_hash,
            ) from None
        found = self._receipt(other_hash)
        if found is None:
            raise TransactionPendingError(
                "the transaction was replaced, and is not mined yet", tx_hash=other_hash
            )
        return self._succeeded(found)

    def _replacement(self, sender: str, nonce: int) -> Mapping[str, Any] | None:
        """Return what was mined from the sender with that nonce, where that can be found."""
        with translated(self.where):
            # Of what is mined alone.
            if self.web3.eth.get_transaction_count(sender, "latest") <= nonce:  # type: ignore[arg-type]
                return None
            newest = int(self.web3.eth.block_number)
            for number in range(newest, max(-1, newest - _LOOK_BACK), -1):
                block: Any = self.web3.eth.get_block(number, full_transactions=True)
                for each in block["transactions"]:
                    if each["from"] == sender and int(each["nonce"]) == nonce:
                        return self._transaction(_hex(each["hash"]))
        return None

    def _transaction(self, tx_hash: str) -> Mapping[str, Any] | None:
        from web3.exceptions import TransactionNotFound  # noqa: PLC0415

        with contextlib.suppress(TransactionNotFound), _kept(self.where):
            return dict(self.web3.eth.get_transaction(tx_hash))  # type: ignore[arg-type]
        return None

    def _receipt(self, tx_hash: str) -> Mapping[str, Any] | None:
        from web3.exceptions import TransactionNotFound  # noqa: PLC0415

        with contextlib.suppress(TransactionNotFound), _kept(self.where):
            found = dict(self.web3.eth.get_transaction_receipt(tx_hash))  # type: ignore[arg-type]
            # Some endpoints know a receipt before its block.
            return found if found.get("blockNumber") is not None else None
        return None

    def _succeeded(self, receipt: Mapping[str, Any]) -> Receipt:
        tx_hash = _hex(receipt["transactionHash"])
        if receipt["status"] != 1:
            raise self._why(tx_hash, int(receipt["blockNumber"]))
        return Receipt(
            tx_hash,
            int(receipt["blockNumber"]),
            str(receipt["from"]),
            int(receipt["gasUsed"]),
            int(receipt["gasUsed"]) * int(receipt.get("effectiveGasPrice", 0)),
            tuple(receipt["logs"]),
        )

    def _why(self, tx_hash: str, block_number: int) -> TransactionError:
        """Do what was reverted once more, without effect, to hear the reason."""
        sent = self._transaction(tx_hash) or {}
        again: Any = {
            "from": sent.get("from"), "to": sent.get("to"),
            "data": sent.get("input"), "value": sent.get("value", 0),
        }  # fmt: skip
        try:
            with translated(self.where):
                self.web3.eth.call(again, block_number - 1)
        except TransactionError as error:
            return type(error)(error.message, error.hint, tx_hash)
        except Exception as error:  # noqa: BLE001  (the reason is a courtesy)
            return reverted(error, tx_hash)
        return TransactionError("the transaction was reverted", tx_hash=tx_hash)

    def _pause(self, deadline: float, tx_hash: str) -> None:
        if time.monotonic() >= deadline:
            raise TransactionPendingError(
                "the transaction was sent and is not mined yet",
                "it may still be; look again later before sending it anew",
                tx_hash,
            )
        time.sleep(self.poll_s)


@contextlib.contextmanager
def _kept(where: str) -> Any:  # noqa: ANN401
    """Translate all but the word that a transaction is not known."""
    from web3.exceptions import TransactionNotFound  # noqa: PLC0415

    unknown: TransactionNotFound | None = None
    with translated(where):
        try:
            yield
        except TransactionNotFound as error:
            unknown = error
    if unknown is not None:
        raise unknown


def _require_same(sent: Mapping[str, Any], call: ContractCall, sender: str, tx_hash: str) -> None:
    """Refuse a transaction that is not the call."""
    is_same = (
        str(sent["from"]).lower() == sender.lower()
        and str(sent.get("to") or "").lower() == call.to.lower()
        and bytes(sent["input"]) == calls.encode(call)
        and int(sent["value"]) == call.value_wei
    )
    if not is_same:
        raise TransactionError(
            "the wallet sent another transaction than it was asked for", tx_hash=tx_hash
        )


def _hex(value: Any) -> str:  # noqa: ANN401
    return "0x" + bytes(value).hex()
