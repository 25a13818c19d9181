"""Who asks: nonces that count once, signatures, and tokens that stand for one address."""

from __future__ import annotations

import base64
import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from eth_account import Account
from eth_account.messages import encode_defunct
from eth_utils.crypto import keccak

from jupyter_ipfs.ocean import ddo, ecies
from jupyter_ipfs.sandbox.service.http.about import ENDPOINTS

if TYPE_CHECKING:
    import httpx

    from tests.sandbox.service.practice_node import Person, PracticeNode

ENCRYPT = "/api/services/encrypt"
TOKEN = "/api/services/auth/token"
BYTES = {"Content-Type": "application/octet-stream"}


def encrypt(node: PracticeNode, params: dict[str, str], data: bytes = b"secret") -> httpx.Response:
    return node.http.post(ENCRYPT, params=params, content=data, headers=BYTES)


def make_token(node: PracticeNode, who: Person, **more: Any) -> str:  # noqa: ANN401
    body = {**who.signed(node.nonce(who) + 1, "createAuthToken", "address"), **more}
    answer = node.http.post(TOKEN, json=body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["token"])


def test_the_root_document_says_what_clients_need(node: PracticeNode) -> None:
    for path in ("", "/"):
        root = node.http.get(node.url + path).json()
        key = bytes(root["nodePublicKey"][str(at)] for at in range(33))
        assert key == node.service.key.public_key
        assert root["providerAddress"] == node.service.key.address
        assert root["chainIds"] == ["8996"]
        assert root["software"] == "Ocean-Node"
        assert root["serviceEndpoints"]["download"] == ["GET", "/api/services/download"]
        assert root["nodeId"].startswith("16Uiu2HA")


def test_every_endpoint_that_is_told_is_there(node: PracticeNode) -> None:
    for method, path in ENDPOINTS.values():
        place = path.replace(":did", "did:op:0").removesuffix("/:force?")
        answer = node.http.request(method, place, json={} if method == "POST" else None)
        known = "DDO not found" if "/assets/" in place else ""
        assert answer.status_code not in {405, 500}, place
        assert answer.status_code != 404 or answer.text == known, place


def test_the_version_is_told_by_the_command_status(node: PracticeNode) -> None:
    status = node.http.post("/directCommand", json={"command": "status"}).json()
    assert status["version"] == "3.2.0"
    assert status["address"] == node.service.key.address
    assert int(status["indexer"][0]["block"]) == node.service.chain.head()
    for body in ({}, {"command": "stopNode"}, {"command": ["status"]}):
        assert node.http.post("/directCommand", json=body).status_code == 400
    assert node.http.get("/api/services/computeEnvironments").json() == []


def test_a_nonce_counts_once(node: PracticeNode) -> None:
    signed = node.buyer.signed(node.nonce(node.buyer) + 1, "encrypt")
    answer = encrypt(node, signed)
    assert answer.status_code == 200
    assert node.service.key.decrypt(bytes.fromhex(answer.text[2:])) == b"secret"
    again = encrypt(node, signed)
    assert (again.status_code, again.text) == (
        401,
        f"nonce: {signed['nonce']} is not a valid nonce",
    )
    assert node.nonce(node.buyer) == int(signed["nonce"])


def test_both_forms_of_a_signature_are_taken(node: PracticeNode) -> None:
    nonce, who = node.nonce(node.buyer) + 1, node.buyer
    text = "0x" + keccak(text=f"{who.address}{nonce}encrypt").hex()
    signed = Account.sign_message(encode_defunct(text=text), who.key.to_bytes())
    params = {
        "consumerAddress": who.address,
        "nonce": str(nonce),
        "signature": "0x" + bytes(signed.signature).hex(),
    }
    assert encrypt(node, params).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"nonce": "+1"}, {"nonce": "01"}, {"nonce": "1e3"}, {"nonce": "9" * 400},
        {"nonce": "-5"}, {"nonce": "٣"}, {"nonce": str(2**53)},
        {"signature": "0x"}, {"signature": "zz"}, {"signature": "0x" + "00" * 65},
        {"signature": "0x" + "ff" * 65}, {"signature": "0x" + "11" * 20_000},
        {"consumerAddress": "0x" + "11" * 20}, {"consumerAddress": "me"},
    ],
)  # fmt: skip
def test_what_is_not_signed_so_is_refused(node: PracticeNode, change: dict[str, str]) -> None:
    before = node.nonce(node.buyer)
    params = {**node.buyer.signed(before + 1, "encrypt"), **change}
    answer = encrypt(node, params)
    # A header that long is no request to the server at all.
    assert answer.status_code in {401, 431} or len(change.get("signature", "")) > 9999
    assert node.nonce(node.buyer) == before


