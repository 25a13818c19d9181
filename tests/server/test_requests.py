"""What a kernel asks to be signed: built here, shown to the right person, answered once."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from eth_account import Account

from jupyter_ipfs.errors import RejectedError
from jupyter_ipfs.ipld.cid import CID, DAG_PB
from jupyter_ipfs.ocean import calls
from jupyter_ipfs.wallet.intents import ContractCall, OceanRequest, SignIn, Vouch
from jupyter_ipfs.wallet.recover import ocean_digest
from jupyter_ipfs.wallet.requests import Mailbox, Origin, read_signed_in
from jupyter_ipfs.wallet.siwe import SiweMessage
from jupyter_ipfs.wallet.vouch_text import text as vouch_text
from tests.server.test_openapi import answered
from tests.server.test_wallet import CHAIN, sign_in, signature
from tests.server.test_watch import LOGGED_IN, connected, hang_up, heard

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future
    from pathlib import Path

    import httpx
    from eth_account.signers.local import LocalAccount

    from tests.jupyter_process import JupyterProcess

NODE = "https://ocean.example"
KERNEL = Origin(kernel="k-1", notebook="a.ipynb", process=1)
HASH = "0x" + "5a" * 32
TOKEN = "0x" + "11" * 20
VOUCH = Vouch(str(CID.of(b"a directory", DAG_PB)), "author", CHAIN, "A survey\u202e")


@pytest.fixture
def mailbox(jupyter: JupyterProcess) -> Iterator[Mailbox]:
    """The mailbox as a kernel has it, with somebody watching; emptied at the end."""
    with closing(Mailbox(jupyter.home / "jupyter-data" / "ipfs")) as mailbox:
        mailbox.heartbeat("a page of this test", 1)
        yield mailbox
        for request in mailbox.pending():
            mailbox.withdraw(request.id)
        mailbox.heartbeat("a page of this test", 0)


@pytest.fixture
def account(client: httpx.Client) -> Iterator[LocalAccount]:
    """Who is signed in."""
    account: LocalAccount = Account.create()
    assert sign_in(client, account).status_code == 200
    yield account
    client.delete("jupyter-ipfs/wallet/session")


@contextmanager
def waiting(mailbox: Mailbox, request_id: str) -> Iterator[Future[str]]:
    """A kernel's cell that waits for the answer."""
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(mailbox.wait, request_id)


