"""A real Kubo as backend: what is its own, beyond what every backend does."""

from __future__ import annotations

import io
import json
import time
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs import config
from jupyter_ipfs.backends.kubo import KuboBackend
from jupyter_ipfs.backends.kubo_rpc import RPC, RPCError
from jupyter_ipfs.errors import (
    BackendError,
    BackendUnavailableError,
    ConsentRequiredError,
    FetchError,
)
from jupyter_ipfs.ipld import car, dag_pb
from jupyter_ipfs.ipld.block import Block
from jupyter_ipfs.ipld.cid import CID
from jupyter_ipfs.net.address import ConfiguredEndpoint
from jupyter_ipfs.net.client import Client, Limits
from jupyter_ipfs.net.transport import trailers
from jupyter_ipfs.session import Session
from jupyter_ipfs.store.repo import Repo
from jupyter_ipfs.testing.backend import pinned, stored
from jupyter_ipfs.testing.blocks import MemoryBlocks, leaves, tree
from jupyter_ipfs.testing.gateway import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.conftest import Kubo


@pytest.fixture
def repo(tmp_path: Path) -> Iterator[Repo]:
    with Repo.open(tmp_path / "repo") as repo:
        yield repo


@pytest.fixture
def backend(repo: Repo, kubo_daemon: Kubo) -> Iterator[KuboBackend]:
    backend = KuboBackend(repo, kubo_daemon.api_url)
    yield backend
    backend.close()


def test_what_was_stored_is_really_in_kubo_and_pinned_there(
    backend: KuboBackend, kubo_daemon: Kubo
) -> None:
    blocks = tree(4, seed="really")
    stored(backend, blocks, name="really")
    for block in blocks:
        assert kubo_daemon.block(str(block.cid)) == block.data
    assert str(blocks[0].cid) in kubo_daemon.out("pin", "ls", "--type=recursive", "-q")
    assert backend.repo.resolve("really") == blocks[0].cid
    assert not backend.repo.has(blocks[0].cid)


def test_what_kubo_added_is_read_verified(backend: KuboBackend, kubo_daemon: Kubo) -> None:
    root = CID.parse(kubo_daemon.add(b"added by Kubo itself " * 100_000))
    node = dag_pb.decode(backend.get(root).data)
    data = b"".join(block.data for block in backend.get_many(link.cid for link in node.links))
    assert data == b"added by Kubo itself " * 100_000


def test_a_dag_that_is_not_whole_leaves_nothing_pinned(backend: KuboBackend) -> None:
    blocks = tree(3, seed="not whole")
    with pytest.raises(BackendError, match="could not pin"):
        stored(backend, blocks[:-1], name="not-whole")
    assert blocks[0].cid not in pinned(backend)
    assert "not-whole" not in backend.repo.names()


