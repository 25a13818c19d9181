"""The practice chain and its wallet through the server: play money, and nothing else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from eth_account import Account

from jupyter_ipfs.ipld.cid import CID, DAG_PB
from jupyter_ipfs.ocean.connection import ChainConnection
from jupyter_ipfs.wallet.intents import ContractCall, OceanRequest, Vouch
from jupyter_ipfs.wallet.recover import checksummed, ocean_digest, recover
from jupyter_ipfs.wallet.vouch_text import text as vouch_text
from tests.server.test_openapi import answered
from tests.server.test_requests import answer, listed, mailbox, shown
from tests.server.test_wallet import CHAIN, challenge, sign_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from jupyter_ipfs.wallet.requests import Mailbox
    from tests.jupyter_process import JupyterProcess
    from tests.server.conftest import Practice

__all__ = ["mailbox"]  # a fixture


def rpc(client: httpx.Client, method: object, *params: object) -> dict[str, Any]:
    body = {"method": method, "params": list(params)}
    told: dict[str, Any] = answered(client, "POST", "sandbox/rpc", json=body).json()
    return told


@pytest.fixture
def author(client: httpx.Client, practice: Practice) -> Iterator[str]:
    """The author's account, signed in as the page does it: by the practice wallet itself."""
    text = challenge(client, practice.author)
    signature = rpc(client, "personal_sign", "0x" + text.encode().hex(), practice.author)["result"]
    body = {"message": text, "signature": signature, "wallet_name": "Practice", "kind": "sandbox"}
    told = client.post("jupyter-ipfs/wallet/session", json=body).json()
    assert told["session"]["kind"] == "sandbox"
    yield practice.author
    client.delete("jupyter-ipfs/wallet/session")


def test_the_wallet_says_what_runs_and_what_an_account_has(
    client: httpx.Client, practice: Practice, author: str
) -> None:
    told = answered(client, "GET", "wallet?balance=1").json()
    assert told["sandbox"]["running"] is True
    assert {each["address"] for each in told["sandbox"]["accounts"]} >= {author, practice.buyer}
    assert float(told["balance"]["native"]) > 0
    assert told["balance"]["symbols"] == {"native": "ETH", "ocean": "OCEAN"}
    for path in ("wallet", "config"):
        text = client.get(f"jupyter-ipfs/{path}").text
        assert practice.info.rpc_url not in text
        assert practice.info.rpc_url.split("/")[3] not in text, "the path is a secret"


def test_the_practice_wallet_speaks_as_a_wallet_does(
    client: httpx.Client, practice: Practice
) -> None:
    assert rpc(client, "eth_chainId") == {"result": hex(CHAIN)}
    assert rpc(client, "eth_requestAccounts")["result"][0] == practice.author
    assert rpc(client, "eth_accounts")["result"] == [practice.author, practice.buyer]
    assert int(rpc(client, "eth_getBalance", practice.author, "latest")["result"], 16) > 0
    assert int(rpc(client, "eth_blockNumber")["result"], 16) > 0


@pytest.mark.parametrize(
    ("method", "code"),
    [
        ("wallet_switchEthereumChain", 4902),
        ("wallet_addEthereumChain", 4902),
        ("eth_sign", 4200),
        ("eth_signTypedData_v4", 4200),
        ("eth_sendRawTransaction", 4200),
        ("evm_mine", 4200),
        ("anvil_setBalance", 4200),
        ("wallet_getPermissions", 4200),
        ("\u202e<script>", 4200),
    ],
)
def test_what_the_practice_wallet_does_not_have_it_refuses(
    client: httpx.Client, practice: Practice, method: str, code: int
) -> None:
    told = rpc(client, method, {"chainId": "0x1"})
    assert told["error"]["code"] == code
    assert practice.author not in told["error"]["message"]


@pytest.mark.parametrize("body", [{}, {"method": 7}, {"method": None, "params": []}, {"params": 1}])
def test_what_is_no_call_is_refused(client: httpx.Client, body: dict[str, object]) -> None:
    assert answered(client, "POST", "sandbox/rpc", json=body).status_code == 400


def test_it_signs_no_message_of_anybody_else_s(
    client: httpx.Client, practice: Practice, jupyter: JupyterProcess
) -> None:
    issued = challenge(client, practice.author)
    elsewhere = issued.replace("127.0.0.1", "evil.example")
    with jupyter.client() as other:
        others = challenge(other, practice.author)
    stranger = Account.create().address
    for message, address, code in (
        ("hello", practice.author, 4100),
        (elsewhere, practice.author, 4100),
        (others, practice.author, 4100),
        (issued, practice.buyer, 4100),
        (issued, stranger, 4100),
        ("0x" + "00" * 32, practice.author, 4100),
        ("0xgg", practice.author, -32602),
    ):
        data = message if message.startswith("0x") else "0x" + message.encode().hex()
        told = rpc(client, "personal_sign", data, address)
        assert told.get("error", {}).get("code") == code, (message, told)
    assert rpc(client, "personal_sign", issued)["error"]["code"] == -32602
    assert "result" in rpc(client, "personal_sign", issued, practice.author.lower())


