"""web3.py as a client: none of it is in the sandbox, so it is a second opinion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest
from eth_account import Account
from eth_typing import HexStr
from web3 import HTTPProvider, Web3
from web3.exceptions import ContractLogicError, TransactionNotFound

from jupyter_ipfs.ocean import artifacts
from jupyter_ipfs.wallet import sandbox_accounts

if TYPE_CHECKING:
    from tests.sandboxes import Sandbox


def test_web3_deploys_calls_and_reads_everything(sandbox: Sandbox) -> None:
    w3 = Web3(HTTPProvider(sandbox.info.rpc_url))
    account = Account.from_key(sandbox_accounts.private_key(sandbox.repo, "buyer"))
    assert w3.is_connected()
    assert (w3.eth.chain_id, w3.net.version) == (8996, "8996")
    assert list(w3.eth.accounts) == []
    factory = w3.eth.contract(
        abi=artifacts.abi("MockERC20"), bytecode=artifacts.bytecode("MockERC20")
    )
    wanted = {"from": account.address, "nonce": w3.eth.get_transaction_count(account.address)}
    made = factory.constructor(account.address, "Mine", "M").build_transaction(wanted)
    tx_hash = w3.eth.send_raw_transaction(account.sign_transaction(made).raw_transaction)
    receipt = w3.eth.wait_for_transaction_receipt(tx_hash, poll_latency=0.001)
    token = w3.eth.contract(receipt["contractAddress"], abi=artifacts.abi("MockERC20"))
    assert token.functions.symbol().call() == "M"
    held = token.functions.balanceOf(account.address).call()
    (event,) = token.events.Transfer().get_logs(from_block=receipt["blockNumber"])
    assert event["args"]["value"] == held
    assert token.events.Transfer().process_receipt(receipt)[0]["args"] == event["args"]
    with pytest.raises(ContractLogicError, match="transfer amount exceeds balance"):
        token.functions.transfer(account.address, held + 1).call({"from": account.address})
    with pytest.raises(ContractLogicError, match="transfer amount exceeds balance"):
        token.functions.transfer(account.address, held + 1).estimate_gas({"from": account.address})

    block = w3.eth.get_block("latest", full_transactions=True)
    (sent,) = block["transactions"]
    assert isinstance(sent, Mapping)
    assert sent["hash"] == tx_hash
    assert w3.eth.get_transaction(tx_hash)["blockHash"] == block["hash"]
    assert w3.eth.get_block("pending")["number"] == block["number"] + 1
    assert w3.eth.get_code(token.address) != b""
    assert w3.eth.get_storage_at(token.address, 2) == held.to_bytes(32, "big")
    assert w3.eth.fee_history(4, "latest", [50])["oldestBlock"] == block["number"] - 3
    assert w3.eth.max_priority_fee < w3.eth.gas_price
    with w3.batch_requests() as batch:
        batch.add(w3.eth.get_balance(account.address))
        batch.add(w3.eth.get_block("latest"))
        answers: list[Any] = list(batch.execute())
    assert answers[0] > 0
    assert answers[1]["hash"] == block["hash"]
    with pytest.raises(TransactionNotFound):
        w3.eth.get_transaction_receipt(HexStr("0x" + "ab" * 32))