def test_an_interrupt_while_a_car_is_sent_leaves_nothing_pinned(
    backend: KuboBackend, kubo_daemon: Kubo
) -> None:
    blocks = tree(10, size=10_000, seed="interrupted")

    class Interrupted(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() > 500_000:
                raise KeyboardInterrupt
            return super().read(size)

        def fileno(self) -> int:
            raise OSError

    archive = car.encode_header([blocks[0].cid]) + b"".join(map(car.encode_section, blocks))
    rpc = RPC(kubo_daemon.api_url)
    with pytest.raises(KeyboardInterrupt):
        list(rpc.lines("dag/import", {"pin-roots": "true"}, file=Interrupted(archive)))
    rpc.close()
    assert blocks[0].cid not in pinned(backend)
    stored(backend, blocks)  # and it can simply be done again
    assert blocks[0].cid in pinned(backend)


def test_pinning_brings_what_only_the_local_repo_and_a_source_have(
    repo: Repo, kubo_daemon: Kubo
) -> None:
    blocks = tree(4, seed="from all sides")
    with repo.batch() as batch:
        for block in blocks[:10]:
            batch.put(block)
        batch.commit(blocks[0].cid, pin=False)
    backend = KuboBackend(repo, kubo_daemon.api_url, sources=[MemoryBlocks(blocks[10:])])
    backend.pin(blocks[0].cid)
    assert str(blocks[0].cid) in kubo_daemon.out("pin", "ls", "--type=recursive", "-q")
    assert kubo_daemon.block(str(blocks[-1].cid)) == blocks[-1].data
    backend.close()


def test_gc_drops_what_nothing_keeps(
    repo: Repo, make_kubo: Callable[..., Kubo], running: Callable[[Kubo], Kubo]
) -> None:
    kubo = running(make_kubo())
    backend = KuboBackend(repo, kubo.api_url)
    blocks = tree(3, size=5000)
    stored(backend, blocks)
    backend.gc()
    assert all(backend.has(block.cid) for block in blocks)
    backend.unpin(blocks[0].cid)
    removed = backend.gc()
    assert removed.blocks == len(blocks)
    assert removed.size > 0
    assert not any(backend.has(block.cid) for block in blocks)
    backend.close()


def test_a_failure_in_the_middle_of_an_answer_is_read_from_its_trailer(kubo_daemon: Kubo) -> None:
    first, second = Block.build(b"1" * 1_000_000), Block.build(b"2" * 1_000_000)
    links = tuple(dag_pb.PBLink(each.cid, b"", len(each.data)) for each in (first, second))
    # A UnixFS file of two chunks, of which Kubo has the first.
    sizes = b"\x20\xc0\x84\x3d"
    file = dag_pb.encode(links, b"\x08\x02\x18\x80\x89\x7a" + sizes + sizes)
    root = Block.build(file, 0x70)
    archive = car.encode_header([root.cid]) + b"".join(map(car.encode_section, [root, first]))
    rpc = RPC(kubo_daemon.api_url)
    sent = rpc.lines(
        "dag/import", {"pin-roots": "false", "stats": "true"}, file=io.BytesIO(archive)
    )
    assert [reply.value for reply in sent][-1]["Stats"]
    limits = Limits(size=10_000_000)
    with (
        Client(ConfiguredEndpoint.parse(kubo_daemon.api_url), limits) as client,
        client.stream("POST", "/api/v0/cat", params={"arg": str(root.cid)}) as answer,
    ):
        assert answer.status == 200
        answer.read()
        assert trailers(answer.response) == {"x-stream-error": "failed to fetch all nodes"}
    with pytest.raises(RPCError, match="failed to fetch all nodes"):
        rpc.data("cat", {"arg": str(root.cid)}, limits=limits)
    rpc.close()


def test_a_put_that_would_be_published_needs_consent_once(
    repo: Repo, make_kubo: Callable[..., Kubo], running: Callable[..., Kubo]
) -> None:
    kubo = make_kubo()
    kubo.run("config", "--json", "Addresses.Swarm", '["/ip4/127.0.0.1/tcp/0"]')
    kubo = running(kubo, "--offline=false")
    backend = KuboBackend(repo, kubo.api_url)
    assert backend.status().public
    with pytest.raises(ConsentRequiredError) as caught:
        backend.batch()
    with pytest.raises(ConsentRequiredError):
        backend.pin(leaves(1)[0].cid)
    line = str(caught.value.hint).partition(": ")[2]
    exec(line)  # noqa: S102  (the line that the user is told to type)
    backend.close()
    agreed = config.load(repo=repo.path, env={"JUPYTER_IPFS_KUBO_URL": kubo.api_url})
    backend = KuboBackend.create(repo, agreed)
    stored(backend, leaves(1, seed="agreed"))
    backend.close()


def test_an_online_kubo_that_announces_nothing_needs_no_consent(
    repo: Repo, make_kubo: Callable[..., Kubo], running: Callable[..., Kubo]
) -> None:
    kubo = make_kubo()
    kubo.run("config", "Routing.Type", "none")
    kubo = running(kubo, "--offline=false")
    backend = KuboBackend(repo, kubo.api_url)
    assert not backend.status().public
    stored(backend, leaves(1, seed="unannounced"))
    backend.close()


def test_a_token_is_needed_where_kubo_asks_for_one(
    repo: Repo, make_kubo: Callable[..., Kubo], running: Callable[..., Kubo]
) -> None:
    kubo = make_kubo()
    rights = {
        "joe": {"AuthSecret": "basic:joe:geheim", "AllowedPaths": ["/api/v0"]},
        "key": {"AuthSecret": "bearer:s3cret", "AllowedPaths": ["/api/v0"]},
    }
    kubo.run("config", "--json", "API.Authorizations", json.dumps(rights))
    kubo = running(kubo)
    for token in ("basic:joe:geheim", "bearer:s3cret", "s3cret"):
        backend = KuboBackend(repo, kubo.api_url, token=token)
        assert backend.status().healthy
        backend.close()
    for wrong in (None, "bearer:guess"):
        backend = KuboBackend(repo, kubo.api_url, token=wrong)
        with pytest.raises(BackendError, match="token is missing, wrong or too narrow"):
            backend.batch()
        assert "guess" not in backend.status().detail
        backend.close()


def test_a_push_takes_the_token_to_its_own_kubo_however_the_address_is_written(
    tmp_path: Path, make_kubo: Callable[..., Kubo], running: Callable[..., Kubo]
) -> None:
    kubo = make_kubo()
    rights = {"key": {"AuthSecret": "bearer:s3cret", "AllowedPaths": ["/api/v0"]}}
    kubo.run("config", "--json", "API.Authorizations", json.dumps(rights))
    url = running(kubo).api_url
    repo = tmp_path / "repo"
    config.save(repo, kubo_url=url, kubo_token="bearer:s3cret")
    with Session(repo=repo) as session:
        root = session.add(b"handed over")
        for target in (url, f"{url}/", f"{url}/api/v0"):
            assert session.push(root, target) == url
        config.save(repo, kubo_url="http://127.0.0.1:9", kubo_token="bearer:s3cret")
        assert session.config.kubo_token
        with pytest.raises(BackendError, match="token is missing"):
            session.push(root, url)


def test_a_token_that_may_not_ask_about_publicity_is_taken_for_a_public_kubo(
    repo: Repo, make_kubo: Callable[..., Kubo], running: Callable[..., Kubo]
) -> None:
    kubo = make_kubo()
    allowed = [f"/api/v0/{each}" for each in ("version", "dag/import", "block/get")]
    rights = {"key": {"AuthSecret": "bearer:narrow", "AllowedPaths": allowed}}
    kubo.run("config", "--json", "API.Authorizations", json.dumps(rights))
    kubo = running(kubo)
    backend = KuboBackend(repo, kubo.api_url, token="narrow")
    with pytest.raises(ConsentRequiredError):
        backend.batch()
    backend.close()
    backend = KuboBackend(repo, kubo.api_url, token="narrow", announce=[kubo.api_url])
    block = leaves(1, seed="narrow")[0]
    stored(backend, [block])
    assert backend.get(block.cid).data == block.data
    with pytest.raises(BackendError, match="too narrow"):
        list(backend.pins())
    backend.close()


def test_a_daemon_that_is_down_is_told_in_plain_words_and_at_once(repo: Repo) -> None:
    backend = KuboBackend(repo, "http://127.0.0.1:9")
    begun = time.monotonic()
    status = backend.status()
    assert not status.healthy
    assert "nothing answers" in status.detail
    with pytest.raises(BackendUnavailableError) as caught:
        backend.batch()
    assert "ipfs daemon" in str(caught.value.hint)
    with pytest.raises(BackendUnavailableError):
        list(backend.pins())
    with pytest.raises(FetchError) as failed:
        backend.get(leaves(1)[0].cid)
    assert failed.value.tried == ("Kubo at http://127.0.0.1:9: nothing answers there",)
    assert time.monotonic() - begun < 5
    backend.close()


def test_what_is_in_the_local_repo_is_read_while_kubo_is_down(repo: Repo) -> None:
    block = leaves(1)[0]
    with repo.batch() as batch:
        batch.put(block)
        batch.commit(block.cid)
    backend = KuboBackend(repo, "http://127.0.0.1:9")
    assert backend.get(block.cid).data == block.data
    backend.close()


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    body = b""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)


