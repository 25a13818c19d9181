"""What lies under httpx here: checked and pinned addresses, deadlines, trailers.

httpx's own transport resolves names by itself, lets a server drip its headers for ever
and drops trailers; httpcore, on which it stands, has a seam for sockets, and this is it.
"""

from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING, cast
from weakref import WeakSet

import httpcore
import httpx

from jupyter_ipfs.errors import FetchError
from jupyter_ipfs.net.address import resolve

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Iterator

_TAIL = 16 * 1024  # bytes of a connection's end that are kept for its trailers
_now = threading.local()


class Transport(httpx.BaseTransport):
    """One pool of connections, over HTTP/1.1, to one endpoint.

    A request's extension ``deadline`` (of `time.monotonic`) ends it wherever it is.

    Args:
        untrusted: Whether connections may go to the public internet only.
        secure: Whether TLS is needed (its certificates take a while to load).
        connections: How many at most.
    """

    def __init__(self, *, untrusted: bool, secure: bool, connections: int) -> None:
        self._network = _Network(untrusted=untrusted)
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False) if secure else None,
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=20.0,
            network_backend=self._network,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; the body is read when the response's stream is."""
        deadline = request.extensions.get("deadline")
        inner = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=cast("Iterable[bytes]", request.stream),
            extensions=request.extensions,
        )
        with _until(deadline):
            response = self._pool.handle_request(inner)
        return httpx.Response(
            status_code=response.status,
            headers=response.headers,
            stream=_Body(cast("_Closable", response.stream), deadline),
            extensions=response.extensions,
        )

    def close(self) -> None:
        """Close every connection, those too that other threads are opening."""
        self._pool.close()
        self._network.close()


def trailers(response: httpx.Response) -> dict[str, str]:
    """Return the trailers of a response that was read to its end, names in lower case.

    h11 parses them and httpcore drops them, so they are read once more from the last bytes
    of the connection. What follows the last chunk, which is empty, can only be trailers
    (RFC 9112, 7.1.2), and no trailer can look like that chunk.
    """
    stream = response.extensions.get("network_stream")
    if not isinstance(stream, _Stream) or "chunked" not in response.headers.get(
        "transfer-encoding", ""
    ):
        return {}
    head, found, rest = stream.tail.rpartition(b"\r\n0\r\n")
    del head
    lines = rest.split(b"\r\n") if found else []
    fields = (line.partition(b":") for line in lines if b":" in line)
    return {
        name.strip().lower().decode("latin-1"): value.strip().decode("utf-8", "replace")
        for name, _, value in fields
    }


class _Closable(httpx.SyncByteStream):
    pass


class _Body(httpx.SyncByteStream):
    """A response's body, every wait for which ends at the deadline."""

    def __init__(self, inner: _Closable, deadline: float | None) -> None:
        self._inner = inner
        self._deadline = deadline

    def __iter__(self) -> Iterator[bytes]:
        chunks = iter(self._inner)
        while True:
            with _until(self._deadline):
                try:
                    chunk = next(chunks)
                except StopIteration:
                    return
            yield chunk

    def close(self) -> None:
        self._inner.close()


class _Network(httpcore.NetworkBackend):
    """Connects to the addresses that were checked, and to no others."""

    def __init__(self, *, untrusted: bool) -> None:
        self._untrusted = untrusted
        self._sockets = httpcore.SyncBackend()
        self._opened: WeakSet[_Stream] = WeakSet()
        self._lock = threading.RLock()  # the collector may close it while it opens one
        self._is_closed = False

    def close(self) -> None:
        """Close what the pool did not know of yet, and open nothing more."""
        with self._lock:
            self._is_closed = True
            for stream in list(self._opened):
                stream.close()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = FetchError(f"the host {host!a} has no address")
        for address in resolve(host, port, untrusted=self._untrusted):
            try:
                inner = self._sockets.connect_tcp(
                    address, port, _left(timeout), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return self._noted(inner)
        raise failure

    def _noted(self, inner: httpcore.NetworkStream) -> _Stream:
        stream = _Stream(inner)
        with self._lock:
            if self._is_closed:
                stream.close()
                raise httpcore.ConnectError("closed meanwhile")
            self._opened.add(stream)
        return stream


class _Stream(httpcore.NetworkStream):
    """A socket that minds the deadline and remembers the last bytes it gave."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner
        self.tail = b""

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._inner.read(max_bytes, _left(timeout))
        self.tail = data[-_TAIL:] if len(data) >= _TAIL else (self.tail + data)[-_TAIL:]
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, _left(timeout)))

    def get_extra_info(self, info: str) -> object:
        return self._inner.get_extra_info(info)


@contextlib.contextmanager
def _until(deadline: float | None) -> Iterator[None]:
    before = getattr(_now, "deadline", None)
    _now.deadline = deadline
    try:
        yield
    finally:
        _now.deadline = before


def _left(timeout: float | None) -> float | None:
    deadline: float | None = getattr(_now, "deadline", None)
    if deadline is None:
        return timeout
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("deadline")
    return left if timeout is None else min(timeout, left)
