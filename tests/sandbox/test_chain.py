"""The chain itself, in this process: what it takes, refuses and says, and that it survives."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from eth_account import Account
from eth_keys.datatypes import PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from jupyter_ipfs.errors import RepoBusyError, RepoVersionError
from jupyter_ipfs.sandbox import accounts, deploy, envelope
from jupyter_ipfs.sandbox.__main__ import FRAMES
from jupyter_ipfs.sandbox.chain import PracticeChain
from jupyter_ipfs.sandbox.database import Database
from jupyter_ipfs.sandbox.failure import RPCError
from jupyter_ipfs.sandbox.rpc import RPC
from jupyter_ipfs.wallet import sandbox_accounts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OCEAN = deploy.contracts()["Ocean"]
NOBODY = "0x" + "22" * 20
# Calls itself with all the gas it has: five PUSH0, ADDRESS, GAS, CALL.
CALLS_ITSELF = bytes.fromhex("5f5f5f5f5f305af1")
# Gives back the time of its block: TIMESTAMP, PUSH0, MSTORE, PUSH1 32, PUSH0, RETURN.
TELLS_TIME = bytes.fromhex("425f5260205ff3")
# Reverts with what it was called with: CALLDATASIZE, PUSH0, PUSH0, CALLDATACOPY, CALLDATASIZE, …
REVERTS = bytes.fromhex("365f5f37365ffd")


class Place:
    """A chain, its JSON-RPC, and the author's transactions."""

    def __init__(self, repo: Path) -> None:
        self.repo = repo
        sandbox_accounts.accounts(repo)
        self.database = Database(repo / "sandbox" / "chain.sqlite")
        faucet = sandbox_accounts.address(repo, sandbox_accounts.FAUCET)
        self.chain = PracticeChain(self.database, faucet)
        accounts.fund_accounts(self.chain, repo)
        self.rpc = RPC(self.chain).call
        self.key = PrivateKey(sandbox_accounts.private_key(repo, "author"))
        self.author = self.key.public_key.to_checksum_address()

    def signed(self, **changes: Any) -> str:  # noqa: ANN401
        """Return a transfer, signed by eth_account, with some fields changed."""
        transaction = {
            "nonce": int(self.rpc("eth_getTransactionCount", [self.author, "pending"]), 16),
            "to": NOBODY, "value": 1, "gas": 21_000, "chainId": 8996,
            "maxFeePerGas": 10**11, "maxPriorityFeePerGas": 1, **changes,
        }  # fmt: skip
        wanted = {name: value for name, value in transaction.items() if value is not None}
        account = Account.from_key(self.key.to_bytes())
        return "0x" + bytes(account.sign_transaction(wanted).raw_transaction).hex()

    def send(self, **changes: Any) -> dict[str, Any]:  # noqa: ANN401
        """Send it and return its receipt."""
        tx_hash = self.rpc("eth_sendRawTransaction", [self.signed(**changes)])
        receipt: dict[str, Any] = self.rpc("eth_getTransactionReceipt", [tx_hash])
        return receipt

    def deployed(self, code: bytes) -> str:
        """Put code on the chain; return its address."""
        size = len(code)
        begin = bytes([0x5F + size]) + code + bytes([0x5F, 0x52, 0x60, size, 0x60, 32 - size, 0xF3])
        address: str = self.send(to=None, data="0x" + begin.hex(), gas=200_000, value=0)[
            "contractAddress"
        ]
        assert self.rpc("eth_getCode", [address, "latest"]) == "0x" + code.hex()
        return address


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    place = Place(tmp_path_factory.mktemp("chain"))
    yield place
    place.database.close()


def failure(place: Place, method: str, *params: object) -> RPCError:
    with pytest.raises(RPCError) as caught:
        place.rpc(method, list(params))
    return caught.value


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"chainId": 1}, "invalid chain id for signer: have 1 want 8996"),
        ({"nonce": 10**6}, "nonce too high"),
        ({"gas": 20_999}, "intrinsic gas too low"),
        ({"gas": 30_000_001}, "exceeds block gas limit"),
        ({"maxFeePerGas": 1}, "max fee per gas less than block base fee"),
        ({"value": 10**30}, "insufficient funds for gas * price + value"),
        ({"maxFeePerGas": None, "maxPriorityFeePerGas": None, "gasPrice": 10**10, "chainId": None},
         "invalid chain id for signer: have None"),
    ],
)  # fmt: skip
def test_what_no_block_may_have_is_refused_in_geths_words(
    place: Place, changes: dict[str, Any], words: str
) -> None:
    before = place.rpc("eth_blockNumber", [])
    found = failure(place, "eth_sendRawTransaction", place.signed(**changes))
    assert (found.code, found.message[: len(words)]) == (-32000, words)
    assert place.rpc("eth_blockNumber", []) == before


