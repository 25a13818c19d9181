"""A gateway is asked, and not believed."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.errors import (
    BlockNotFoundError,
    FetchError,
    UnsafeContentError,
    VerificationError,
)
from jupyter_ipfs.ipld.block import MAX_SIZE, Block
from jupyter_ipfs.ipld.cid import CID
from jupyter_ipfs.net import gateway as net_gateway
from jupyter_ipfs.net.address import ConfiguredEndpoint, UntrustedURL
from jupyter_ipfs.net.client import Limits
from jupyter_ipfs.net.gateway import Gateway
from jupyter_ipfs.testing.blocks import tree
from jupyter_ipfs.testing.gateway import GatewayServer

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ipfs.testing.gateway import Behaviour
    from tests.conftest import Kubo

BLOCK = Block.build(b"hello world " * 1000)
HASTY = Limits(connect_s=1, idle_s=0.5, total_s=1.5, grace_s=0.5, size=MAX_SIZE)


def source(server: GatewayServer) -> Gateway:
    return Gateway(ConfiguredEndpoint.parse(server.url), block_limits=HASTY, dag_limits=HASTY)


def test_a_block_is_fetched_raw_and_verified() -> None:
    with GatewayServer([BLOCK]) as server:
        got = source(server).get(BLOCK.cid)
        assert got.data == BLOCK.data
        assert server.asked == [f"/ipfs/{BLOCK.cid}?format=raw"]
        assert server.headers[0]["accept"] == "application/vnd.ipld.raw"


def test_a_dag_is_streamed_as_a_car() -> None:
    blocks = tree(4)
    with GatewayServer(blocks) as server:
        got = list(source(server).dag(blocks[0].cid))
    assert [block.cid for block in got] == [block.cid for block in blocks]
    assert len(server.asked) == 1


def test_a_block_that_a_gateway_lacks_is_not_found() -> None:
    with GatewayServer([]) as server, pytest.raises(BlockNotFoundError) as caught:
        source(server).get(BLOCK.cid)
    assert not isinstance(caught.value, FetchError)
    assert "404" in caught.value.message


@pytest.mark.parametrize(
    ("behaviour", "error", "word"),
    [
        ("other bytes", VerificationError, "other bytes"),
        ("short", VerificationError, "other bytes"),
        ("cut", FetchError, "broke off"),
        ("endless", VerificationError, "more than"),
        ("silent", FetchError, "in time"),
        ("drip", FetchError, "slowly"),
        ("drip headers", FetchError, "in time"),
        ("gzip bomb", UnsafeContentError, "packed"),
        ("web page", FetchError, "web page"),
        ("broken", FetchError, "500"),
    ],
)
def test_a_gateway_that_misbehaves_is_told_in_words_and_soon(
    behaviour: Behaviour, error: type[Exception], word: str
) -> None:
    begun = time.monotonic()
    with GatewayServer([BLOCK], behaviour) as server:
        with pytest.raises(error, match=word):
            source(server).get(BLOCK.cid)
        assert time.monotonic() - begun < 3
        assert server.sent < 64 * 1024 * 1024


@pytest.mark.parametrize(
    ("behaviour", "error"),
    [
        ("other bytes", VerificationError),
        ("short", BlockNotFoundError),
        ("cut", FetchError),
        ("endless", BlockNotFoundError),
        ("drip", FetchError),
    ],
)
def test_a_car_that_goes_wrong_gives_what_was_right_before(
    behaviour: Behaviour, error: type[Exception]
) -> None:
    blocks = tree(4, size=1000)
    got: list[Block] = []
    with GatewayServer(blocks, behaviour) as server, pytest.raises(error):
        got.extend(source(server).dag(blocks[0].cid))
    assert {block.cid for block in got} <= {block.cid for block in blocks}


def test_a_gateway_without_cars_is_not_asked_for_them_again() -> None:
    blocks = tree(2)
    with GatewayServer(blocks, "no cars") as server:
        asked = source(server)
        assert list(asked.dag(blocks[0].cid)) == []
        assert list(asked.dag(blocks[1].cid)) == []
        assert len(server.asked) == 1
        assert asked.get(blocks[0].cid).data == blocks[0].data


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/ipfs/x",
        "http://[::ffff:127.0.0.1]/",
        "http://0x7f000001/",
        "file:///etc/passwd",
        "http://user:pw@8.8.8.8/",
    ],
)
def test_a_redirect_to_a_private_place_is_refused(location: str) -> None:
    with (
        GatewayServer([BLOCK], "redirect", location=location) as server,
        pytest.raises(UnsafeContentError, match=r"refused|may be followed") as caught,
    ):
        source(server).get(BLOCK.cid)
    assert "pw" not in caught.value.message


def test_a_redirect_to_another_port_of_this_computer_is_refused() -> None:
    with (
        GatewayServer([BLOCK]) as inside,
        GatewayServer([BLOCK], "redirect", location=f"{inside.url}/ipfs/{BLOCK.cid}") as server,
    ):
        with pytest.raises(UnsafeContentError):
            source(server).get(BLOCK.cid)
        assert inside.asked == []


def test_a_redirect_within_the_configured_endpoint_is_followed_but_not_for_ever() -> None:
    with GatewayServer([BLOCK], "redirect") as server:
        server.location = "/ipfs/" + str(BLOCK.cid)
        with pytest.raises(FetchError, match="without end"):
            source(server).get(BLOCK.cid)
        assert len(server.asked) == 4


def test_nothing_answers_is_told_at_once() -> None:
    server = GatewayServer([])
    server.close()
    begun = time.monotonic()
    with pytest.raises(FetchError, match="nothing answers"):
        source(server).get(BLOCK.cid)
    assert time.monotonic() - begun < 2


def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with GatewayServer([BLOCK]) as server:
        assert source(server).get(BLOCK.cid).data == BLOCK.data


def test_httpx_logs_no_addresses() -> None:
    assert logging.getLogger("httpx").level == logging.WARNING


def test_the_public_gateways_are_of_the_untrusted_kind() -> None:
    for each in net_gateway.public():
        assert isinstance(each._client.address, UntrustedURL)
        assert each.label.startswith("https://")


def test_a_real_kubo_gateway_serves_blocks_and_cars(kubo_daemon: Kubo, tmp_path: Path) -> None:
    (tmp_path / "dir").mkdir()
    (tmp_path / "dir" / "a").write_bytes(bytes(range(251)) * 12_000)
    root = CID.parse(kubo_daemon.add(tmp_path / "dir"))
    with_name = kubo_daemon.gateway_url.replace("127.0.0.1", "localhost")
    for url in (kubo_daemon.gateway_url, with_name, kubo_daemon.gateway_url + "/ipfs/"):
        gateway = Gateway.configured(url)
        assert gateway.get(root).data == kubo_daemon.block(str(root))
        assert len(list(gateway.dag(root))) == 5
        gateway.close()
