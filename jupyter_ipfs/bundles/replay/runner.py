"""Runs a notebook's cells, inside of the isolation, by the Python of the bundle's environment.

A file of its own: it imports the standard library and ``jupyter_client``, which comes with the
environment's ``ipykernel``, and nothing of this package. Everything it reads and writes is in
reach of the notebook's code except for its channel: a pipe that the kernel does not inherit, in a
process that the kernel may not look into. What comes out of it is still treated as hostile::

    python -I runner.py job.json 3
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import time
from typing import Any

_POLL_S = 0.5
_REPLY_S = 10.0
_SET_DUMPABLE = 4  # prctl: nobody else of this user may read this process's memory or files
_WIDGET, _OUTPUT_WIDGET = "jupyter.widget", "@jupyter-widgets/output"
_OK, _ERROR, _DIED, _TIMEOUT, _NOT_RUN = "ok", "error", "died", "timeout", "not-run"


class Channel:
    """Where results go: JSON texts, one in a line."""

    def __init__(self, descriptor: int) -> None:
        os.set_inheritable(descriptor, False)  # noqa: FBT003  (it takes no keyword)
        self._file = open(descriptor, "wb", buffering=0)  # noqa: SIM115  (till the end)

    def tell(self, event: str, **values: object) -> None:
        """Write an event."""
        line = json.dumps({"event": event, **values}).encode() + b"\n"
        view = memoryview(line)
        while view:
            view = view[self._file.write(view) :]


class Outputs:
    """A cell's outputs, as nbformat has them, made from the kernel's messages."""

    def __init__(self, limits: dict[str, int]) -> None:
        self._limits = limits
        self._outputs: list[dict[str, Any]] = []
        self._texts: list[list[str]] = []  # of a stream, in pieces; of others, nothing
        self._size = 0
        self._clear_before_next = False
        self.truncated = False

    def add(self, output: dict[str, Any]) -> dict[str, Any] | None:
        """Append an output; ``None`` if it is not kept."""
        if self._clear_before_next:
            self.clear()
        is_stream = output["output_type"] == "stream"
        size = _size(output, self._limits["depth"])
        room = self._limits["bytes"] - self._size
        if size is None or len(self._outputs) >= self._limits["count"] or size > room > 0:
            self.truncated = True
            if not is_stream or size is None or len(self._outputs) >= self._limits["count"]:
                return None
            output["text"] = output["text"][:room]
            size = room
        elif room <= 0:
            self.truncated = True
            return None
        self._size += size
        last = self._outputs[-1] if self._outputs else None
        if (
            is_stream
            and last
            and last["output_type"] == "stream"
            and (last["name"] == output["name"])
        ):
            self._texts[-1].append(output["text"])
            return last
        self._outputs.append(output)
        self._texts.append([output["text"]] if is_stream else [])
        return output

    def clear(self, *, wait: bool = False) -> None:
        """Drop what there is, or do it when something comes."""
        self._clear_before_next = wait
        if not wait:
            self._outputs, self._texts, self._size = [], [], 0

    def listed(self) -> list[dict[str, Any]]:
        """Return them."""
        for output, texts in zip(self._outputs, self._texts, strict=True):
            if texts:
                output["text"] = "".join(texts)
        return self._outputs


def _size(output: dict[str, Any], most_depth: int) -> int | None:
    """Return the bytes of an output; ``None`` if it is nested deeper than anybody reads."""
    if output["output_type"] == "stream":
        return len(output["text"])
    try:
        text = json.dumps(output)
    except (RecursionError, ValueError, TypeError):
        return None
    return len(text) if _depth(output) <= most_depth else None


def _depth(value: object) -> int:
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        found, depth = waiting.pop()
        deepest = max(deepest, depth)
        if isinstance(found, dict):
            waiting += [(inner, depth + 1) for inner in found.values()]
        elif isinstance(found, list):
            waiting += [(inner, depth + 1) for inner in found]
    return deepest


class Kernel:
    """A kernel, and the messages of the cell that it runs."""

    def __init__(self, job: dict[str, Any]) -> None:
        from jupyter_client.blocking.client import BlockingKernelClient  # noqa: PLC0415
        from jupyter_client.connect import write_connection_file  # noqa: PLC0415

        file = os.path.join(job["runtime"], "kernel.json")  # noqa: PTH118  (no import for it)
        write_connection_file(file, ip="127.0.0.1", key=os.urandom(32).hex().encode())
        # Not by a KernelManager: that gives the kernel a session of its own, which would outlive
        # this one where there is no isolation.
        self.process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "ipykernel_launcher", "-f", file],
            cwd=job["folder"],
            stdin=subprocess.DEVNULL,
            env={**os.environ, "JPY_PARENT_PID": str(os.getpid())},
        )
        self._client = BlockingKernelClient(connection_file=file)
        self._client.load_connection_file()
        self._client.start_channels(stdin=False, hb=False)
        self._limits = job["limits"]
        self._displays: dict[str, list[tuple[Outputs, dict[str, Any], int]]] = {}
        self._output_widgets: dict[str, str] = {}  # what goes into which, not under the cell
        self.changed: set[int] = set()  # cells whose earlier outputs were updated
        self.cells: dict[int, dict[str, Any]] = {}

    def wait(self, timeout_s: float) -> bool:
        """Wait until it answers on both channels."""
        until = time.monotonic() + timeout_s
        while time.monotonic() < until and self.process.poll() is None:
            self._client.kernel_info()
            with contextlib.suppress(queue.Empty):
                self._client.get_shell_msg(timeout=1)
                self._client.get_iopub_msg(timeout=0.2)
                return True
        return False

    def run(self, index: int, cell: dict[str, Any], until: float) -> dict[str, Any]:
        """Run a cell; return what came of it."""
        outputs = Outputs(self._limits)
        started = time.monotonic()
        session = self._client.session
        content = {
            "code": cell["source"],
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": False,
        }
        message = session.msg("execute_request", content, metadata={"cellId": cell["id"]})
        self._client.shell_channel.send(message)
        status = self._follow(message["header"]["msg_id"], index, outputs, until)
        made = {
            "id": cell["id"], "index": index, "status": status,
            "seconds": round(time.monotonic() - started, 3),
            "outputs": outputs, "number": None,
        }  # fmt: skip
        if status == _OK:
            reply = self._reply(message["header"]["msg_id"])
            made["status"] = _ERROR if reply.get("status") == "error" else _OK
            number = reply.get("execution_count")
            made["number"] = number if isinstance(number, int) else None
        self.cells[index] = made
        return made

    def _follow(self, asked: str, index: int, outputs: Outputs, until: float) -> str:
        died = False
        while True:
            try:
                message = self._client.get_iopub_msg(timeout=0.1 if died else _POLL_S)
            except queue.Empty:
                if died:
                    return _DIED
                died = self.process.poll() is not None  # what it said last may still be coming
                message = None
            except (ValueError, KeyError, TypeError, RecursionError):
                outputs.truncated = True  # not a message that can be read
                message = None
            if time.monotonic() > until:
                return _TIMEOUT
            if not isinstance(message, dict):
                continue
            try:
                if self._take(message, asked, index, outputs):
                    return _OK
            except (KeyError, TypeError, AttributeError, ValueError, RecursionError):
                outputs.truncated = True

    def _take(self, message: dict[str, Any], asked: str, index: int, outputs: Outputs) -> bool:
        """Take a message in; tell whether it ends the cell."""
        kind, content = message["msg_type"], message["content"]
        if kind.startswith("comm_"):
            self._comm(kind, content)
        elif kind == "update_display_data":
            self._update(content)
        elif message["parent_header"].get("msg_id") != asked:
            return False
        elif kind == "status":
            return bool(content["execution_state"] == "idle")
        elif asked in self._output_widgets.values():
            return False
        elif kind == "clear_output":
            outputs.clear(wait=bool(content.get("wait")))
        elif (output := _output(kind, content)) is not None:
            kept = outputs.add(output)
            display = (content.get("transient") or {}).get("display_id")
            if kept is not None and isinstance(display, str):
                self._displays.setdefault(display, []).append((outputs, kept, index))
        return False

    def _update(self, content: dict[str, Any]) -> None:
        """Change what was displayed under that id, in this cell or an earlier one."""
        new = {"data": dict(content["data"]), "metadata": dict(content["metadata"])}
        size = _size({"output_type": "display_data", **new}, self._limits["depth"])
        for outputs, output, index in self._displays.get(content["transient"]["display_id"], ()):
            if size is None or size > self._limits["bytes"]:
                outputs.truncated = True
            else:
                output.update(new)
            self.changed.add(index)

    def _comm(self, kind: str, content: dict[str, Any]) -> None:
        """Follow ``ipywidgets.Output``: while it is entered, outputs are the widget's."""
        data = content.get("data") or {}
        state = data.get("state") or {}
        comm = content["comm_id"]
        if kind == "comm_open" and content.get("target_name") == _WIDGET:
            if state.get("_model_module") == _OUTPUT_WIDGET:
                self._output_widgets[comm] = str(state.get("msg_id") or "")
        elif kind == "comm_msg" and comm in self._output_widgets and "msg_id" in state:
            self._output_widgets[comm] = str(state["msg_id"] or "")

    def _reply(self, asked: str) -> dict[str, Any]:
        until = time.monotonic() + _REPLY_S
        while time.monotonic() < until:
            try:
                message = self._client.get_shell_msg(timeout=_POLL_S)
            except queue.Empty:
                if self.process.poll() is not None:
                    break
                continue
            except (ValueError, KeyError, TypeError, RecursionError):
                continue
            if message["parent_header"].get("msg_id") == asked:
                return dict(message["content"])
        return {}