def listed(client: httpx.Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = answered(client, "GET", "wallet/requests").json()["requests"]
    return found


def shown(client: httpx.Client, request_id: str, **body: object) -> httpx.Response:
    path = f"wallet/requests/{request_id}/shown"
    return answered(client, "POST", path, "/wallet/requests/{id}/shown", body)


def answer(client: httpx.Client, request_id: str, **body: object) -> httpx.Response:
    path = f"wallet/requests/{request_id}/answer"
    return answered(client, "POST", path, "/wallet/requests/{id}/answer", body)


def approval(amount: int = 5) -> ContractCall:
    return ContractCall(CHAIN, "MockERC20", TOKEN, "approve", (TOKEN, amount))


def test_a_kernel_s_sign_in_is_shown_signed_and_opens_the_user_s_session_too(
    client: httpx.Client, mailbox: Mailbox
) -> None:
    account = Account.create()
    asked = mailbox.ask(SignIn(CHAIN), origin=KERNEL, note="for <b>me</b>")
    with waiting(mailbox, asked) as result:
        (request,) = listed(client)
        assert request["id"] == asked
        assert request["kind"] == "sign-in"
        assert (request["kernel"], request["notebook"]) == ("k-1", "a.ipynb")
        assert request["note"] == "for <b>me</b>"
        assert shown(client, asked).status_code == 400, "which account?"
        told = shown(client, asked, address=account.address).json()
        assert told["method"] == "personal_sign"
        assert told["params"][1] == account.address
        text = bytes.fromhex(told["params"][0][2:]).decode()
        assert shown(client, asked, address=account.address).json() == told, "a page reloaded"
        assert answer(client, asked, result=signature(account, text)).status_code == 204
        message, proof = read_signed_in(result.result(30))
    assert SiweMessage.parse(message).address == account.address
    assert proof == signature(account, text)
    told = client.get("jupyter-ipfs/wallet").json()
    assert told["session"]["address"] == account.address
    client.delete("jupyter-ipfs/wallet/session")


def test_a_sign_in_signed_by_another_account_opens_nothing(
    client: httpx.Client, mailbox: Mailbox
) -> None:
    account, other = Account.create(), Account.create()
    asked = mailbox.ask(SignIn(CHAIN), origin=KERNEL)
    told = shown(client, asked, address=account.address).json()
    text = bytes.fromhex(told["params"][0][2:])
    refused = answer(client, asked, result=signature(other, text))
    assert refused.status_code == 403, refused.text
    assert client.get("jupyter-ipfs/wallet").json()["session"] is None
    assert answer(client, asked, rejected=True).status_code == 204


def test_a_request_to_an_ocean_node_is_signed_as_the_server_computes_it(
    client: httpx.Client, mailbox: Mailbox, account: LocalAccount
) -> None:
    intent = OceanRequest(NODE, 7, "download")
    asked = mailbox.ask(intent, address=account.address, origin=KERNEL)
    with waiting(mailbox, asked) as result:
        (request,) = listed(client)
        assert "ocean.example" in request["warning"], "it is no node of the settings"
        told = shown(client, asked).json()
        digest = ocean_digest(account.address, 7, "download")
        assert told == {
            "method": "personal_sign",
            "params": ["0x" + digest.hex(), account.address],
            "chain_id": CHAIN,
        }
        by_another = signature(Account.create(), digest)
        assert answer(client, asked, result=by_another).status_code == 403
        assert answer(client, asked, result="no signature").status_code == 400
        right = signature(account, digest)
        assert answer(client, asked, result=right).status_code == 204
        assert result.result(30) == right
    assert answer(client, asked, result=right).status_code == 404, "once"
    assert shown(client, asked).status_code == 404


@pytest.mark.parametrize(
    ("url", "host"),
    [
        (f"{NODE}@evil.example/", "evil.example"),
        ("https://evil.example\u202e/", r"evil.example\u202e"),
        ("https://ocean.ex\u0430mple", r"ocean.ex\u0430mple"),
    ],
)
def test_a_node_that_poses_as_another_is_told_by_its_real_host(
    client: httpx.Client, mailbox: Mailbox, account: LocalAccount, url: str, host: str
) -> None:
    mailbox.ask(OceanRequest(url, 1, "download"), address=account.address)
    (request,) = listed(client)
    assert request["lines"][0] == {"label": "Ocean Node", "value": host}
    assert request["warning"].startswith(f"{host} is not the Ocean Node")


def test_a_node_of_the_settings_is_shown_without_a_warning(
    client: httpx.Client, mailbox: Mailbox, account: LocalAccount
) -> None:
    client.put("jupyter-ipfs/config", json={"ocean_node": NODE + "/"})
    try:
        mailbox.ask(OceanRequest(NODE, 1, "createAuthToken"), address=account.address)
        (request,) = listed(client)
        assert request["warning"] is None
    finally:
        client.put("jupyter-ipfs/config", json={"ocean_node": None})


def test_a_transaction_is_built_from_its_fields_and_told_in_words(
    client: httpx.Client, mailbox: Mailbox, account: LocalAccount
) -> None:
    call = approval(5 * 10**18)
    asked = mailbox.ask(call, address=account.address, origin=KERNEL)
    with waiting(mailbox, asked) as result:
        (request,) = listed(client)
        assert request["title"]
        assert "Practice: only on this computer, play money" in json.dumps(request["lines"])
        told = shown(client, asked, address=account.address).json()
        assert told["method"] == "eth_sendTransaction"
        (transaction,) = told["params"]
        assert transaction == {
            "from": account.address,
            "to": TOKEN,
            "value": "0x0",
            "chainId": "0x2324",  # 8996: a wallet that has been switched meanwhile refuses it
            "data": "0x" + calls.encode(call).hex(),
        }
        assert answer(client, asked, result="0x1234").status_code == 400
        assert answer(client, asked, result=HASH).status_code == 204
        assert result.result(30) == HASH


def test_one_vouches_by_the_text_that_the_server_builds_and_is_told_in_words(
    client: httpx.Client, mailbox: Mailbox, account: LocalAccount
) -> None:
    asked = mailbox.ask(VOUCH, address=account.address, origin=KERNEL)
    with waiting(mailbox, asked) as result:
        (request,) = listed(client)
        assert (request["kind"], request["warning"]) == ("vouch", None)
        assert request["title"] == "Vouch for a share as its author"
        lines = {line["label"]: line["value"] for line in request["lines"]}
        assert lines["Content"] == VOUCH.payload
        assert lines["Your role"] == "author: this is my work"
        assert lines["It is called, it says"] == VOUCH.title, "a claim; the page shows it as text"
        assert "cannot be taken back" in lines["Seen by"]
        text = vouch_text(VOUCH, account.address)
        told = shown(client, asked).json()
        assert told == {
            "method": "personal_sign",
            "params": ["0x" + text.encode().hex(), account.address],
            "chain_id": CHAIN,
        }
        for wrong in (
            signature(Account.create(), text),
            signature(account, vouch_text(replace(VOUCH, role="reviewer"), account.address)),
        ):
            assert answer(client, asked, result=wrong).status_code == 403
        right = signature(account, text)
        assert answer(client, asked, result=right).status_code == 204
        assert result.result(30) == right


def test_who_says_no_is_heard(
    client: httpx.Client, mailbox: Mailbox, account: LocalAccount
) -> None:
    asked = mailbox.ask(approval(), address=account.address)
    with waiting(mailbox, asked) as result:
        assert answer(client, asked, rejected=True, reason="not\n\x1b[2Jnow").status_code == 204
        with pytest.raises(RejectedError, match=r"notnow|not\[2Jnow"):
            result.result(30)
    assert answer(client, asked, rejected=True).status_code == 404


def test_only_who_is_signed_in_with_the_account_sees_and_answers(
    client: httpx.Client, mailbox: Mailbox, account: LocalAccount, jupyter: JupyterProcess
) -> None:
    asked = mailbox.ask(approval(), address=account.address)
    with jupyter.client() as other:
        assert sign_in(other, Account.create()).status_code == 200
        assert listed(other) == []
        assert other.get("jupyter-ipfs/wallet").json()["requests"] == 0
        assert shown(other, asked).status_code == 404
        assert answer(other, asked, rejected=True).status_code == 404
        assert answer(other, asked, result=HASH).status_code == 404
        other.delete("jupyter-ipfs/wallet/session")
    assert [request["id"] for request in listed(client)] == [asked]


def test_what_nobody_here_can_sign_for_asks_to_sign_in_first(
    client: httpx.Client, mailbox: Mailbox
) -> None:
    asked = mailbox.ask(approval(), address=Account.create().address)
    assert [request["id"] for request in listed(client)] == [asked]
    refused = shown(client, asked)
    assert refused.status_code == 403
    assert refused.json()["code"] == "NotSignedInError"


def test_an_answer_to_what_was_not_shown_is_refused(
    client: httpx.Client, mailbox: Mailbox, account: LocalAccount
) -> None:
    asked = mailbox.ask(approval(), address=account.address)
    assert answer(client, asked, result=HASH).status_code == 409
    assert answer(client, "0" * 32, result=HASH).status_code == 404
    assert shown(client, "..%2f..%2fx").status_code == 404


def forged(repo: Path, **changes: object) -> None:
    """Change what lies in the mailbox, as any process can."""
    sets = ", ".join(f"{name} = ?" for name in changes)
    with closing(sqlite3.connect(repo / "wallet" / "requests.sqlite")) as database, database:
        database.execute(f"UPDATE requests SET {sets}", list(changes.values()))  # noqa: S608


def test_a_request_that_is_changed_after_it_was_read_is_not_signed(
    client: httpx.Client, mailbox: Mailbox, account: LocalAccount, jupyter: JupyterProcess
) -> None:
    asked = mailbox.ask(approval(5), address=account.address)
    assert [request["id"] for request in listed(client)] == [asked]
    other = mailbox.ask(approval(10**29), address=account.address)
    repo = jupyter.home / "jupyter-data" / "ipfs"
    with closing(sqlite3.connect(repo / "wallet" / "requests.sqlite")) as database:
        intent, at, expires_at = database.execute(
            "SELECT intent, created_at, expires_at FROM requests WHERE id = ?", (other,)
        ).fetchone()
        database.execute("DELETE FROM requests WHERE id = ?", (other,))
        database.commit()
    parts = json.dumps([asked, intent, account.address, expires_at])
    digest = hashlib.sha256(parts.encode()).hexdigest()
    forged(repo, intent=intent, digest=digest, created_at=at, expires_at=expires_at)
    found = mailbox.find(asked)
    assert found is not None
    assert found.intent == approval(10**29), "the row is one that `ask` could have written"
    assert shown(client, asked).status_code == 404
    assert listed(client) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"intent": json.dumps({"kind": "raw", "digest": "0x" + "00" * 32})},
        {"intent": json.dumps({"kind": "sign-in", "chain_id": 1, "text": "anything"})},
        {"intent": "\0"},
        {"address": TOKEN},
        {"expires_at": time.time() + 10**9},
        {"state": "answered", "result": "{}"},
    ],
)
def test_a_forged_row_is_nobody_s_request(
    client: httpx.Client,
    mailbox: Mailbox,
    account: LocalAccount,
    jupyter: JupyterProcess,
    changes: dict[str, object],
) -> None:
    asked = mailbox.ask(approval(), address=account.address)
    forged(jupyter.home / "jupyter-data" / "ipfs", **changes)
    assert listed(client) == []
    assert shown(client, asked).status_code == 404
    assert answer(client, asked, result=HASH).status_code == 404
    assert client.get("jupyter-ipfs/wallet").json()["session"]["address"] == account.address