def test_a_transaction_is_taken_once(place: Place) -> None:
    raw = place.signed()
    place.rpc("eth_sendRawTransaction", [raw])
    assert failure(place, "eth_sendRawTransaction", raw).message == "already known"
    again = place.signed(nonce=0, value=7)
    assert failure(place, "eth_sendRawTransaction", again).message.startswith("nonce too low")


@given(raw=st.binary(max_size=300), kind=st.sampled_from([b"", b"\x01", b"\x02", b"\x03", b"\x04"]))
def test_bytes_that_are_no_transaction_are_refused(raw: bytes, kind: bytes, place: Place) -> None:
    found = failure(place, "eth_sendRawTransaction", "0x" + (kind + raw).hex())
    assert found.code == -32000


def test_a_changed_transaction_is_not_its_signers(place: Place) -> None:
    raw = bytearray.fromhex(place.signed(value=3)[2:])
    for at in range(len(raw)):
        changed = raw.copy()
        changed[at] ^= 1
        found = failure(place, "eth_sendRawTransaction", "0x" + changed.hex())
        assert found.code == -32000


def test_older_kinds_of_transactions_are_taken(place: Place) -> None:
    legacy = {"maxFeePerGas": None, "maxPriorityFeePerGas": None, "gasPrice": 10**10}
    with_list = legacy | {"accessList": [{"address": OCEAN, "storageKeys": ["0x" + "0" * 64]}]}
    for changes, kind in ((legacy, "0x0"), (with_list, "0x1"), ({}, "0x2")):
        receipt = place.send(gas=40_000, **changes)
        sent = place.rpc("eth_getTransactionByHash", [receipt["transactionHash"]])
        assert (receipt["status"], receipt["type"], sent["type"]) == ("0x1", kind, kind)
        assert sent["blockHash"] == receipt["blockHash"]
        assert sent["from"] == receipt["from"] == place.author


def test_a_reverted_call_has_the_contracts_own_data(place: Place) -> None:
    contract = place.deployed(REVERTS)
    # The encodings of Error("no"), Panic(0x11) and an error of a contract's own.
    reason = "08c379a0" + f"{32:064x}" + f"{2:064x}" + "6e6f" + "00" * 30
    for data, message in (
        (reason, "execution reverted: no"),
        ("4e487b71" + f"{0x11:064x}", "execution reverted: panic 0x11"),
        ("deadbeef", "execution reverted"),
        ("08c379a0" + "ff" * 64, "execution reverted"),
        ("", "execution reverted"),
    ):
        for method in ("eth_call", "eth_estimateGas"):
            found = failure(place, method, {"to": contract, "data": "0x" + data})
            assert (found.code, found.message) == (3, message)
            assert found.data == bytes.fromhex(data)
    assert place.send(to=contract, data="0x01", gas=100_000, value=0)["status"] == "0x0"


def test_an_estimate_is_enough_and_a_transfer_costs_21000(place: Place) -> None:
    transfer = {"from": place.author, "to": NOBODY, "value": "0x1"}
    assert place.rpc("eth_estimateGas", [transfer]) == hex(21_000)
    step = deploy.ocean_transfer("0x" + "33" * 20, 5)  # to a new holder: a slot is filled
    call = {"from": place.author, "to": step.to, "data": "0x" + step.data.hex()}
    gas = int(place.rpc("eth_estimateGas", [call]), 16)
    receipt = place.send(to=step.to, data=call["data"], gas=gas, value=0)
    assert receipt["status"] == "0x1"
    assert len(receipt["logs"]) == 1


def test_calls_as_deep_as_gas_reaches_end_as_calls_do(place: Place) -> None:
    sys.setrecursionlimit(FRAMES)  # as the sandbox's process does; each test has its own
    contract = place.deployed(CALLS_ITSELF)
    assert place.rpc("eth_call", [{"to": contract}, "latest"]) == "0x"


def test_time_is_this_computers_and_goes_on_strictly(place: Place) -> None:
    place.send()
    place.send()
    head = int(place.rpc("eth_blockNumber", []), 16)
    times = [
        int(place.rpc("eth_getBlockByNumber", [hex(number), False])["timestamp"], 16)
        for number in range(head + 1)
    ]
    assert times == sorted(set(times))
    contract = place.deployed(TELLS_TIME)
    now = int(place.rpc("eth_call", [{"to": contract}, "pending"]), 16)
    assert now > times[-1]