def test_it_signs_a_request_only_while_it_is_shown(
    client: httpx.Client, mailbox: Mailbox, author: str
) -> None:
    digest = "0x" + ocean_digest(author, 3, "download").hex()
    assert rpc(client, "personal_sign", digest, author)["error"]["code"] == 4100
    asked = mailbox.ask(OceanRequest("https://ocean.example", 3, "download"), address=author)
    assert rpc(client, "personal_sign", digest, author)["error"]["code"] == 4100, "not shown yet"
    told = shown(client, asked).json()
    signature = rpc(client, "personal_sign", *told["params"])["result"]
    assert recover(bytes.fromhex(digest[2:]), signature) == author
    assert answer(client, asked, result=signature).status_code == 204
    assert rpc(client, "personal_sign", digest, author)["error"]["code"] == 4100, "it is over"


def test_it_vouches_only_while_that_is_shown(
    client: httpx.Client, mailbox: Mailbox, author: str
) -> None:
    vouch = Vouch(str(CID.of(b"a directory", DAG_PB)), "reviewer", CHAIN, "Survey")
    text = vouch_text(vouch, author)
    message = "0x" + text.encode().hex()
    assert rpc(client, "personal_sign", message, author)["error"]["code"] == 4100
    asked = mailbox.ask(vouch, address=author)
    told = shown(client, asked).json()
    assert told["params"] == [message, author]
    other = "0x" + text.replace("reviewer", "author").encode().hex()
    assert rpc(client, "personal_sign", other, author)["error"]["code"] == 4100
    signature = rpc(client, "personal_sign", *told["params"])["result"]
    assert recover(text, signature) == author
    assert answer(client, asked, result=signature).status_code == 204
    assert rpc(client, "personal_sign", message, author)["error"]["code"] == 4100, "it is over"


def test_it_sends_what_was_shown_word_for_word_and_once(
    client: httpx.Client, mailbox: Mailbox, practice: Practice, author: str
) -> None:
    token = checksummed(practice.info.chain.contracts["Ocean"])
    call = ContractCall(CHAIN, "MockERC20", token, "approve", (practice.buyer, 5 * 10**18))
    asked = mailbox.ask(call, address=author)
    (request,) = listed(client)
    assert "5 OCEAN (play money)" in str(request["lines"])
    told = shown(client, asked).json()
    (right,) = told["params"]
    for changed in (
        {**right, "to": practice.buyer},
        {**right, "value": "0x1"},
        {**right, "data": right["data"][:-2] + "ff"},
        {**right, "from": practice.buyer},
        {**right, "gas": "0x1"},
        {"from": author},
        {},
    ):
        assert rpc(client, "eth_sendTransaction", changed)["error"]["code"] == 4100, changed
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(mailbox.wait, asked)
        sent = rpc(client, "eth_sendTransaction", right)
        assert answer(client, asked, result=sent["result"]).status_code == 204
        assert waiting.result(30) == sent["result"]
    assert rpc(client, "eth_sendTransaction", right)["error"]["code"] == 4100
    with closing(ChainConnection(practice.info.chain, practice.info.rpc_url)) as chain:
        chain.check_mined(sent["result"], call, author)
    receipt = rpc(client, "eth_getTransactionReceipt", sent["result"])["result"]
    assert receipt["status"] == "0x1"


def test_with_another_chain_practice_is_over(
    client: httpx.Client, practice: Practice, author: str
) -> None:
    client.put("jupyter-ipfs/config", json={"chain": "polygon"})
    try:
        for method in ("eth_accounts", "eth_requestAccounts", "personal_sign", "eth_chainId"):
            assert rpc(client, method, "0x00", author)["error"]["code"] == 4900
        told = answered(client, "GET", "wallet?balance=1").json()
        assert told["sandbox"] == {"running": False, "accounts": []}
        assert told["balance"] is None, "the session is for another chain"
        refused = answered(client, "POST", "sandbox", json={})
        assert refused.status_code == 409
    finally:
        client.put("jupyter-ipfs/config", json={"chain": "sandbox"})
    assert practice.author


def test_who_has_a_wallet_of_their_own_is_no_practice_account(
    client: httpx.Client, practice: Practice
) -> None:
    account = Account.create()
    assert sign_in(client, account).json()["session"]["kind"] == "browser"
    client.delete("jupyter-ipfs/wallet/session")
    assert practice.author != account.address