@pytest.mark.parametrize(
    "intent",
    [
        SignIn(1),
        OceanRequest(NODE, 1, "transferEverything"),
        OceanRequest("http://[", 1, "download"),
        OceanRequest("", 1, "download"),
        Vouch(VOUCH.payload, "author", 1),
        ContractCall(CHAIN, "MockERC20", TOKEN, "transfer", (TOKEN, 1)),
        ContractCall(CHAIN, "MockERC20", TOKEN, "approve", (TOKEN, 2**256 - 1)),
        ContractCall(CHAIN, "MockERC20", TOKEN, "approve", (TOKEN, 1), value_wei=1),
        ContractCall(1, "MockERC20", TOKEN, "approve", (TOKEN, 1)),
        ContractCall(CHAIN, "MockERC20", TOKEN, "approve", ("\u202e",)),
        ContractCall(CHAIN, "ERC721Template", TOKEN, "createERC20", (1, (), (), (), ())),
    ],
)
def test_what_has_no_words_is_declined_for_everybody(
    client: httpx.Client,
    mailbox: Mailbox,
    account: LocalAccount,
    jupyter: JupyterProcess,
    intent: SignIn | OceanRequest | ContractCall | Vouch,
) -> None:
    signer = None if isinstance(intent, SignIn) else account.address
    asked = mailbox.ask(intent, address=signer)
    assert listed(client) == []
    assert shown(client, asked, address=account.address).status_code == 400

    async def watch() -> None:
        socket = await connected(jupyter, LOGGED_IN)
        await heard(socket, "request")
        await hang_up(socket)

    asyncio.run(watch())
    with pytest.raises(RejectedError):
        mailbox.wait(asked)


