"""Keeping what cells do: two threads that look up, hash and write, so that no cell waits."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from contextlib import suppress
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

from jupyter_ipfs.bundles.recording.modules import Modules
from jupyter_ipfs.bundles.recording.noting import Noting
from jupyter_ipfs.bundles.recording.places import Places
from jupyter_ipfs.bundles.recording.read_cids import ReadCIDs, Stopped
from jupyter_ipfs.bundles.recording.run_record import FileRead
from jupyter_ipfs.bundles.recording.run_store import RunStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyter_ipfs.bundles.recording.run_record import Run

_TICK_S = 0.25  # while a cell runs: how often some of what it opened is looked up
_TICKS_AWAKE = 240
_MAX_CELLS = 1000  # ended and not written yet
_MAX_FILES = 50_000  # whose CIDs are to be computed; those of older cells are left out first
_AT_ONCE = 256  # CIDs in one line
_EXIT_S = 2.0  # how long the interpreter's exit waits for what has ended to be written

# The process's, so that a run goes on when the extension is loaded again.
_stores: dict[Path, RunStore] = {}

_Wanted: TypeAlias = tuple[RunStore, str, FileRead]


class Recorder:
    """Records the cells of one kernel. It raises nothing.

    Args:
        head: Tells what the kernel is, and which notebook's; asked in a thread of ours.
        repo_path: Where the repo is at this moment; likewise.

    Attributes:
        cells: How many runs of cells were written.
        left_out: How many files were too many for one cell.
        problem: What last went wrong, or ``None``.
    """

    def __init__(self, head: Callable[[], Run], repo_path: Callable[[], Path]) -> None:
        self.cells = 0
        self.left_out = 0
        self.problem: Exception | None = None
        self._head, self._repo_path = head, repo_path
        self._changed = threading.Condition()
        self._stopped = threading.Event()
        self._process = 0
        self._running: list[threading.Thread] = []
        self._active: list[Noting] = []
        self._ended: deque[Noting] = deque(maxlen=_MAX_CELLS)
        self._to_hash: deque[_Wanted] = deque(maxlen=_MAX_FILES)
        self._writing = self._hashing = self._asleep = False
        self._cids = ReadCIDs(self._is_stopping)
        self._modules = Modules()
        self._places: tuple[object, Places] | None = None

    def begin(self, cell_id: str | None, source: str) -> Noting:
        """Note what happens from now on, in all threads, as this cell's."""
        self._start_threads()
        noting = Noting(cell_id, source)
        with self._changed:
            self._active.append(noting)
            if self._asleep:
                self._changed.notify_all()
        noting.begin()
        return noting

    def end(self, noting: Noting, *, number: int, success: bool) -> None:
        """Keep what there is of a cell that has ended, with its execution count."""
        noting.end(number=number, success=success)
        with self._changed:
            if noting in self._active:
                self._active.remove(noting)
                self._ended.append(noting)
                self._changed.notify_all()

    def drop(self, noting: Noting) -> None:
        """Keep nothing of it."""
        noting.end(number=0, success=False)
        with self._changed:
            if noting in self._active:
                self._active.remove(noting)

    def flush(self, timeout_s: float, *, cids: bool = False) -> bool:
        """Wait until all cells that have ended are written, their CIDs too if that is asked."""

        def idle() -> bool:
            if self._ended or self._writing:
                return False
            return not (cids and (self._to_hash or self._hashing))

        with self._changed:
            return self._changed.wait_for(idle, timeout_s)

    def stop(self) -> None:
        """Write what has ended, and leave nothing running; idempotent."""
        for noting in list(self._active):
            self.drop(noting)
        if self._process == os.getpid():
            self.flush(_EXIT_S)
        self._stopped.set()
        self._process = 0
        with self._changed:
            self._changed.notify_all()
        for thread in self._running:
            thread.join(_EXIT_S)  # the reading of a file ends at its next part
        self._running.clear()

    def _is_stopping(self) -> bool:
        return self._stopped.is_set()

    def _start_threads(self) -> None:
        """Start them where they are not: at first, and in a fork of the kernel's process."""
        if self._process == os.getpid():
            return
        if self._process:
            self._changed = threading.Condition()
        self._process, self._stopped = os.getpid(), threading.Event()
        self._writing = self._hashing = self._asleep = False
        self._running = [
            threading.Thread(
                target=target, args=(self._stopped,), name="jupyter_ipfs recording", daemon=True
            )
            for target in (self._note, self._hash)
        ]
        for thread in self._running:
            thread.start()

    def _note(self, stopped: threading.Event) -> None:
        """Look up what was heard, and write the cells that have ended."""
        while not stopped.is_set():
            with self._changed:
                self._wait(stopped)
                noting = self._ended.popleft() if self._ended else None
                active = list(self._active)
                self._writing = noting is not None
            try:
                if noting is not None:
                    noting.settle(self._no_inputs())
                    self._keep(noting)
                for each in () if noting is not None else active:
                    each.settle(self._no_inputs(), running=True)
            except Exception as error:  # noqa: BLE001  (`%ipfs record status` tells it)
                self.problem = error
            finally:
                with self._changed:
                    self._writing = False
                    self._changed.notify_all()

    def _wait(self, stopped: threading.Event) -> None:
        """Wait until a cell has ended, or one that runs has done so for a while.

        Waking this thread takes the interpreter from a cell that has just begun. So it sleeps
        lightly for a minute after each cell, and only then until it is woken.
        """
        ticks, tick = 0, time.monotonic() + _TICK_S
        while not (stopped.is_set() or self._ended):
            self._asleep = ticks > _TICKS_AWAKE
            if self._asleep:
                self._changed.wait()
                ticks = 0
            else:
                self._changed.wait(max(0.0, tick - time.monotonic()))
            if time.monotonic() >= tick:
                ticks, tick = ticks + 1, time.monotonic() + _TICK_S
                if self._active:
                    return

    def _keep(self, noting: Noting) -> None:
        places, head = self._no_inputs(), self._head()
        installed, own = self._modules.look(noting.loaded, places, head.folder)
        ran = noting.run(places, installed, own, self._cids.known)
        store = self._store()
        store.append(head.kernel, head, ran)
        self.cells += 1
        self.left_out += noting.left_out
        with self._changed:
            self._to_hash.extend(
                (store, head.kernel, read) for read in ran.reads if self._cids.wanted(read)
            )

    def _hash(self, stopped: threading.Event) -> None:
        """Compute CIDs of what was read, one file after another."""
        with suppress(AttributeError, OSError):  # after the user's own threads, on Linux
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)
        while not stopped.is_set():
            with self._changed:
                self._changed.wait_for(lambda: stopped.is_set() or self._to_hash)
                number = min(_AT_ONCE, len(self._to_hash))
                batch = [self._to_hash.popleft() for _ in range(number)]
                self._hashing = True
            try:
                self._hash_all(batch)
            except Stopped:
                return
            except Exception as error:  # noqa: BLE001
                self.problem = error
            finally:
                with self._changed:
                    self._hashing = False
                    self._changed.notify_all()

    def _hash_all(self, batch: list[_Wanted]) -> None:
        for (_, kernel), group in groupby(batch, key=lambda each: (id(each[0]), each[1])):
            wanted = list(group)
            wanted[0][0].hashed(kernel, [self._cids.compute(read) for _, _, read in wanted])

    def _no_inputs(self) -> Places:
        head = self._head()
        own = (head.folder, os.fspath(self._repo_path()), *filter(None, [head.notebook]))
        if self._places is None or self._places[0] != own:
            self._places = own, Places(own[0], own[1:])
        return self._places[1]

    def _store(self) -> RunStore:
        where = self._repo_path()
        return _stores.setdefault(where, RunStore(where))
