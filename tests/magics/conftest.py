"""A shell in this process, and a real kernel in another one."""

from __future__ import annotations

import os
import queue
import re
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

import jupyter_ipfs
from tests.conftest import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_TIMEOUT_S = 60
# Kernels import the package from the checkout, installed or not.
_PYTHONPATH = os.pathsep.join(filter(None, [str(CHECKOUT), os.environ.get("PYTHONPATH")]))

# IPython is typed in part only.
Shell: TypeAlias = Any


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The repo that the magics of this test use; the working directory is the test's own."""
    place = tmp_path / "repo"
    monkeypatch.setenv("JUPYTER_IPFS_REPO", str(place))
    monkeypatch.setenv("PYTHONPATH", _PYTHONPATH)
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return place


@pytest.fixture
def plain_shell(repo: Path) -> Iterator[Shell]:
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
def shell(plain_shell: Shell) -> Shell:
    """The same with our extension."""
    jupyter_ipfs.load_ipython_extension(plain_shell)
    return plain_shell


@pytest.fixture
def run(shell: Shell) -> Callable[[str], Any]:
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
        sent = self.client.execute(cell, allow_stdin=answer is not None, stop_on_error=False)
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
        return Executed(self._reply(sent), messages)

    def ask(self, kind: str, *args: Any) -> dict[str, Any]:  # noqa: ANN401
        """Send another request and return the reply's content."""
        return self._reply(getattr(self.client, kind)(*args))

    def _reply(self, sent: str) -> dict[str, Any]:
        while True:  # on a busy machine, answers to the questions at the start come late
            reply = self.client.get_shell_msg(timeout=_TIMEOUT_S)
            if reply["parent_header"].get("msg_id") == sent:
                content: dict[str, Any] = reply["content"]
                return content


@contextmanager
def running_kernel() -> Iterator[Kernel]:
    """Start a kernel of this interpreter; it ends with the block."""
    from jupyter_client.manager import KernelManager  # noqa: PLC0415

    manager: Any = KernelManager(kernel_name="python3")
    # Of this interpreter, whatever kernels are installed; by a file, as Jupyter starts it.
    manager.kernel_spec.argv[0] = sys.executable
    manager.start_kernel(env={**os.environ, "PYTHONPATH": _PYTHONPATH})
    client = manager.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=_TIMEOUT_S)
        yield Kernel(client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


@pytest.fixture(scope="session")
def first_kernel() -> Iterator[Kernel]:
    """A kernel for many tests: starting one takes longer than they do."""
    with running_kernel() as kernel:
        yield kernel


@pytest.fixture(scope="session")
def second_kernel() -> Iterator[Kernel]:
    """Another process."""
    with running_kernel() as kernel:
        yield kernel


@pytest.fixture
def kernel(first_kernel: Kernel, repo: Path) -> Kernel:
    """A kernel in this test's directory and repo, freshly loaded with our extension."""
    return _fresh(first_kernel, repo)


@pytest.fixture
def other_kernel(second_kernel: Kernel, repo: Path) -> Kernel:
    """Another one on the same repo."""
    return _fresh(second_kernel, repo)


def _fresh(kernel: Kernel, repo: Path) -> Kernel:
    place = (
        f"import os; os.environ['JUPYTER_IPFS_REPO'] = {str(repo)!r}; os.chdir({str(Path.cwd())!r})"
    )
    done = kernel.run("%unload_ext jupyter_ipfs\n%reset -f\n" + place + "\n%load_ext jupyter_ipfs")
    assert done.ok, done.error
    return kernel


def notebook(*cells: str) -> Any:  # noqa: ANN401
    """Return a notebook that loads the extension and has these cells."""
    v4: Any = nbformat.v4
    code = [v4.new_code_cell(cell) for cell in ("%load_ext jupyter_ipfs", *cells)]
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return v4.new_notebook(cells=code, metadata=metadata)