def test_while_a_page_is_open_kernels_know_and_the_page_hears_of_requests(
    client: httpx.Client, mailbox: Mailbox, jupyter: JupyterProcess, account: LocalAccount
) -> None:
    mailbox.heartbeat("a page of this test", 0)

    async def watch() -> list[dict[str, Any]]:
        socket = await connected(jupyter, LOGGED_IN)
        await heard(socket, "request")
        assert mailbox.watching()
        asked = await asyncio.to_thread(mailbox.ask, approval(), address=account.address)
        messages = await heard(socket, "request")
        assert mailbox.withdraw(asked)
        messages += await heard(socket, "request")
        await asyncio.to_thread(client.delete, "jupyter-ipfs/wallet/session")
        messages += await heard(socket, "wallet")
        await hang_up(socket)
        return messages

    messages = asyncio.run(watch())
    assert {frozenset(each) for each in messages} == {frozenset({"type"})}, "and nothing more"


def test_a_kernel_signs_in_by_the_session_that_is_open_without_a_click(
    mailbox: Mailbox, jupyter: JupyterProcess, account: LocalAccount
) -> None:
    async def watch() -> str:
        socket = await connected(jupyter, LOGGED_IN)
        await heard(socket, "request")
        asked = await asyncio.to_thread(mailbox.ask, SignIn(CHAIN), origin=KERNEL)
        result = await asyncio.to_thread(mailbox.wait, asked)
        await hang_up(socket)
        return result

    message, proof = read_signed_in(asyncio.run(watch()))
    assert SiweMessage.parse(message).address == account.address
    assert proof == signature(account, message)


def test_of_several_people_none_signs_in_for_another(
    mailbox: Mailbox, jupyter: JupyterProcess, account: LocalAccount, client: httpx.Client
) -> None:
    with jupyter.client() as other:
        assert sign_in(other, Account.create()).status_code == 200

        async def watch() -> None:
            socket = await connected(jupyter, LOGGED_IN)
            await heard(socket, "request")
            await asyncio.to_thread(mailbox.ask, SignIn(CHAIN), origin=KERNEL)
            await heard(socket, "request")
            await hang_up(socket)

        asyncio.run(watch())
        assert [each["state"] for each in listed(client)] == ["pending"]
        other.delete("jupyter-ipfs/wallet/session")
    assert account.address
