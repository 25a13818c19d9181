"""A shell in this process, and a real kernel in another one."""

from __future__ import annotations

import os
import queue
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

import jupyter_ipfs
from tests.conftest import CHECKOUT

_TIMEOUT_S = 60


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The repo that the magics of this test use; the working directory is the test's own."""
    place = tmp_path / "repo"
    monkeypatch.setenv("JUPYTER_IPFS_REPO", str(place))
    monkeypatch.setenv("PYTHONPATH", str(CHECKOUT))
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return place


@pytest.fixture
def plain_shell(repo: Path) -> Iterator[InteractiveShell]:
    """IPython as an application embeds it, without our extension."""
    del repo
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(config=config)
    yield shell
    jupyter_ipfs.unload_ipython_extension(shell)
    InteractiveShell.clear_instance()


@pytest.fixture
def shell(plain_shell: InteractiveShell) -> InteractiveShell:
    """The same with our extension."""
    jupyter_ipfs.load_ipython_extension(plain_shell)
    return plain_shell


@pytest.fixture
def run(shell: InteractiveShell) -> Callable[[str], Any]:
    """Run a cell that must succeed; return its last value."""

    def run(cell: str) -> Any:  # noqa: ANN401
        result = shell.run_cell(cell)
        result.raise_error()
        return result.result

    return run


@pytest.fixture
def session(repo: Path) -> Iterator[jupyter_ipfs.Session]:
    """A session of another process, so to speak, on the same repo."""
    with jupyter_ipfs.connect(repo=repo) as session:
        yield session


@dataclass
class Executed:
    """What one cell gave, as a front end sees it."""

    reply: dict[str, Any]
    messages: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def of(self, kind: str) -> list[dict[str, Any]]:
        """Return the contents of the messages of one type."""
        return [content for found, content in self.messages if found == kind]

    @property
    def ok(self) -> bool:
        return bool(self.reply["status"] == "ok")

    @property
    def error(self) -> str:
        """The error as it is shown, without colours."""
        return re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(self.of("error")[-1]["traceback"]))

    @property
    def text(self) -> str:
        """What was printed."""
        return "".join(content["text"] for content in self.of("stream"))

    def data(self, mime: str) -> list[Any]:
        """Return what was displayed in one mime type, the last value included."""
        shown = self.of("display_data") + self.of("execute_result")
        return [content["data"][mime] for content in shown if mime in content["data"]]


class Kernel:
    """A real ipykernel."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401
        self.client = client

    def run(self, cell: str, *, answer: str | None = None) -> Executed:
        """Run a cell; ``answer`` is typed if it asks for input."""
        sent = self.client.execute(cell, allow_stdin=answer is not None)
        messages = []
        while True:
            if answer is not None:
                try:
                    self.client.get_stdin_msg(timeout=0.05)
                    self.client.input(answer)
                except queue.Empty:
                    pass
            try:
                message = self.client.get_iopub_msg(timeout=0.2 if answer else _TIMEOUT_S)
            except queue.Empty:
                if answer is None:
                    raise
                continue
            if message["parent_header"].get("msg_id") != sent:
                continue
            kind, content = message["msg_type"], message["content"]
            messages.append((kind, content))
            if kind == "status" and content["execution_state"] == "idle":
                break
        reply = self.client.get_shell_msg(timeout=_TIMEOUT_S)
        assert reply["parent_header"]["msg_id"] == sent
        return Executed(reply["content"], messages)

    def ask(self, kind: str, *args: Any) -> dict[str, Any]:  # noqa: ANN401
        """Send another request and return the reply's content."""
        sent = getattr(self.client, kind)(*args)
        reply = self.client.get_shell_msg(timeout=_TIMEOUT_S)
        assert reply["parent_header"]["msg_id"] == sent
        content: dict[str, Any] = reply["content"]
        return content


@pytest.fixture
def make_kernel(repo: Path) -> Iterator[Callable[[], Kernel]]:
    """Start kernels that see this test's repo; they end with the test."""
    del repo
    from jupyter_client.manager import KernelManager  # noqa: PLC0415

    started = []

    def make() -> Kernel:
        manager: Any = KernelManager(kernel_name="python3")
        manager.kernel_cmd = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        manager.start_kernel(env=dict(os.environ))
        client = manager.blocking_client()
        client.start_channels()
        started.append((manager, client))
        client.wait_for_ready(timeout=_TIMEOUT_S)
        kernel = Kernel(client)
        assert kernel.run("%load_ext jupyter_ipfs").ok
        return kernel

    yield make
    for manager, client in started:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


@pytest.fixture
def kernel(make_kernel: Callable[[], Kernel]) -> Kernel:
    """A kernel with our extension."""
    return make_kernel()


def notebook(*cells: str) -> Any:  # noqa: ANN401
    """Return a notebook that loads the extension and has these cells."""
    code = [nbformat.v4.new_code_cell(cell) for cell in ("%load_ext jupyter_ipfs", *cells)]
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return nbformat.v4.new_notebook(cells=code, metadata=metadata)
