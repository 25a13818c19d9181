"""A CAR at an address: verified as it comes, readable before it has all come."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.errors import BlockNotFoundError, FetchError, VerificationError
from jupyter_ipfs.ipld import car
from jupyter_ipfs.net.car_address import CarAddress
from jupyter_ipfs.testing.blocks import leaves, tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ipfs.ipld.block import Block


def archive(blocks: list[Block]) -> bytes:
    return car.encode_header([blocks[0].cid]) + b"".join(map(car.encode_section, blocks))


class Served:
    """What one address gives: ``body`` up to ``held``, the rest once ``go_on`` is set."""

    def __init__(self, body: bytes, held: int) -> None:
        self.body = body
        self.held = held
        self.status = 200
        self.asked = 0
        self.go_on = threading.Event()
        self.url = ""


@contextmanager
def serving(body: bytes, held: int | None = None) -> Iterator[Served]:
    served = Served(body, len(body) if held is None else held)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

        def do_GET(self) -> None:
            served.asked += 1
            self.send_response(served.status)
            self.send_header("Content-Length", str(len(served.body)))
            self.end_headers()
            self.wfile.write(served.body[: served.held])
            self.wfile.flush()
            if served.held < len(served.body):
                served.go_on.wait(30)
                self.wfile.write(served.body[served.held :])

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads, server.block_on_close = True, False
    served.url = f"http://127.0.0.1:{server.server_port}/survey.car"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield served
    finally:
        served.go_on.set()
        server.shutdown()
        server.server_close()


def test_every_block_comes_out_of_one_download() -> None:
    blocks = tree(5)
    with serving(archive(blocks)) as served:
        source = CarAddress.configured(served.url)
        for block in blocks:
            assert source.get(block.cid).data == block.data
        with pytest.raises(BlockNotFoundError, match="not in this CAR"):
            source.get(leaves(1, seed="absent")[0].cid)
        source.close()
        assert served.asked == 1
        assert source.label == served.url


def test_a_block_can_be_read_before_the_rest_has_come() -> None:
    blocks = tree(3)
    body = archive(blocks)
    with serving(body, held=len(body) - 10) as served:
        source = CarAddress.configured(served.url)
        assert source.get(blocks[0].cid).data == blocks[0].data
        assert not served.go_on.is_set()
        served.go_on.set()
        assert source.get(blocks[-1].cid).data == blocks[-1].data
        source.close()


def test_a_flipped_byte_is_a_lie_and_what_came_before_it_stands() -> None:
    blocks = tree(3)
    body = bytearray(archive(blocks))
    body[-1] ^= 1
    with serving(bytes(body)) as served:
        source = CarAddress.configured(served.url)
        with pytest.raises(VerificationError):
            source.get(blocks[-1].cid)
        assert source.get(blocks[0].cid).data == blocks[0].data
        source.close()


@pytest.mark.parametrize("body", [b"<html>login</html>", archive(tree(2))[:-5], b""])
def test_what_is_no_whole_car_is_told(body: bytes) -> None:
    with serving(body) as served:
        source = CarAddress.configured(served.url)
        with pytest.raises(BlockNotFoundError, match="no whole CAR"):
            source.get(tree(2)[-1].cid)
        source.close()


def test_a_download_that_failed_is_tried_again() -> None:
    blocks = tree(2)
    with serving(archive(blocks)) as served:
        served.status = 503
        source = CarAddress.configured(served.url)
        with pytest.raises(FetchError, match="503"):
            source.get(blocks[0].cid)
        served.status = 200
        assert source.get(blocks[0].cid).data == blocks[0].data
        source.close()
