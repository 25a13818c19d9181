"""Threads for waiting: the one place where this package does several things at once.

The threads are daemons and nobody joins them, so that Ctrl-C and the end of the
process never wait for a server that has stopped answering.
"""

from __future__ import annotations

import itertools
import os
import queue
import threading
from collections import deque
from concurrent.futures import Future, wait
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

WORKERS = 8


class _Crew:
    """Daemon threads that are kept for the next job; as many as there are jobs at once."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self._jobs: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._idle = threading.Semaphore(0)

    def start(self, job: Callable[[], None]) -> None:
        self._jobs.put(job)
        if not self._idle.acquire(blocking=False):
            threading.Thread(target=self._work, name="jupyter-ipfs", daemon=True).start()

    def _work(self) -> None:
        while True:
            self._jobs.get()()
            self._idle.release()


_crews: list[_Crew] = []  # one; another after a fork, which threads do not survive


def start(function: Callable[[_Item], _Result], item: _Item) -> Future[_Result]:
    """Run ``function(item)`` in a thread; the result stands in what is returned."""
    if not _crews or _crews[0].pid != os.getpid():
        _crews[:] = [_Crew()]
    future: Future[_Result] = Future()

    def job() -> None:
        if not future.set_running_or_notify_cancel():
            return
        try:
            result = function(item)
        except BaseException as error:  # noqa: BLE001  (it is raised where the result is awaited)
            future.set_exception(error)
        else:
            future.set_result(result)

    _crews[0].start(job)
    return future


def ordered_map(
    function: Callable[[_Item], _Result],
    items: Iterable[_Item],
    *,
    workers: int = WORKERS,
) -> Iterator[_Result]:
    """Yield ``function(item)`` for each item, in order, up to ``workers`` of them at once.

    The first error is raised in its place; what was not begun by then never is.
    """
    rest = iter(items)
    running: deque[Future[_Result]] = deque()
    try:
        running.extend(start(function, item) for item in itertools.islice(rest, workers))
        while running:
            result = awaited(running.popleft())
            running.extend(start(function, item) for item in itertools.islice(rest, 1))
            yield result
    finally:
        for future in running:
            future.cancel()


def awaited(future: Future[_Result]) -> _Result:
    """Wait for a result. In short steps: on Windows Ctrl-C does not end a wait without end."""
    while not future.done():
        wait([future], timeout=0.5)
    return future.result()