def test_a_kubo_of_another_version_is_told(repo: Repo) -> None:
    class Old(_Answering):
        body = b'{"Version":"0.18.0","NumObjects":1,"RepoSize":2}\n'

    with serving(Old) as url:
        backend = KuboBackend(repo, url)
        assert "Kubo 0.18.0" in backend.status().detail
        assert "tested with 0.43.1 only" in backend.status().detail
        backend.close()


@pytest.mark.parametrize("body", [b"<html>hello</html>\n", b"[1, 2]\n", b"[" * 100_000 + b"\n"])
def test_what_is_no_kubo_is_told(repo: Repo, body: bytes) -> None:
    class Other(_Answering):
        pass

    Other.body = body
    with serving(Other) as url:
        backend = KuboBackend(repo, url)
        assert "no Kubo that is known here" in backend.status().detail
        backend.close()


def test_a_kubo_that_sends_other_bytes_is_not_believed(repo: Repo) -> None:
    class Lying(_Answering):
        body = b"other bytes"

    with serving(Lying) as url:
        backend = KuboBackend(repo, url)
        with pytest.raises(FetchError) as caught:
            backend.get(leaves(1)[0].cid)
        assert "other bytes" in caught.value.tried[0]
        backend.close()


def test_an_import_that_is_not_confirmed_is_a_failure(repo: Repo) -> None:
    class Agreeable(_Answering):
        body = b'{"Message":"online mode"}\n'

    with serving(Agreeable) as url:
        backend = KuboBackend(repo, url, announce=[url])
        with pytest.raises(BackendError, match="did not confirm"):
            stored(backend, leaves(1), name="unsure")
        assert repo.names() == []
        backend.close()
