"""File objects: what is read, and where nobody is led (safety.md 10)."""

from __future__ import annotations

import hashlib
import logging
import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from jupyter_ipfs.net import address

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from tests.sandbox.service.practice_node import PracticeNode

NOTHING = hashlib.sha256(b"").hexdigest()
UNSAFE = "Error validating the URL file: URL is marked as unsafe"


def info(node: PracticeNode, file: dict[str, Any]) -> httpx.Response:
    return node.http.post("/api/services/fileInfo", json={**file, "checksum": True})


def url(place: str, **more: object) -> dict[str, Any]:
    return {"type": "url", "url": place, "method": "GET", **more}


class _Site(BaseHTTPRequestHandler):
    """A site of the public internet, as far as the node can tell."""

    asked: ClassVar[list[tuple[str, dict[str, str]]]] = []
    data = b"0,1.25\n" * 1000

    def do_GET(self) -> None:
        type(self).asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
        if self.path.startswith("/to"):
            self.send_response(302)
            self.send_header("Location", self.path.partition("?")[2])
            self.end_headers()
            return
        self.send_response(404 if self.path == "/gone" else 200)
        self.send_header("Content-Length", str(len(self.data)))
        self.send_header("Content-Disposition", 'attachment; filename="secret-name.csv"')
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(self.data)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def _served() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), _Site)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server that ``data.example`` leads to, as if 127.0.0.1 were public for that name only."""
    real = socket.getaddrinfo

    def lookup(host: str, *more: Any, **named: Any) -> Any:  # noqa: ANN401
        return real("127.0.0.1" if host == "data.example" else host, *more, **named)

    def resolved(host: str, port: int, *, untrusted: bool) -> list[str]:
        return ["127.0.0.1"] if host == "data.example" else resolve(host, port, untrusted=untrusted)

    resolve = address.resolve
    monkeypatch.setattr("jupyter_ipfs.net.transport.resolve", resolved)
    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    _Site.asked.clear()
    with _served() as port:
        yield port


def test_content_of_the_repo_is_described_by_its_bytes(node: PracticeNode) -> None:
    data = b"x" * 12_345
    (told,) = info(node, node.stored(data)).json()
    assert told == {
        "valid": True, "contentLength": "12345", "contentType": "application/octet-stream",
        "checksum": hashlib.sha256(data).hexdigest(), "name": "", "type": "ipfs",
    }  # fmt: skip
    (told,) = info(node, {**node.stored(data), "type": "IPFS"}).json()
    assert told["contentLength"] == "12345"


def test_what_is_not_there_has_no_byte_and_is_valid_as_on_ocean_node(node: PracticeNode) -> None:
    missing = node.stored(b"gone")
    node.content.files.pop(missing["hash"])
    directory = node.stored(b"directory")
    node.content.files[directory["hash"]] = None
    for file in (missing, directory):
        (told,) = info(node, file).json()
        assert (told["valid"], told["contentLength"], told["checksum"]) == (True, "0", NOTHING)


@pytest.mark.parametrize(
    ("file", "status", "text"),
    [
        ({"type": "ipfs"}, 500, "Missing CID"),
        ({"type": "ipfs", "hash": ""}, 500, "Missing CID"),
        ({"type": "ipfs", "hash": 5}, 500, "Missing CID"),
        ({"type": "ipfs", "hash": "nope"}, 500, "not a CID"),
        ({"type": "ipfs", "hash": "../../etc/passwd"}, 500, "looks like a file path"),
        ({"type": "ipfs", "hash": "bafkqaaa/../x"}, 500, "looks like a file path"),
        ({"type": "ipfs", "hash": "https://a.example/b"}, 500, "looks like an URL"),
        ({"type": "ipfs", "hash": "bafkqaaa\n"}, 500, "not a CID"),
        ({"type": "file", "path": "/etc/passwd"}, 400, "type must be one of"),
        ({"type": "arweave", "transactionId": "x"}, 501, "arweave is not configured"),
        ({"type": "nodePersistentStorage", "bucketId": "x"}, 501, "is not configured"),
        ({"type": ""}, 400, "Invalid request parameters"),
        ({"url": "https://a.example"}, 400, "Invalid request parameters"),
        ({"type": "url"}, 500, "URL or method are missing"),
        ({"type": "url", "url": "https://a.example"}, 500, "URL or method are missing"),
        (url("https://a.example", method="post"), 500, "Invalid method"),
        (url("https://a.example", headers=["x"]), 500, "Invalid headers"),
        (url("https://a.example", headers={"Host": "b"}), 500, "Invalid headers"),
        (url("https://a.example", headers={"X": "a\r\nY: b"}), 500, "Invalid headers"),
        (url("https://a.example", headers={"X Y": "a"}), 500, "Invalid headers"),
        (url("https://a.example", headers={"X": 1}), 500, "Invalid headers"),
        ({"did": "did:op:1"}, 400, '"serviceId" not specified'),
        ({"did": "nope", "serviceId": "1"}, 400, "invalid did"),
        ({"did": "did:op:1", "serviceId": "1"}, 500, "No DDO found"),
    ],
)  # fmt: skip
def test_what_is_no_file_object_is_refused(
    node: PracticeNode, file: dict[str, Any], status: int, text: str
) -> None:
    answer = info(node, file)
    assert (answer.status_code, text in answer.text) == (status, True), answer.text


@pytest.mark.parametrize(
    "place",
    [
        "http://127.0.0.1/", "http://localhost:8888/api", "http://[::1]/", "http://0.0.0.0/",
        "http://169.254.169.254/latest/meta-data/", "http://metadata.google.internal/",
        "http://100.100.100.200/", "http://[fd00:ec2::254]/", "http://10.0.0.1/",
        "http://192.168.1.1/", "http://[::ffff:127.0.0.1]/", "http://2130706433/",
        "http://0x7f.1/", "http://127.1/", "http://[64:ff9b::7f00:1]/", "http://printer.local/",
        "http://user:secret@a.example/", "file:///etc/passwd", "gopher://a.example/", "//a.example",
        "ftp://a.example/x", "http://", "",
    ],
)  # fmt: skip
def test_private_addresses_are_refused(node: PracticeNode, place: str) -> None:
    answer = info(node, url(place))
    assert answer.status_code == 500
    assert answer.text == UNSAFE


def test_a_public_file_is_described_and_its_headers_go_to_it_alone(
    node: PracticeNode, site: int
) -> None:
    file = url(f"http://data.example:{site}/a/heights.csv?key=1", headers={"X-Key": "secret"})
    (told,) = info(node, file).json()
    assert told == {
        "valid": True, "contentLength": str(len(_Site.data)),
        "contentType": "application/octet-stream",
        "checksum": hashlib.sha256(_Site.data).hexdigest(),
        "name": "heights.csv", "type": "url",
    }  # fmt: skip
    ((path, headers),) = _Site.asked
    assert path == "/a/heights.csv?key=1"
    assert headers["x-key"] == "secret"
    assert headers["accept-encoding"] == "identity"
    (told,) = info(node, url(f"http://data.example:{site}/gone")).json()
    assert (told["valid"], told["contentLength"]) == (True, "0")
    _Site.asked.clear()
    redirected = f"http://data.example:{site}/to?http://data.example:{site}/there"
    info(node, url(redirected, headers={"X-Key": "secret"}))
    assert ["x-key" in headers for _, headers in _Site.asked] == [True, False]


@pytest.mark.parametrize("to", ["http://127.0.0.1:{}/x", "http://169.254.169.254/", "file:///x"])
def test_a_redirect_leads_nowhere_private(node: PracticeNode, site: int, to: str) -> None:
    answer = info(node, url(f"http://data.example:{site}/to?{to.format(site)}"))
    assert (answer.status_code, answer.text) == (500, UNSAFE)
    assert len(_Site.asked) == 1


def test_a_name_that_leads_to_a_private_address_is_refused(
    node: PracticeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, asked = socket.getaddrinfo, []

    def rebound(host: str, *more: Any, **named: Any) -> Any:  # noqa: ANN401
        if host == "rebound.example":
            asked.append(host)
            host = "127.0.0.1"
        return real(host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", rebound)
    with _served() as port:
        answer = info(node, url(f"http://rebound.example:{port}/"))
    assert (answer.status_code, answer.text) == (500, UNSAFE)
    assert asked == ["rebound.example"]


def test_neither_name_nor_address_of_encrypted_files_is_ever_told(
    node: PracticeNode, site: int, caplog: pytest.LogCaptureFixture
) -> None:
    hidden = f"http://data.example:{site}/secret-path/secret-name.csv?token=secret"
    sold = node.publish([url(hidden), url("http://127.0.0.1/secret-path"), node.stored(b"abc")])
    cid = node.stored(b"abc")["hash"]
    missing = node.publish([node.stored(b"will be gone")])
    gone = node.stored(b"will be gone")["hash"]
    del node.content.files[gone]
    asked = {"did": sold.did, "serviceId": sold.service_id}
    with caplog.at_level(logging.DEBUG):
        order = node.order(sold)
        answers = [
            node.http.post("/api/services/fileInfo", json=asked),
            node.download(sold, order),
            node.download(sold, order, None, fileIndex="1"),
            node.download(sold, order, None, fileIndex="2"),
            node.download(missing, node.order(missing)),
            node.http.get(f"/api/aquarius/assets/ddo/{sold.did}"),
        ]
    assert [answer.status_code for answer in answers] == [500, 200, 500, 200, 501, 200]
    assert answers[1].content == _Site.data
    for answer in answers:
        told = f"{answer.headers} {answer.text}"
        assert "secret" not in told
        assert cid not in told
        assert gone not in told
    logged = caplog.text.replace(node.url, "")
    assert "secret-" not in logged
    assert cid not in logged


def test_a_download_cannot_act_in_a_browser(node: PracticeNode) -> None:
    asset = node.publish([node.stored(b"<script>alert(1)</script>")])
    headers = node.download(asset, node.order(asset)).headers
    assert headers["content-type"] == "application/octet-stream"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-disposition"].startswith("attachment")
    assert headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert "access-control-allow-origin" not in headers
