"""The process that runs a notebook: what it says, line by line, and its end, whatever happens."""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

from jupyter_ipfs.errors import DiskFullError, ReplayError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_POLL_S = 0.1
_END_S = 5.0
_MAX_LINE = 128 * 1024 * 1024
_MAX_LINES = 1024 * 1024 * 1024  # all of them
_MAX_SAID = 16 * 1024
_READ = 1024 * 1024
_MARK = "JUPYTER_IPFS_RUN"  # by which the processes of a run without isolation are found


class Process:
    """A program with a pipe of its own for results, which is not its standard output.

    Args:
        command: Gives the command line, from the pipe's number, and that of another one to which
            a box tells its first process.
        variables: Its environment.
        folder: Where it starts, and whose disk it may fill up to a limit.
        in_box: It ends as a whole by itself, since it is in a box.
    """

    def __init__(
        self,
        command: Callable[[int, int], list[str]],
        variables: Mapping[str, str],
        folder: Path,
        *,
        in_box: bool,
    ) -> None:
        self._folder = folder
        self._in_box = in_box
        self._reading, writing = os.pipe()
        self._box, told = os.pipe()
        self._free_before = shutil.disk_usage(folder).free
        self._said = b""
        try:
            self._process = subprocess.Popen(  # noqa: S603
                command(writing, told),
                env={**variables} if in_box else {**variables, _MARK: str(folder)},
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=[writing, told] if in_box else [writing],
                start_new_session=True,  # a Ctrl-C is for us, who then end it as a whole
            )
        except BaseException as error:
            os.close(self._reading)
            os.close(self._box)
            if isinstance(error, OSError):
                raise ReplayError(f"the notebook could not be run: {error.strerror}") from None
            raise
        finally:
            os.close(writing)
            os.close(told)

    @property
    def said(self) -> str:
        """The end of what it wrote to standard error."""
        return self._said.decode(errors="replace")

    def lines(self, timeout_s: float, most_disk: int) -> Iterator[bytes | None]:
        """Yield what it tells; ``None`` now and then. Ends with it, or when it takes too long.

        Raises:
            DiskFullError: It writes more than it may.
        """
        assert self._process.stderr is not None  # noqa: S101
        until = time.monotonic() + timeout_s
        said = self._process.stderr.fileno()
        waiting = [self._reading, said]
        buffer, total = bytearray(), 0
        while time.monotonic() < until:
            ready = select.select(waiting, [], [], _POLL_S)[0]
            self._check_disk(most_disk)
            yield None
            if said in ready and not self._listen(said):
                waiting.remove(said)
            if self._reading in ready:
                part = os.read(self._reading, _READ)
                total += len(part)
                start = len(buffer)
                buffer += part
                while (end := buffer.find(b"\n", start)) >= 0:
                    line = bytes(buffer[:end])
                    del buffer[: end + 1]
                    start = 0
                    yield line
                if not part or total > _MAX_LINES or len(buffer) > _MAX_LINE:
                    return
            elif not ready and self._process.poll() is not None:
                return

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End everything of it: in a box that is the box, elsewhere its group and its marked."""
        if not self._in_box:
            with contextlib.suppress(OSError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._end_marked()
        self._process.kill()
        self._process.wait()
        if self._in_box:
            self._await_box()
        if self._process.stderr is not None:
            self._process.stderr.close()
        os.close(self._reading)
        os.close(self._box)

    def _await_box(self) -> None:
        """Wait until nothing in the box runs: bubblewrap ends before what it has started does.

        The first process of a PID namespace has ended when the kernel has killed all others
        (pid_namespaces(7)).
        """
        os.set_blocking(self._box, False)
        with contextlib.suppress(OSError, ValueError, KeyError):  # it never came to be, or is gone
            first = os.pidfd_open(json.loads(os.read(self._box, _READ))["child-pid"])
            try:
                select.select([first], [], [], _END_S)
            finally:
                os.close(first)

    def _end_marked(self) -> None:
        """End what has left the group, and what that starts meanwhile; a signal takes a moment."""
        until = time.monotonic() + _END_S
        while (pids := _marked(str(self._folder))) and time.monotonic() < until:
            for pid in pids:
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(_POLL_S / 10)

    def _listen(self, descriptor: int) -> bool:
        part = os.read(descriptor, _READ)
        self._said = (self._said + part)[-_MAX_SAID:]
        return bool(part)

    def _check_disk(self, most: int) -> None:
        usage = shutil.disk_usage(self._folder)
        written = self._free_before - usage.free
        reserve = min(1024**3, usage.total // 20, self._free_before // 2)
        if usage.free < reserve or written > most:
            raise DiskFullError(
                f"the disk fills while the notebook runs: {max(written, 0):,} bytes so far",
                "it was ended, and nothing of it was kept",
            )


def _marked(mark: str) -> list[int]:
    """Return the processes that were started with our variable."""
    wanted = f"{_MARK}={mark}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if wanted in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
    return found
