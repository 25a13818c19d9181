"""What a chain has, in the JSON that Ethereum nodes give.

Source: Ethereum's execution APIs, ``ethereum/execution-apis`` ``src/schemas``: quantities are
hexadecimal without leading zeros, data with two digits for each byte.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from eth_utils.address import to_checksum_address

if TYPE_CHECKING:
    from eth.abc import BlockAPI, BlockHeaderAPI, ReceiptAPI, SignedTransactionAPI

JSON: TypeAlias = "dict[str, Any]"

_NO_TRANSACTION_TYPE = 0
_DYNAMIC_FEE = 2


def data(value: bytes) -> str:
    """Return bytes as JSON-RPC has them."""
    return "0x" + value.hex()


def address(value: bytes) -> str | None:
    """Return an address with checksum; ``None`` where a contract is created."""
    return to_checksum_address(value) if value else None


def block(made: BlockAPI) -> JSON:
    """Return a block with the hashes of its transactions."""
    import rlp  # type: ignore[import-untyped]  # noqa: PLC0415

    return header(made.header) | {
        "size": hex(len(rlp.encode(made))),
        "transactions": [data(each.hash) for each in made.transactions],
        "uncles": [],
        "withdrawals": [],
    }


def header(made: BlockHeaderAPI) -> JSON:
    """Return what a block's header has."""
    return {
        "number": hex(made.block_number),
        "hash": data(made.hash),
        "parentHash": data(made.parent_hash),
        "nonce": data(made.nonce),
        "sha3Uncles": data(made.uncles_hash),
        "logsBloom": data(made.bloom.to_bytes(256, "big")),
        "transactionsRoot": data(made.transaction_root),
        "stateRoot": data(made.state_root),
        "receiptsRoot": data(made.receipt_root),
        "miner": address(made.coinbase),
        "difficulty": hex(made.difficulty),
        "totalDifficulty": "0x0",
        "extraData": data(made.extra_data),
        "gasLimit": hex(made.gas_limit),
        "gasUsed": hex(made.gas_used),
        "timestamp": hex(made.timestamp),
        "mixHash": data(made.mix_hash),
        "baseFeePerGas": hex(base_fee(made)),
        "withdrawalsRoot": data(made.withdrawals_root or b""),
        "blobGasUsed": hex(made.blob_gas_used),
        "excessBlobGas": hex(made.excess_blob_gas or 0),
        "parentBeaconBlockRoot": data(made.parent_beacon_block_root or b""),
    }


def base_fee(made: BlockHeaderAPI) -> int:
    """Return what each gas costs in a block before tips, in wei."""
    return made.base_fee_per_gas or 0  # never None: London's rules hold from the first block on


def transaction(sent: SignedTransactionAPI, made: BlockHeaderAPI, index: int) -> JSON:
    """Return a transaction that is in a block."""
    kind = sent.type_id or _NO_TRANSACTION_TYPE
    result: JSON = {
        "type": hex(kind),
        "hash": data(sent.hash),
        "blockHash": data(made.hash),
        "blockNumber": hex(made.block_number),
        "transactionIndex": hex(index),
        "from": address(sent.sender),
        "to": address(sent.to),
        "nonce": hex(sent.nonce),
        "gas": hex(sent.gas),
        "gasPrice": hex(_gas_price(sent, made)),
        "value": hex(sent.value),
        "input": data(sent.data),
        "chainId": hex(sent.chain_id or 0),
        "v": hex(sent.y_parity),
        "r": hex(sent.r),
        "s": hex(sent.s),
    }
    if kind == _NO_TRANSACTION_TYPE:
        return result | {"v": hex(sent.v)}  # type: ignore[attr-defined]  # of this type alone
    result |= {
        "yParity": hex(sent.y_parity),
        "accessList": [
            {"address": address(account), "storageKeys": [f"0x{slot:064x}" for slot in slots]}
            for account, slots in sent.access_list
        ],
    }
    if kind == _DYNAMIC_FEE:
        result |= {
            "maxFeePerGas": hex(sent.max_fee_per_gas),
            "maxPriorityFeePerGas": hex(sent.max_priority_fee_per_gas),
        }
    return result


def receipt(
    got: ReceiptAPI, sent: SignedTransactionAPI, made: BlockHeaderAPI, created: bytes | None
) -> JSON:
    """Return the receipt of a block's only transaction.

    Args:
        got: As py-evm has it.
        sent: Its transaction.
        made: Its block's header.
        created: The address of the contract that the transaction has created.
    """
    place = {
        "transactionHash": data(sent.hash),
        "transactionIndex": "0x0",
        "blockHash": data(made.hash),
        "blockNumber": hex(made.block_number),
    }
    logs = [
        {
            "address": address(log.address),
            "topics": [f"0x{topic:064x}" for topic in log.topics],
            "data": data(log.data),
            "logIndex": hex(index),
            "removed": False,
            "blockTimestamp": hex(made.timestamp),
            **place,
        }
        for index, log in enumerate(got.logs)
    ]
    return place | {
        "type": hex(sent.type_id or _NO_TRANSACTION_TYPE),
        "from": address(sent.sender),
        "to": address(sent.to),
        "status": "0x1" if got.state_root == b"\x01" else "0x0",
        "gasUsed": hex(got.gas_used),
        "cumulativeGasUsed": hex(got.gas_used),
        "effectiveGasPrice": hex(_gas_price(sent, made)),
        "contractAddress": None if created is None else address(created),
        "logs": logs,
        "logsBloom": data(got.bloom.to_bytes(256, "big")),
    }


def _gas_price(sent: SignedTransactionAPI, made: BlockHeaderAPI) -> int:
    """Return what was paid for each gas (EIP-1559)."""
    most: int = sent.max_fee_per_gas
    wanted: int = base_fee(made) + sent.max_priority_fee_per_gas
    return min(most, wanted)
