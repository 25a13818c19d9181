"""The one HTTP client: limits, time-outs, redirects, and errors in this package's words."""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, TypedDict
from urllib.parse import urljoin

import httpcore
import httpx

from jupyter_ipfs.errors import FetchError, LimitError, UnsafeContentError
from jupyter_ipfs.net.address import ConfiguredEndpoint, UntrustedURL, shown
from jupyter_ipfs.net.transport import Transport

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import BinaryIO, Self, Unpack

    Address = ConfiguredEndpoint | UntrustedURL

# Addresses can carry signatures; httpx logs them at INFO (safety.md 11).
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_REDIRECTS = 3


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may take.

    Attributes:
        connect_s: Until a connection stands.
        idle_s: Between two pieces of an answer, and until its first.
        total_s: For all of it; ``None`` for no end.
        rate: Bytes a second that must come on average, once ``grace_s`` have been waited.
        grace_s: See ``rate``.
        size: Bytes of a body at most; ``None`` if the caller counts.
        connections: To one endpoint at a time.
    """

    connect_s: float = 3.0
    idle_s: float = 8.0
    total_s: float | None = 60.0
    rate: int = 8 * 1024
    grace_s: float = 4.0
    size: int | None = None
    connections: int = 16


class Options(TypedDict, total=False):
    """What a request may hold, in httpx's words."""

    params: Mapping[str, str | Sequence[str]] | None
    headers: Mapping[str, str]
    content: Iterable[bytes]
    files: Mapping[str, tuple[str, BinaryIO, str]]


