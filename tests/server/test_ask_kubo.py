"""Whether a Kubo answers, asked before it is chosen: nothing is written, no token goes astray."""

from __future__ import annotations

import http.server
import socket
import threading
from typing import TYPE_CHECKING

import jsonschema
import pytest

from tests.server.test_routes import schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from tests.conftest import Kubo

TOKEN = "bearer:0123456789abcdefgeheim"


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str | None]]]:
    """Something that is no Kubo, and what it was authorized with."""
    seen: list[str | None] = []

    class Listener(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            seen.append(self.headers.get("Authorization"))
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keep pytest's output clean."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", seen
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_kubo_says_how_it_is_and_nothing_is_written(
    client: httpx.Client, kubo_daemon: Kubo
) -> None:
    before = client.get("jupyter-ipfs/config").json()
    answer = client.post("jupyter-ipfs/config/kubo", json={"kubo_url": kubo_daemon.api_url})
    assert answer.status_code == 200, answer.text
    jsonschema.validate(answer.json(), schema("BackendStatus"))
    assert answer.json()["healthy"]
    assert kubo_daemon.api_url in answer.json()["label"]
    assert client.get("jupyter-ipfs/config").json() == before


def test_a_dead_address_is_unwell_in_words(client: httpx.Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    answer = client.post("jupyter-ipfs/config/kubo", json={"kubo_url": url}).json()
    assert not answer["healthy"]
    assert url in answer["detail"]


def test_the_token_that_is_set_goes_to_its_own_kubo_only(
    client: httpx.Client, listener: tuple[str, list[str | None]]
) -> None:
    url, seen = listener
    try:
        client.put("jupyter-ipfs/config", json={"kubo_token": TOKEN})
        answer = client.post("jupyter-ipfs/config/kubo", json={"kubo_url": url}).json()
        assert not answer["healthy"]
        assert seen == [None]
        given = {"kubo_url": url, "kubo_token": "bearer:given"}
        client.post("jupyter-ipfs/config/kubo", json=given)
        assert seen.pop() == "Bearer given"
        client.put("jupyter-ipfs/config", json=given | {"kubo_token": TOKEN})
        client.post("jupyter-ipfs/config/kubo", json={"kubo_url": f"{url}/api/v0"})
        assert seen.pop() == TOKEN.replace("bearer:", "Bearer ")
    finally:
        back = {"kubo_url": "http://127.0.0.1:5001", "kubo_token": None}
        client.put("jupyter-ipfs/config", json=back)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"kubo_url": ""},
        {"kubo_url": 5001},
        {"kubo_url": "file:///etc/passwd"},
        {"kubo_url": "http://joe:pw@h"},
        {"kubo_url": "http://127.0.0.1:5001", "kubo_token": 3},
        {"kubo_url": "http://127.0.0.1:5001", "kubo_token": "bearer:a\r\nX-Evil: 1"},
        {"kubo_url": "http://127.0.0.1:5001", "kubo_token": "bearer:\u202e"},
    ],
)
def test_what_is_no_address_is_refused(client: httpx.Client, body: dict[str, object]) -> None:
    answer = client.post("jupyter-ipfs/config/kubo", json=body)
    assert answer.status_code == 400
    jsonschema.validate(answer.json(), schema("Error"))
