"""The practice chain: py-evm, a block for each transaction, kept in a `Database`.

It is a chain as others are, but for its size: contracts run in the real machine, gas is paid,
reverts have their reasons. Its time is this computer's, and goes on strictly.
"""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eth._utils.address import generate_contract_address
from eth.chains.base import MiningChain
from eth.consensus.applier import ConsensusApplier
from eth.consensus.noproof import NoProofConsensus
from eth.constants import CREATE_CONTRACT_ADDRESS, ZERO_ADDRESS
from eth.db.atomic import AtomicDB
from eth.exceptions import InsufficientFunds, OutOfGas, PyEVMError, Revert, VMError
from eth.vm.forks.cancun import CancunVM
from eth.vm.message import Message
from eth.vm.spoof import SpoofTransaction
from eth_typing import Address, BlockNumber
from eth_utils.address import to_checksum_address
from eth_utils.exceptions import ValidationError
from rlp.exceptions import RLPException  # type: ignore[import-untyped]

from jupyter_ipfs.sandbox import deploy, formats
from jupyter_ipfs.sandbox.failure import SERVER_ERROR, RPCError, reverted

if TYPE_CHECKING:
    from eth.abc import BlockHeaderAPI, ComputationAPI, SignedTransactionAPI, StateAPI
    from eth_keys.datatypes import PrivateKey

    from jupyter_ipfs.sandbox.database import Database

GAS_LIMIT = 30_000_000
TIP_WEI = 10**9

_READY = "deployed"
_TRANSFER_GAS = 21_000
_STIPEND = 2_300  # must be left when a contract stores something (EIP-2200)
_REFUSED_TYPES = (b"\x03", b"\x04")  # blobs, and accounts with code: nothing of Ocean's has them
_WORDS: dict[type[Exception], str] = {
    OutOfGas: "out of gas",
    InsufficientFunds: "insufficient funds for transfer",
}


class _Chain(MiningChain):
    """Cancun's rules from the first block on; nobody proves work or stake."""

    chain_id = deploy.CHAIN_ID
    vm_configuration = ConsensusApplier(NoProofConsensus).amend_vm_configuration(((0, CancunVM),))


@dataclass(frozen=True, slots=True)
class Call:
    """A call that is tried out, without a transaction.

    Attributes:
        sender: Whose it would be; nobody's where it does not matter.
        to: The contract; empty creates one.
        data: Calldata.
        value: Wei.
        gas: The most that may be used.
        gas_price: As contracts see it.
    """

    sender: bytes = ZERO_ADDRESS
    to: bytes = CREATE_CONTRACT_ADDRESS
    data: bytes = b""
    value: int = 0
    gas: int = GAS_LIMIT
    gas_price: int = 0