class Client:
    """Requests to one endpoint; safe to share between threads, reopened after a fork.

    Nothing of the environment is used: no proxies, no ``.netrc``; no cookie is kept.

    Args:
        address: Where to; its type decides how far a connection may go.
        limits: For each request, unless it says otherwise.
        headers: Sent with every request to this endpoint, never with a redirected one.
    """

    def __init__(
        self,
        address: Address,
        limits: Limits | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.address = address
        self.limits = limits or Limits()
        self._headers = dict(headers or {})
        self._client: httpx.Client | None = None
        self._pid = 0
        self._lock = threading.RLock()  # the collector may close it while it is being opened

    @contextlib.contextmanager
    def stream(
        self,
        method: str,
        path: str = "",
        *,
        limits: Limits | None = None,
        **options: Unpack[Options],
    ) -> Iterator[Answer]:
        """Send a request and give its answer as soon as the headers are there.

        Args:
            method: GET follows redirects, each to be checked anew; nothing else does.
            path: What comes after the endpoint's own address.
            limits: Instead of the client's.
            options: For httpx: ``params``, ``headers``, ``content``, ``files``.

        Raises:
            FetchError: It cannot be reached, breaks off or is too slow.
            UnsafeContentError: It redirects to where nobody may be led.
        """
        limits = limits or self.limits
        deadline = None if limits.total_s is None else time.monotonic() + limits.total_s
        with contextlib.ExitStack() as stack:
            client, url = self, self.address.url + path
            for _ in range(_MAX_REDIRECTS + 1):
                answer = client._send(method, url, limits, deadline, options)
                stack.callback(answer.close)
                if answer.status not in _REDIRECTS or method != "GET":
                    yield answer
                    return
                url = urljoin(url, answer.headers.get("location", ""))
                options["params"] = None
                if not (client is self and self._is_mine(url)):
                    client = stack.enter_context(Client(UntrustedURL.parse(url), limits))
            raise FetchError("it redirects without end")

    def get(
        self, path: str = "", *, limits: Limits | None = None, **options: Unpack[Options]
    ) -> Answer:
        """Send a GET and read all of its answer; see `stream`.

        Raises:
            LimitError: It is longer than ``limits.size``.
        """
        with self.stream("GET", path, limits=limits, **options) as answer:
            answer.read()
            return answer

    @property
    def shown(self) -> str:
        """The endpoint, as messages name it."""
        return shown(self.address.url)

    def close(self) -> None:
        """Close the connections; the next request opens new ones."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None and self._pid == os.getpid():
            client.close()

    def __del__(self) -> None:
        """A client that was forgotten leaves no socket open."""
        self.close()

    def __enter__(self) -> Self:
        """Nothing is opened before the first request."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def _is_mine(self, url: str) -> bool:
        return isinstance(self.address, ConfiguredEndpoint) and self.address.covers(url)

    def _send(
        self,
        method: str,
        url: str,
        limits: Limits,
        deadline: float | None,
        options: Options,
    ) -> Answer:
        with _translated():
            client = self._open()
            request = client.build_request(
                method,
                url,
                timeout=httpx.Timeout(limits.idle_s, connect=limits.connect_s),
                extensions={"deadline": deadline},
                **options,
            )
            return Answer(client.send(request, stream=True), limits)

    def _open(self) -> httpx.Client:
        with self._lock:
            # A forked child shares its parent's sockets: it leaves them alone and opens its own.
            if self._client is None or self._pid != os.getpid():
                self._pid = os.getpid()
                self._client = httpx.Client(
                    transport=Transport(
                        untrusted=isinstance(self.address, UntrustedURL),
                        secure=self.address.url.startswith("https:"),
                        connections=self.limits.connections,
                    ),
                    headers={
                        "User-Agent": "jupyter-ipfs",
                        # Unpacking is where small answers grow large; blocks gain nothing by it.
                        "Accept-Encoding": "identity",
                        **self._headers,
                    },
                    cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
                    trust_env=False,
                    follow_redirects=False,
                )
            return self._client


class Answer:
    """A response whose body is read within its limits.

    Attributes:
        status: The HTTP status.
        headers: The HTTP headers.
    """

    def __init__(self, response: httpx.Response, limits: Limits) -> None:
        self.status = response.status_code
        self.headers = response.headers
        self.response = response
        self._limits = limits
        self._body: bytes | None = None

    def chunks(self) -> Iterator[bytes]:
        """Yield the body as it comes.

        Raises:
            FetchError: It breaks off, stalls or drips.
            LimitError: It is longer than allowed.
            UnsafeContentError: It is packed, although that was ruled out.
        """
        if self.headers.get("content-encoding", "identity") not in {"identity", ""}:
            raise UnsafeContentError("it packed its answer although that was ruled out")
        size, waited = 0, 0.0
        with _translated():
            raw = self.response.iter_raw()
        while True:
            begun = time.monotonic()
            with _translated():
                chunk = next(raw, None)
            waited += time.monotonic() - begun
            if chunk is None:
                return
            size += len(chunk)
            if self._limits.size is not None and size > self._limits.size:
                raise LimitError(f"it sent more than the {self._limits.size} bytes allowed")
            if waited > self._limits.grace_s and size < self._limits.rate * waited:
                raise FetchError(f"it sends too slowly ({size} bytes in {waited:.0f} s)")
            yield chunk

    def read(self) -> bytes:
        """Return the whole body; see `chunks`."""
        if self._body is None:
            self._body = b"".join(self.chunks())
        return self._body

    def close(self) -> None:
        """Let go of the connection."""
        with contextlib.suppress(httpcore.NetworkError, httpcore.ProtocolError):
            self.response.close()


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    """Errors of httpx and httpcore become ours; their texts may hold whole URLs and are dropped."""
    try:
        yield
    except (httpcore.ConnectTimeout, httpcore.ConnectError):
        raise FetchError("nothing answers there") from None
    except (httpcore.TimeoutException, httpx.TimeoutException):
        raise FetchError("no answer in time") from None
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError, httpx.HTTPError):
        raise FetchError("the connection broke off") from None
    except (httpx.InvalidURL, httpx.StreamError, UnicodeError):
        raise FetchError("a malformed address or answer") from None
