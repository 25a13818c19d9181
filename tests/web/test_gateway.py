"""The gateway that asks for no login: what it serves, and to whom it says nothing."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING

import httpx
import pytest

from jupyter_ipfs.errors import BlockNotFoundError, ConfigError, LimitError, RepoError
from jupyter_ipfs.ipld import dag_pb
from jupyter_ipfs.ipld.block import Block
from jupyter_ipfs.ipld.cid import CID, DAG_PB, RAW
from jupyter_ipfs.node.walk import walk
from jupyter_ipfs.session import Session
from jupyter_ipfs.testing.blocks import MemoryBlocks, tree
from jupyter_ipfs.testing.gateway import GatewayServer
from jupyter_ipfs.unixfs import nodes
from jupyter_ipfs.web.closure import Closure
from jupyter_ipfs.web.gateway import Gateway
from jupyter_ipfs.web.limits import Limits

if TYPE_CHECKING:
    from pathlib import Path

CLOSE = "\r\nConnection: close\r\n\r\n"
NOWHERE = CID.of(b"held by nobody")


def test_a_colleague_gets_it_all_through_the_gateway(
    gateway: Gateway, shared: CID, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_IPFS_GATEWAYS", gateway.url)
    with Session(repo=tmp_path / "colleague") as colleague:
        colleague.get(shared, tmp_path / "got")
        assert colleague.cat(f"{shared}/a.txt") == b"hello"
        colleague.pin(shared)
        assert colleague.verify(shared).intact
    original = session.cat(f"{shared}/sub/big.bin")
    assert (tmp_path / "got" / "sub" / "big.bin").read_bytes() == original


def test_ipfsspec_reads_from_it_too(gateway: Gateway, shared: CID) -> None:
    ipfsspec = pytest.importorskip("ipfsspec")
    files = ipfsspec.AsyncIPFSFileSystem(
        gateway_addr=gateway.url, skip_instance_cache=True, asynchronous=False
    )
    assert files.cat(f"ipfs://{shared}/a.txt") == b"hello"
    names = {
        entry["name"].rpartition("/")[2] for entry in files.ls(f"ipfs://{shared}", detail=True)
    }
    assert names == {"a.txt", "page.html", "sub"}


def test_every_block_under_the_root_and_no_other(
    client: httpx.Client, session: Session, shared: CID, private: CID
) -> None:
    for block in walk(session.blocks, shared):
        assert client.get(f"/ipfs/{block.cid}?format=raw").content == block.data
    assert client.get(f"/ipfs/{private}?format=raw").status_code == 404


@pytest.mark.parametrize("query", ["", "?format=raw", "?format=car", "?format=tar", "?format=json"])
@pytest.mark.parametrize("tail", ["", "/", "/a.txt"])
def test_held_and_not_held_cannot_be_told_apart(
    client: httpx.Client, private: CID, query: str, tail: str
) -> None:
    cached = {"Cache-Control": "only-if-cached"}
    for headers in ({}, cached, {"If-None-Match": "*"}, {"Range": "bytes=0-1"}):
        answers = []
        for cid in (private, NOWHERE):
            answer = client.get(f"/ipfs/{cid}{tail}{query}", headers=headers)
            told = {k: v.replace(str(cid), "CID") for k, v in answer.headers.items() if k != "date"}
            answers.append((answer.status_code, told, answer.content))
        assert answers[0] == answers[1]
        assert answers[0][0] in {404, 412}


def test_an_identity_cid_echoes_no_stranger_s_bytes(client: httpx.Client) -> None:
    echo = CID(1, 0x55, b"\x00\x08<script>")
    assert client.get(f"/ipfs/{echo}").status_code == 404
    probe = client.get("/ipfs/bafkqaaa?format=raw")
    assert (probe.status_code, probe.content) == (200, b"")


def test_nothing_is_fetched_for_a_stranger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = Block.build(b"somewhere else")
    with GatewayServer([elsewhere]) as upstream:
        monkeypatch.setenv("JUPYTER_IPFS_GATEWAYS", upstream.url)
        with Session(repo=tmp_path / "r") as session, Gateway(session.repo) as gateway:
            gateway.closure.add(session.add(b"mine"))
            answer = httpx.get(f"{gateway.url}/ipfs/{elsewhere.cid}?format=raw")
            assert answer.status_code == 404
            with pytest.raises(BlockNotFoundError):
                gateway.closure.add(elsewhere.cid)
        assert upstream.asked == []


def test_roots_come_and_go(gateway: Gateway, client: httpx.Client, private: CID) -> None:
    url = f"/ipfs/{private}?format=raw"
    gateway.closure.add(private)
    assert client.get(url).content == b"nobody's business"
    assert gateway.closure.remove(private)
    assert client.get(url).status_code == 404
    assert not gateway.closure.remove(private)


def test_what_two_roots_share_stays_until_both_are_gone(session: Session) -> None:
    with session.backend.batch() as batch:
        blocks = tree(3)
        for block in blocks:
            batch.put(block)
        batch.commit(blocks[0].cid)
    closure = Closure(session.repo)
    for root in (blocks[0].cid, blocks[1].cid):
        closure.add(root)
    closure.remove(blocks[0].cid)
    assert closure.has(blocks[2].cid)
    assert not closure.has(blocks[0].cid)
    closure.remove(blocks[1].cid)
    assert not closure.has(blocks[2].cid)


def test_ten_thousand_blocks_are_remembered_and_more_than_agreed_are_refused() -> None:
    blocks = tree(100, size=40)
    closure = Closure(MemoryBlocks(blocks), max_blocks=11_000)
    served = closure.add(blocks[0].cid)
    assert (served.blocks, served.missing) == (10_101, 0)
    assert closure.has(blocks[-1].cid)
    more = tree(100, size=40, seed="other")
    with pytest.raises(LimitError):
        Closure(MemoryBlocks([*blocks, *more]), max_blocks=10_000).add(more[0].cid)


def test_what_is_missing_is_counted() -> None:
    blocks = tree(3)
    closure = Closure(MemoryBlocks([blocks[0], *blocks[2:-1]]))
    served = closure.add(blocks[0].cid)
    assert (served.blocks, served.missing) == (10, 2)


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "evil.example:80", "127.0.0.1.evil.example", "localhost.", "[::1"),
        *("127.0.0.1:x", "127.0.0.1, evil.example", "10.0.0.7", "user@localhost", ""),
    ],
)
def test_another_host_is_refused(gateway: Gateway, shared: CID, host: str) -> None:
    answer = exchange(gateway, f"GET /ipfs/{shared}/a.txt HTTP/1.1\r\nHost: {host}{CLOSE}")
    assert answer.split(b" ")[1] in {b"421", b"400"}
    assert b"hello" not in answer


def test_our_own_names_are_answered_and_http_1_0_has_to_say_one(
    gateway: Gateway, shared: CID
) -> None:
    for host in (f"127.0.0.1:{gateway.port}", "localhost", "LOCALHOST:1", "[::1]:80"):
        request = f"GET /ipfs/{shared}/a.txt HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        assert exchange(gateway, request).endswith(b"hello")
    assert b"421" in exchange(gateway, f"GET /ipfs/{shared}/a.txt HTTP/1.0\r\n\r\n")


def test_only_reading(client: httpx.Client, shared: CID) -> None:
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"):
        answer = client.request(method, f"/ipfs/{shared}/a.txt")
        assert answer.status_code == 405
        assert answer.headers["allow"] == "GET, HEAD"
    assert client.head(f"/ipfs/{shared}/a.txt").headers["content-length"] == "5"


def test_a_body_is_not_taken(gateway: Gateway, shared: CID) -> None:
    head = f"GET /ipfs/{shared}/a.txt HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999{CLOSE}"
    assert b"hello" not in exchange(gateway, head + "x" * 99_999)


def test_nothing_of_a_browser_s_is_wanted_and_nothing_runs(
    client: httpx.Client, shared: CID
) -> None:
    page = client.get(f"/ipfs/{shared}/page.html", headers={"Cookie": "a=b"})
    assert page.headers["content-type"] == "text/html"
    policy = page.headers["content-security-policy"]
    assert policy.startswith("sandbox;")
    assert "allow-" not in policy
    for name in ("set-cookie", "server", "access-control-allow-origin"):
        assert name not in page.headers
    assert page.headers["cross-origin-resource-policy"] == "same-origin"
    worker = client.get(f"/ipfs/{shared}/page.html", headers={"Service-Worker": "script"})
    assert worker.status_code == 400


@pytest.mark.parametrize(
    "path",
    ["/", "/api", "/../etc/passwd", "/ipfs/%2e%2e/x", "/ipfs/{cid}/%2e%2e", "/ipfs/{cid}/%00"],
)
def test_there_is_nothing_beside_it(gateway: Gateway, shared: CID, path: str) -> None:
    line = f"GET {path.replace('{cid}', str(shared))} HTTP/1.1"
    answer = exchange(gateway, f"{line}\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert answer.split(b" ")[1] in {b"400", b"404"}
    assert b"text/plain" in answer


def test_connections_beyond_the_limit_are_closed_and_freed_again(
    session: Session, shared: CID
) -> None:
    with Gateway(session.repo, limits=Limits(connections=3)) as gateway:
        gateway.closure.add(shared)
        with contextlib.ExitStack() as held:
            for _ in range(3):
                connection = held.enter_context(connect(gateway))
                connection.sendall(b"GET /ipfs/bafkqaaa HTTP/1.1\r\nHost: localhost\r\n\r\n")
                assert connection.recv(100).startswith(b"HTTP/1.1 200")
            with connect(gateway) as fourth:
                assert closed(fourth)
        # The server notices the three that left in its own time.
        for _ in range(1000):
            with contextlib.suppress(httpx.TransportError):
                assert httpx.get(f"{gateway.url}/ipfs/{shared}/a.txt").text == "hello"
                break
        else:
            pytest.fail("no connection was freed")


def test_a_connection_that_says_nothing_is_closed(session: Session) -> None:
    with Gateway(session.repo, limits=Limits(idle_s=0.05)) as gateway:
        for beginning in (b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: loc"):
            with connect(gateway) as connection:
                connection.sendall(beginning)
                assert closed(connection)


def test_a_client_that_does_not_read_holds_nobody_up(
    gateway: Gateway, client: httpx.Client, shared: CID
) -> None:
    with contextlib.ExitStack() as held:
        for _ in range(8):
            slow = held.enter_context(connect(gateway))
            slow.sendall(
                f"GET /ipfs/{shared}/sub/big.bin HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
            )
            assert slow.recv(12) == b"HTTP/1.1 200"
        assert client.get(f"/ipfs/{shared}/a.txt").text == "hello"


@pytest.mark.parametrize("limits", [Limits(stall_s=0.05), Limits(total_s=0.05)])
def test_a_client_that_does_not_read_is_given_up(session: Session, limits: Limits) -> None:
    size = 32 * 1024 * 1024  # more than the sockets' buffers take
    root = session.add(bytes(size))
    with Gateway(session.repo, limits=limits) as gateway:
        gateway.closure.add(root)
        with connect(gateway) as slow:
            slow.sendall(f"GET /ipfs/{root} HTTP/1.1\r\nHost: localhost{CLOSE}".encode())
            received = len(slow.recv(12))
            while gateway.connections:
                threading.Event().wait(0.01)
            with contextlib.suppress(ConnectionError):
                while part := slow.recv(1 << 20):
                    received += len(part)
        assert received < size


class Failing(MemoryBlocks):
    """Blocks on a disk that breaks."""

    broken = False

    def get(self, cid: CID) -> Block:
        if self.broken and cid.codec == RAW:
            raise RepoError("the pack cannot be read")
        return super().get(cid)


@pytest.mark.parametrize(
    "query", ["?format=car", "?format=car&dag-scope=entity", "", "?format=tar"]
)
def test_whatever_fails_on_the_way_cuts_the_response(
    query: str, caplog: pytest.LogCaptureFixture
) -> None:
    parts = [Block.build(bytes([number]) * 1_000_000) for number in range(3)]
    links = [dag_pb.PBLink(part.cid, b"", len(part.data)) for part in parts]
    data = nodes.Data(nodes.FILE, None, 3_000_000, (1_000_000,) * 3)
    root = Block.build(dag_pb.encode(links, nodes.encode(data)), DAG_PB)
    held = Failing([root, *parts])
    with Gateway(held) as gateway:
        gateway.closure.add(root.cid)
        held.broken = True
        try:
            answer = httpx.get(f"{gateway.url}/ipfs/{root.cid}{query}")
        except httpx.RemoteProtocolError:
            pass
        else:
            assert answer.status_code == 500, "so early that the status tells it"
    assert "RepoError" in caplog.text
    assert str(root.cid) not in caplog.text


def test_a_block_that_vanishes_cuts_the_response() -> None:
    blocks = tree(40, size=60_000)
    held = MemoryBlocks(blocks)
    with Gateway(held) as gateway:
        root = blocks[0].cid
        gateway.closure.add(root)
        del held.held[blocks[-1].cid]
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.get(f"{gateway.url}/ipfs/{root}?format=car")


def test_many_at_once_get_what_they_asked_for(
    gateway: Gateway, session: Session, shared: CID
) -> None:
    expected = session.cat(f"{shared}/sub/big.bin")
    wrong: list[int] = []

    def read(number: int) -> None:
        start = number * 100_000
        headers = {"Range": f"bytes={start}-{start + 1_000_000}"}
        got = httpx.get(f"{gateway.url}/ipfs/{shared}/sub/big.bin", headers=headers, timeout=60)
        if got.content != expected[start : start + 1_000_001]:
            wrong.append(number)

    threads = [threading.Thread(target=read, args=(number,)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_closing_lets_go_of_the_port_and_of_whoever_is_reading(
    session: Session, shared: CID
) -> None:
    gateway = Gateway(session.repo)
    gateway.closure.add(shared)
    with connect(gateway) as reading:
        reading.sendall(
            f"GET /ipfs/{shared}/sub/big.bin HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        )
        assert reading.recv(12) == b"HTTP/1.1 200"
        gateway.close()
    gateway.close()
    with Gateway(session.repo, port=gateway.port) as again:
        assert again.port == gateway.port


def test_a_port_that_is_taken_is_told(gateway: Gateway, session: Session) -> None:
    with pytest.raises(ConfigError, match="cannot serve"):
        Gateway(session.repo, port=gateway.port)
    with pytest.raises(ConfigError):
        Gateway(session.repo, port=99_999)


def test_a_public_one_can_be_read_from_any_page_and_is_asked_by_address(session: Session) -> None:
    with Gateway(session.repo, host="0.0.0.0") as gateway:  # noqa: S104
        assert gateway.is_public
        url = f"http://127.0.0.1:{gateway.port}/ipfs/bafkqaaa"
        headers = httpx.get(url).headers
        assert headers["access-control-allow-origin"] == "*"
        assert "cross-origin-resource-policy" not in headers
        assert httpx.get(url, headers={"Host": "evil.example"}).status_code == 421
        assert httpx.get(url, headers={"Host": socket.gethostname()}).status_code == 200


def test_names_that_are_given_are_answered(session: Session) -> None:
    with Gateway(session.repo, names=("lab.example",)) as gateway:
        url = f"{gateway.url}/ipfs/bafkqaaa"
        assert httpx.get(url, headers={"Host": "LAB.example:8080"}).status_code == 200


def test_errors_are_no_pages(client: httpx.Client) -> None:
    answer = client.get("/ipfs/<script>", headers={"Accept": "text/html"})
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"


def connect(gateway: Gateway) -> socket.socket:
    return socket.create_connection(("127.0.0.1", gateway.port), 30)


def closed(connection: socket.socket) -> bool:
    try:
        return connection.recv(1) == b""
    except ConnectionError:
        return True


def exchange(gateway: Gateway, request: str) -> bytes:
    """Send bytes as they are and return what comes until the other side closes or is silent."""
    with connect(gateway) as connection:
        with contextlib.suppress(ConnectionError):
            connection.sendall(request.encode())
        parts = []
        with contextlib.suppress(ConnectionError):
            while part := connection.recv(65536):
                parts.append(part)
    return b"".join(parts)