def test_a_signature_is_for_its_command_and_its_address(node: PracticeNode) -> None:
    nonce = node.nonce(node.buyer) + 1
    for_download = node.buyer.signed(nonce, "download")
    assert encrypt(node, for_download).status_code == 401
    stolen = {**node.buyer.signed(nonce, "encrypt"), "consumerAddress": node.author.address}
    assert encrypt(node, stolen).status_code == 401
    assert encrypt(node, {}).status_code == 401
    assert encrypt(node, node.buyer.signed(nonce, "encrypt"), b"").status_code == 400


def test_a_token_stands_for_its_own_address_only(node: PracticeNode) -> None:
    asset = node.publish()
    order = node.order(asset)
    token = make_token(node, node.buyer)
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    assert claims["address"] == node.buyer.address
    asked = {
        "fileIndex": "0", "documentId": asset.did, "serviceId": asset.service_id,
        "transferTxId": order, "consumerAddress": node.buyer.address,
    }  # fmt: skip

    def download(token: str, **changes: str) -> int:
        return node.http.get(
            "/api/services/download",
            params={**asked, **changes},
            headers={"Authorization": token},
        ).status_code

    assert download(token) == 200
    others = make_token(node, node.author)
    assert download(others) == 401
    assert download(token, consumerAddress=node.author.address) == 401
    assert download(token[:-2] + "AA") == 401
    head, _, mac = token.split(".")
    forged = base64.urlsafe_b64encode(
        json.dumps({**claims, "address": node.author.address}).encode()
    )
    assert download(f"{head}.{forged.decode().rstrip('=')}.{mac}") == 401


def test_a_token_ends_when_it_says_and_when_it_is_told(node: PracticeNode) -> None:
    asset = node.publish()
    order = node.order(asset)
    asked = {
        "fileIndex": "0", "documentId": asset.did, "serviceId": asset.service_id,
        "transferTxId": order,
    }  # fmt: skip

    def status(token: str) -> int:
        headers = {"Authorization": token}
        return node.http.get("/api/services/download", params=asked, headers=headers).status_code

    now = time.time()
    short = make_token(node, node.buyer, validUntil=int((now + 60) * 1000))
    long = make_token(node, node.buyer)
    assert (status(short), status(long)) == (200, 200)
    assert [status(make_token(node, node.buyer, validUntil=over)) for over in (0, 1)] == [401, 401]
    try:
        node.clock = now + 3600
        assert (status(short), status(long)) == (401, 200)
        node.clock = now + 40 * 24 * 3600
        assert status(long) == 401
    finally:
        node.clock = None
    token = make_token(node, node.buyer)
    drop = f"{TOKEN}/invalidate"
    theirs = node.author.signed(node.nonce(node.author) + 1, "invalidateAuthToken", "address")
    assert node.http.post(drop, json={**theirs, "token": token}).status_code == 401
    assert status(token) == 200
    mine = node.buyer.signed(node.nonce(node.buyer) + 1, "invalidateAuthToken", "address")
    assert node.http.post(drop, json={**mine, "token": token}).json() == {"success": True}
    assert status(token) == 401
    for path in (TOKEN, drop):
        answer = node.http.post(path, json={})
        assert (answer.status_code, answer.json()) == (
            400,
            {"error": "Missing required parameters"},
        )


