"""Sending to a real chain in this process, and what became of what was sent."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ipfs.errors import (
    ChainError,
    InsufficientFundsError,
    RejectedError,
    TransactionError,
    TransactionPendingError,
)
from jupyter_ipfs.ocean import calls, chains
from jupyter_ipfs.ocean.connection import ChainConnection
from jupyter_ipfs.wallet.intents import Argument, ContractCall
from tests.ocean.conftest import KeySigner

if TYPE_CHECKING:
    from jupyter_ipfs.ocean.receipt import Receipt
    from tests.ocean.conftest import LocalChain

NOBODY = "0x" + "0" * 40
ONE = 10**18
KINDS = {1: "ERC20Template", 2: "ERC20TemplateEnterprise", 4: "ERC20Template4"}
NODE = KeySigner(b"\x03" * 32)


def call(chain: LocalChain, contract: str, function: str, *arguments: Argument,
         to: str | None = None) -> ContractCall:  # fmt: skip
    place = to or chain.address(contract)
    return ContractCall(chains.SANDBOX_ID, contract, place, function, arguments)


def creation(chain: LocalChain, kind: int, function: str, *offer: Argument) -> ContractCall:
    more: tuple[str, ...] = (chain.address("AccessListFactory"),) if kind == 4 else ()
    files: tuple[bytes, ...] = (b"files",) if kind == 4 else ()
    nft = ("Survey", "SURVEY", 1, "", True, chain.author.address)
    erc = (
        chain.connection.template_index(kind), ("Access", "ACC"),
        (chain.author.address, NOBODY, NOBODY, NOBODY, *more), (10**26, 0), files,
    )  # fmt: skip
    return call(chain, "ERC721Factory", function, nft, erc, *offer)


def created(chain: LocalChain, made: ContractCall) -> tuple[Receipt, str, str]:
    receipt = chain.connection.transact(chain.author, made)
    nft = receipt.event("ERC721Factory", "NFTCreated").fields["newTokenAddress"]
    token = receipt.event("ERC721Factory", "TokenCreated").fields["newTokenAddress"]
    return receipt, nft, token


def provider_fee(token: str) -> tuple[Argument, ...]:
    """Sign a fee of nothing, as an Ocean Node does (facts, 1.3)."""
    from eth_account.messages import encode_defunct  # noqa: PLC0415
    from web3 import Web3  # noqa: PLC0415

    data = b'{"dt":"%s","id":"1"}' % token.encode()
    digest = Web3.solidity_keccak(
        ["bytes", "address", "address", "uint256", "uint256"], [data, NODE.address, NOBODY, 0, 0]
    )
    signed = NODE.account.sign_message(encode_defunct(primitive=bytes(digest)))
    r, s = signed.r.to_bytes(32, "big"), signed.s.to_bytes(32, "big")
    return (NODE.address, NOBODY, 0, signed.v, r, s, 0, data)


def free_offer(chain: LocalChain) -> tuple[Argument, ...]:
    return (chain.address("Dispenser"), ONE, ONE, True, NOBODY)


def rate_offer(chain: LocalChain, rate: int = 2 * ONE) -> tuple[Argument, ...]:
    tokens = (chain.address("Ocean"), chain.author.address, NOBODY, NOBODY)
    return (chain.address("FixedRateExchange"), tokens, (18, 18, rate, 0, 1))


def order(chain: LocalChain, token: str) -> tuple[Argument, ...]:
    return (chain.buyer.address, 0, provider_fee(token), (NOBODY, NOBODY, 0))


@pytest.mark.parametrize("kind", KINDS)
def test_a_free_asset_of_each_template_is_created_and_ordered(
    local_chain: LocalChain, kind: int
) -> None:
    chain, connection = local_chain, local_chain.connection
    _, nft, token = created(
        chain, creation(chain, kind, "createNftWithErc20WithDispenser", free_offer(chain))
    )
    assert connection.call("ERC721Template", nft, "ownerOf", (1,)) == chain.author.address
    assert connection.call(KINDS[kind], token, "getId") == kind
    if kind == 1:
        dispense = call(chain, "Dispenser", "dispense", token, ONE, chain.buyer.address)
        connection.transact(chain.buyer, dispense)
        start = call(chain, KINDS[kind], "startOrder", *order(chain, token), to=token)
    else:
        start = call(
            chain, KINDS[kind], "buyFromDispenserAndOrder", order(chain, token),
            chain.address("Dispenser"), to=token,
        )  # fmt: skip
    receipt = connection.transact(chain.buyer, start)
    started = receipt.event(KINDS[kind], "OrderStarted", token)
    assert started.fields["consumer"] == chain.buyer.address
    assert started.tx_hash == receipt.tx_hash
    again = call(
        chain, KINDS[kind], "reuseOrder", bytes.fromhex(receipt.tx_hash[2:]),
        provider_fee(token), to=token,
    )  # fmt: skip
    reused = connection.transact(chain.buyer, again).event(KINDS[kind], "OrderReused")
    assert "0x" + reused.fields["orderTxId"].hex() == receipt.tx_hash


@pytest.mark.parametrize("kind", KINDS)
def test_a_priced_asset_of_each_template_is_bought(local_chain: LocalChain, kind: int) -> None:
    chain, connection = local_chain, local_chain.connection
    exchange, ocean = chain.address("FixedRateExchange"), chain.address("Ocean")
    receipt, _, token = created(
        chain, creation(chain, kind, "createNftWithErc20WithFixedRate", rate_offer(chain))
    )
    exchange_id = receipt.event("ERC721Factory", "NewFixedRate").fields["exchangeId"]
    cost = connection.call(
        "FixedRateExchange", exchange, "calcBaseInGivenOutDT", (exchange_id, ONE, 0)
    )[0]
    assert cost == 2_002 * ONE // 1000
    before = connection.token_balance(ocean, chain.buyer.address)
    taker = exchange if kind == 1 else token
    approve = call(chain, "MockERC20", "approve", taker, cost, to=ocean)
    connection.transact(chain.buyer, approve)
    if kind == 1:
        buy = call(chain, "FixedRateExchange", "buyDT", exchange_id, ONE, cost, NOBODY, 0)
        connection.transact(chain.buyer, buy)
        start = call(chain, KINDS[kind], "startOrder", *order(chain, token), to=token)
    else:
        start = call(
            chain, KINDS[kind], "buyFromFreAndOrder", order(chain, token),
            (exchange, exchange_id, cost, 0, NOBODY), to=token,
        )  # fmt: skip
    connection.transact(chain.buyer, start).event(KINDS[kind], "OrderStarted")
    assert before - connection.token_balance(ocean, chain.buyer.address) == cost


def test_an_access_list_is_made_added_to_and_taken_from(local_chain: LocalChain) -> None:
    chain, connection = local_chain, local_chain.connection
    make = call(
        chain, "AccessListFactory", "deployAccessListContract", *("Friends", "FR", False),
        chain.author.address, (chain.buyer.address,), ("",),
    )  # fmt: skip
    receipt = connection.transact(chain.author, make)
    made = receipt.event("AccessListFactory", "NewAccessList").fields["contractAddress"]

    def members() -> list[int]:
        both = (chain.buyer.address, NODE.address)
        return [connection.call("AccessList", made, "balanceOf", (each,)) for each in both]

    assert members() == [1, 0]
    connection.transact(chain.author, call(chain, "AccessList", "mint", NODE.address, "", to=made))
    assert members() == [1, 1]
    connection.transact(chain.author, call(chain, "AccessList", "burn", 1, to=made))
    assert members() == [0, 1]


def test_what_contracts_noted_is_found_by_who_did_it(local_chain: LocalChain) -> None:
    chain, connection = local_chain, local_chain.connection
    start = connection.block_number() + 1
    receipt, nft, _ = created(chain, creation(chain, 2, "createNftWithErc20"))
    found = list(connection.logs("ERC721Factory", "NFTCreated", from_block=start))
    assert [event.fields["newTokenAddress"] for event in found] == [nft]
    assert found[0].block_number == receipt.block_number
    for admin, count in ((chain.author.address, 1), (chain.buyer.address, 0)):
        by = connection.logs(
            "ERC721Factory", "NFTCreated", address=chain.address("ERC721Factory"),
            indexed=(None, None, admin), from_block=start,
        )  # fmt: skip
        assert len(list(by)) == count
    assert connection.block_time(receipt.block_number) > 1_600_000_000


def test_a_token_says_its_symbol_and_decimals(local_chain: LocalChain) -> None:
    ocean = local_chain.address("Ocean")
    assert local_chain.connection.token(ocean) == ("OCEAN", 18)


def test_a_template_that_the_factory_lacks_is_said_to_be_missing(local_chain: LocalChain) -> None:
    assert local_chain.connection.template_index(4) == 3  # not its kind: facts, 1.2
    with pytest.raises(ChainError, match="no datatokens of template 3"):
        local_chain.connection.template_index(3)


def test_a_contracts_reason_is_shown_before_anything_is_sent(local_chain: LocalChain) -> None:
    chain, connection = local_chain, local_chain.connection
    _, nft, _ = created(chain, creation(chain, 2, "createNftWithErc20"))
    before = connection.web3.eth.get_transaction_count(chain.buyer.address)  # type: ignore[arg-type]
    change = call(chain, "ERC721Template", "setMetaDataState", 1, to=nft)
    with pytest.raises(TransactionError, match=r"the contract refuses: .*NOT"):
        connection.transact(chain.buyer, change)
    assert connection.web3.eth.get_transaction_count(chain.buyer.address) == before  # type: ignore[arg-type]


def test_too_little_of_a_token_is_an_error_of_its_own(local_chain: LocalChain) -> None:
    chain = local_chain
    receipt, _, _ = created(
        chain, creation(chain, 1, "createNftWithErc20WithFixedRate", rate_offer(chain, 10**9 * ONE))
    )
    exchange_id = receipt.event("ERC721Factory", "NewFixedRate").fields["exchangeId"]
    most = 2 * 10**9 * ONE
    approve = call(
        chain, "MockERC20", "approve", chain.address("FixedRateExchange"), most,
        to=chain.address("Ocean"),
    )  # fmt: skip
    chain.connection.transact(chain.buyer, approve)
    buy = call(chain, "FixedRateExchange", "buyDT", exchange_id, ONE, most, NOBODY, 0)
    with pytest.raises(InsufficientFundsError):
        chain.connection.transact(chain.buyer, buy)


def test_too_little_for_the_gas_is_said_with_its_numbers(local_chain: LocalChain) -> None:
    poor = KeySigner(b"\x09" * 32)
    change = call(
        local_chain, "MockERC20", "approve", NODE.address, 1, to=local_chain.address("Ocean")
    )
    with pytest.raises(InsufficientFundsError, match=f"{poor.address} has 0 ETH") as caught:
        local_chain.connection.transact(poor, change)
    assert caught.value.hint == "send some ETH on Practice to it first"


def test_what_is_reverted_when_mined_is_told_with_the_reason(local_chain: LocalChain) -> None:
    chain, connection = local_chain, local_chain.connection
    _, nft, _ = created(chain, creation(chain, 2, "createNftWithErc20"))
    change = call(chain, "ERC721Template", "setMetaDataState", 1, to=nft)
    made = connection.fill(change, chain.author.address)
    # The same, by one who may not: nothing is estimated any more.
    made["nonce"] = connection.web3.eth.get_transaction_count(chain.buyer.address)  # type: ignore[arg-type]
    signed = chain.buyer.account.sign_transaction(made)
    tx_hash = connection.submit(bytes(signed.raw_transaction))
    with pytest.raises(TransactionError, match=r"the contract refuses: .*NOT") as caught:
        connection.check_mined(tx_hash, change, chain.buyer.address)
    assert caught.value.tx_hash == tx_hash
    with pytest.raises(TransactionError, match=r"the contract refuses: .*NOT"):
        connection.receipt(tx_hash)


@pytest.mark.parametrize("what", ["sender", "contract", "calldata"])
def test_a_transaction_that_is_not_the_one_asked_for_is_noticed(
    local_chain: LocalChain, what: str
) -> None:
    chain, connection = local_chain, local_chain.connection
    ocean = chain.address("Ocean")
    asked = call(chain, "MockERC20", "approve", NODE.address, 5, to=ocean)
    tx_hash = connection.send(chain.author, asked)
    sender = chain.buyer.address if what == "sender" else chain.author.address
    other = {
        "sender": asked,
        "contract": replace(asked, to=chain.address("Dispenser")),
        "calldata": replace(asked, arguments=(NODE.address, 6)),
    }[what]
    with pytest.raises(TransactionError, match="another transaction than it was asked for"):
        connection.check_mined(tx_hash, other, sender)


def test_a_hash_that_nobody_knows_stays_pending_and_says_so(local_chain: LocalChain) -> None:
    asked = call(
        local_chain, "MockERC20", "approve", NODE.address, 5, to=local_chain.address("Ocean")
    )
    with pytest.raises(TransactionPendingError) as caught:
        local_chain.connection.check_mined("0x" + "ab" * 32, asked, NODE.address, timeout_s=0)
    assert caught.value.tx_hash == "0x" + "ab" * 32


class Replacing:
    """A chain in whose pool a transaction was seen, and then another in its place."""

    def __init__(self, real: Any, seen: dict[str, Any], forgotten: str) -> None:  # noqa: ANN401
        self._real = real
        self._seen: dict[str, Any] | None = seen
        self._forgotten = forgotten

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._real, name)

    def get_transaction(self, tx_hash: str) -> Any:  # noqa: ANN401
        from web3.exceptions import TransactionNotFound  # noqa: PLC0415

        if tx_hash != self._forgotten:
            return self._real.get_transaction(tx_hash)
        seen, self._seen = self._seen, None
        if seen is None:
            raise TransactionNotFound("gone")
        return seen


@pytest.mark.parametrize("amount", [7, 0])
def test_a_replaced_transaction_counts_if_it_is_the_same_and_is_told_if_not(
    local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch, amount: int
) -> None:
    chain, connection = local_chain, local_chain.connection
    ocean = chain.address("Ocean")
    asked = call(chain, "MockERC20", "approve", NODE.address, 7, to=ocean)
    mined = replace(asked, arguments=(NODE.address, amount))
    mined_hash = connection.send(chain.author, mined)
    first = "0x" + "cd" * 32
    seen = dict(connection.web3.eth.get_transaction(mined_hash))  # type: ignore[arg-type]
    seen |= {"hash": first, "input": calls.encode(asked)}
    # Only the connection's eyes see the replacement.
    monkeypatch.setattr(connection.web3, "eth", Replacing(connection.web3.eth, seen, first))
    # What is known of the first: in the pool, no receipt.
    if mined == asked:
        receipt = connection.check_mined(first, asked, chain.author.address, timeout_s=5)
        assert receipt.tx_hash == mined_hash
    else:
        with pytest.raises(TransactionError, match="cancelled or replaced") as caught:
            connection.check_mined(first, asked, chain.author.address, timeout_s=5)
        assert caught.value.tx_hash == mined_hash


def test_many_threads_send_from_one_address_and_each_is_mined_once(
    local_chain: LocalChain,
) -> None:
    connection, ocean = local_chain.connection, local_chain.address("Ocean")
    receipts: list[Receipt] = []

    def send(amount: int) -> None:
        approve = call(local_chain, "MockERC20", "approve", NODE.address, amount, to=ocean)
        receipts.append(connection.transact(local_chain.author, approve))

    threads = [threading.Thread(target=send, args=(amount,)) for amount in range(1, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({receipt.tx_hash for receipt in receipts}) == 6


def test_a_nonce_that_another_process_took_is_tried_once_more(local_chain: LocalChain) -> None:
    connection, ocean = local_chain.connection, local_chain.address("Ocean")
    approve = call(local_chain, "MockERC20", "approve", NODE.address, 11, to=ocean)

    class Late(KeySigner):
        tries = 0

        def send(self, call: ContractCall, chain: Any) -> str:  # noqa: ANN401
            made = chain.fill(call, self.address)
            self.tries += 1
            if self.tries == 1:
                made["nonce"] = 0
            return str(chain.submit(bytes(self.account.sign_transaction(made).raw_transaction)))

    late = Late(b"\x01" * 32)
    connection.transact(late, approve)
    assert late.tries == 2


def test_a_wallets_no_comes_through_and_the_next_can_send(local_chain: LocalChain) -> None:
    connection, ocean = local_chain.connection, local_chain.address("Ocean")
    approve = call(local_chain, "MockERC20", "approve", NODE.address, 12, to=ocean)

    class Refusing(KeySigner):
        def send(self, call: ContractCall, chain: Any) -> str:  # noqa: ANN401
            chain.fill(call, self.address)
            raise RejectedError("the owner said no")

    with pytest.raises(RejectedError):
        connection.transact(Refusing(b"\x01" * 32), approve)
    connection.transact(local_chain.author, approve)


def test_a_call_for_another_chain_is_not_sent(local_chain: LocalChain) -> None:
    approve = replace(
        call(local_chain, "MockERC20", "approve", NODE.address, 1, to=local_chain.address("Ocean")),
        chain_id=1,
    )
    with pytest.raises(TransactionError, match="for chain 1"):
        local_chain.connection.transact(local_chain.author, approve)


def test_another_chain_than_the_settings_say_is_noticed(local_chain: LocalChain) -> None:
    wrong = ChainConnection(chains.by_name("polygon"), "", web3=local_chain.connection.web3)
    with pytest.raises(ChainError, match="is chain 8996, and Polygon is 137"):
        wrong.block_number()


def test_where_no_contract_is_that_is_said(local_chain: LocalChain) -> None:
    with pytest.raises(ChainError, match="there is no ERC721Template at"):
        local_chain.connection.call("ERC721Template", NODE.address, "ownerOf", (1,))


def test_an_account_without_code_has_no_contract_signature(local_chain: LocalChain) -> None:
    valid = local_chain.connection.is_valid_signature
    assert not valid(NODE.address, b"\1" * 32, b"\2" * 65)
    assert not valid(local_chain.address("Ocean"), b"\1" * 32, b"\2" * 65)


def test_a_contract_wallet_says_which_signatures_are_its_own(local_chain: LocalChain) -> None:
    # Runtime code that answers isValidSignature's magic value (EIP-1271) to everything, or 1.
    magic = "631626ba7e60e01b60005260206000f3"
    other = "60016000526020600" + "0f3"

    def deploy(runtime: str) -> str:
        size = len(runtime) // 2
        code = f"60{size:02x}600c60003960{size:02x}6000f3{runtime}"
        web3 = local_chain.connection.web3
        sent = web3.eth.send_transaction({"from": web3.eth.accounts[0], "data": f"0x{code}"})  # type: ignore[typeddict-item]
        return str(web3.eth.get_transaction_receipt(sent)["contractAddress"])

    valid = local_chain.connection.is_valid_signature
    assert valid(deploy(magic), b"\1" * 32, b"any")
    assert not valid(deploy(other), b"\1" * 32, b"any")


def test_a_chain_that_is_down_is_an_error_without_its_key(free_tcp_port: int) -> None:
    url = f"http://127.0.0.1:{free_tcp_port}/v3/secret-key?apikey=also-secret"
    connection = ChainConnection(chains.by_name("sepolia"), url)
    with pytest.raises(ChainError) as caught:
        connection.block_number()
    told = f"{caught.value}{caught.value.hint}"
    assert f"127.0.0.1:{free_tcp_port}) does not answer" in told
    assert "secret" not in told
    assert caught.value.__cause__ is None


def test_a_practice_chain_that_is_down_is_told_with_what_starts_it(free_tcp_port: int) -> None:
    connection = ChainConnection(chains.by_name("sandbox"), f"http://127.0.0.1:{free_tcp_port}")
    with pytest.raises(ChainError) as caught:
        connection.block_number()
    assert caught.value.hint == "start it: jupyter ipfs sandbox"