def test_what_was_stays_readable_at_its_block(place: Place) -> None:
    before = place.rpc("eth_blockNumber", [])
    had = place.rpc("eth_getBalance", [NOBODY, before])
    block = place.rpc("eth_getBlockByNumber", [before, False])
    place.send(value=9)
    assert place.rpc("eth_getBalance", [NOBODY, before]) == had
    assert place.rpc("eth_getBalance", [NOBODY, {"blockHash": block["hash"]}]) == had
    assert place.rpc("eth_getBalance", [NOBODY, "latest"]) == hex(int(had, 16) + 9)
    assert failure(place, "eth_getBalance", NOBODY, "0xffffff").message == "header not found"


def test_logs_are_found_by_address_topics_and_blocks(place: Place) -> None:
    everyone = place.rpc("eth_getLogs", [{"fromBlock": "0x0", "toBlock": "latest"}])
    step = deploy.ocean_transfer(NOBODY, 77)
    receipt = place.send(to=step.to, data="0x" + step.data.hex(), gas=100_000, value=0)
    (log,) = receipt["logs"]
    number, topics = receipt["blockNumber"], log["topics"]

    def found(**wanted: object) -> list[Any]:
        result: list[Any] = place.rpc("eth_getLogs", [{"fromBlock": "0x0", **wanted}])
        return result

    assert found() == [*everyone, log]
    assert found(address=OCEAN.lower(), topics=topics) == [log]
    assert found(address=[NOBODY, OCEAN], topics=[topics[0], None, [topics[2]]])[-1] == log
    assert found(topics=[[topics[0], topics[1]], None, topics[2]])[-1] == log
    assert found(blockHash=receipt["blockHash"]) == [log]
    assert found(fromBlock=number, toBlock=number) == [log]
    assert found(fromBlock="latest") == [log]
    assert found(address=NOBODY) == found(address=OCEAN, topics=[topics[1]]) == []
    assert found(topics=[None, None, None, None]) == []  # OCEAN's have three
    assert found(toBlock=hex(int(number, 16) - 1)) == everyone
    assert found(fromBlock="0xffffffffffffffffffff") == []
    for wrong in ({"address": "0x1"}, {"topics": "0x"}, {"topics": [None] * 5}, {"topics": [1]}):
        assert failure(place, "eth_getLogs", wrong).code == -32602


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.sampled_from(
        [
            "latest",
            "pending",
            "earliest",
            "0x",
            "0x0",
            "0x" + "f" * 64,
            OCEAN,
            NOBODY,
            "0x" + "0" * 64,
        ]
    ),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["to", "from", "data", "gas", "value", "blockHash", "fromBlock", "topics"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@given(
    method=st.sampled_from(sorted(RPC.METHODS)),
    params=st.lists(JSON_VALUES, max_size=4) | JSON_VALUES,
)
def test_whatever_is_asked_the_answer_is_a_result_or_an_error(
    place: Place, method: str, params: object
) -> None:
    body = json.dumps({"id": 1, "method": method, "params": params}).encode()
    found = json.loads(envelope.answer(body, place.rpc))
    assert "result" in found or found["error"]["code"] in {-32602, -32000, 3}


def test_a_closed_chain_opens_again_as_it_was(tmp_path: Path) -> None:
    first = Place(tmp_path)
    receipt = first.send(value=5)
    with pytest.raises(RepoBusyError):
        Database(tmp_path / "sandbox" / "chain.sqlite")
    first.database.close()
    again = Place(tmp_path)
    found = again.rpc("eth_getTransactionReceipt", [receipt["transactionHash"]])
    assert found == receipt
    assert again.rpc("eth_blockNumber", []) == receipt["blockNumber"]
    assert again.rpc("eth_getBalance", [NOBODY, "latest"]) == "0x5"
    again.database._connection.execute("PRAGMA user_version=99")
    again.database.close()
    with pytest.raises(RepoVersionError):
        Database(tmp_path / "sandbox" / "chain.sqlite")


def test_what_breaks_off_within_a_block_has_not_happened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(tmp_path)
    before = place.rpc("eth_getBlockByNumber", ["latest", False])
    raw = place.signed(value=5)

    def broken(*_: object) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(place.database, "add_transaction", broken)
        with pytest.raises(OSError, match="no space"):
            place.rpc("eth_sendRawTransaction", [raw])
    assert place.rpc("eth_getBlockByNumber", ["latest", False]) == before
    assert place.rpc("eth_getBalance", [NOBODY, "latest"]) == "0x0"
    place.rpc("eth_sendRawTransaction", [raw])
    assert place.rpc("eth_getBalance", [NOBODY, "latest"]) == "0x5"
    place.database.close()
