"""Signing in through the server: by whom, where, for how long, and what is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import jsonschema
import pytest
from eth_account import Account
from eth_account.messages import encode_defunct

from jupyter_ipfs.wallet.siwe import SiweMessage
from tests.server.test_openapi import answered
from tests.server.test_routes import schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from eth_account.signers.local import LocalAccount

    from tests.jupyter_process import JupyterProcess

CHAIN = 8996


@pytest.fixture(scope="module")
def account() -> LocalAccount:
    """Somebody with a key that is in no file."""
    created: LocalAccount = Account.create()
    return created


def signature(account: LocalAccount, text: str | bytes) -> str:
    message = encode_defunct(text.encode() if isinstance(text, str) else text)
    return "0x" + bytes(account.sign_message(message).signature).hex()


def challenge(client: httpx.Client, address: str, **headers: str) -> str:
    body = {"address": address, "chain_id": CHAIN}
    answer = client.post("jupyter-ipfs/wallet/challenge", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    text: str = answer.json()["message"]
    return text


def sign_in(client: httpx.Client, account: LocalAccount, **headers: str) -> httpx.Response:
    text = challenge(client, account.address, **headers)
    body = {"message": text, "signature": signature(account, text), "wallet_name": "Test\n\u202eW"}
    return client.post("jupyter-ipfs/wallet/session", json=body, headers=headers)


@pytest.fixture
def signed_in(client: httpx.Client, account: LocalAccount) -> Iterator[httpx.Client]:
    """A client whose user is signed in."""
    answer = sign_in(client, account)
    assert answer.status_code == 200, answer.text
    yield client
    client.delete("jupyter-ipfs/wallet/session")


def test_who_signs_the_message_is_signed_in_until_they_sign_out(
    client: httpx.Client, account: LocalAccount
) -> None:
    answer = sign_in(client, account)
    assert answer.status_code == 200, answer.text
    told = answered(client, "GET", "wallet").json()
    assert told == answer.json()
    assert told["session"]["address"] == account.address
    assert told["session"]["chain_id"] == CHAIN
    assert told["session"]["wallet_name"] == "TestW", "what a wallet calls itself is shown"
    assert told["session"]["kind"] == "browser"
    assert told["chain"]["practice"] is True
    assert "signature" not in json.dumps(told)
    assert answered(client, "DELETE", "wallet/session").status_code == 204
    assert answered(client, "GET", "wallet").json()["session"] is None
    jsonschema.validate(told, schema("Wallet"))


def test_the_message_names_this_page_and_is_good_once(
    client: httpx.Client, account: LocalAccount, jupyter: JupyterProcess
) -> None:
    place = urlsplit(jupyter.url)
    text = challenge(client, account.address.lower())
    message = SiweMessage.parse(text)
    assert message.domain == place.netloc
    assert message.uri == jupyter.url
    assert message.address == account.address
    body = {"message": text, "signature": signature(account, text)}
    assert client.post("jupyter-ipfs/wallet/session", json=body).status_code == 200
    again = client.post("jupyter-ipfs/wallet/session", json=body)
    assert again.status_code == 403
    assert again.json()["code"] == "SignatureError"
    client.delete("jupyter-ipfs/wallet/session")


def test_a_signature_by_another_key_or_of_another_message_is_refused(
    client: httpx.Client, account: LocalAccount
) -> None:
    other = Account.create()
    text = challenge(client, account.address)
    altered = text.replace("costs nothing", "costs something")
    assert altered != text
    for body in (
        {"message": text, "signature": signature(other, text)},
        {"message": altered, "signature": signature(account, altered)},
        {"message": text, "signature": "0x00"},
        {"message": "x" * 9000, "signature": "0x00"},
        {"message": "", "signature": "0x00"},
        {"message": text},
        {"signature": 7, "message": text},
    ):
        answer = answered(client, "POST", "wallet/session", json=body)
        assert answer.status_code in {400, 403}, answer.text
    assert client.get("jupyter-ipfs/wallet").json()["session"] is None


def test_a_challenge_is_for_who_asked_for_it(
    jupyter: JupyterProcess, account: LocalAccount
) -> None:
    with jupyter.client() as ada, jupyter.client() as bob:
        text = challenge(ada, account.address)
        body = {"message": text, "signature": signature(account, text)}
        challenge(bob, account.address)
        assert bob.post("jupyter-ipfs/wallet/session", json=body).status_code == 403
        assert ada.post("jupyter-ipfs/wallet/session", json=body).status_code == 200
        assert bob.get("jupyter-ipfs/wallet").json()["session"] is None, "nor is he signed in now"
        bob.delete("jupyter-ipfs/wallet/session")
        assert ada.get("jupyter-ipfs/wallet").json()["session"] is not None
        ada.delete("jupyter-ipfs/wallet/session")


@pytest.mark.parametrize(
    "address",
    ["", "0x", None, 7, "0x" + "g" * 40, "0x" + "0" * 41, "\u202e", "0xAB" + "ab" * 19],
)
def test_what_is_no_address_gets_no_message(client: httpx.Client, address: object) -> None:
    body = {"address": address, "chain_id": CHAIN}
    assert answered(client, "POST", "wallet/challenge", json=body).status_code == 400


@pytest.mark.parametrize("chain_id", [1, 0, -1, "8996", True, None, 2**300, 8996.5])
def test_another_chain_than_the_settings_gets_no_message(
    client: httpx.Client, account: LocalAccount, chain_id: object
) -> None:
    body = {"address": account.address, "chain_id": chain_id}
    assert answered(client, "POST", "wallet/challenge", json=body).status_code == 400


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", "file://"])
def test_a_page_elsewhere_cannot_have_a_message_for_itself(
    client: httpx.Client, account: LocalAccount, origin: str
) -> None:
    body = {"address": account.address, "chain_id": CHAIN}
    headers = {"Origin": origin}
    answer = client.post("jupyter-ipfs/wallet/challenge", json=body, headers=headers)
    assert answer.status_code in {400, 404}
    assert "message" not in answer.json() or "wants you to sign in" not in answer.text


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1@evil.example"])
def test_a_forged_host_signs_nobody_in_elsewhere(
    client: httpx.Client, account: LocalAccount, host: str
) -> None:
    body = {"address": account.address, "chain_id": CHAIN}
    forged = {"Host": host}
    answer = client.post("jupyter-ipfs/wallet/challenge", json=body, headers=forged)
    if answer.status_code == 200:
        text = answer.json()["message"]
        signed = {"message": text, "signature": signature(account, text)}
        here = client.post("jupyter-ipfs/wallet/session", json=signed)
        assert here.status_code == 403, "the message is for another place"


def test_behind_a_proxy_the_pages_own_scheme_counts(
    client: httpx.Client, account: LocalAccount, jupyter: JupyterProcess
) -> None:
    place = urlsplit(jupyter.url)
    origin = f"https://{place.netloc}"
    text = challenge(client, account.address, Origin=origin)
    assert SiweMessage.parse(text).uri == f"{origin}{place.path}"


def test_what_the_chain_s_address_holds_is_not_told(client: httpx.Client) -> None:
    secret = "https://rpc.example/v3/a-key-of-mine"
    put = client.put("jupyter-ipfs/config", json={"rpc_url": secret, "chain": "polygon"})
    try:
        assert put.status_code == 200, put.text
        told = [client.get(f"jupyter-ipfs/{path}").text for path in ("config", "wallet")]
        assert not any("a-key-of-mine" in text for text in (put.text, *told))
        assert json.loads(told[1])["chain"]["rpc_url"] == "rpc.example"
        kept = client.put("jupyter-ipfs/config", json={"rpc_url": put.json()["rpc_url"]})
        assert kept.json()["rpc_url"] == "https://rpc.example/…"
    finally:
        client.put("jupyter-ipfs/config", json={"rpc_url": None, "chain": "sandbox"})


@pytest.mark.parametrize("chain", ["no-such-chain", "", 7, "\u202e", None])
def test_a_chain_of_which_nothing_is_known_cannot_be_chosen(
    client: httpx.Client, chain: object
) -> None:
    assert client.put("jupyter-ipfs/config", json={"chain": chain}).status_code == 400
    assert client.get("jupyter-ipfs/config").json()["chain"] == "sandbox"


def test_a_session_s_fields_never_include_its_proof(signed_in: httpx.Client) -> None:
    session: dict[str, Any] = signed_in.get("jupyter-ipfs/wallet").json()["session"]
    assert session.keys() == {
        "address", "chain_id", "wallet_name", "kind", "signed_in_at", "expires_at",
    }  # fmt: skip
