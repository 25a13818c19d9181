"""A real Jupyter server on loopback, with directories of its own, for tests of the edge."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, distribution
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

from tests.conftest import CHECKOUT, require

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKEN = "a-token-for-tests"
# As a hub has it: nothing of ours may assume that the server is at the root.
BASE_URL = "/user/ada/"
START_S = 60
# What a server of a test must not see of ours.
_PRIVATE = ("JUPYTER", "IPFS", "PYTHONPATH", "XDG_")
# `.ci/run` runs the browser's story in the environment of the wheel instead of this one.
WHEEL_PYTHON = os.environ.get("JUPYTER_IPFS_TEST_WHEEL_PYTHON")


@dataclass
class JupyterProcess:
    """A server that runs.

    Attributes:
        url: Its address, base URL included, with a slash at the end.
        root_dir: What its file browser shows.
        home: Its user's home.
        lines: What it has printed so far.
    """

    url: str
    root_dir: Path
    home: Path
    lines: list[str] = field(default_factory=list)

    def client(self, *, token: str | None = TOKEN) -> httpx.Client:
        """A client for our routes and the server's own; a stranger's with ``token=None``."""
        headers = {"Authorization": f"token {token}"} if token else {}
        return httpx.Client(base_url=self.url, headers=headers, timeout=30)


@contextmanager
def running_jupyter(
    application: str, place: Path, *flags: str, base_url: str = BASE_URL
) -> Iterator[JupyterProcess]:
    """Run ``jupyter <application>`` below ``place`` until the block is left."""
    root_dir, home = place / "root", place / "home"
    root_dir.mkdir(exist_ok=True)
    home.mkdir(exist_ok=True)
    command = [
        WHEEL_PYTHON or sys.executable, "-m", *_module(application),
        "--ServerApp.ip=127.0.0.1", "--ServerApp.port=0", "--no-browser", "--allow-root",
        f"--ServerApp.base_url={base_url}", f"--IdentityProvider.token={TOKEN}",
        f"--ServerApp.root_dir={root_dir}",
        *_from_checkout(application, place), *flags,
    ]  # fmt: skip
    process = subprocess.Popen(
        command, cwd=root_dir, env=_environment(home), text=True, errors="replace",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    running = JupyterProcess("", root_dir, home)
    known = threading.Event()
    reader = threading.Thread(target=_read, args=(process, running, known, base_url), daemon=True)
    reader.start()
    try:
        if not known.wait(START_S) or not running.url:
            raise AssertionError("Jupyter did not start:\n" + "".join(running.lines))
        _wait_until_it_listens(running.url)
        yield running
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            # Stopped while a notebook is being opened it waits for ever for anyio's threads.
            process.wait(8)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        reader.join()


def _wait_until_it_listens(url: str) -> None:
    """The address may be printed before the socket listens."""
    place = urlsplit(url)
    deadline = time.monotonic() + START_S
    while True:
        try:
            socket.create_connection((place.hostname or "", place.port or 0), 5).close()
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def _module(application: str) -> list[str]:
    return {"server": ["jupyter_server"], "lab": ["jupyterlab"], "notebook": ["notebook"]}[
        application
    ]


def _environment(home: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(_PRIVATE)}
    if not WHEEL_PYTHON:
        kept["PYTHONPATH"] = str(CHECKOUT)
    return {
        **kept,
        "HOME": str(home),
        "IPYTHONDIR": str(home / ".ipython"),
        "JUPYTER_CONFIG_DIR": str(home / ".jupyter"),
        "JUPYTER_DATA_DIR": str(home / "jupyter-data"),
        "JUPYTER_RUNTIME_DIR": str(home / "jupyter-runtime"),
        "PYTHONUNBUFFERED": "1",
    }


def _from_checkout(application: str, place: Path) -> list[str]:
    """Enable what installing would have enabled, where the package is not installed."""
    if WHEEL_PYTHON:
        return []
    try:
        distribution("jupyter_ipfs")
    except PackageNotFoundError:
        pass
    else:
        return []
    flags = ["--ServerApp.jpserver_extensions=jupyter_ipfs=True"]
    if application != "server":
        built = CHECKOUT / "jupyter_ipfs" / "labextension"
        require(built.exists(), "no built labextension: pip install . (or jlpm build:prod)")
        extensions = place / "labextensions"
        extensions.mkdir(exist_ok=True)
        if not (extensions / "jupyter-ipfs").exists():
            (extensions / "jupyter-ipfs").symlink_to(built)
        flags.append(f"--LabServerApp.extra_labextensions_path={extensions}")
    return flags


def _read(
    process: subprocess.Popen[str], running: JupyterProcess, known: threading.Event, base_url: str
) -> None:
    """Keep the pipe empty, and tell when the address was printed."""
    assert process.stdout is not None
    with process.stdout:
        for line in process.stdout:
            running.lines.append(line)
            found = re.search(r"http://127\.0\.0\.1:\d+/", line)
            if found and not known.is_set():
                running.url = found[0].rstrip("/") + base_url
                known.set()
    known.set()
