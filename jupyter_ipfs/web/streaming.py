"""A response's body from an iterator that blocks, through a thread pool, with back-pressure.

A part is asked for in a thread when the one before it has left for the client, so a slow client
holds no thread and no more than some parts, and other requests go on.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import TYPE_CHECKING, cast

from tornado.iostream import StreamClosedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Executor

    from tornado.http1connection import HTTP1Connection
    from tornado.web import RequestHandler

_log = logging.getLogger("jupyter_ipfs")

_GATHERED = 1024 * 1024  # bytes fetched in one hop into a thread
STALL_S = 60.0  # how long a client may take no byte
TOTAL_S = 3600.0  # how long one response may take, as at Kubo's gateway


async def send(
    handler: RequestHandler,
    body: Iterator[bytes],
    pool: Executor,
    *,
    stall_s: float = STALL_S,
    total_s: float = TOTAL_S,
) -> None:
    """Send ``body`` and finish ``handler``; cut the connection if it fails on the way.

    Args:
        handler: Its status and headers are set.
        body: Iterated in ``pool``; closed at the end, whatever happens.
        pool: Threads for it.
        stall_s: After how many seconds without progress the client is given up.
        total_s: After how many seconds it is given up in any case.
    """
    loop = asyncio.get_running_loop()
    more = _Parts(body)
    try:
        async with asyncio.timeout(total_s):
            part = await loop.run_in_executor(pool, more)
            while part:
                # The next part is read while this one leaves.
                following = loop.run_in_executor(pool, more)
                try:
                    handler.write(part)
                    await asyncio.wait_for(handler.flush(), stall_s)
                finally:
                    part = await following
            await handler.finish()
    except (StreamClosedError, TimeoutError):
        _cut(handler)
    except Exception as error:  # noqa: BLE001  (whatever it is, the end must not look complete)
        # Neither names nor CIDs (safety.md 11).
        _log.warning("a response was cut off: %s", type(error).__name__)
        if part := more.rest():
            handler.write(part)
            await _flushed(handler, stall_s)
        _cut(handler)
    finally:
        await loop.run_in_executor(pool, more.close)


class _Parts:
    """Parts of a body, small ones put together; empty at its end."""

    def __init__(self, body: Iterator[bytes]) -> None:
        self._body = body
        self._gathered: list[bytes] = []
        # A response that is given up leaves a thread in the middle of its body.
        self._lock = threading.Lock()

    def __call__(self) -> bytes:
        size = 0
        with self._lock:
            for part in self._body:
                if part:
                    self._gathered.append(part)
                    size += len(part)
                if size >= _GATHERED:
                    break
            return self.rest()

    def rest(self) -> bytes:
        """Return what was gathered and not given yet."""
        parts, self._gathered = self._gathered, []
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def close(self) -> None:
        """Let go of what the body holds on to."""
        close = cast("Callable[[], None] | None", getattr(self._body, "close", None))
        if close is not None:
            with self._lock:
                close()


async def _flushed(handler: RequestHandler, stall_s: float) -> None:
    try:
        await asyncio.wait_for(handler.flush(), stall_s)
    except (StreamClosedError, TimeoutError):
        return


def _cut(handler: RequestHandler) -> None:
    """Close the connection without the end that a complete response has."""
    connection = cast("HTTP1Connection", handler.request.connection)
    if connection is not None:
        connection.close()
