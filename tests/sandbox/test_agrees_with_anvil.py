"""The same transactions on anvil, as a second opinion: same gas, same logs, same answers."""

from __future__ import annotations

import json
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest
from eth_utils.address import to_checksum_address

from jupyter_ipfs.ocean import abi
from jupyter_ipfs.sandbox import deploy
from jupyter_ipfs.sandbox.failure import RPCError
from tests.conftest import CHECKOUT, require
from tests.sandbox.test_chain import NOBODY, Place
from tests.sandboxes import post

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = CHECKOUT / ".cache/oceanjs/node_modules/@foundry-rs/anvil-linux-amd64"
ZERO = "0x" + "00" * 20
EVERYTHING = 2**256 - 1
OCEAN_WEI = 10**18
TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
# What differs from chain to chain: chance, anvil's own contracts, and what is made of them.
OF_CHANCE = {
    "mixHash",
    "parentBeaconBlockRoot",
    "stateRoot",
    "hash",
    "parentHash",
    "blockHash",
    "size",
}


class Anvil:
    """A running anvil."""

    def __init__(self, url: str) -> None:
        self.url = url

    def __call__(self, method: str, params: list[object]) -> Any:  # noqa: ANN401
        """Return a method's result, or raise what a node would say."""
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
        status, answer = post(self.url, body.encode(), {"Content-Type": "application/json"})
        assert status == 200
        found = json.loads(answer)
        if "error" in found:
            data = found["error"].get("data")
            output = bytes.fromhex(data[2:]) if isinstance(data, str) else None
            raise RPCError(found["error"]["code"], found["error"]["message"], output)
        return found["result"]