def test_a_published_ddo_is_decrypted_and_nothing_else(node: PracticeNode) -> None:
    asset = node.publish()
    path = "/api/services/decrypt"

    def ask(**more: object) -> httpx.Response:
        signed = node.buyer.signed(node.nonce(node.buyer) + 1, "decryptDDO", "decrypterAddress")
        body = {**signed, "chainId": 8996, "dataNftAddress": asset.nft, **more}
        return node.http.post(path, json=body)

    by_transaction = ask(transactionId=asset.tx_hash)
    assert by_transaction.status_code == 200, by_transaction.text
    assert by_transaction.content == ddo.canonical(asset.document)
    # The encrypted files are to the same key: they must not be readable this way.
    files = asset.document["services"][0]["files"]
    digest = "0x" + "00" * 32
    answer = ask(encryptedDocument=files, flags=2, documentHash=digest)
    assert (answer.status_code, answer.text) == (400, "Decrypt DDO: did does not match")
    text = ddo.canonical(asset.document)
    encrypted = ecies.encrypt(node.service.key.public_key, text)
    answer = ask(encryptedDocument=encrypted, flags=2, documentHash=digest)
    assert (answer.status_code, answer.text) == (400, "Decrypt DDO: checksum does not match")
    sound = "0x" + ddo.metadata_hash(text).hex()
    assert ask(encryptedDocument=encrypted, flags=2, documentHash=sound).content == text
    for change, said in (
        ({"chainId": 1}, "Unsupported chain id"),
        ({"dataNftAddress": node.buyer.address}, "not deployed by the data NFT factory"),
        ({"dataNftAddress": None}, "not deployed by the data NFT factory"),
        ({"transactionId": "0x12"}, "Failed to process transaction id"),
        ({"transactionId": "0x" + "ab" * 32}, "Failed to process transaction id"),
        ({"encryptedDocument": "xyz", "flags": 2, "documentHash": digest}, "Failed to convert"),
        ({"encryptedDocument": "0x00", "flags": 2, "documentHash": digest}, "Failed to decrypt"),
        ({"decrypterAddress": "x"}, "not a valid web3 address"),
        ({"nonce": None}, "Missing one"),
    ):
        answer = ask(**change)
        assert answer.status_code == 400, change
        assert said in answer.text, change


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{}", "text/plain", 415),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"a":1,"a":2}', "application/json", 400),
        (b'{"a":NaN}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"a":"' + b"x" * (5 << 20) + b'"}', "application/json", 413),
        (b'{"q":"\\ud800","query_by":"did"}', "application/json", 400),
        (b'{"filter_by":"chainId:=[1"}', "application/json", 400),
    ],
)
def test_bodies_are_read_strictly(node: PracticeNode, body: bytes, kind: str, status: int) -> None:
    path = "/api/aquarius/assets/metadata/query"
    answer = node.http.post(path, content=body, headers={"Content-Type": kind})
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


def test_of_many_requests_with_one_nonce_one_counts(node: PracticeNode) -> None:
    signed = node.buyer.signed(node.nonce(node.buyer) + 1, "encrypt")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: encrypt(node, signed).status_code, range(8)))
    assert sorted(answers) == [200] + [401] * 7


@pytest.mark.parametrize(("answer", "status"), [("1626ba7e", 200), ("ffffffff", 401)])
def test_a_wallet_that_is_a_contract_says_itself_what_it_signed(
    node: PracticeNode, answer: str, status: int
) -> None:
    # EIP-1271; code that gives these four bytes to whatever it is asked, and code that makes it.
    runtime = bytes.fromhex(f"63{answer}60e01b60005260206000f3")
    code = b"\x6f" + runtime + bytes.fromhex("60005260106010f3")
    tx_hash = node.chain.send(node.author.key, None, code)
    receipt = node.rpc.call("eth_getTransactionReceipt", [tx_hash])
    wallet = {
        "consumerAddress": receipt["contractAddress"],
        "nonce": "1",
        "signature": "0x" + "ab" * 100,
    }
    assert encrypt(node, wallet).status_code == status
