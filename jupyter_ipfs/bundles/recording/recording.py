"""Listening to what Python opens while a cell runs (``safety.md`` 18).

An audit hook (PEP 578) cannot be taken out again, so there is one for the process, put in when it
is first needed, and it does nothing while nobody listens. It notes a path and the moment; what
kind of file that is, another thread looks up: a ``stat`` at each open would cost a cell that opens
many files a fifth of its time.

Only the standard library, and quick to import: ``%load_ext`` does.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

# What we raise ourselves where content is read; layers below this one need not know of it.
CONTENT: Final = "jupyter_ipfs.read"
# What readers that open files past Python are told to read, by the wrappers of `readers`.
READ: Final = "read"
WRITE: Final = "write"
QUERY: Final = "query"

_CONNECT, _LOOK_UP, _URL = "socket.connect", "socket.getaddrinfo", "urllib.Request"
_OTHERS = frozenset({CONTENT, _CONNECT, _LOOK_UP, _URL, "sqlite3.connect", "os.chdir", "os.rename"})
_NETWORK = frozenset({_CONNECT, _LOOK_UP})
_PAIRS = frozenset({_LOOK_UP, "os.rename"})
_OURS = "jupyter_ipfs."
# Parts of this package that read content which is not the cell's own business, …
_KEEPING = frozenset({"bundles", "ocean", "server"})
# … and those that talk to others about more than blocks, which are known by their CIDs.
_TALKING = frozenset({"ocean", "wallet", "sandbox"})
_MAX_FRAMES = 200


# What happened, three items at a time: the name of the audit event, or `READ`, `WRITE`, `QUERY`;
# what it was about, never what should not be kept alive; and when, in nanoseconds since the epoch.
# Not a tuple of them: a thousand new containers have the garbage collector run.
Sink: TypeAlias = "Callable[[tuple[str, Any, int]], object]"

_sinks: tuple[Sink, ...] = ()
_lock = threading.Lock()
_hooked = False


def listen(sink: Sink) -> None:
    """Have a sink, such as the ``extend`` of a deque, take everything from now on."""
    global _sinks, _hooked  # noqa: PLW0603  (the hook is the process's)
    with _lock:
        if not _hooked:
            sys.addaudithook(_hook)
            _hooked = True
        _sinks = (*_sinks, sink)


def unlisten(sink: Sink) -> None:
    """Tell it no more."""
    global _sinks  # noqa: PLW0603
    with _lock:
        _sinks = tuple(each for each in _sinks if each != sink)


def told(event: str, subject: object) -> None:
    """Note what no audit event tells."""
    for sink in _sinks:
        sink((event, subject, time.time_ns()))


def _hook(event: str, args: tuple[Any, ...]) -> None:
    for sink in _sinks:
        if event == "open":  # this is what has to be quick
            sink((event, args, _now()))
        elif event in _OTHERS:
            try:
                _hear(sink, event, args)
            except Exception:  # noqa: BLE001  (it would come out of the user's own call)
                return


_now = time.time_ns


def _hear(sink: Sink, event: str, args: tuple[Any, ...]) -> None:
    if event == CONTENT or event in _NETWORK:
        ours = _our_callers()
        if (ours & _KEEPING) if event == CONTENT else (ours and not ours & _TALKING):
            return
    if event == _CONNECT:
        subject: object = args[1]  # never the socket itself
    else:
        subject = args[:2] if event in _PAIRS else args[0]
    sink((event, subject, time.time_ns()))


def _our_callers() -> set[str]:
    """Return which parts of this package the call came through."""
    frame: FrameType | None = sys._getframe(3)  # noqa: SLF001  (there is no other way)
    found: set[str] = set()
    for _ in range(_MAX_FRAMES):
        if frame is None:
            break
        name = frame.f_globals.get("__name__")
        if isinstance(name, str) and name.startswith(_OURS):
            found.add(name.split(".")[1])
        frame = frame.f_back
    return found


def _forget() -> None:
    """After a fork: a worker's parent notes what it can, the worker nothing."""
    global _sinks, _lock
    _sinks, _lock = (), threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
