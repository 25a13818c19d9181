"""Daemons with a configuration of their own."""

from __future__ import annotations

import subprocess
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.conftest import Kubo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def running() -> Iterator[Callable[..., Kubo]]:
    """Start a daemon, by default offline, until the test has ended."""
    with ExitStack() as stack:

        def start(kubo: Kubo, offline: str = "--offline") -> Kubo:
            process = subprocess.Popen(
                [kubo.binary, "daemon", offline],
                env=kubo.env,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
            stack.callback(_stop, process)
            assert process.stdout is not None
            said = []
            for line in process.stdout:
                said.append(line)
                if line.startswith(b"Daemon is ready"):
                    break
            else:
                raise AssertionError(b"".join(said).decode(errors="replace"))
            port = (kubo.repo / "api").read_text().split("/")[4]
            return Kubo(kubo.binary, kubo.repo, f"http://127.0.0.1:{port}", "", process.pid)

        yield start


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.communicate(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
