"""JSON-RPC over the practice chain: what web3.py, ethers and a wallet ask of a node; nothing else.

No ``anvil_*``, ``evm_*``, ``debug_*`` or admin method, and no account of the node's
(``safety.md`` 14). A method has its name in `RPC.METHODS`, or it does not exist.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, ClassVar

from eth.exceptions import HeaderNotFound
from eth_typing import Address

from jupyter_ipfs.sandbox import deploy, formats
from jupyter_ipfs.sandbox.chain import GAS_LIMIT, TIP_WEI, Call, PracticeChain
from jupyter_ipfs.sandbox.failure import INVALID_PARAMS, METHOD_NOT_FOUND, SERVER_ERROR, RPCError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from eth.abc import BlockHeaderAPI

CLIENT_VERSION = "jupyter_ipfs-sandbox/1/py-evm"

_MOST_LOGS = 20_000
_MOST_HISTORY = 1024
_MOST_BYTES = 10 * 1024 * 1024
_MOST_CHOICES = 1000
_QUANTITY = re.compile(r"0x[0-9a-fA-F]{1,64}")
_DATA = re.compile(r"0x(?:[0-9a-fA-F]{2})*")
_NEWEST = ("latest", "safe", "finalized")  # compared with whatever JSON has


class RPC:
    """The methods; each may be called from any thread.

    Args:
        chain: The chain.
        mined: Called after each new block.
    """

    def __init__(self, chain: PracticeChain, mined: Callable[[], None] = lambda: None) -> None:
        self._chain = chain
        self.mined = mined

    def call(self, method: str, params: object) -> Any:  # noqa: ANN401  (JSON)
        """Return a method's result.

        Raises:
            RPCError: It failed, or there is no such method.
        """
        found = self.METHODS.get(method)
        if found is None:
            message = f"the method {method[:80]} does not exist/is not available"
            raise RPCError(METHOD_NOT_FOUND, message)
        if not isinstance(params, list):
            raise RPCError(INVALID_PARAMS, "params must be a list")
        return found(self, *_fitting(found, params))

    def _chain_id(self) -> str:
        return hex(deploy.CHAIN_ID)

    def _network(self) -> str:
        return str(deploy.CHAIN_ID)

    def _client_version(self) -> str:
        return CLIENT_VERSION

    def _listening(self) -> bool:
        return True

    def _syncing(self) -> bool:
        return False

    def _accounts(self) -> list[str]:
        return []

    def _block_number(self) -> str:
        return hex(self._chain.head.block_number)

    def _block_by_number(self, block: object, full: object = False) -> Any:  # noqa: ANN401, FBT002
        if block == "pending":
            pending = formats.header(self._chain.pending())
            unknown = {"hash": None, "nonce": None, "logsBloom": None, "miner": None}
            return pending | unknown | {"size": "0x0", "transactions": [], "uncles": []}
        number = self._number(block)
        with self._chain.lock:
            return self._block(number, full)

    def _block_by_hash(self, block_hash: object, full: object = False) -> Any:  # noqa: ANN401, FBT002
        with self._chain.lock:
            number = self._chain.database.block_number(_hash(block_hash))
            return None if number is None else self._block(number, full)

    def _balance(self, account: object, block: object = "latest") -> str:
        with self._chain.lock:
            return hex(self._chain.state(self._header(block)).get_balance(_address(account)))

    def _code(self, account: object, block: object = "latest") -> str:
        with self._chain.lock:
            state = self._chain.state(self._header(block))
            return formats.data(state.get_code(_address(account)))

    def _storage(self, account: object, slot: object, block: object = "latest") -> str:
        with self._chain.lock:
            state = self._chain.state(self._header(block))
            return f"0x{state.get_storage(_address(account), _quantity(slot)):064x}"

    def _transaction_count(self, account: object, block: object = "latest") -> str:
        with self._chain.lock:
            return hex(self._chain.state(self._header(block)).get_nonce(_address(account)))

    def _call_contract(self, request: object, block: object = "latest") -> str:
        with self._chain.lock:
            header = self._header(block)
            return formats.data(self._chain.call(_call(request), header))

    def _estimate_gas(self, request: object, block: object = "pending") -> str:
        with self._chain.lock:
            if block == "latest":
                block = "pending"  # it will be in the next block, at its time
            return hex(self._chain.estimate(_call(request), self._header(block)))

    def _gas_price(self) -> str:
        return hex(formats.base_fee(self._chain.pending()) + TIP_WEI)

    def _priority_fee(self) -> str:
        return hex(TIP_WEI)

    def _fee_history(self, count: object, newest: object, percentiles: object = None) -> Any:  # noqa: ANN401
        wanted = min(_quantity(count) if isinstance(count, str) else _whole(count), _MOST_HISTORY)
        with self._chain.lock:
            head: int = self._chain.head.block_number
            last = min(head, head if newest == "pending" else self._number(newest))
            first = max(0, last - wanted + 1)
            headers = [self._chain.header(number) for number in range(first, last + 1)]
            after = self._chain.header(last + 1) if last < head else self._chain.pending()
        fees = [hex(formats.base_fee(header)) for header in (*headers, after)]
        result: dict[str, Any] = {
            "oldestBlock": hex(first),
            "baseFeePerGas": fees,
            "gasUsedRatio": [header.gas_used / header.gas_limit for header in headers],
        }
        if isinstance(percentiles, list) and percentiles:
            result["reward"] = [[hex(TIP_WEI)] * len(percentiles[:100]) for _ in headers]
        return result

    def _send_raw(self, raw: object) -> str:
        tx_hash = self._chain.submit(_bytes(raw))
        self.mined()
        return tx_hash

    def _transaction_by_hash(self, tx_hash: object) -> Any:  # noqa: ANN401
        with self._chain.lock:
            return _parsed(self._chain.database.sent(_hash(tx_hash)))

    def _receipt(self, tx_hash: object) -> Any:  # noqa: ANN401
        with self._chain.lock:
            return _parsed(self._chain.database.receipt(_hash(tx_hash)))

    def _logs(self, wanted: object = None) -> list[Any]:
        if not isinstance(wanted, dict):
            raise RPCError(INVALID_PARAMS, "the filter must be an object")
        with self._chain.lock:
            if wanted.get("blockHash") is not None:
                number = self._chain.database.block_number(_hash(wanted["blockHash"]))
                if number is None:
                    raise RPCError(SERVER_ERROR, "unknown block")
                first = last = number
            else:
                first = self._bound(wanted.get("fromBlock"))
                last = self._bound(wanted.get("toBlock"))
            found = self._chain.database.logs(
                first, last, _addresses(wanted), _topics(wanted), _MOST_LOGS + 1
            )
        if len(found) > _MOST_LOGS:
            message = f"query returned more than {_MOST_LOGS} results"
            raise RPCError(SERVER_ERROR, message)
        return [json.loads(log) for log in found]

    def _block(self, number: int, full: object) -> Any:  # noqa: ANN401
        block = _parsed(self._chain.database.block(number))
        if block is not None and full is True:
            sent = (self._chain.database.sent(tx_hash) for tx_hash in block["transactions"])
            block["transactions"] = [_parsed(each) for each in sent]
        return block

    def _bound(self, block: object) -> int:
        """Return the number of a block that a range ends with; it may not be there yet."""
        if block is None or block == "pending":
            return int(self._chain.head.block_number)
        return min(self._number(block), 2**62)

    def _number(self, block: object) -> int:
        if block in _NEWEST or block is None:
            return int(self._chain.head.block_number)
        return 0 if block == "earliest" else _quantity(block)

    def _header(self, block: object) -> BlockHeaderAPI:
        if isinstance(block, dict):  # EIP-1898
            if block.get("blockHash") is not None:
                number = self._chain.database.block_number(_hash(block["blockHash"]))
                if number is None:
                    raise RPCError(SERVER_ERROR, "header for hash not found")
                return self._chain.header(number)
            block = block.get("blockNumber")
        if block == "pending":
            return self._chain.pending()
        if block in _NEWEST or block is None:
            return self._chain.head
        try:
            return self._chain.header(min(self._number(block), 2**62))
        except HeaderNotFound:
            raise RPCError(SERVER_ERROR, "header not found") from None

    METHODS: ClassVar[Mapping[str, Callable[..., Any]]] = {
        "eth_accounts": _accounts,
        "eth_blockNumber": _block_number,
        "eth_call": _call_contract,
        "eth_chainId": _chain_id,
        "eth_estimateGas": _estimate_gas,
        "eth_feeHistory": _fee_history,
        "eth_gasPrice": _gas_price,
        "eth_getBalance": _balance,
        "eth_getBlockByHash": _block_by_hash,
        "eth_getBlockByNumber": _block_by_number,
        "eth_getCode": _code,
        "eth_getLogs": _logs,
        "eth_getStorageAt": _storage,
        "eth_getTransactionByHash": _transaction_by_hash,
        "eth_getTransactionCount": _transaction_count,
        "eth_getTransactionReceipt": _receipt,
        "eth_maxPriorityFeePerGas": _priority_fee,
        "eth_sendRawTransaction": _send_raw,
        "eth_syncing": _syncing,
        "net_listening": _listening,
        "net_version": _network,
        "web3_clientVersion": _client_version,
    }


def _fitting(method: Callable[..., Any], params: list[object]) -> list[object]:
    """Return as many parameters as the method takes.

    Raises:
        RPCError: There are too few or too many.
    """
    code = method.__code__
    most = code.co_argcount - 1
    least = most - len(method.__defaults__ or ())
    if not least <= len(params) <= max(most, least):
        # A state override (eth_call's third) would change what the answer means: refused as well.
        raise RPCError(INVALID_PARAMS, f"{least} to {most} params are taken, not {len(params)}")
    return params


def _call(request: object) -> Call:
    if not isinstance(request, dict):
        raise RPCError(INVALID_PARAMS, "the call must be an object")
    data = request.get("input", request.get("data"))
    gas = GAS_LIMIT if request.get("gas") is None else _quantity(request["gas"])
    price = request.get("gasPrice") or request.get("maxFeePerGas")
    call = Call(
        data=b"" if data is None else _bytes(data),
        value=_quantity(request.get("value") or "0x0"),
        gas=min(gas, GAS_LIMIT),
        gas_price=_quantity(price or "0x0"),
    )
    sender, to = request.get("from"), request.get("to")
    return Call(
        call.sender if sender is None else _address(sender),
        call.to if to is None else _address(to),
        call.data,
        call.value,
        call.gas,
        call.gas_price,
    )


def _addresses(wanted: dict[str, object]) -> list[str]:
    given = wanted.get("address")
    listed = given if isinstance(given, list) else [] if given is None else [given]
    return [formats.data(_address(each)) for each in _few(listed)]


def _topics(wanted: dict[str, object]) -> list[list[str]]:
    given = wanted.get("topics") or []
    if not isinstance(given, list) or len(given) > 4:  # noqa: PLR2004  (LOG4 is the last)
        raise RPCError(INVALID_PARAMS, "topics must be a list of up to four")
    return [
        []
        if each is None
        else [_hash(one) for one in _few(each if isinstance(each, list) else [each])]
        for each in given
    ]


def _few(listed: list[object]) -> list[object]:
    if len(listed) > _MOST_CHOICES:
        raise RPCError(INVALID_PARAMS, f"more than {_MOST_CHOICES} to choose from")
    return listed


def _parsed(text: str | None) -> Any:  # noqa: ANN401
    return None if text is None else json.loads(text)


def _quantity(value: object) -> int:
    if isinstance(value, str) and _QUANTITY.fullmatch(value):
        return int(value, 16)
    raise RPCError(INVALID_PARAMS, f"a hexadecimal quantity is needed, not {str(value)[:80]!a}")


def _whole(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise RPCError(INVALID_PARAMS, "a number is needed")


def _bytes(value: object) -> bytes:
    if isinstance(value, str) and len(value) < _MOST_BYTES and _DATA.fullmatch(value):
        return bytes.fromhex(value[2:])
    raise RPCError(INVALID_PARAMS, "hexadecimal data is needed")


def _sized(value: object, size: int) -> bytes:
    found = _bytes(value)
    if len(found) != size:
        raise RPCError(INVALID_PARAMS, f"{size} bytes are needed, not {len(found)}")
    return found


def _address(value: object) -> Address:
    return Address(_sized(value, 20))


def _hash(value: object) -> str:
    return formats.data(_sized(value, 32))
