"""Recording in a notebook: on with ``%load_ext``, told and switched by ``%ipfs record``."""

from __future__ import annotations

import functools
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ipfs.bundles.recording.readers import Readers
from jupyter_ipfs.bundles.recording.recorder import Recorder
from jupyter_ipfs.bundles.recording.run_record import Run
from jupyter_ipfs.magics import failure
from jupyter_ipfs.magics.results import Report
from jupyter_ipfs.words import figures

if TYPE_CHECKING:
    from IPython.core.interactiveshell import (
        ExecutionInfo,
        ExecutionResult,
        InteractiveShell,
    )

    from jupyter_ipfs.bundles.recording.noting import Noting
    from jupyter_ipfs.magics.call import Call

_SOON_S = 5.0
_EXPLANATION = (
    "What cells were seen to read, write and connect to stays in the repo on this computer, "
    "until you share the notebook and agree to what is in it."
)


class Recording:
    """Records the cells of one shell, see `jupyter_ipfs.bundles.recording.recorder`.

    Attributes:
        kernel: What tells this kernel from others: its run is found by it.
        is_on: Whether it records.
    """

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell
        self.kernel = _kernel(shell)
        self._folder = _working_directory()
        self._recorder = Recorder(self._head, _repo_path)
        self._readers = Readers()
        self._running: list[tuple[ExecutionInfo | None, Noting]] = []
        self.is_on = False

    def on(self) -> None:
        """Record from here on, the rest of a cell that is running included."""
        if not self.is_on:
            self.is_on = True
            self._readers.install()
            self._running.append((None, self._recorder.begin(None, "")))

    def off(self) -> None:
        """Record no more; what was recorded stays. Nothing is left in the way."""
        if self.is_on:
            self.is_on = False
            self._running.clear()
            self._readers.remove()
            self._recorder.stop()

    def before(self, info: ExecutionInfo) -> None:
        """Begin a cell (``pre_run_cell``); one that runs inside another belongs to that."""
        if not self.is_on:
            return
        if self._running and self._running[0][0] is None:
            self._recorder.drop(self._running.pop()[1])
        if self._running or info.silent or not info.store_history:
            return
        noting = self._recorder.begin(_cell_id(info), str(info.raw_cell))
        self._running.append((info, noting))

    def after(self, result: ExecutionResult) -> None:
        """End it (``post_run_cell``, also after an error)."""
        if not self._running or result.info is None:
            return
        info, noting = self._running[0]
        if info is None:  # the cell that switched recording on
            info = result.info
            noting.cell_id, noting.source = _cell_id(info), str(info.raw_cell)
        if info is result.info:
            self._running.clear()
            number = result.execution_count or 0
            self._recorder.end(noting, number=number, success=bool(result.success))

    def flush(self) -> None:
        """Wait until what has ended is written: sharing from this notebook reads it."""
        self._recorder.flush(_SOON_S)

    def status(self) -> Report[bool]:
        """Tell whether it records, and how that goes."""
        self.flush()
        recorder = self._recorder
        runs = figures.counted(recorder.cells, "run")
        state = "on" if self.is_on else "off"
        lines = [f"Recording is {state}; {runs} of cells recorded in this kernel."]
        if recorder.left_out:
            lines.append(f"{recorder.left_out:,} files were too many for one cell.")
        if recorder.problem is not None:
            lines.append(f"Something could not be recorded: {failure.describe(recorder.problem)}")
        return Report("\n".join([*lines, _EXPLANATION]), self.is_on)

    def _head(self) -> Run:
        return Run(self.kernel, _notebook(self._shell), self._folder, sys.executable)


def record(call: Call) -> Report[bool]:
    """Switch recording on or off, or tell whether it is on."""
    recording = call.recording
    if call.args.switch == "on":
        recording.on()
    elif call.args.switch == "off":
        recording.off()
    return recording.status()


def _cell_id(info: ExecutionInfo) -> str | None:
    cell_id = getattr(info, "cell_id", None)
    return cell_id if isinstance(cell_id, str) and cell_id else None


def _kernel(shell: InteractiveShell) -> str:
    """Return Jupyter's id of the kernel: its connection file is named after it."""
    file = Path(str(shell.config.get("IPKernelApp", {}).get("connection_file", "")))
    if file.name.startswith("kernel-") and file.suffix == ".json":
        return file.stem.removeprefix("kernel-")
    return _process(os.getpid())


@functools.cache
def _process(pid: int) -> str:
    return f"{pid}-{time.time_ns()}"


def _notebook(shell: InteractiveShell) -> str | None:
    """Return the notebook's path where Jupyter's server or VS Code told it."""
    from jupyter_ipfs import config  # noqa: PLC0415  (loading counts)

    for told in (config.notebook_path(), shell.user_ns.get("__vsc_ipynb_file__")):
        if isinstance(told, str) and told.endswith(".ipynb") and os.path.isabs(told):  # noqa: PTH117
            return told
    return None


def _repo_path() -> Path:
    from jupyter_ipfs import config  # noqa: PLC0415  (loading counts)

    return config.load().repo


def _working_directory() -> str:
    try:
        return os.getcwd()  # noqa: PTH109
    except OSError:
        return os.sep