class PracticeChain:
    """The chain of one repo; its methods may be called from any thread.

    Args:
        database: Where it lies; a new one gets its first block and Ocean's contracts.
        faucet: Who gets all of the play money at the start.
    """

    def __init__(self, database: Database, faucet: bytes) -> None:
        self.lock = threading.RLock()
        self.database = database
        store = AtomicDB(database.nodes)
        if database.fact(_READY) is None:
            # One transaction for all of it: a start that is broken off has not happened.
            with database.transaction():
                self._begin(store, faucet)
                database.note(_READY, "1")
        else:
            self._chain = _Chain(store)

    @property
    def head(self) -> BlockHeaderAPI:
        """The header of the newest block."""
        with self.lock:
            return self._chain.get_canonical_head()

    def pending(self) -> BlockHeaderAPI:
        """Return the header that a block would have now."""
        head = self.head
        return self._chain.create_header_from_parent(
            head, timestamp=max(int(time.time()), head.timestamp + 1), gas_limit=GAS_LIMIT
        )

    def header(self, number: int) -> BlockHeaderAPI:
        """Return the header of a block that is there."""
        with self.lock:
            return self._chain.get_canonical_block_header_by_number(BlockNumber(number))

    def state(self, header: BlockHeaderAPI) -> StateAPI:
        """Return what all accounts are after a block; changes to it go nowhere."""
        return self._chain.get_vm(header).state

    def submit(self, raw: bytes) -> str:
        """Put a signed transaction into a block of its own, durably; return its hash.

        Raises:
            RPCError: It cannot be in a block (a transaction that reverts can, and pays).
        """
        sent = self._decoded(raw)
        with self.lock:
            if self.database.receipt(formats.data(sent.hash)) is not None:
                raise RPCError(SERVER_ERROR, "already known")
            header = self.pending()
            self._check(sent, header)
            with self.database.transaction():
                self._mine(sent, header)
        return formats.data(sent.hash)

    def call(self, call: Call, header: BlockHeaderAPI) -> bytes:
        """Return what a call gives back.

        Raises:
            RPCError: It was reverted (code 3, with the contract's data) or failed otherwise.
        """
        with self.lock:
            computation, _ = self._execute(call, header)
            _raise_if_failed(computation)
            return computation.output

    def estimate(self, call: Call, header: BlockHeaderAPI) -> int:
        """Return gas that is enough for a transaction, by running it once.

        A call passes on at most 63/64 of its gas (EIP-150), so what was used must be there with
        that much more for each level of calls below.

        Raises:
            RPCError: It would be reverted, or no gas is enough.
        """
        with self.lock:
            computation, intrinsic = self._execute(call, header)
            _raise_if_failed(computation)
            used = call.gas - computation.get_gas_remaining()
            if used == intrinsic:
                return used
            for _ in range(_depth(computation)):
                used = used * 64 // 63 + 1
            return min(used + _STIPEND, call.gas)

    def _begin(self, store: AtomicDB, faucet: bytes) -> None:
        from eth_keys.datatypes import PrivateKey  # noqa: PLC0415  (only at the very first start)

        deployer = bytes.fromhex(deploy.DEPLOYER.removeprefix("0x"))
        worth = {"balance": 10**27, "nonce": 0, "code": b"", "storage": {}}
        genesis: dict[str, Any] = {
            "difficulty": 0,
            "gas_limit": GAS_LIMIT,
            "timestamp": int(time.time()) - len(deploy.steps()) - 2,
        }
        self._chain = _Chain.from_genesis(store, genesis, {deployer: worth})  # type: ignore[dict-item,assignment]
        first = self._chain.get_canonical_block_by_number(BlockNumber(0))
        self._keep_block(formats.block(first))
        key = PrivateKey(deploy.DEPLOYER_KEY)
        for step in deploy.steps():
            self.send(key, step.to, step.data)
        ocean = deploy.contracts()["Ocean"]
        supply = self.call(_balance_of(ocean, deployer), self.head)
        step = deploy.ocean_transfer(to_checksum_address(faucet), int.from_bytes(supply, "big"))
        self.send(key, step.to, step.data)
        # With a tip of nothing the fee is known to the wei: nothing is left.
        header = self.pending()
        fee = formats.base_fee(header) * _TRANSFER_GAS
        rest = self.state(header).get_balance(Address(deployer)) - fee
        self.send(key, to_checksum_address(faucet), b"", value=rest, gas=_TRANSFER_GAS, tip=0)

    def send(
        self,
        key: PrivateKey,
        to: str | None,
        data: bytes,
        *,
        value: int = 0,
        gas: int | None = None,
        tip: int = TIP_WEI,
    ) -> str:
        """Sign and submit a transaction in the name of a key of the sandbox's own.

        Raises:
            RPCError: It cannot be in a block, or it was reverted.
        """
        sender = key.public_key.to_canonical_address()
        receiver = bytes.fromhex(to.removeprefix("0x")) if to else CREATE_CONTRACT_ADDRESS
        with self.lock:
            header = self.pending()
            if gas is None:
                gas = self.estimate(Call(sender, receiver, data, value), header)
            unsigned = CancunVM.get_transaction_builder().create_unsigned_transaction(
                nonce=self.state(header).get_nonce(Address(sender)),
                gas_price=formats.base_fee(header) + tip,
                gas=gas,
                to=Address(receiver),
                value=value,
                data=data,
            )
            signed = unsigned.as_signed_transaction(key, chain_id=deploy.CHAIN_ID)
            return self.submit(signed.encode())

    def _decoded(self, raw: bytes) -> SignedTransactionAPI:
        if raw[:1] in _REFUSED_TYPES:
            raise RPCError(SERVER_ERROR, "transaction type not supported")
        try:
            sent = CancunVM.get_transaction_builder().decode(raw)
            sent.validate()
            sent.check_signature_validity()
        except (RLPException, ValidationError, PyEVMError, ValueError, TypeError) as error:
            raise RPCError(SERVER_ERROR, f"invalid transaction: {str(error)[:200]}") from None
        return sent

    def _check(self, sent: SignedTransactionAPI, header: BlockHeaderAPI) -> None:
        """Refuse what no block may have, in the words that clients know from geth."""
        state = self.state(header)
        if sent.chain_id != deploy.CHAIN_ID:
            # Unprotected ones too (EIP-155): they could be sent again on another chain.
            message = f"invalid chain id for signer: have {sent.chain_id} want {deploy.CHAIN_ID}"
            raise RPCError(SERVER_ERROR, message)
        expected = state.get_nonce(sent.sender)
        if sent.nonce < expected:
            message = f"nonce too low: next nonce {expected}, tx nonce {sent.nonce}"
            raise RPCError(SERVER_ERROR, message)
        if sent.nonce > expected:
            message = f"nonce too high: next nonce {expected}, tx nonce {sent.nonce}"
            raise RPCError(SERVER_ERROR, message)
        if sent.gas > header.gas_limit:
            raise RPCError(SERVER_ERROR, "exceeds block gas limit")
        if sent.gas < sent.intrinsic_gas:
            message = f"intrinsic gas too low: gas {sent.gas}, minimum needed {sent.intrinsic_gas}"
            raise RPCError(SERVER_ERROR, message)
        if sent.max_fee_per_gas < formats.base_fee(header):
            message = (
                f"max fee per gas less than block base fee: maxFeePerGas: {sent.max_fee_per_gas}, "
                f"baseFee: {formats.base_fee(header)}"
            )
            raise RPCError(SERVER_ERROR, message)
        balance = state.get_balance(sent.sender)
        cost = sent.gas * sent.max_fee_per_gas + sent.value
        if balance < cost:
            message = (
                f"insufficient funds for gas * price + value: address "
                f"{formats.address(sent.sender)} have {balance} want {cost}"
            )
            raise RPCError(SERVER_ERROR, message)

    def _mine(self, sent: SignedTransactionAPI, header: BlockHeaderAPI) -> None:
        machine = self._chain.get_vm(header)
        try:
            filled, receipts, _ = machine.apply_all_transactions([sent], header)
        except ValidationError as error:
            raise RPCError(SERVER_ERROR, f"invalid transaction: {str(error)[:200]}") from None
        block = machine.set_block_transactions_and_withdrawals(
            machine.get_block(), filled, [sent], receipts
        )
        mined = machine.mine_block(block).block
        self._chain.persist_block(mined, perform_validation=False)
        created = None
        if sent.to == CREATE_CONTRACT_ADDRESS:
            created = generate_contract_address(sent.sender, sent.nonce)
        self._keep_block(formats.block(mined))
        receipt = formats.receipt(receipts[0], sent, mined.header, created)
        number = mined.header.block_number
        self.database.add_transaction(
            formats.data(sent.hash),
            number,
            json.dumps(formats.transaction(sent, mined.header, 0)),
            json.dumps(receipt),
        )
        for position, log in enumerate(receipt["logs"]):
            where = log["address"].lower()
            self.database.add_log(number, position, where, log["topics"], json.dumps(log))

    def _keep_block(self, block: formats.JSON) -> None:
        self.database.add_block(int(block["number"], 16), block["hash"], json.dumps(block))

    def _execute(self, call: Call, header: BlockHeaderAPI) -> tuple[ComputationAPI, int]:
        """Run a call on a state that is thrown away; return it and the gas it begins with.

        Neither nonce nor money for the gas is asked for, as nodes do.
        """
        state = self.state(header)
        unsigned = CancunVM.get_transaction_builder().create_unsigned_transaction(
            nonce=0,
            gas_price=call.gas_price,
            gas=call.gas,
            to=Address(call.to),
            value=call.value,
            data=call.data,
        )
        transaction = SpoofTransaction(unsigned, from_=Address(call.sender))
        intrinsic: int = unsigned.intrinsic_gas
        if call.gas < intrinsic:
            raise RPCError(SERVER_ERROR, f"intrinsic gas too low: minimum needed {intrinsic}")
        sender, to = Address(call.sender), Address(call.to)
        created = None
        if call.to == CREATE_CONTRACT_ADDRESS:
            created = generate_contract_address(sender, state.get_nonce(sender))
        message = Message(
            gas=call.gas - intrinsic,
            to=to,
            sender=sender,
            value=call.value,
            data=b"" if created else call.data,
            code=call.data if created else state.get_code(to),
            create_address=created,  # type: ignore[arg-type]  # None: a call
        )
        try:
            executor = state.get_transaction_executor()
            computation = executor.build_computation(message, transaction)  # type: ignore[arg-type]  # stands in for one
        except VMError as error:
            raise RPCError(SERVER_ERROR, str(error)[:200] or "execution failed") from None
        return computation, intrinsic


def _raise_if_failed(computation: ComputationAPI) -> None:
    if computation.is_success:
        return
    if isinstance(computation.error, Revert):
        raise reverted(computation.output)
    words = _WORDS.get(type(computation.error)) or str(computation.error)[:200]
    raise RPCError(SERVER_ERROR, words or "execution failed")


def _depth(computation: ComputationAPI) -> int:
    return 1 + max((_depth(child) for child in computation.children), default=0)


def _balance_of(token: str, owner: bytes) -> Call:
    selector = bytes.fromhex("70a08231")  # balanceOf(address)
    return Call(to=bytes.fromhex(token.removeprefix("0x")), data=selector + owner.rjust(32, b"\0"))
