"""One chain over JSON-RPC: reading, sending, and finding out what became of what was sent.

The only file here that web3 is imported for, and only when a connection is first used; its errors
end here too, in `chain_errors`.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import (
    ChainError,
    InsufficientFundsError,
    TransactionError,
)
from jupyter_ipfs.net.address import shown
from jupyter_ipfs.ocean import abi, calls, price
from jupyter_ipfs.ocean.call_words import TOKEN
from jupyter_ipfs.ocean.chain_errors import NonceTakenError, RefusedError, translated
from jupyter_ipfs.ocean.mined import Mined
from jupyter_ipfs.wallet import recursion_limit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from web3 import Web3

    from jupyter_ipfs.ocean.chains import Chain
    from jupyter_ipfs.ocean.receipt import Receipt
    from jupyter_ipfs.protocols import Signer
    from jupyter_ipfs.wallet.intents import ContractCall

WAIT_S = 180.0

_POLL_S = 2.0
_SANDBOX_POLL_S = 0.003
_MARGIN = 1.2  # gas beyond the estimate: state may change until the transaction is mined
_MOST_TIP = 1_000 * 10**9  # wei; the busiest hours of the busiest chains had some hundreds of gwei
_LOG_RANGE = 10_000  # blocks that a public endpoint looks through at once, as a rule
_SHORT_LOG_RANGE = 100  # … and that every one does
_NONCE_S = 60.0  # how long an endpoint may lag behind what was sent through it
_EIP1271 = bytes.fromhex("1626ba7e")

# A nonce is taken from the chain's count and must be used before the next is taken.
_sending: defaultdict[tuple[int, str], threading.RLock] = defaultdict(threading.RLock)
_sending_guard = threading.Lock()


class ChainConnection:
    """A `jupyter_ipfs.protocols.TransactionSender`; safe to share between threads.

    Nothing is asked before it is needed; the first request checks that it is the right chain.

    Args:
        chain: Which chain it has to be.
        rpc_url: Where it is asked; it may hold a key, and is never shown beyond its host.
        web3: Instead of an address: a chain in this process.
    """

    def __init__(self, chain: Chain, rpc_url: str, *, web3: Web3 | None = None) -> None:
        self.chain = chain
        self._rpc_url = rpc_url
        self._given = web3
        self._filled: dict[str, int] = {}  # by address: the nonce that was given out last
        self._sent: dict[str, tuple[int, float]] = {}  # by address: nonce, when
        self._tokens: dict[str, tuple[str, int]] = {}

    @cached_property
    def web3(self) -> Web3:
        """The connection itself, once it was seen to be to the right chain.

        Raises:
            ChainError: Nothing answers, or it is another chain.
        """
        found = self._given if self._given is not None else self._connect()
        with self._asking():
            chain_id = found.eth.chain_id
        if chain_id != self.chain.chain_id:
            raise ChainError(
                f"{self._where} is chain {chain_id}, and {self.chain.title} is "
                f"{self.chain.chain_id}",
                "correct rpc_url or the chain in the settings",
            )
        return found

    @property
    def poll_s(self) -> float:
        """How long to wait before asking again whether a transaction is mined."""
        return _SANDBOX_POLL_S if self.chain.is_sandbox else _POLL_S

    # Reading

    def call(
        self,
        contract: str,
        to: str,
        function: str,
        args: Sequence[object] = (),
        *,
        sender: str | None = None,
    ) -> Any:  # noqa: ANN401  (what the ABI says)
        """Ask a contract, changing nothing; return its answer, a tuple where it is several.

        Raises:
            TransactionError: The contract refuses; the message has its reason.
            ChainError: The chain does not answer, or has no such contract there.
        """
        data = abi.encode_call(contract, function, args)
        request: Any = {"to": to, "data": data, **({"from": sender} if sender else {})}
        with self._asking():
            answer = bytes(self.web3.eth.call(request))
        if not answer and abi.function(contract, function, len(args)).output_types:
            raise ChainError(f"there is no {contract} at {to} on {self.chain.title}")
        return abi.decode_result(contract, function, len(args), answer)

    def balance(self, address: str) -> int:
        """Return what an address has of the chain's own money, in wei."""
        with self._asking():
            return int(self.web3.eth.get_balance(_address(address)))

    def token_balance(self, token: str, address: str) -> int:
        """Return what an address has of a token, in its smallest unit."""
        return int(self.call(TOKEN, token, "balanceOf", (address,)))

    def token(self, address: str) -> tuple[str, int]:
        """Return a token's symbol and decimals; both are the token's own claims."""
        known = self._tokens.get(address)
        if known is None:
            symbol = abi.plain_text(str(self.call(TOKEN, address, "symbol")))[:20]
            known = symbol, int(self.call(TOKEN, address, "decimals"))
            self._tokens[address] = known
        return known

    def template_index(self, kind: int) -> int:
        """Return where in the factory the datatoken template of a kind stands (1, 2 or 4).

        Raises:
            ChainError: This chain has no active one.
        """
        factory = self.chain.address("ERC721Factory")
        for index in range(self.call("ERC721Factory", factory, "getCurrentTemplateCount"), 0, -1):
            address, is_active = self.call("ERC721Factory", factory, "getTokenTemplate", (index,))
            with contextlib.suppress(ChainError, TransactionError):
                if is_active and self.call("ERC20Template4", address, "getId") == kind:
                    return index
        raise ChainError(f"{self.chain.title} has no datatokens of template {kind}")

    def is_contract(self, address: str) -> bool:
        """Tell whether there is code at an address."""
        with self._asking():
            return bool(self.web3.eth.get_code(_address(address)))

    def block_number(self) -> int:
        """Return the newest block's number."""
        with self._asking():
            return int(self.web3.eth.block_number)

    def block_time(self, number: int) -> int:
        """Return when a block was made, in seconds since the epoch."""
        with self._asking():
            return int(self.web3.eth.get_block(number)["timestamp"])

    def logs(
        self,
        contract: str,
        event: str,
        *,
        address: str | None = None,
        indexed: Sequence[str | None] = (),
        from_block: int = 0,
    ) -> Iterator[abi.Event]:
        """Yield what contracts have noted, oldest first, in as many requests as it takes.

        Args:
            contract: The artifact that knows the event.
            event: The event's name.
            address: Of the one contract, else any.
            indexed: Addresses that the event's indexed parameters have to be, in order.
            from_block: The first block.
        """
        last = self.block_number()
        topics: list[Any] = ["0x" + abi.topic(contract, event).hex()]
        topics += [None if each is None else "0x" + each[2:].lower().zfill(64) for each in indexed]
        asked: Any = {"topics": topics, **({"address": address} if address else {})}
        start, step = from_block, last + 1 if self.chain.is_sandbox else _LOG_RANGE
        while start <= last:
            end = min(last, start + step - 1)
            try:
                with self._asking():
                    found = self.web3.eth.get_logs(asked | {"fromBlock": start, "toBlock": end})
            except RefusedError:
                if step <= _SHORT_LOG_RANGE:
                    raise
                step //= 4
                continue
            start = end + 1
            decoded = (abi.decode_event(contract, event, log) for log in found)
            yield from (each for each in decoded if each is not None)

    def is_valid_signature(self, address: str, digest: bytes, signature: bytes) -> bool:
        """Tell whether a contract wallet accepts a signature (EIP-1271)."""
        from eth_abi.abi import encode  # noqa: PLC0415

        if not self.is_contract(address):
            return False
        data = _EIP1271 + encode(["bytes32", "bytes"], [digest, signature])
        request: Any = {"to": address, "data": data}
        try:
            with self._asking():
                answer = bytes(self.web3.eth.call(request))
        except TransactionError:
            return False
        return answer == _EIP1271.ljust(32, b"\0")

    # Sending

    def send(self, signer: Signer, call: ContractCall) -> str:
        """Have a call signed and sent; return its hash. The next waits until this is sent.

        Raises:
            TransactionError: It would be reverted, or is none that is signed here.
            SigningError: The owner of the wallet did not sign.
        """
        with self._one_at_a_time(signer.address):
            try:
                tx_hash = signer.send(call, self)
            except NonceTakenError:
                # Another process has sent something meanwhile.
                self._sent.pop(signer.address, None)
                tx_hash = signer.send(call, self)
            # A wallet in the browser has filled it by itself.
            nonce = self._filled.pop(signer.address, None)
            if nonce is not None:
                self._sent[signer.address] = nonce, time.monotonic()
            return tx_hash

    def transact(self, signer: Signer, call: ContractCall, timeout_s: float = WAIT_S) -> Receipt:
        """Send a call, wait until it is mined and check that it is what was asked for."""
        return self.check_mined(self.send(signer, call), call, signer.address, timeout_s)

    def fill(self, call: ContractCall, sender: str) -> dict[str, object]:
        """Return the transaction, complete but for its signature: nonce, gas, fees, calldata.

        Raises:
            TransactionError: It would be reverted; the message has the contract's reason.
            InsufficientFundsError: The sender has too little for the gas.
        """
        if call.chain_id != self.chain.chain_id:
            raise TransactionError(f"the call is for chain {call.chain_id}, not for this one")
        asked: Any = {
            "to": call.to,
            "value": call.value_wei,
            "data": "0x" + calls.encode(call).hex(),
        }
        has = self.balance(sender)
        self._require_funds(sender, has, 1)  # else the estimate says so, in the chain's words
        with self._asking():
            gas = self.web3.eth.estimate_gas(asked | {"from": sender})
            latest = self.web3.eth.get_block("latest")
            limit = min(int(gas * _MARGIN), int(latest["gasLimit"]))
            fees, most = self._fees(latest)
            nonce = self._next_nonce(sender)
        self._require_funds(sender, has, call.value_wei + limit * most)
        self._filled[sender] = nonce
        return {**asked, **fees, "chainId": call.chain_id, "gas": limit, "nonce": nonce}

    def gas_price(self) -> int:
        """Return what a unit of gas costs now, in wei, for an estimate."""
        with self._asking():
            return int(self.web3.eth.gas_price)

    def submit(self, raw: bytes) -> str:
        """Send a signed transaction; return its hash (``0x…``).

        Raises:
            TransactionError: The chain refuses it.
        """
        with self._asking():
            tx_hash = self.web3.eth.send_raw_transaction(raw)
        return "0x" + bytes(tx_hash).hex()

    # Afterwards

    def receipt(self, tx_hash: str, timeout_s: float = WAIT_S) -> Receipt:
        """Wait until a transaction is mined.

        Raises:
            TransactionError: It was reverted; the message has the contract's reason.
            TransactionPendingError: It is not mined yet.
        """
        return Mined(self.web3, self._where, self.poll_s).wait(tx_hash, timeout_s)

    def check_mined(
        self, tx_hash: str, call: ContractCall, sender: str, timeout_s: float = WAIT_S
    ) -> Receipt:
        """Wait until a call is mined, and check that what was mined is that call by that sender.

        A wallet may have replaced it by the same with a higher fee: then that one counts.

        Raises:
            TransactionError: Something else was sent, it was replaced, or it was reverted.
            TransactionPendingError: It is not mined yet.
        """
        return Mined(self.web3, self._where, self.poll_s).check(tx_hash, call, sender, timeout_s)

    def close(self) -> None:
        """Close the connections; the next request opens new ones."""
        web3 = self.__dict__.pop("web3", None)
        if web3 is not None and web3 is not self._given:
            web3.provider.close()

    # Inside

    @property
    def _where(self) -> str:
        host = shown(self._rpc_url).partition("://")[2].partition("/")[0]
        return f"{self.chain.title} ({host})" if host else self.chain.title

    def _asking(self) -> contextlib.AbstractContextManager[None]:
        if self.chain.is_sandbox:
            return translated(self._where, "start it: jupyter ipfs sandbox")
        return translated(self._where)

    def _connect(self) -> Web3:
        recursion_limit.keep()
        from jupyter_ipfs.ocean.web3_provider import connect  # noqa: PLC0415

        return connect(self._rpc_url)

    @contextlib.contextmanager
    def _one_at_a_time(self, address: str) -> Iterator[None]:
        with _sending_guard:
            lock = _sending[self.chain.chain_id, address]
        with lock:
            yield

    def _next_nonce(self, sender: str) -> int:
        count = int(self.web3.eth.get_transaction_count(_address(sender), "pending"))
        nonce, at = self._sent.get(sender, (-1, 0.0))
        return max(count, nonce + 1) if time.monotonic() - at < _NONCE_S else count

    def _fees(self, latest: Mapping[str, Any]) -> tuple[dict[str, object], int]:
        base = latest.get("baseFeePerGas")
        if base is None:
            most = self._sensible(int(self.web3.eth.gas_price))
            return {"gasPrice": most}, most
        tip = self._sensible(int(self.web3.eth.max_priority_fee))
        # EIP-1559: the base fee grows by an eighth a block at most; this stands six full blocks.
        most = 2 * int(base) + tip
        return {"maxFeePerGas": most, "maxPriorityFeePerGas": tip, "type": 2}, most

    def _sensible(self, wei: int) -> int:
        """Return what a unit of gas is to cost beyond what the chain itself sets.

        Raises:
            ChainError: It would be spent on an endpoint's word, and no chain asks that much.
        """
        if not 0 <= wei <= _MOST_TIP:
            raise ChainError(
                f"{self._where} asks for a fee that no chain has: nothing was signed",
                "choose another endpoint: rpc_url in the settings",
            )
        return wei

    def _require_funds(self, sender: str, has: int, wei: int) -> None:
        if has < wei:
            currency = self.chain.currency
            cost = f"up to {price.to_text(wei)} {currency}" if wei > 1 else "more"
            raise InsufficientFundsError(
                f"{sender} has {price.to_text(has)} {currency}, and this may cost {cost}",
                f"send some {currency} on {self.chain.title} to it first",
            )


def _address(text: str) -> Any:  # noqa: ANN401  (web3's own type)
    from eth_utils.address import to_checksum_address  # noqa: PLC0415

    return to_checksum_address(text)