@pytest.fixture(scope="module")
def anvil(tmp_path_factory: pytest.TempPathFactory, place: Place) -> Iterator[Anvil]:
    binary = PACKAGE / "bin" / "anvil"
    require(binary.exists(), "no anvil: make oceanjs (on Linux, x64)")
    began = place.rpc("eth_getBlockByNumber", ["earliest", False])["timestamp"]
    process = subprocess.Popen(
        [binary, "--timestamp", str(int(began, 16)),
         "--host", "127.0.0.1", "--port", "0", "--chain-id", "8996", "--accounts", "1",
         "--balance", "1000000000", "--hardfork", "cancun", "--gas-limit", "30000000",
         # Of its first block, as after an empty one.
         "--block-base-fee-per-gas", "875000000"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=tmp_path_factory.mktemp("anvil"),
    )  # fmt: skip
    try:
        assert process.stdout is not None
        said = next(line for line in process.stdout if line.startswith("Listening on"))
        yield Anvil("http://" + said.split()[-1])
    finally:
        process.terminate()
        process.communicate()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    place = Place(tmp_path_factory.mktemp("chain"))
    yield place
    place.database.close()


def call(place: Place, contract: str, to: str, function: str, *arguments: object) -> dict[str, Any]:
    """Send a call of the author's, with what the chain thinks is enough gas."""
    data = "0x" + abi.encode_call(contract, function, arguments).hex()
    asked = {"from": place.author, "to": to, "data": data}
    gas = int(place.rpc("eth_estimateGas", [asked]), 16)
    receipt = place.send(to=to, data=data, gas=gas, value=0)
    assert receipt["status"] == "0x1", function
    return receipt


def created(receipt: dict[str, Any], event: str, *, indexed: bool) -> str:
    """Return the contract that an event of the factory's tells of, in its first field."""
    topic = "0x" + abi.topic("ERC721Factory", event).hex()
    (log,) = [log for log in receipt["logs"] if log["topics"][0] == topic]
    word = log["topics"][1][2:] if indexed else log["data"][2:66]
    return to_checksum_address(word[24:])


def published(place: Place, price: int | None) -> str:
    """Publish something, order it, and return its datatoken."""
    at, me = deploy.contracts(), place.author
    token: tuple[Any, ...] = (1, ["Token", "T"], [me, me, ZERO, ZERO], [EVERYTHING, 0], [])
    nft = ("Data", "D", 1, "", True, me)
    factory = at["ERC721Factory"]
    if price is None:
        free = (at["Dispenser"], OCEAN_WEI, OCEAN_WEI, True, ZERO)
        made = call(
            place, "ERC721Factory", factory, "createNftWithErc20WithDispenser", nft, token, free
        )
    else:
        rate = (at["FixedPrice"], [at["Ocean"], me, me, ZERO], [18, 18, price, 0, 1])
        made = call(
            place, "ERC721Factory", factory, "createNftWithErc20WithFixedRate", nft, token, rate
        )
    metadata: tuple[Any, ...] = (0, "http://x", ZERO, b"\x02", b"\xab" * 3000, b"\xcd" * 32, [])
    address = created(made, "NFTCreated", indexed=False)
    call(place, "ERC721Template", address, "setMetaData", *metadata)
    return created(made, "TokenCreated", indexed=True)


def replayed(place: Place, anvil: Anvil) -> int:
    """Send anvil what the chain has, from its beginning, and compare; return how many blocks."""
    head = int(place.rpc("eth_blockNumber", []), 16)
    chain = place.chain._chain
    for number in range(1, head + 1):
        (sent,) = chain.get_canonical_block_by_number(number).transactions  # type: ignore[arg-type]
        time_of = place.rpc("eth_getBlockByNumber", [hex(number), False])["timestamp"]
        anvil("evm_setNextBlockTimestamp", [time_of])
        tx_hash = anvil("eth_sendRawTransaction", ["0x" + sent.encode().hex()])
        until = time.monotonic() + 60
        while not mined(anvil, tx_hash):  # it mines in its own time
            assert time.monotonic() < until
        for method, params in (
            ("eth_getTransactionReceipt", [tx_hash]),
            ("eth_getTransactionByHash", [tx_hash]),
            ("eth_getBlockByNumber", [hex(number), False]),
        ):
            ours, theirs = place.rpc(method, params), anvil(method, params)
            assert alike(ours, theirs) == alike(theirs, ours), (number, method)
    return head


def mined(anvil: Anvil, tx_hash: str) -> bool:
    """Tell whether anvil has the receipt and the block of a transaction; the one may come later."""
    if anvil("eth_getTransactionReceipt", [tx_hash]) is None:
        return False
    return anvil("eth_getTransactionByHash", [tx_hash])["blockNumber"] is not None


def alike(one: Any, other: Any) -> Any:  # noqa: ANN401
    """Return what can be compared: fields that both have, without those of chance."""
    if isinstance(one, dict) and isinstance(other, dict):
        names = (one.keys() & other.keys()) - OF_CHANCE
        return {name: alike(one[name], other[name]) for name in sorted(names)}
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [alike(*pair) for pair in zip(one, other, strict=True)]
    return one.lower() if isinstance(one, str) else one


def test_deploying_publishing_and_selling_come_out_the_same(place: Place, anvil: Anvil) -> None:
    published(place, None)
    token = published(place, 2 * OCEAN_WEI)
    fixed, ocean = deploy.contracts()["FixedPrice"], deploy.contracts()["Ocean"]
    # The facts: a price of 2 OCEAN costs 2.002, with the community's fee.
    call(place, "MockERC20", ocean, "approve", fixed, 3 * OCEAN_WEI)
    exchange = abi.encode_call("FixedRateExchange", "generateExchangeId", (ocean, token))
    exchange_id = place.rpc("eth_call", [{"to": fixed, "data": "0x" + exchange.hex()}, "latest"])
    wanted = (bytes.fromhex(exchange_id[2:]), OCEAN_WEI, 3 * OCEAN_WEI, ZERO, 0)
    call(place, "FixedRateExchange", fixed, "buyDT", *wanted)
    place.send(to=ocean, data="0x12345678", gas=100_000, value=0)  # no function: reverted

    head = replayed(place, anvil)
    assert anvil("eth_blockNumber", []) == hex(head)
    ask = {"fromBlock": "0x0", "toBlock": hex(head)}
    for wanted_logs in (ask, ask | {"address": ocean}, ask | {"topics": [TRANSFER]}):
        ours, theirs = place.rpc("eth_getLogs", [wanted_logs]), anvil("eth_getLogs", [wanted_logs])
        assert len(ours) == len(theirs) > 5
        assert alike(ours, theirs) == alike(theirs, ours)
    for account in (place.author, deploy.DEPLOYER, ocean, fixed, NOBODY):
        for method in ("eth_getBalance", "eth_getTransactionCount", "eth_getCode"):
            assert place.rpc(method, [account, "latest"]) == anvil(method, [account, "latest"])
    for slot in range(8):
        params: list[object] = [ocean, hex(slot), "latest"]
        assert place.rpc("eth_getStorageAt", params) == anvil("eth_getStorageAt", params)


def test_refusals_and_reverts_have_the_same_code_and_data(place: Place, anvil: Anvil) -> None:
    assert place.rpc("eth_blockNumber", []) == anvil("eth_blockNumber", [])  # after the replay
    ocean = deploy.contracts()["Ocean"]
    too_much = abi.encode_call("MockERC20", "transfer", (NOBODY, 10**40)).hex()
    asked: list[tuple[str, list[object]]] = [
        ("eth_call", [{"from": place.author, "to": ocean, "data": "0x" + too_much}, "latest"]),
        ("eth_estimateGas", [{"from": place.author, "to": ocean, "data": "0x" + too_much}]),
        ("eth_call", [{"to": ocean, "data": "0x12345678"}, "latest"]),
        ("eth_sendTransaction_", []),
        ("eth_getBalance", ["0x12", "latest"]),
    ]
    for method, params in asked:
        ours, theirs = failed(place.rpc, method, params), failed(anvil, method, params)
        assert (ours.code, ours.data) == (theirs.code, theirs.data), method
        if ours.code == 3:
            assert ours.message == theirs.message
    for changes in (
        {"nonce": 0}, {"gas": 20_000}, {"value": 10**40}, {"maxFeePerGas": 1}, {"chainId": 1},
    ):  # fmt: skip
        raw: list[object] = [place.signed(**changes)]
        assert failed(place.rpc, "eth_sendRawTransaction", raw).code == -32000
        assert failed(anvil, "eth_sendRawTransaction", raw).code in {-32000, -32003}
    assert place.rpc("eth_chainId", []) == anvil("eth_chainId", [])
    assert place.rpc("net_version", []) == anvil("net_version", [])


def failed(rpc: Any, method: str, params: list[object]) -> RPCError:  # noqa: ANN401
    with pytest.raises(RPCError) as caught:
        rpc(method, params)
    return caught.value
