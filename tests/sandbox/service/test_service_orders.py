"""What makes an order, what does not, and who may have an asset."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from eth_keys.datatypes import Signature
from eth_utils.crypto import keccak

from jupyter_ipfs.ocean import ddo, ecies
from jupyter_ipfs.sandbox import deploy
from jupyter_ipfs.sandbox.service import assets, catalogue
from jupyter_ipfs.sandbox.service.fees import provider_fee
from jupyter_ipfs.sandbox.service.key import NodeKey
from jupyter_ipfs.sandbox.service.refusal import Refusal
from tests.sandbox.service.practice_node import NOBODY, Published, fee_tuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.sandbox.service.practice_node import PracticeNode

ENTERPRISE = "ERC20TemplateEnterprise"
NOT_THAT = "Tx id used not valid"


@pytest.fixture(scope="module")
def asset(node: PracticeNode) -> Published:
    return node.publish()


@pytest.fixture(scope="module")
def order(node: PracticeNode, asset: Published) -> str:
    return node.order(asset)


def initialize(node: PracticeNode, asset: Published, **changes: str) -> Any:  # noqa: ANN401
    params = {
        "documentId": asset.did,
        "serviceId": asset.service_id,
        "consumerAddress": node.buyer.address,
        **changes,
    }
    return node.http.get("/api/services/initialize", params=params)


def test_the_fee_is_signed_as_the_datatoken_checks_it(node: PracticeNode, asset: Published) -> None:
    answer = initialize(node, asset).json()
    assert answer["datatoken"] == asset.datatoken
    assert answer["computeAddress"] == node.buyer.address
    assert answer["nonce"] == str(node.nonce(node.buyer))
    fee = answer["providerFee"]
    assert fee["providerFeeAmount"] == "0"
    assert fee["providerFeeToken"] == node.contracts["Ocean"]
    assert fee["validUntil"] == 0
    data = bytes.fromhex(fee["providerData"][2:])
    assert data == f'{{"dt":"{asset.datatoken}","id":"{asset.service_id}"}}'.encode()
    # As Solidity packs bytes, two addresses and two numbers, both 0.
    address, token = (bytes.fromhex(fee[name][2:]) for name in (
        "providerFeeAddress", "providerFeeToken",
    ))  # fmt: skip
    packed = keccak(data + address + token + bytes(64))
    signature = Signature(vrs=(fee["v"] - 27, int(fee["r"], 16), int(fee["s"], 16)))
    digest = keccak(b"\x19Ethereum Signed Message:\n32" + packed)
    signer = signature.recover_public_key_from_msg_hash(digest).to_checksum_address()
    assert signer == fee["providerFeeAddress"] == node.service.key.address


def test_what_an_order_needs_is_told_for_what_can_be_ordered(
    node: PracticeNode, asset: Published
) -> None:
    for changes, status, text in (
        ({"documentId": "did:op:" + "0" * 64}, 500, "No DDO found"),
        ({"documentId": ""}, 400, "Missing one"),
        ({"serviceId": "nope"}, 500, "Invalid serviceId"),
        ({"serviceId": "7"}, 500, "Invalid serviceId"),
        ({"consumerAddress": "me"}, 400, "not a valid web3 address"),
    ):
        answer = initialize(node, asset, **changes)
        assert (answer.status_code, text in answer.text) == (status, True), answer.text
    timed = node.publish(timeout_s=3600)
    until = initialize(node, timed).json()["providerFee"]["validUntil"]
    assert abs(until - time.time() - 3600) < 600
    far = initialize(node, timed, validUntil=str(int(time.time()) + 9999))
    assert (far.status_code, "higher than service timeout" in far.text) == (500, True)


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (assets.ACTIVE, 200),
        (assets.END_OF_LIFE, 200),
        (assets.DEPRECATED, 500),
        (assets.ORDERING_DISABLED, 500),
        (assets.UNLISTED, 500),  # by its words Ocean Node 3.2 would allow it, and does not
    ],
)
def test_states_allow_orders_as_on_ocean_node(
    node: PracticeNode, asset: Published, order: str, state: int, status: int
) -> None:
    node.send(node.author, "ERC721Template", asset.nft, "setMetaDataState", state)
    try:
        assert initialize(node, asset).status_code == status
        assert node.download(asset, order).status_code == status
    finally:
        node.send(node.author, "ERC721Template", asset.nft, "setMetaDataState", assets.ACTIVE)


def test_an_order_is_its_consumers_and_its_payers(
    node: PracticeNode, asset: Published, order: str
) -> None:
    assert node.download(asset, order).content == b"abc"
    stranger = node.download(asset, order, node.author)
    assert (stranger.status_code, stranger.text[:20]) == (500, NOT_THAT)
    for_another = node.order(asset, node.author, consumer=node.buyer.address)
    assert node.download(asset, for_another, node.author).status_code == 200
    assert node.download(asset, for_another, node.buyer).status_code == 200


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"transferTxId": "0x" + "ab" * 32}, (500, "ERROR checking fees")),
        ({"transferTxId": "0x12"}, (500, "ERROR checking fees")),
        ({"transferTxId": "nope"}, (500, "ERROR checking fees")),
        ({"fileIndex": "1"}, (500, "Failed to decrypt")),
        ({"fileIndex": "-1"}, (500, "Failed to decrypt")),
        ({"fileIndex": "0x0"}, (500, "Failed to decrypt")),
        ({"serviceId": "x"}, (500, "Invalid serviceId")),
        ({"documentId": "did:op:" + "1" * 64}, (500, "No DDO found")),
        ({"documentId": ""}, (400, "Missing one")),
        ({"signature": "0x" + "00" * 65}, (401, "mismatch")),
    ],
)
def test_what_is_no_order_is_refused(
    node: PracticeNode,
    asset: Published,
    order: str,
    changes: dict[str, str],
    expected: tuple[int, str],
) -> None:
    answer = node.download(asset, order, None, **changes)
    assert (answer.status_code, expected[1] in answer.text) == (expected[0], True), answer.text


def test_another_transaction_or_assets_order_does_not_count(
    node: PracticeNode, asset: Published, order: str
) -> None:
    other = node.publish([node.stored(b"other")])
    assert node.download(other, order).text == "ERROR checking fees"
    assert node.download(asset, asset.tx_hash).text == "ERROR checking fees"


def _signed(node: PracticeNode, asset: Published, **changes: str) -> Mapping[str, Any]:
    """Return a fee as a publisher makes it who wants to be asked for nothing."""
    service = {"datatokenAddress": asset.datatoken, "id": asset.service_id, **changes}
    key = NodeKey(b"\x07" * 32) if not changes else node.service.key
    return provider_fee(key, service, node.contracts["Ocean"], 0)


@pytest.mark.parametrize("changes", [{}, {"id": "another"}, {"datatokenAddress": NOBODY}])
def test_an_order_needs_this_nodes_fee_for_this_service(
    node: PracticeNode, asset: Published, changes: dict[str, str]
) -> None:
    fee = _signed(node, asset, **changes)
    terms = (node.buyer.address, 0, fee_tuple(fee), (NOBODY, NOBODY, 0))
    dispenser = node.contracts["Dispenser"]
    order = node.send(
        node.buyer, ENTERPRISE, asset.datatoken, "buyFromDispenserAndOrder", terms, dispenser
    )
    assert node.download(asset, order).text == "ERROR checking fees"


def test_the_services_place_counts(node: PracticeNode, asset: Published) -> None:
    order = node.order(asset, service=1)
    assert node.download(asset, order).text == "Invalid service index."


def test_an_order_ends_with_its_services_timeout_also_when_it_is_used_again(
    node: PracticeNode,
) -> None:
    asset = node.publish(timeout_s=3600)
    order = node.order(asset)
    at = node.service.chain.timestamp(node.service.chain.head())
    fee = fee_tuple(initialize(node, asset).json()["providerFee"])
    again = node.send(
        node.buyer, ENTERPRISE, asset.datatoken, "reuseOrder", bytes.fromhex(order[2:]), fee
    )
    unknown = node.send(node.buyer, ENTERPRISE, asset.datatoken, "reuseOrder", b"\x01" * 32, fee)
    assert [node.download(asset, each).status_code for each in (order, again)] == [200, 200]
    assert "was not mined" in node.download(asset, unknown).text
    assert node.download(asset, again, node.author).status_code == 500
    try:
        node.clock = at + 3600.0
        assert node.download(asset, order).status_code == 200
        node.clock = at + 3700.0
        assert node.download(asset, order).text == "The order has expired."
        assert node.download(asset, again).text == "The order has expired."
    finally:
        node.clock = None


def test_an_order_through_the_factory_does_not_count_as_on_ocean_node(node: PracticeNode) -> None:
    asset = node.publish()
    fee = fee_tuple(initialize(node, asset).json()["providerFee"])
    # An Enterprise datatoken's dispenser serves only itself, so its owner mints one.
    node.send(node.author, ENTERPRISE, asset.datatoken, "mint", node.buyer.address, 10**18)
    factory = node.contracts["ERC721Factory"]
    node.send(node.buyer, ENTERPRISE, asset.datatoken, "approve", factory, 10**18)
    order = node.send(
        node.buyer, "ERC721Factory", factory, "startMultipleTokenOrder",
        ((asset.datatoken, node.buyer.address, 0, fee, (NOBODY, NOBODY, 0)),),
    )  # fmt: skip
    assert node.download(asset, order).text.startswith(NOT_THAT)


def test_files_of_another_asset_are_not_served(node: PracticeNode) -> None:
    mine = node.publish([node.stored(b"worth a lot")])
    nft, datatoken = node.create()
    document = node.document(nft, datatoken, [node.stored(b"x")])
    document["services"][0]["files"] = mine.document["services"][0]["files"]
    tx_hash = node.announce(nft, document)
    thief = Published(document["id"], nft, datatoken, tx_hash, document)
    answer = node.download(thief, node.order(thief))
    assert (answer.status_code, answer.text) == (
        403,
        "Failed to download asset, unauthorized operation!",
    )
    info = node.http.post(
        "/api/services/fileInfo", json={"did": thief.did, "serviceId": thief.service_id}
    )
    assert (info.status_code, info.text) == (
        500,
        "Unable to decrypt files, files not served by the current node!",
    )


@pytest.mark.parametrize("files", [b"nope", b"[]", b'{"files":[]}', b"[" * 2000])
def test_files_that_are_none_are_told_apart_from_nothing(node: PracticeNode, files: bytes) -> None:
    document = node.document(deploy.DEPLOYER, deploy.DEPLOYER, [])
    document["services"][0]["files"] = ecies.encrypt(node.service.key.public_key, files)
    with pytest.raises(Refusal, match="Failed to decrypt"):
        catalogue.files(node.service.key, document, 0)


def test_credentials_of_asset_and_service_count(node: PracticeNode) -> None:
    buyer, author = node.buyer.address, node.author.address
    only_author = ddo.allow_addresses([author.lower()])
    denied = {"allow": [], "deny": [{"type": "address", "values": [buyer]}]}
    for more in ({"credentials": only_author}, {"service_credentials": denied}):
        asset = node.publish(**more)
        order, theirs = node.order(asset), node.order(asset, node.author)
        refused = node.download(asset, order)
        assert (refused.status_code, refused.text.endswith("was denied")) == (403, True)
        assert node.download(asset, theirs, node.author).status_code == 200


def test_members_of_an_access_list_may(node: PracticeNode) -> None:
    tx_hash = node.send(
        node.author, "AccessListFactory", node.contracts["AccessListFactory"],
        "deployAccessListContract", "Lab", "L", False, node.author.address,  # noqa: FBT003
        [node.buyer.address], [""],
    )  # fmt: skip
    (made,) = node.events(tx_hash, "AccessListFactory", "NewAccessList")
    listed = made["contractAddress"]
    asset = node.publish(credentials=ddo.allow_access_list(8996, listed))
    assert node.download(asset, node.order(asset)).status_code == 200
    theirs = node.order(asset, node.author)
    assert node.download(asset, theirs, node.author).status_code == 403
