"""A job: one long operation, what it has done so far and how it ended."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from typing import TYPE_CHECKING, Any, Final

from jupyter_ipfs.errors import JupyterIPFSError
from jupyter_ipfs.server.errors import told

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ipfs.bundles.compare.verdict import CellVerdict
    from jupyter_ipfs.ocean.steps import Step
    from jupyter_ipfs.protocols import Progress
    from jupyter_ipfs.server.actions import Task
    from jupyter_ipfs.server.jobs.desk import Desk
    from jupyter_ipfs.session import Session

QUEUED: Final = "queued"
RUNNING: Final = "running"
DONE: Final = "done"
FAILED: Final = "failed"
CANCELLED: Final = "cancelled"
ENDED: Final = frozenset({DONE, FAILED, CANCELLED})

_INTERVAL_S = 0.1
_log = logging.getLogger(__name__)


class Cancelled(BaseException):
    """Raised in the job's thread to end it; nobody who catches `Exception` stops it."""


class Job:
    """One operation. Made by a request, run by a thread, looked at by everybody."""

    def __init__(
        self, task: Task, changed: Callable[[Job], None], desk: Desk | None = None
    ) -> None:
        self.id = secrets.token_hex(16)
        self.desk = desk
        self._task = task
        self._changed = changed
        self._lock = threading.Lock()
        self._cancel = threading.Event()
        self._told_at = 0.0
        self._state = QUEUED
        self._progress: Progress | None = None
        self._steps: tuple[Step, ...] = ()
        self._cells: dict[int, CellVerdict] = {}
        self._started_at = time.time()
        self._ended_at: float | None = None
        self._result: dict[str, Any] | None = None
        self._error: dict[str, str | None] | None = None

    @property
    def task(self) -> Task:
        """What it does."""
        return self._task

    @property
    def is_done(self) -> bool:
        """Whether it has succeeded."""
        return self._state == DONE

    @property
    def is_over(self) -> bool:
        """Whether it has ended, in whichever way."""
        return self._state in ENDED

    def progress(self) -> dict[str, Any]:
        """Return what events carry: counts, and nothing that names content (safety.md 11)."""
        with self._lock:
            now = self._progress
            return {
                "id": self.id,
                "state": self._state,
                "phase": self._phase(),
                "files": now.files if now else 0,
                "files_total": now.files_total if now else None,
                "size": now.size if now else 0,
                "size_total": now.size_total if now else None,
                "existing": now.existing if now else 0,
            }

    def snapshot(self) -> dict[str, Any]:
        """Return all there is to tell, as openapi.yaml has it."""
        return {
            **self.progress(),
            "action": self._task.action,
            "title": self._task.title,
            "started_at": self._started_at,
            "ended_at": self._ended_at,
            "steps": [step.as_json() for step in self._steps],
            "cells": [_cell(each) for _, each in sorted(self._cells.copy().items())],
            "result": self._result,
            "error": self._error,
        }

    def cancel(self) -> None:
        """Ask it to stop; one that waits for its turn ends here."""
        self._cancel.set()
        if self.desk is not None:
            self.desk.withdraw()
        with self._lock:
            if self._state != QUEUED:
                return
            self._end(CANCELLED)
        self._changed(self)

    def run(self) -> None:
        """Do the work in this thread. Never raises."""
        with self._lock:
            if self._state != QUEUED:
                return
            self._state = RUNNING
            self._started_at = time.time()
        self._changed(self)
        result, error, state = None, None, DONE
        try:
            result = self._work()
        except Cancelled:
            state = CANCELLED
        except JupyterIPFSError as problem:
            # Its request for a signature was withdrawn.
            is_ours = self.desk is not None and self._must_stop()
            state, error = (CANCELLED, None) if is_ours else (FAILED, told(problem))
        except BaseException as problem:  # noqa: BLE001  (the thread has to go on)
            # While the interpreter ends, threads cannot be started any more: not the job's fault.
            if self._must_stop():
                state = CANCELLED
            else:
                state, error = FAILED, _unexpected(self._task.action, problem)
        with self._lock:
            self._result, self._error = result, error
            self._end(state)
        self._changed(self)

    def _work(self) -> dict[str, Any]:
        from jupyter_ipfs.server.sessions import open_session  # noqa: PLC0415  (when needed)

        with open_session() as session:
            if self.desk is None:
                return self._run(session)
            with self.desk.signing(session):
                return self._run(session)

    def _run(self, session: Session) -> dict[str, Any]:
        return self._task.run(session, self._task.arguments, _Notes(self))

    def take_steps(self, steps: tuple[Step, ...]) -> None:
        """Note where each step is. Called in the job's thread."""
        with self._lock:
            self._steps = steps
        self._changed(self)
        if self.desk is not None:
            self.desk.at(steps)
        # What was sent is waited for, so that it is known.
        if self._must_stop() and not any(step.state == "sent" for step in steps):
            raise Cancelled

    def take_cell(self, verdict: CellVerdict) -> None:
        """Note how one cell compares, or what a later one changed. Called in the job's thread."""
        if self._must_stop():
            raise Cancelled
        with self._lock:
            self._cells[verdict.index] = verdict
        self._changed(self)

    def take_note(self, progress: Progress) -> None:
        """Note how far it has come. Called in the job's thread."""
        if self._must_stop():
            raise Cancelled
        now = time.monotonic()
        with self._lock:
            is_new = self._progress is None or self._progress.phase != progress.phase
            self._progress = progress
            if not is_new and now - self._told_at < _INTERVAL_S:
                return
            self._told_at = now
        self._changed(self)

    def _must_stop(self) -> bool:
        return self._cancel.is_set() or not threading.main_thread().is_alive()

    def _phase(self) -> str:
        if self._state in ENDED:
            return "done"
        if self._state == QUEUED:
            return QUEUED
        # What an action calls done is its last step; the job is done when it says so itself.
        phase = self._progress.phase if self._progress else "preparing"
        return "storing" if phase == "done" else phase

    def _end(self, state: str) -> None:
        self._state = state
        self._ended_at = time.time()


class _Notes:
    """What the action tells, as `actions.Notes` has it."""

    def __init__(self, job: Job) -> None:
        self._job = job

    def __call__(self, progress: Progress, /) -> None:
        self._job.take_note(progress)

    def steps(self, steps: tuple[Step, ...]) -> None:
        self._job.take_steps(steps)

    def cell(self, verdict: CellVerdict, /) -> None:
        self._job.take_cell(verdict)


def _cell(verdict: CellVerdict) -> dict[str, Any]:
    return {
        "id": verdict.id,
        "index": verdict.index,
        "verdict": verdict.verdict,
        "reason": verdict.reason,
    }


def _unexpected(action: str, error: BaseException) -> dict[str, str | None]:
    """Log what nobody foresaw, with its traceback but without its text, which may name content."""
    _log.error("jupyter_ipfs: %s failed with %s", action, type(error).__name__)
    _log.debug("its traceback", exc_info=error)
    return {
        "code": "InternalError",
        "message": f"an unexpected {type(error).__name__} ended this",
        "hint": "please report it with the server's log (--debug has more)",
    }
