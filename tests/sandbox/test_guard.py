"""Who may ask the sandbox: no web page, nobody without the path (safety.md 14)."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.sandboxes import post

if TYPE_CHECKING:
    from tests.sandboxes import Sandbox

ASK = b'{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}'
JSON_TYPE = {"Content-Type": "application/json"}


def test_a_program_of_this_computer_is_answered(sandbox: Sandbox) -> None:
    status, answer = post(sandbox.info.rpc_url, ASK, JSON_TYPE)
    assert (status, json.loads(answer)["result"]) == (200, "0x2324")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 403),  # a name that was bent to 127.0.0.1
        ({"Host": "127.0.0.1"}, 403),  # another port
        ({"Host": "localhost.evil.example"}, 403),
        ({"Host": ""}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:8888"}, 403),  # Jupyter's too: it has a handler for that
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 403),
        ({"Content-Type": "text/plain"}, 415),  # what a form can send without asking first
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content-Type": "multipart/form-data; boundary=x"}, 400),
        ({"Content-Type": "text/plain; application/json"}, 415),
        ({"Content-Type": "application/octet-stream"}, 415),  # the Ocean Node's encrypt alone
    ],
)
@pytest.mark.parametrize("end", ["rpc", "faucet"])
def test_a_web_page_gets_nothing(
    sandbox: Sandbox, headers: dict[str, str], status: int, end: str
) -> None:
    url = sandbox.info.rpc_url.removesuffix("rpc") + end
    found, answer = post(url, ASK, JSON_TYPE | headers)
    assert found == status
    assert b"result" not in answer


def test_a_page_cannot_ask_first_either(sandbox: Sandbox) -> None:
    asking = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    assert post(sandbox.info.rpc_url, b"", asking, "OPTIONS") == (403, b"")
    assert post(sandbox.info.rpc_url, b"", {}, "GET")[0] == 405


@pytest.mark.parametrize(
    "path", ["/", "/rpc", "//rpc", "/x/rpc", "/node", "/hello", "/%2e%2e/rpc", "/%00/rpc"]
)
def test_without_the_path_there_is_nothing(sandbox: Sandbox, path: str) -> None:
    root = f"http://{urlsplit(sandbox.info.rpc_url).netloc}"
    assert post(root + path, ASK, JSON_TYPE) == (404, b"")


def test_two_hosts_in_one_request_are_none(sandbox: Sandbox) -> None:
    parts = urlsplit(sandbox.info.rpc_url)
    head = f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nHost: evil.example\r\n"
    rest = f"Content-Type: application/json\r\nContent-Length: {len(ASK)}\r\n\r\n"
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as connection:
        connection.sendall((head + rest).encode() + ASK)
        answer = connection.recv(64 * 1024)
    assert answer.split(b" ")[1] in {b"400", b"403"}


def test_it_listens_on_this_computer_alone(sandbox: Sandbox) -> None:
    port = urlsplit(sandbox.info.rpc_url).port or 0
    for host in {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None)}:
        if not str(host).startswith("127."):
            with pytest.raises(OSError, match=r"."), socket.create_connection((str(host), port), 2):
                pass


def test_a_body_that_is_too_large_is_not_read(sandbox: Sandbox) -> None:
    parts = urlsplit(sandbox.info.rpc_url)
    head = (
        f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {1 << 40}\r\n\r\n"
    )
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as connection:
        connection.sendall(head.encode())
        assert connection.recv(1024).split(b" ")[1:2] in ([], [b"400"], [b"413"])


def test_what_is_no_json_rpc_is_told_so(sandbox: Sandbox) -> None:
    for body, code in [
        (b"", -32700),
        (b"{", -32700),
        (b"[" * 100_000, -32700),
        (b"\xff\xfe", -32700),
        (b"[]", -32600),
        (b"[" + b"1," * 1000 + b"1]", -32600),
        (b"1", -32600),
        (b'{"id":{},"method":"eth_chainId"}', -32600),
        (b'{"id":1,"method":["eth_chainId"]}', -32600),
        (b'{"id":1,"method":"eth_chainId","params":{"a":1}}', -32602),
        (b'{"id":1,"method":"eth_chainId","params":[1]}', -32602),
    ]:
        status, answer = post(sandbox.info.rpc_url, body, JSON_TYPE)
        assert status == 200
        assert json.loads(answer)["error"]["code"] == code, body[:40]


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"address": null}', b'{"address": "0x"}', b'{"address": ["0x00"]}',
     b'{"address": "0x0000000000000000000000000000000000000000"}',
     b'{"address": "0x70997970C51812dc3A010C7d01b50e0d17dc79c8"}'],  # a mistyped letter
)  # fmt: skip
def test_money_goes_to_addresses_only(sandbox: Sandbox, body: bytes) -> None:
    url = sandbox.info.rpc_url.removesuffix("rpc") + "faucet"
    assert post(url, body, JSON_TYPE) == (400, b'{"error": "that is no address"}')
