"""What the service reads of the chain, by the chain's own JSON-RPC."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from jupyter_ipfs.errors import OceanError
from jupyter_ipfs.ocean import abi
from jupyter_ipfs.sandbox.failure import RPCError

RPCCall: TypeAlias = Callable[[str, list[Any]], Any]
Log: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a mined transaction has done.

    Attributes:
        to: The contract that it called, ``None`` if it made one.
        block_number: Its block.
        logs: What its contracts noted.
    """

    to: str | None
    block_number: int
    logs: Sequence[Log]


class ChainReads:
    """A chain.

    Args:
        rpc: Returns a method's result, from any thread; raises `RPCError`.
    """

    def __init__(self, rpc: RPCCall) -> None:
        self._rpc = rpc

    def head(self) -> int:
        """Return the number of the newest block."""
        return int(self._rpc("eth_blockNumber", []), 16)

    def block_hash(self, number: int) -> str:
        """Return the hash of a block (``0x…``)."""
        return str(self._block(number)["hash"])

    def timestamp(self, number: int) -> int:
        """Return the time of a block, in seconds since the epoch."""
        return int(self._block(number)["timestamp"], 16)

    def logs(self, first: int, last: int, topics: Sequence[bytes]) -> list[Log]:
        """Return the logs of these blocks whose first topic is one of these, in order."""
        wanted = {
            "fromBlock": hex(first),
            "toBlock": hex(last),
            "topics": [["0x" + topic.hex() for topic in topics]],
        }
        found = map(_log, self._rpc("eth_getLogs", [wanted]))
        return sorted(found, key=lambda log: (log["blockNumber"], log["logIndex"]))

    def receipt(self, tx_hash: str) -> Receipt | None:
        """Return a transaction's receipt, ``None`` if it was not mined."""
        found = self._rpc("eth_getTransactionReceipt", [tx_hash])
        if found is None:
            return None
        logs = tuple(map(_log, found["logs"]))
        return Receipt(found["to"], int(found["blockNumber"], 16), logs)

    def call(self, contract: str, to: str, function: str, *arguments: object) -> Any:  # noqa: ANN401
        """Return what a function of a contract gives; ``contract`` names its artifact.

        Raises:
            OceanError: It reverts, or is no such contract.
        """
        data = abi.encode_call(contract, function, arguments)
        return abi.decode_result(contract, function, len(arguments), self.raw_call(to, data))

    def raw_call(self, to: str, data: bytes) -> bytes:
        """Return what a call gives.

        Raises:
            OceanError: It reverts.
        """
        try:
            found = self._rpc("eth_call", [{"to": to, "data": "0x" + data.hex()}, "latest"])
        except RPCError as error:
            raise OceanError(f"the contract refused: {error.message}") from None
        return bytes.fromhex(found[2:])

    def _block(self, number: int) -> Mapping[str, Any]:
        found = self._rpc("eth_getBlockByNumber", [hex(number), False])
        if found is None:
            raise OceanError(f"block {number} is not there")
        return dict(found)


def _log(log: Log) -> Log:
    """Return a log as `abi.decode_event` takes it: numbers and bytes instead of their text."""
    return {
        "address": log["address"],
        "topics": [bytes.fromhex(topic[2:]) for topic in log["topics"]],
        "data": bytes.fromhex(log["data"][2:]),
        "blockNumber": int(log["blockNumber"], 16),
        "transactionHash": bytes.fromhex(log["transactionHash"][2:]),
        "logIndex": int(log["logIndex"], 16),
    }
