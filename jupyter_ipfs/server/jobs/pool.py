"""The jobs of one server, and the threads that run them."""

from __future__ import annotations

import atexit
import queue
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import ConflictError, GoneError
from jupyter_ipfs.server.jobs.job import Job

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jupyter_ipfs.server.actions import Task
    from jupyter_ipfs.server.jobs.desk import Desk

# Of their own and not those of server/threads.py, so that status answers while transfers run.
# Those whose user signs wait for people, and never keep a transfer waiting; nor does code of
# others, which runs for as long as it likes, one notebook at a time.
_THREADS = {"job": 3, "signing": 3, "code": 1}
_MOST_ENDED = 100
_MOST_WAITING = 1000
_STOP_S = 10.0


class _Lane:
    """Jobs that wait for one another, and the threads that run them."""

    def __init__(self, name: str) -> None:
        self.waiting: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self.threads: list[threading.Thread] = []
        self._name = name

    def begin_thread(self) -> None:
        """Begin one more, unless there are enough."""
        if len(self.threads) == _THREADS[self._name]:
            return
        # Daemons: an interpreter that ends waits for `Jobs.stop` and not for the job's own end.
        thread = threading.Thread(
            target=_run_all,
            args=(iter(self.waiting.get, None),),
            name=f"jupyter-ipfs-{self._name}-{len(self.threads) + 1}",
            daemon=True,
        )
        self.threads.append(thread)
        thread.start()


class Jobs:
    """All jobs of this server process; ended ones are kept for a while."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._lanes = {name: _Lane(name) for name in _THREADS}
        self._listeners: list[Callable[[Job], None]] = []

    def start(self, task: Task, desk: Desk | None = None) -> Job:
        """Let a task run as soon as a thread is free, signed for at ``desk`` if it signs.

        Raises:
            ConflictError: Too many are waiting already.
        """
        job = Job(task, self._changed, desk)
        with self._lock:
            if sum(not other.is_over for other in self._jobs.values()) >= _MOST_WAITING:
                raise ConflictError("too many jobs are waiting", "try again when some have ended")
            self._jobs[job.id] = job
            ended = [other.id for other in self._jobs.values() if other.is_over]
            for old in ended[:-_MOST_ENDED]:
                del self._jobs[old]
            if not any(lane.threads for lane in self._lanes.values()):
                atexit.register(self.stop)
            lane = self._lanes[_lane(task)]
            lane.begin_thread()
        self._changed(job)
        lane.waiting.put(job)
        return job

    def all(self) -> list[Job]:
        """Return the jobs, newest first."""
        with self._lock:
            return list(reversed(self._jobs.values()))

    def newest(self, action: str, key: str) -> Job | None:
        """Return the last job that was started for a key; see `actions.Task`."""
        wanted = action, key
        return next((job for job in self.all() if (job.task.action, job.task.key) == wanted), None)

    def get(self, job_id: str) -> Job:
        """Return one job.

        Raises:
            GoneError: There is none with this id, or not any more.
        """
        with self._lock:
            job = self._jobs.get(job_id)
        if job is None:
            raise GoneError(
                "there is no such job", "it ended long ago, or the server was restarted"
            )
        return job

    def remove(self, job_id: str) -> None:
        """Cancel a job, or forget one that has ended.

        Raises:
            GoneError: There is none with this id.
        """
        job = self.get(job_id)
        if not job.is_over:
            job.cancel()
            return
        with self._lock:
            self._jobs.pop(job_id, None)

    @property
    def are_running(self) -> bool:
        """Whether any has not ended."""
        return any(not job.is_over for job in self.all())

    def listen(self, listener: Callable[[Job], None]) -> None:
        """Call ``listener`` for each change, from the thread in which it happens."""
        self._listeners.append(listener)

    def stop(self) -> None:
        """Cancel everything and wait until it has cleaned up after itself."""
        for job in self.all():
            job.cancel()
        deadline = time.monotonic() + _STOP_S
        while self.are_running and time.monotonic() < deadline:
            time.sleep(0.02)

    def _changed(self, job: Job) -> None:
        for listener in self._listeners:
            with suppress(RuntimeError):  # the event loop is closed
                listener(job)


def _lane(task: Task) -> str:
    if task.runs_code:
        return "code"
    return "signing" if task.signs else "job"


def _run_all(jobs: Iterable[Job]) -> None:
    for job in jobs:
        job.run()
