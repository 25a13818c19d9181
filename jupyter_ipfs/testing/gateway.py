"""A real HTTP server on loopback: a trustless gateway, or one that misbehaves on purpose."""

from __future__ import annotations

import gzip
import threading
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Literal
from urllib.parse import parse_qs, urlsplit

from jupyter_ipfs.errors import BlockNotFoundError
from jupyter_ipfs.ipld import car
from jupyter_ipfs.ipld.cid import CID
from jupyter_ipfs.node.walk import walk
from jupyter_ipfs.testing.blocks import MemoryBlocks, leaves

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyter_ipfs.ipld.block import Block

Behaviour = Literal[
    "honest",
    "other bytes",  # of the right length
    "short",  # half of the bytes, with a Content-Length that fits them
    "cut",  # half of the bytes, with the Content-Length of all
    "endless",
    "silent",  # takes the request and says nothing
    "drip",  # a byte now and then
    "drip headers",
    "redirect",  # to `GatewayServer.location`
    "gzip bomb",
    "web page",  # a login
    "broken",  # 500
    "unrelated",  # a CAR of valid blocks that nobody asked for, without end
    "repeating",  # a CAR that repeats its root without end
    "no cars",  # 406 for a CAR, else honest
]

_STEP = 64 * 1024


@cache
def _bomb() -> bytes:
    return gzip.compress(bytes(64 * 1024 * 1024))


class GatewayServer:
    """Serves blocks at ``url`` until it is closed; a context manager.

    Args:
        blocks: What it has.
        behaviour: What it does when asked for them.
        location: Where ``"redirect"`` leads.

    Attributes:
        url: Where it is.
        asked: The path and query of each request so far.
        sent: Bytes of bodies sent so far.
    """

    def __init__(
        self, blocks: Iterable[Block], behaviour: Behaviour = "honest", *, location: str = ""
    ) -> None:
        self.blocks = MemoryBlocks(blocks)
        self.behaviour: Behaviour = behaviour
        self.location = location
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.sent = 0
        self.closing = threading.Event()
        if behaviour == "gzip bomb":
            _bomb()  # made beforehand: whoever asks has little patience
        gateway = self

        class Handler(_Handler):
            server_of = gateway

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        """Stop, and let go of whoever is still waiting for an answer."""
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> GatewayServer:  # noqa: PYI034  (no sub-classes)
        """It serves already."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Serve with a handler on loopback; gives the address, without a slash at its end."""
    server = _Server(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up on a liar is what the tests are for."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_of: GatewayServer

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base's name)
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer as the behaviour has it."""
        gateway = self.server_of
        gateway.asked.append(self.path)
        gateway.headers.append({name.lower(): value for name, value in self.headers.items()})
        parts = urlsplit(self.path)
        as_car = parse_qs(parts.query).get("format") == ["car"]
        cid = CID.parse(parts.path.rpartition("/")[2])
        if gateway.behaviour == "silent":
            gateway.closing.wait(60)
            self.close_connection = True
        elif gateway.behaviour == "drip headers":
            self._drip(b"HTTP/1.1 200 OK\r\nX-Endless: " + b"x" * 10_000)
        elif gateway.behaviour == "redirect":
            self._head(302, {"Location": gateway.location, "Content-Length": "0"})
        elif gateway.behaviour == "broken":
            self._head(500, {"Content-Length": "0"})
        elif gateway.behaviour == "web page":
            self._whole(b"<html>please log in</html>", {"Content-Type": "text/html"})
        elif gateway.behaviour == "no cars" and as_car:
            self._head(406, {"Content-Length": "0"})
        else:
            self._content(cid, as_car=as_car)

    def _content(self, cid: CID, *, as_car: bool) -> None:  # noqa: C901  (a case a behaviour)
        gateway = self.server_of
        try:
            blocks = list(walk(gateway.blocks, cid)) if as_car else [gateway.blocks.get(cid)]
        except BlockNotFoundError:
            self._head(404, {"Content-Length": "0"})
            return
        if as_car:
            body = car.encode_header([cid]) + b"".join(map(car.encode_section, blocks))
        else:
            body = blocks[0].data
        match gateway.behaviour:
            case "other bytes":
                self._whole(body[:-1] + bytes([body[-1] ^ 1]))
            case "short":
                self._whole(body[: len(body) // 2])
            case "cut":
                self._head(200, {"Content-Length": str(len(body))})
                self._write(body[: len(body) // 2])
                self.close_connection = True
            case "endless":
                self._endless(body, b"\0" * _STEP)
            case "drip":
                self._head(200, {"Content-Length": str(len(body))})
                self._drip(body)
            case "gzip bomb":
                self._whole(_bomb(), {"Content-Encoding": "gzip"})
            case "unrelated" if as_car:
                others = b"".join(map(car.encode_section, leaves(64, size=4096, seed="other")))
                self._endless(body[: len(car.encode_header([cid]))], others)
            case "repeating" if as_car:
                again = b"".join(map(car.encode_section, blocks[:1]))
                self._endless(car.encode_header([cid]), again * (_STEP // len(again) + 1))
            case _:
                self._whole(body)

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/octet-stream", **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def _whole(self, body: bytes, headers: dict[str, str] | None = None) -> None:
        self._head(200, {"Content-Length": str(len(body)), **(headers or {})})
        self._write(body)

    def _endless(self, start: bytes, again: bytes) -> None:
        self._head(200, {"Transfer-Encoding": "chunked"})
        piece = start
        while not self.server_of.closing.is_set():
            self._write(b"%x\r\n" % len(piece) + piece + b"\r\n")
            piece = again

    def _drip(self, body: bytes) -> None:
        for at in range(len(body)):
            self._write(body[at : at + 1])
            if self.server_of.closing.wait(0.05):
                break
        self.close_connection = True

    def _write(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()
        self.server_of.sent += len(data)
