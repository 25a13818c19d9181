"""The chain's JSON-RPC, asked over HTTP as clients ask it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.sandbox import deploy
from tests.sandboxes import post

if TYPE_CHECKING:
    from tests.sandboxes import Sandbox

JSON_TYPE = {"Content-Type": "application/json"}


def test_the_contracts_lie_where_every_development_chain_has_them(sandbox: Sandbox) -> None:
    # Source of the addresses: facts of a deployment by the first account of anvil's mnemonic.
    contracts = sandbox.info.chain.contracts
    assert contracts["Ocean"] == "0x5FbDB2315678afecb367f032d93F642f64180aa3"
    assert contracts["ERC721Factory"] == "0x8A791620dd6260079BF849Dc5567aDC3F2FdC318"
    assert contracts["FixedPrice"] == "0xCf7Ed3AccA5a467e9e704C703E8D87F634fB0Fc9"
    assert contracts["Dispenser"] == "0xDc64a140Aa3E981100a9becA4E685f962f0cF6C9"
    for name, address in deploy.contracts().items():
        assert len(sandbox.result("eth_getCode", address, "latest")) > 1000, name


def test_the_well_known_account_has_nothing_left(sandbox: Sandbox) -> None:
    assert sandbox.result("eth_getBalance", deploy.DEPLOYER, "latest") == "0x0"


@pytest.mark.parametrize(
    "method",
    ["anvil_setBalance", "evm_mine", "evm_snapshot", "hardhat_reset", "debug_traceTransaction",
     "personal_unlockAccount", "eth_sendTransaction", "eth_sign", "admin_peers", "miner_start",
     "txpool_content", "__class__", "call", "", "METHODS", "eth_newFilter"],
)  # fmt: skip
def test_what_is_not_listed_is_no_method(sandbox: Sandbox, method: str) -> None:
    assert sandbox.rpc(method)["error"]["code"] == -32601


def test_the_node_has_no_accounts_of_its_own(sandbox: Sandbox) -> None:
    assert sandbox.result("eth_accounts") == []


def test_calls_come_in_batches_and_notifications_get_no_answer(sandbox: Sandbox) -> None:
    body = (
        b'[{"jsonrpc":"2.0","id":"a","method":"eth_chainId"},'
        b'{"jsonrpc":"2.0","method":"eth_blockNumber"},'
        b'{"jsonrpc":"2.0","id":2,"method":"net_version","params":[]},1]'
    )
    status, answer = post(sandbox.info.rpc_url, body, JSON_TYPE)
    assert status == 200
    assert answer == (
        b'[{"jsonrpc":"2.0","id":"a","result":"0x2324"},'
        b'{"jsonrpc":"2.0","id":2,"result":"8996"},'
        b'{"jsonrpc":"2.0","id":null,"error":{"code":-32600,'
        b'"message":"a call is an object with a method"}}]'
    )
