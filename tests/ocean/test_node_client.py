"""The Ocean Node's client against a node that behaves, and against such as do not."""

from __future__ import annotations

import json
import logging
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from jupyter_ipfs.errors import (
    AccessDeniedError,
    AssetNotFoundError,
    ConfigError,
    OceanNodeError,
    UnsafeContentError,
)
from jupyter_ipfs.ocean.node_client import OceanNode
from tests.ocean.conftest import KeySigner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Reply = tuple[int, bytes] | tuple[int, bytes, dict[str, str]]
    Route = Callable[[dict[str, str], bytes], Reply]

DID = "did:op:" + "7" * 64
A = "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf"
FEE = {
    "providerFeeAddress": A.lower(), "providerFeeToken": A, "providerFeeAmount": "0",
    "providerData": "0x7b7d", "v": 27, "r": "0x" + "11" * 32, "s": "0x" + "22" * 32,
    "validUntil": 0,
}  # fmt: skip
ROOT = {
    "nodeId": "16Uiu2",
    "chainIds": ["8996", "1"],
    "providerAddress": A,
    "nodePublicKey": {str(place): (2 if place == 0 else place) for place in range(33)},
    "software": "Ocean-Node",
}


def not_found(_query: dict[str, str], _body: bytes) -> Reply:
    return 404, b"Not found"


