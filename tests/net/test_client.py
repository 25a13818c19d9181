"""The one client: what it sends, keeps and refuses."""

from __future__ import annotations

import socket
import threading
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from jupyter_ipfs.errors import FetchError, LimitError, UnsafeContentError
from jupyter_ipfs.net.address import ConfiguredEndpoint, UntrustedURL
from jupyter_ipfs.net.client import Client, Limits
from jupyter_ipfs.testing.gateway import GatewayServer, serving

if TYPE_CHECKING:
    from collections.abc import Callable


class Recording(BaseHTTPRequestHandler):
    """Sets a cookie, and remembers what it was sent."""

    protocol_version = "HTTP/1.1"
    seen: list[dict[str, str]]

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass

    def do_GET(self) -> None:
        self.seen.append({name.lower(): value for name, value in self.headers.items()})
        self.send_response(200)
        self.send_header("Set-Cookie", "who=you; Path=/")
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")


@pytest.fixture
def seen() -> list[dict[str, str]]:
    Recording.seen = []
    return Recording.seen


def test_no_cookie_is_kept_and_nothing_packed_is_asked_for(seen: list[dict[str, str]]) -> None:
    with serving(Recording) as url, Client(ConfiguredEndpoint.parse(url)) as client:
        assert client.get("/a").read() == b"hello"
        assert client.get("/b").read() == b"hello"
    assert ["cookie" in headers for headers in seen] == [False, False]
    assert seen[0]["accept-encoding"] == "identity"


def test_a_netrc_is_not_used(
    seen: list[dict[str, str]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    netrc = tmp_path_factory.mktemp("rc") / "netrc"
    netrc.write_text("machine 127.0.0.1 login joe password geheim\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with serving(Recording) as url, Client(ConfiguredEndpoint.parse(url)) as client:
        client.get("/")
    assert "authorization" not in seen[0]


def test_a_body_over_its_limit_is_refused(seen: list[dict[str, str]]) -> None:
    with serving(Recording) as url, Client(ConfiguredEndpoint.parse(url)) as client:
        with pytest.raises(LimitError, match="more than the 4 bytes"):
            client.get("/", limits=Limits(size=4))
        assert client.get("/", limits=Limits(size=5)).read() == b"hello"
    assert len(seen) == 2


@pytest.mark.parametrize("answers", [["127.0.0.1"], ["10.0.0.1", "::1"], ["::ffff:127.0.0.1"]])
def test_a_public_name_that_leads_inside_is_never_connected_to(
    seen: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch, answers: list[str]
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", _leading_to(answers, asked=[]))
    with serving(Recording) as url:
        rebound = f"http://rebind.example:{urlsplit(url).port}/"
        with (
            Client(UntrustedURL.parse(rebound)) as client,
            pytest.raises(UnsafeContentError, match="not on the public internet"),
        ):
            client.get()
    assert seen == []


def test_a_name_is_resolved_once_for_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    connected: list[object] = []
    monkeypatch.setattr(socket, "getaddrinfo", _leading_to(["203.0.114.1", "10.0.0.1"], asked))

    def connect(address: object, *_: object, **__: object) -> socket.socket:
        connected.append(address)
        raise OSError(111, "refused")

    monkeypatch.setattr(socket, "create_connection", connect)
    with (
        Client(UntrustedURL.parse("http://gw.example/")) as client,
        pytest.raises(FetchError, match="nothing answers"),
    ):
        client.get()
    assert asked == ["gw.example"]
    assert connected == [("203.0.114.1", 80)]


def test_an_error_names_no_query(seen: list[dict[str, str]]) -> None:
    server = GatewayServer([])
    server.close()
    with (
        Client(ConfiguredEndpoint.parse(server.url)) as client,
        pytest.raises(FetchError) as caught,
    ):
        client.get("/x", params={"signature": "geheim"})
    assert "geheim" not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert seen == []


def test_threads_share_a_client(seen: list[dict[str, str]]) -> None:
    with serving(Recording) as url, Client(ConfiguredEndpoint.parse(url)) as client:
        threads = [threading.Thread(target=client.get, args=("/",)) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(seen) == 20


def _leading_to(answers: list[str], asked: list[str]) -> Callable[..., list[tuple[object, ...]]]:
    def getaddrinfo(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in answers]

    return getaddrinfo
