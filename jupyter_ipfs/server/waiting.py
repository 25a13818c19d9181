"""Waiting for a backend only so long: a panel says that it is slow instead of being slow too."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_lock = threading.Lock()
_running: dict[str, Future[Any]] = {}


def within(seconds: float, what: str, work: Callable[[], T]) -> T:
    """Return what ``work`` returns, if that is soon.

    It runs in a thread of its own that nobody waits for in the end. While one for the same
    ``what`` is still running, that one is waited for, so that they never pile up.

    Raises:
        TimeoutError: It takes longer; it goes on, and the next caller may have its result.
    """
    with _lock:
        future = _running.get(what)
        if future is None:
            future = _running[what] = Future()
            thread = threading.Thread(
                target=_run, args=(what, future, work), name="jupyter-ipfs-waiting", daemon=True
            )
            thread.start()
    return cast("T", future.result(seconds))


def _run(what: str, future: Future[Any], work: Callable[[], object]) -> None:
    try:
        future.set_result(work())
    except BaseException as error:  # noqa: BLE001  (whoever waits is told)
        future.set_exception(error)
    finally:
        with _lock:
            del _running[what]
