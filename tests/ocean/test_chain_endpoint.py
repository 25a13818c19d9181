"""A chain's endpoint over HTTP: one that behaves, and such as do not."""

from __future__ import annotations

import json
import logging
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ipfs.errors import ChainError
from jupyter_ipfs.ocean import chains
from jupyter_ipfs.ocean.connection import ChainConnection
from jupyter_ipfs.wallet.intents import ContractCall

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Answer = Callable[[str], tuple[int, bytes]]


class Endpoint:
    """JSON-RPC whose answers a test decides by the method."""

    def __init__(self) -> None:
        self.answer: Answer = lambda _method: (500, b"")
        self.asked: list[str] = []
        self.params: list[Any] = []
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                endpoint.asked.append(asked["method"])
                endpoint.params = asked["params"]
                status, data = endpoint.answer(asked["method"])
                self.send_response(status)
                self.send_header("Location", "http://169.254.169.254/")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server.server_port}"
        self.url = f"http://{self.host}/v3/secret-key?apikey=also-secret"

    def results(self, **results: Any) -> None:  # noqa: ANN401
        self.answer = lambda method: (200, said(result=results[method]))


def said(**answer: Any) -> bytes:  # noqa: ANN401
    return json.dumps({"jsonrpc": "2.0", "id": 0, **answer}).encode()


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    made = Endpoint()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.fixture
def connection(endpoint: Endpoint) -> Iterator[ChainConnection]:
    made = ChainConnection(chains.by_name("polygon"), endpoint.url)
    yield made
    made.close()


def test_the_chain_is_asked_for_its_number_once(
    endpoint: Endpoint, connection: ChainConnection
) -> None:
    endpoint.results(eth_chainId="0x89", eth_blockNumber="0x10")
    assert connection.block_number() == 16
    assert connection.block_number() == 16
    assert endpoint.asked == ["eth_chainId", "eth_blockNumber", "eth_blockNumber"]


def test_blocks_of_polygon_have_more_extra_data_and_are_read(
    endpoint: Endpoint, connection: ChainConnection
) -> None:
    block = {"number": "0x10", "timestamp": "0x65000000", "extraData": "0x" + "ab" * 97}
    endpoint.results(eth_chainId="0x89", eth_getBlockByNumber=block)
    assert connection.block_time(16) == 0x65000000


@pytest.mark.parametrize(
    ("base", "tip"),
    [("0xa", hex(10**15)), ("0xa", "-0x1"), (hex(10**15), hex(10**15)), (None, hex(10**15))],
)
def test_nothing_is_signed_with_a_fee_that_no_chain_has(
    endpoint: Endpoint, connection: ChainConnection, base: str | None, tip: str
) -> None:
    block = {"number": "0x10", "gasLimit": hex(30_000_000), "extraData": "0x"}
    endpoint.results(
        eth_chainId="0x89", eth_getBalance=hex(10**24), eth_estimateGas="0x5208",
        eth_getBlockByNumber=block | ({"baseFeePerGas": base} if base else {}),
        eth_maxPriorityFeePerGas=tip, eth_gasPrice=tip,
    )  # fmt: skip
    token = chains.by_name("polygon").address("FixedRateExchange")
    call = ContractCall(137, "MockERC20", token, "approve", (token, 1))
    with pytest.raises(ChainError, match="nothing was signed"):
        connection.fill(call, token)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"<html>hello</html>"),
        (200, b""),
        (200, b"[]"),
        (200, b"{}"),
        (200, b"null"),
        (200, b"[" * 100_000),
        (200, b'{"jsonrpc":"2.0","id":0,"result":"polygon"}'),
        (200, b'{"jsonrpc":"2.0","id":0,"result":{}}'),
        (200, b'{"jsonrpc":"2.0","id":0,"error":"no"}'),
        (200, b"\xff\xfe"),
        (302, b""),
        (401, b"who are you"),
        (503, b"<h1>busy</h1>"),
    ],
)
def test_what_is_no_chain_is_an_error_without_its_key(
    endpoint: Endpoint,
    connection: ChainConnection,
    caplog: pytest.LogCaptureFixture,
    status: int,
    body: bytes,
) -> None:
    caplog.set_level(logging.DEBUG)
    endpoint.answer = lambda _method: (status, body)
    with pytest.raises(ChainError) as caught:
        connection.block_number()
    assert "secret" not in f"{caught.value.message}{caught.value.hint}"
    assert "secret" not in caplog.text
    assert len(endpoint.asked) == 1


def test_another_chain_is_noticed_before_anything_else_is_asked(
    endpoint: Endpoint, connection: ChainConnection
) -> None:
    endpoint.results(eth_chainId="0x1")
    with pytest.raises(ChainError, match="is chain 1, and Polygon is 137") as caught:
        connection.balance("0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf")
    assert endpoint.host in caught.value.message
    assert "secret" not in caught.value.message
    assert endpoint.asked == ["eth_chainId"]


def test_what_an_endpoint_refuses_is_told_without_addresses(
    endpoint: Endpoint, connection: ChainConnection
) -> None:
    error = {"code": -32005, "message": f"range too large, see {endpoint.url}\n\u202eok"}
    endpoint.answer = lambda method: (
        200,
        said(result="0x89") if method == "eth_chainId" else said(error=error),
    )
    with pytest.raises(ChainError, match="refuses: range too large, see … ok") as caught:
        connection.block_number()
    assert "secret" not in caught.value.message


def test_a_range_of_blocks_that_is_too_long_is_asked_for_in_parts(
    endpoint: Endpoint, connection: ChainConnection
) -> None:
    ranges: list[tuple[int, int]] = []

    def answer(method: str) -> tuple[int, bytes]:
        if method != "eth_getLogs":
            return 200, said(result={"eth_chainId": "0x89", "eth_blockNumber": hex(6000)}[method])
        first, last = (int(endpoint.params[0][key], 16) for key in ("fromBlock", "toBlock"))
        if last - first >= 2500:
            return 400, said(error={"code": -32602, "message": "range is too large"})
        ranges.append((first, last))
        return 200, said(result=[])

    endpoint.answer = answer
    assert list(connection.logs("ERC721Factory", "NFTCreated", from_block=10)) == []
    assert ranges == [(10, 2509), (2510, 5009), (5010, 6000)]


def test_an_endpoint_that_finds_no_logs_at_all_is_given_up(
    endpoint: Endpoint, connection: ChainConnection
) -> None:
    known = {"eth_chainId": said(result="0x89"), "eth_blockNumber": said(result=hex(6000))}
    no = said(error={"code": -32601, "message": "not supported"})
    endpoint.answer = lambda method: (200, known.get(method, no))
    with pytest.raises(ChainError, match="refuses: not supported"):
        list(connection.logs("ERC721Factory", "NFTCreated"))
    assert len(endpoint.asked) < 10


def test_an_endpoint_that_is_asked_too_often_is_given_time(endpoint: Endpoint) -> None:
    from jupyter_ipfs.ocean.web3_provider import NetProvider  # noqa: PLC0415

    pauses: list[float] = []
    answers = [(429, b"slow down"), (429, b"slow down"), (200, said(result="0x1"))]
    endpoint.answer = lambda _method: answers.pop(0)
    provider = NetProvider(endpoint.url, pause=pauses.append)
    assert provider.make_request("eth_chainId", [])["result"] == "0x1"  # type: ignore[arg-type]
    assert pauses == [0.5, 1.0]
    endpoint.answer = lambda _method: (429, b"slow down")
    with pytest.raises(ChainError, match="status 429"):
        provider.make_request("eth_chainId", [])  # type: ignore[arg-type]
    provider.close()
