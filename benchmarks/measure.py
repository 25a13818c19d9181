"""Running whole processes, with their wall time and peak memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Run:
    """One finished process.

    Attributes:
        seconds: Wall time, start-up included.
        peak: Largest resident size, in bytes.
        out: What it printed.
    """

    seconds: float
    peak: int
    out: str


@dataclass(slots=True)
class Figure:
    """What one contender did in one row: several measurements and a remark.

    Attributes:
        seconds: One for each repetition.
        peak: Largest resident size of any repetition, in bytes.
        note: What else there is to say, such as bytes transferred.
    """

    seconds: list[float] = field(default_factory=list)
    peak: int = 0
    note: str = ""

    @property
    def median(self) -> float | None:
        """The figure, or ``None`` if the contender cannot do it."""
        return median(self.seconds) if self.seconds else None

    def take(self, seconds: float, peak: int = 0) -> None:
        """Add a repetition."""
        self.seconds.append(seconds)
        self.peak = max(self.peak, peak)


def run(command: Sequence[str | Path], env: Mapping[str, str], *, stdout: str = os.devnull) -> Run:
    """Run a command to its end.

    Its peak memory is asked of the kernel; this process stays small, since a child's figure
    begins with the size of the process that started it.

    Raises:
        RuntimeError: It failed; the message is the end of what it said.
    """
    with (
        tempfile.TemporaryFile() as errors,
        open(stdout, "w+b") as out,  # noqa: PTH123  (also the null device)
    ):
        begin = time.perf_counter()
        process = subprocess.Popen(list(command), env=dict(env), stdout=out, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        if process.returncode:
            said = errors.read().decode(errors="replace")[-500:]
            raise RuntimeError(f"{' '.join(map(str, command))}: {said}")
    printed = Path(stdout).read_text() if stdout != os.devnull else ""
    scale = 1 if sys.platform == "darwin" else 1024
    return Run(seconds, usage.ru_maxrss * scale, printed)


def printed(command: Sequence[str | Path], env: Mapping[str, str]) -> Run:
    """Run a command and keep what it printed."""
    with tempfile.NamedTemporaryFile() as out:
        return run(command, env, stdout=out.name)


def script(source: str, env: Mapping[str, str], *args: str) -> tuple[dict[str, Any], Run]:
    """Run a Python script that prints one JSON object; return that and the process's figures."""
    done = printed([sys.executable, "-c", source, *args], env)
    return json.loads(done.out.splitlines()[-1]), done


def repeat(times: int, *contenders: Callable[[], None]) -> None:
    """Run the contenders in turn, so that what slows the machine slows them all."""
    for _ in range(times):
        for contender in contenders:
            os.sync()
            contender()
