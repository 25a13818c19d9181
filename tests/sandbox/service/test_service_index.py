"""What is indexed, what is refused with its reason, and how the index follows the chain."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from eth_keys.datatypes import PublicKey, Signature
from eth_utils.crypto import keccak

from jupyter_ipfs.errors import DDOError
from jupyter_ipfs.ocean import ddo, ecies
from jupyter_ipfs.sandbox import deploy
from jupyter_ipfs.sandbox.service import assets, document
from jupyter_ipfs.sandbox.service.database import FILE_NAME

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sandbox.service.practice_node import PracticeNode

NFT = "ERC721Template"


def announced(node: PracticeNode, change: Callable[[dict[str, Any]], None]) -> str:
    """Publish an asset whose DDO was changed first; return the identifier it should have."""
    nft, datatoken = node.create()
    made = node.document(nft, datatoken, [node.stored(b"x")])
    did: str = made["id"]
    change(made)
    node.announce(nft, made)
    return did


def test_the_index_adds_what_an_ocean_node_adds(node: PracticeNode) -> None:
    asset = node.publish()
    found = node.ddo(asset.did)
    added = found["indexedMetadata"]
    created = node.service.chain.timestamp(added["event"]["block"])
    assert added["nft"].pop("created").startswith("20")
    assert added == {
        "nft": {
            "state": 0,
            "address": asset.nft,
            "name": "Practice",
            "symbol": "P",
            "owner": node.author.address,
            "tokenURI": "",
        },
        "event": {
            "txid": asset.tx_hash,
            "from": node.author.address,
            "contract": asset.nft,
            "block": added["event"]["block"],
            "datetime": added["event"]["datetime"],
        },
        "purgatory": {"state": False},
        "stats": [
            {
                "datatokenAddress": asset.datatoken,
                "name": "Token",
                "symbol": "T",
                "serviceId": asset.service_id,
                "orders": 0,
                "prices": [
                    {
                        "type": "dispenser",
                        "price": "0",
                        "contract": node.contracts["Dispenser"],
                        "token": asset.datatoken,
                    }
                ],
            }
        ],
    }
    assert created > 0
    assert found["datatokens"] == [
        {
            "address": asset.datatoken,
            "name": "Token",
            "symbol": "T",
            "serviceId": asset.service_id,
        }
    ]
    assert node.state(asset.did) == {
        "id": asset.did, "chainId": 8996, "did": asset.did, "nft": asset.nft,
        "txId": asset.tx_hash, "valid": True, "error": " ",
    }  # fmt: skip


def test_a_plain_ddo_is_hashed_as_ocean_node_hashes_it(node: PracticeNode) -> None:
    nft, datatoken = node.create()
    made = node.document(nft, datatoken, [node.stored(b"x")], name="Gezeiten, größer — 潮汐")
    node.announce(nft, made, flags=ddo.PLAIN)
    assert node.ddo(made["id"])["metadata"]["name"] == "Gezeiten, größer — 潮汐"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda d: d.update(id="did:op:" + "0" * 64), "does not match generated DID"),
        (lambda d: d["metadata"].update(name="abc"), "metadata.name"),
        (lambda d: d["metadata"].pop("license"), "metadata.license"),
        (lambda d: d["services"][0].update(files="0x" + "ab" * 4097), "files"),
        (lambda d: d["services"][0].update(datatokenAddress=deploy.DEPLOYER), "not deployed by"),
        (lambda d: d.update(version="99.0.0"), "version"),
        (lambda d: d.clear(), "does not match"),
    ],
)
def test_a_ddo_that_is_invalid_is_refused_with_the_reason(
    node: PracticeNode, change: Callable[[dict[str, Any]], None], reason: str
) -> None:
    did = announced(node, change)
    state = node.state(did)
    assert state["valid"] is False
    assert reason in state["error"]
    assert node.http.get(f"/api/aquarius/assets/ddo/{did}").status_code == 404


def event(
    node: PracticeNode, text: bytes, flags: int, hashed: bytes | None = None
) -> dict[str, Any]:
    """Return the fields of a metadata event that holds a text."""
    data = text
    if flags & ddo.ENCRYPTED:
        data = bytes.fromhex(ecies.encrypt(node.service.key.public_key, text)[2:])
    digest = ddo.metadata_hash(text if hashed is None else hashed, flags=flags)
    return {"flags": bytes([flags]), "data": data, "metaDataHash": digest}


@pytest.mark.parametrize(
    "text", [b"", b"[]", b"nope", b'{"id": 1, "id": 2}', b'{"a": NaN}', b"[" * 5000, b"\xff"]
)
def test_what_is_no_ddo_is_refused(node: PracticeNode, text: bytes) -> None:
    with pytest.raises(DDOError, match="The decrypted DDO is no"):
        document.read(node.service.key, event(node, text, ddo.ENCRYPTED), deploy.DEPLOYER, 8996)


@pytest.mark.parametrize(("flags", "error"), [(2, "Failed to decrypt"), (1, "lzma"), (3, "lzma")])
def test_what_is_encrypted_to_another_node_or_packed_is_refused(
    node: PracticeNode, flags: int, error: str
) -> None:
    # The public key of the number 1.
    stranger = bytes.fromhex("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")
    data = bytes.fromhex(ecies.encrypt(stranger, b"{}")[2:])
    fields = {**event(node, b"{}", flags), "data": data}
    with pytest.raises(DDOError, match=error):
        document.read(node.service.key, fields, deploy.DEPLOYER, 8996)


@pytest.mark.parametrize("flags", [ddo.PLAIN, ddo.ENCRYPTED])
def test_a_ddo_that_was_tampered_with_is_refused(node: PracticeNode, flags: int) -> None:
    made = node.document(deploy.DEPLOYER, deploy.DEPLOYER, [node.stored(b"x")])
    text = ddo.canonical(made)
    sound = event(node, text, flags)
    assert document.read(node.service.key, sound, deploy.DEPLOYER, 8996) == made
    changed = event(node, text.replace(b"Ada", b"Eve"), flags, hashed=text)
    with pytest.raises(DDOError, match="hash"):
        document.read(node.service.key, changed, deploy.DEPLOYER, 8996)


def test_a_publication_that_is_no_ddo_stops_nothing(node: PracticeNode) -> None:
    nft, _ = node.create()
    fields = event(node, b"nope", ddo.ENCRYPTED)
    node.send(
        node.author, NFT, nft, "setMetaData",
        0, node.url, "", b"\x02", fields["data"], fields["metaDataHash"], (),
    )  # fmt: skip
    assert node.state(ddo.did(nft, 8996))["valid"] is False
    node.ddo(node.publish().did)


def test_what_was_refused_is_not_let_in_by_an_update_as_on_a_real_node(node: PracticeNode) -> None:
    nft, datatoken = node.create()
    made = node.document(nft, datatoken, [node.stored(b"x")])
    node.announce(nft, {**made, "version": "x"})
    node.announce(nft, made)
    assert node.state(made["id"])["valid"] is False
    assert node.http.get(f"/api/aquarius/assets/ddo/{made['id']}").status_code == 404


def test_edits_prices_orders_and_owners_are_followed(node: PracticeNode) -> None:
    asset = node.publish(price_wei=2 * 10**18)
    (stat,) = node.ddo(asset.did)["indexedMetadata"]["stats"]
    (price,) = stat["prices"]
    assert (price["type"], price["price"]) == ("fixedrate", "2.0")
    assert price["token"] == node.contracts["Ocean"]
    assert price["contract"] == node.contracts["FixedPrice"]
    exchange = bytes.fromhex(price["exchangeId"][2:])
    fixed = node.contracts["FixedPrice"]
    node.send(node.author, "FixedRateExchange", fixed, "setRate", exchange, 5 * 10**17)
    (stat,) = node.ddo(asset.did)["indexedMetadata"]["stats"]
    assert stat["prices"][0]["price"] == "0.5"
    node.send(node.author, "FixedRateExchange", fixed, "toggleExchangeState", exchange)
    (stat,) = node.ddo(asset.did)["indexedMetadata"]["stats"]
    assert stat["prices"] == []
    edited = {**asset.document, "metadata": {**asset.document["metadata"], "name": "Tides II"}}
    node.announce(asset.nft, edited)
    assert node.ddo(asset.did)["metadata"]["name"] == "Tides II"
    assert node.ddo(asset.did)["indexedMetadata"]["nft"]["owner"] == node.author.address
    node.send(
        node.author, NFT, asset.nft, "safeTransferFrom",
        node.author.address, node.buyer.address, 1,
    )  # fmt: skip
    assert node.ddo(asset.did)["indexedMetadata"]["nft"]["owner"] == node.buyer.address


def test_orders_are_counted_and_an_edit_keeps_the_count(node: PracticeNode) -> None:
    asset = node.publish()
    node.order(asset)
    node.order(asset, node.author)
    node.announce(asset.nft, asset.document)
    assert node.ddo(asset.did)["indexedMetadata"]["stats"][0]["orders"] == 2


def test_a_revoked_asset_is_next_to_nothing_until_it_is_active_again(node: PracticeNode) -> None:
    asset = node.publish()
    node.send(node.author, NFT, asset.nft, "setMetaDataState", assets.REVOKED)
    assert node.ddo(asset.did) == {
        "id": asset.did, "version": "deprecated", "chainId": 8996, "nftAddress": asset.nft,
        "indexedMetadata": {"nft": {"state": assets.REVOKED}},
    }  # fmt: skip
    node.send(node.author, NFT, asset.nft, "setMetaDataState", assets.ACTIVE)
    assert node.ddo(asset.did)["metadata"]["name"] == "Tides of Lemnos"


def test_a_strangers_nft_is_not_indexed(node: PracticeNode) -> None:
    # The template itself is an ERC-721 that the factory has not made.
    with closing(sqlite3.connect(node.directory / FILE_NAME)) as db:
        listed = {row[0] for row in db.execute("SELECT nft FROM assets")}
    template = node.contracts["ERC721Template"]["1"]
    assert template not in listed
    assert not node.service.index._is_ours(template)


def test_the_index_goes_on_where_it_stopped_and_is_made_again_when_it_is_lost(
    node: PracticeNode,
) -> None:
    before = node.publish()
    node.ddo(before.did)
    node.stop()
    node.start()
    after = node.publish()
    again = node.ddo(before.did), node.ddo(after.did)
    nonce = node.nonce(node.buyer)
    with node.service.database.writing() as db:
        # As if the chain had been thrown away and another one begun.
        assets.set_progress(db, 3, "0x" + "00" * 32)
        db.execute("UPDATE documents SET document = '{}'")
    assert (node.ddo(before.did), node.ddo(after.did)) == again
    assert node.nonce(node.buyer) == nonce


def test_hostile_text_in_a_ddo_comes_back_as_text_and_no_more(node: PracticeNode) -> None:
    name = "<script>alert(1)</script>\u202etxt.exe'; DROP TABLE assets; --"
    asset = node.publish(name=name, tags=['"', "*", "a OR b"], description="{{ 7*7 }} ${7*7} " * 3)
    answer = node.http.get(f"/api/aquarius/assets/ddo/{asset.did}")
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.json()["metadata"]["name"] == name


def test_the_files_of_the_service_are_for_its_owner_alone(node: PracticeNode) -> None:
    for name in ("node.key", FILE_NAME):
        assert (node.directory / name).stat().st_mode & 0o077 == 0


def test_validation_says_what_is_wrong_and_signs_what_is_not(node: PracticeNode) -> None:
    made = node.document(deploy.DEPLOYER, deploy.DEPLOYER, [node.stored(b"x")])
    path = "/api/aquarius/assets/ddo/validate"
    answer = node.http.post(path, json={"ddo": made})
    signed = answer.json()
    assert signed["publicKey"] == node.service.key.address
    # As ethers' signMessage signs the 32 bytes of a text's hash.
    digest = keccak(b"\x19Ethereum Signed Message:\n32" + keccak(text=signed["hash"]))
    found: PublicKey = Signature(
        vrs=(signed["v"] - 27, int(signed["r"], 16), int(signed["s"], 16))
    ).recover_public_key_from_msg_hash(digest)
    assert found.to_checksum_address() == node.service.key.address
    made["metadata"]["name"] = "abc"
    answer = node.http.post(path, json={"ddo": made})
    assert answer.status_code == 400
    assert "metadata.name" in json.loads(answer.text.removeprefix("Validation error: "))
    for body, text in (
        ({}, "Missing one"),
        ({"ddo": {"id": "x"}}, "Missing or invalid"),
        ({"ddo": {"id": "did:op:1"}}, "Missing DDO version"),
    ):
        answer = node.http.post(path, json=body)
        assert (answer.status_code, text in answer.text) == (400, True)
    unsigned = {"ddo": made, "publisherAddress": node.author.address}
    assert node.http.post(path, json=unsigned).status_code == 401