class Node:
    """A server whose answers a test decides."""

    def __init__(self) -> None:
        self.routes: dict[str, Route] = {}
        self.asked: list[str] = []
        node = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.answer(b"")

            def do_POST(self) -> None:
                self.answer(self.rfile.read(int(self.headers["Content-Length"])))

            def answer(self, body: bytes) -> None:
                parts = urlsplit(self.path)
                node.asked.append(parts.path)
                route = node.routes.get(parts.path, not_found)
                status, data, *more = route(dict(parse_qsl(parts.query)), body)
                self.send_response(status)
                for name, value in (more[0] if more else {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/token/node"

    def on(self, path: str, answer: Any, status: int = 200) -> None:  # noqa: ANN401
        data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.routes[f"/token/node{path}"] = lambda _query, _body: (status, data)

    def reply(self, path: str, route: Route) -> None:
        self.routes[f"/token/node{path}"] = route


@pytest.fixture
def node() -> Iterator[Node]:
    made = Node()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def client(node: Node, pauses: list[float]) -> Iterator[OceanNode]:
    made = OceanNode.configured(node.url)
    made._pause = pauses.append
    yield made
    made.close()


@pytest.fixture
def signer() -> KeySigner:
    return KeySigner(b"\x01" * 32)


def test_a_node_says_its_chains_and_its_key(node: Node, client: OceanNode) -> None:
    node.on("/", ROOT)
    root = client.root()
    assert root.chain_ids == (8996, 1)
    assert root.provider_address == A
    assert root.public_key == bytes([2, *range(1, 33)])


@pytest.mark.parametrize(
    "answer",
    [
        b"<html>hello</html>",
        b"",
        b"[]",
        b"null",
        b'{"nodeId": "x"}',
        b"[" * 200_000,
        b'{"a":' * 100_000,
        b'{"chainIds": NaN}',
        b"9" * 100_000,
        b"\xff\xfe\x00",
        json.dumps({**ROOT, "nodePublicKey": {"0": 999}}).encode(),
        json.dumps({**ROOT, "nodePublicKey": [2] * 33}).encode(),
        json.dumps({**ROOT, "chainIds": ["-1"]}).encode(),
        json.dumps({**ROOT, "chainIds": [1.5]}).encode(),
        json.dumps({**ROOT, "chainIds": "8996"}).encode(),
        json.dumps({**ROOT, "providerAddress": "ocean.eth"}).encode(),
        json.dumps({**ROOT, "providerAddress": None}).encode(),
    ],
)
def test_what_is_no_root_document_is_refused(node: Node, client: OceanNode, answer: bytes) -> None:
    node.on("/", answer)
    with pytest.raises(OceanNodeError):
        client.root()


def test_an_answer_without_end_is_cut_off(node: Node, client: OceanNode) -> None:
    node.on("/", b"[" + b"0," * (3 << 20))
    with pytest.raises(OceanNodeError, match="bytes allowed"):
        client.root()


def test_a_node_that_is_not_there_is_told_with_what_to_look_at(free_tcp_port: int) -> None:
    with pytest.raises(OceanNodeError) as told:
        OceanNode.configured(f"http://127.0.0.1:{free_tcp_port}").root()
    assert told.value.message == f"http://127.0.0.1:{free_tcp_port}: nothing answers there"
    assert told.value.hint == "look at ocean_node in the settings"


def test_a_file_is_looked_at_before_it_is_published(node: Node, client: OceanNode) -> None:
    asked = []

    def look(_: dict[str, str], body: bytes) -> Reply:
        asked.append(json.loads(body))
        found = [{"valid": True, "contentLength": "12", "contentType": "text/csv",
                  "checksum": "ab" * 32, "type": "ipfs", "name": ""}]  # fmt: skip
        return 200, json.dumps(found).encode()

    node.reply("/api/services/fileInfo", look)
    info = client.file_info({"type": "ipfs", "hash": "bafy"}, checksum=True)
    assert (info.is_valid, info.size, info.checksum) == (True, 12, "ab" * 32)
    assert asked == [{"type": "ipfs", "hash": "bafy", "checksum": True}]


@pytest.mark.parametrize("size", ["", "-1", "1e3", "9" * 30, None, {}, [], True, "12\n", "0x1"])
def test_a_size_that_is_none_is_not_known(node: Node, client: OceanNode, size: object) -> None:
    node.on("/api/services/fileInfo", [{"valid": True, "contentLength": size}])
    assert client.file_info({"type": "url"}).size is None


@pytest.mark.parametrize("answer", [[], {}, None, [None], ["x"]])
def test_a_node_that_says_nothing_of_a_file_is_refused(
    node: Node, client: OceanNode, answer: object
) -> None:
    node.on("/api/services/fileInfo", answer)
    with pytest.raises(OceanNodeError):
        client.file_info({"type": "url"})


def test_a_fee_is_given_to_contracts_as_the_node_signed_it(node: Node, client: OceanNode) -> None:
    answer = {"providerFee": FEE, "datatoken": A.lower(), "nonce": "4", "computeAddress": A}
    node.on("/api/services/initialize", answer)
    found = client.initialize(DID, "s", A)
    assert found.datatoken == A
    assert found.nonce == 4
    assert found.provider_fee == (A, A, 0, 27, b"\x11" * 32, b"\x22" * 32, 0, b"{}")


@pytest.mark.parametrize(
    "change",
    [
        {"providerFeeAmount": "-1"},
        {"providerFeeAmount": str(2**256)},
        {"providerFeeAmount": "1e18"},
        {"providerFeeAmount": 0.5},
        {"v": True},
        {"r": "0x11"},
        {"s": "11" * 32},
        {"providerData": "{}"},
        {"providerFeeAddress": "0x12"},
        {"validUntil": None},
    ],
)
def test_a_fee_that_is_none_is_refused(
    node: Node, client: OceanNode, change: dict[str, object]
) -> None:
    answer = {"providerFee": {**FEE, **change}, "datatoken": A, "nonce": "0"}
    node.on("/api/services/initialize", answer)
    with pytest.raises(OceanNodeError):
        client.initialize(DID, "s", A)


def test_an_asset_that_is_not_known_is_not_found(node: Node, client: OceanNode) -> None:
    with pytest.raises(AssetNotFoundError):
        client.ddo(DID)
    assert client.state(did=DID) is None
    assert node.asked[0] == f"/token/node/api/aquarius/assets/ddo/{DID}"


def test_another_asset_than_was_asked_for_is_refused(node: Node, client: OceanNode) -> None:
    node.on(f"/api/aquarius/assets/ddo/{DID}", {"id": "did:op:" + "8" * 64})
    with pytest.raises(OceanNodeError, match="another asset"):
        client.ddo(DID)


def test_a_did_cannot_lead_to_another_path(node: Node, client: OceanNode) -> None:
    with pytest.raises(AssetNotFoundError):
        client.ddo("../../services/nonce?userAddress=x#")
    assert node.asked == [
        "/token/node/api/aquarius/assets/ddo/..%2F..%2Fservices%2Fnonce%3FuserAddress%3Dx%23"
    ]


def test_the_reason_why_an_asset_is_not_listed_is_told(node: Node, client: OceanNode) -> None:
    node.on("/api/aquarius/state/ddo", {"valid": False, "error": "no\nvalid id", "txId": "0x12"})
    state = client.state(nft=A)
    assert state is not None
    assert (state.is_valid, state.error, state.tx_hash) == (False, "no valid id", "0x12")


@pytest.mark.parametrize(
    ("answer", "total"),
    [
        ([{"found": 7, "hits": [{"document": {"id": DID}}]}, {"found": 0, "hits": []}], 7),
        ({"hits": {"total": {"value": 7}, "hits": [{"_source": {"id": DID}}]}}, 7),
        ({"hits": {"total": 7, "hits": [{"_source": {"id": DID}}]}}, 7),
        ([{"id": DID}], 1),
        ([{"found": -5, "hits": [{"document": {"id": DID}}, {"document": {}}, None]}], 3),
        ([], 0),
        ({"message": "nothing"}, 0),
        ([None, 5, "x"], 0),
    ],
)
def test_results_are_read_in_each_of_the_shapes_there_are(
    node: Node, client: OceanNode, answer: object, total: int
) -> None:
    node.on("/api/aquarius/assets/metadata/query", answer)
    page = client.query({"q": "*"})
    assert page.total == total
    assert [each["id"] for each in page.documents] == ([DID] if total else [])


def test_a_node_that_is_asked_too_often_is_given_time(
    node: Node, client: OceanNode, pauses: list[float]
) -> None:
    answers: list[Reply] = [
        (429, b"slow down", {"Retry-After": "3"}),
        (429, b"slow down", {"Retry-After": "99999"}),
        (429, b"slow down", {"Retry-After": "never"}),
        (429, b"slow down"),
        (200, json.dumps(ROOT).encode()),
    ]
    node.reply("/", lambda _query, _body: answers.pop(0))
    assert client.root().chain_ids == (8996, 1)
    assert pauses == [3.0, 15.0, 2.0, 4.0]


def test_a_node_that_never_has_time_is_given_up(
    node: Node, client: OceanNode, pauses: list[float]
) -> None:
    node.on("/", b"slow down", 429)
    with pytest.raises(OceanNodeError) as told:
        client.root()
    assert told.value.status == 429
    assert len(pauses) == 5
    assert "slow down" in told.value.message


def test_what_is_ordered_is_downloaded_with_a_signature(
    node: Node, client: OceanNode, signer: KeySigner
) -> None:
    from eth_account import Account  # noqa: PLC0415
    from eth_account.messages import encode_defunct  # noqa: PLC0415
    from eth_utils.crypto import keccak  # noqa: PLC0415

    queries = []

    def download(query: dict[str, str], _: bytes) -> Reply:
        queries.append(query)
        return 200, b"the bytes"

    node.on("/api/services/nonce", {"nonce": "41"})
    node.reply("/api/services/download", download)
    with client.download(DID, "s", "0x12", signer) as answer:
        assert b"".join(answer.chunks()) == b"the bytes"
    query = queries[0]
    signature = query.pop("signature")
    assert query == {
        "fileIndex": "0", "documentId": DID, "serviceId": "s", "transferTxId": "0x12",
        "consumerAddress": signer.address, "nonce": "42",
    }  # fmt: skip
    digest = keccak(text=f"{signer.address}42download")
    message = encode_defunct(primitive=digest)
    assert Account.recover_message(message, signature=signature) == signer.address


@pytest.mark.parametrize("status", [400, 401, 500])
def test_a_nonce_that_another_process_used_is_tried_once_more(
    node: Node, client: OceanNode, signer: KeySigner, status: int
) -> None:
    answers: list[Reply] = [(status, b'{"error": "42 is not a valid nonce"}'), (200, b"x")]
    node.on("/api/services/nonce", {"nonce": 41})
    node.reply("/api/services/download", lambda _query, _body: answers.pop(0))
    with client.download(DID, "s", "0x12", signer) as answer:
        assert answer.read() == b"x"


def test_a_nonce_that_is_never_right_is_given_up_after_the_second(
    node: Node, client: OceanNode, signer: KeySigner
) -> None:
    node.on("/api/services/nonce", {"nonce": "1"})
    node.on("/api/services/download", b"2 is not a valid nonce", 500)
    with (
        pytest.raises(OceanNodeError, match="valid nonce"),
        client.download(DID, "s", "0x12", signer),
    ):
        pass
    assert node.asked.count("/token/node/api/services/download") == 2


@pytest.mark.parametrize("status", [401, 403])
def test_who_may_not_is_told_so(
    node: Node, client: OceanNode, signer: KeySigner, status: int
) -> None:
    node.on("/api/services/nonce", {"nonce": "1"})
    node.on("/api/services/download", {"error": "not on the list"}, status)
    with (
        pytest.raises(AccessDeniedError, match="not on the list"),
        client.download(DID, "s", "0x12", signer),
    ):
        pass


def test_no_signature_gets_into_an_error_or_a_log(
    node: Node, client: OceanNode, signer: KeySigner, caplog: pytest.LogCaptureFixture
) -> None:
    def echo(query: dict[str, str], _: bytes) -> Reply:
        url = f"http://127.0.0.1/x?signature={query['signature']}"
        return 500, f"failed for {url} and {query['signature']} \u202e<script>".encode()

    caplog.set_level(logging.DEBUG)
    node.on("/api/services/nonce", {"nonce": "1"})
    node.reply("/api/services/download", echo)
    with pytest.raises(OceanNodeError) as told, client.download(DID, "s", "0x12", signer):
        pass
    assert "failed for … and … <script>" in told.value.message
    assert "signature" not in caplog.text
    assert "0x" not in caplog.text


def test_a_web_page_as_an_error_is_not_shown(node: Node, client: OceanNode) -> None:
    node.on("/", b"<!doctype html><h1>502</h1>", 502)
    with pytest.raises(OceanNodeError) as told:
        client.root()
    assert told.value.message.endswith("answered with status 502")


def test_a_download_is_not_led_into_the_private_network(
    node: Node, client: OceanNode, signer: KeySigner
) -> None:
    node.on("/api/services/nonce", {"nonce": "1"})
    to = {"Location": "http://169.254.169.254/latest/meta-data"}
    node.reply("/api/services/download", lambda _query, _body: (302, b"", to))
    with pytest.raises(UnsafeContentError), client.download(DID, "s", "0x12", signer):
        pass


def test_what_is_posted_is_not_sent_on(node: Node, client: OceanNode) -> None:
    to = {"Location": "https://a.example/"}
    node.reply("/api/services/fileInfo", lambda _query, _body: (307, b"", to))
    with pytest.raises(OceanNodeError, match="status 307"):
        client.file_info({"type": "url"})


def test_an_address_with_a_question_is_none_of_a_node() -> None:
    with pytest.raises(ConfigError):
        OceanNode.configured("http://127.0.0.1:8001/?token=secret")


def test_signed_requests_of_one_address_come_one_after_the_other(
    node: Node, client: OceanNode, signer: KeySigner
) -> None:
    stored = [0]
    lock = threading.Lock()

    def download(query: dict[str, str], _: bytes) -> Reply:
        with lock:
            if int(query["nonce"]) <= stored[0]:
                return 500, b"is not a valid nonce"
            stored[0] = int(query["nonce"])
            return 200, b"x"

    node.reply("/api/services/nonce", lambda _query, _body: (200, b'{"nonce": "%d"}' % stored[0]))
    node.reply("/api/services/download", download)
    got: list[bytes] = []

    def fetch() -> None:
        with client.download(DID, "s", "0x12", signer) as answer:
            got.append(answer.read())

    threads = [threading.Thread(target=fetch) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [b"x"] * 8
    assert node.asked.count("/token/node/api/services/download") == 8