def _output(kind: str, content: dict[str, Any]) -> dict[str, Any] | None:
    """Return what a message shows, as nbformat has it."""
    made: dict[str, Any] = {"output_type": kind}
    if kind == "stream":
        return {**made, "name": str(content["name"]), "text": str(content["text"])}
    if kind == "error":
        lines = [str(line) for line in content["traceback"]]
        return {
            **made, "ename": str(content["ename"]), "evalue": str(content["evalue"]),
            "traceback": lines,
        }  # fmt: skip
    if kind not in {"display_data", "execute_result"}:
        return None
    made |= {"data": dict(content["data"]), "metadata": dict(content["metadata"])}
    if kind == "execute_result":
        made["execution_count"] = content["execution_count"]
    return made


def main(arguments: list[str]) -> None:
    """Run a job."""
    channel = Channel(int(arguments[1]))
    _close_to_others()
    with open(arguments[0], encoding="utf-8") as file:  # noqa: PTH123
        job = json.load(file)
    try:
        kernel = Kernel(job)
    except ImportError as error:
        channel.tell("failed", reason=f"the environment has no {error.name}")
        return
    if not kernel.wait(job["start_s"]):
        channel.tell("failed", reason="the kernel did not start")
        return
    channel.tell("ready")
    ends_at = time.monotonic() + job["run_s"]
    over = False
    for cell in job["cells"]:
        index = cell["index"]
        if over:
            channel.tell("cell", id=cell["id"], index=index, status=_NOT_RUN, seconds=0,
                         outputs=[], truncated=False, number=None)  # fmt: skip
            continue
        channel.tell("started", id=cell["id"], index=index)
        until = min(time.monotonic() + job["cell_s"], ends_at)
        kernel.run(index, cell, until)
        kernel.changed.add(index)
        # An earlier cell may have changed as well: it is told again.
        for changed in sorted(kernel.changed & kernel.cells.keys()):
            _tell_cell(channel, kernel.cells[changed])
        kernel.changed.clear()
        over = kernel.cells[index]["status"] in {_DIED, _TIMEOUT}
    channel.tell("end")
    kernel.process.kill()


def _tell_cell(channel: Channel, made: dict[str, Any]) -> None:
    outputs = made["outputs"]
    told = {**made, "outputs": outputs.listed(), "truncated": outputs.truncated}
    channel.tell("cell", **told)


def _close_to_others() -> None:
    if not sys.platform.startswith("linux"):
        return
    with contextlib.suppress(ImportError, OSError, AttributeError):
        import ctypes  # noqa: PLC0415

        ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0)


if __name__ == "__main__":
    main(sys.argv[1:])
