"""One Jupyter server for all these tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.ocean import local_sandbox
from jupyter_ipfs.session import Session, connect
from tests.jupyter_process import JupyterProcess, running_jupyter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

    from jupyter_ipfs.ocean.local_sandbox import SandboxInfo


@pytest.fixture(scope="session")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    """A Jupyter server with our extension and nothing configured."""
    with running_jupyter("server", tmp_path_factory.mktemp("server")) as process:
        yield process


@pytest.fixture
def client(jupyter: JupyterProcess) -> Iterator[httpx.Client]:
    """A client that is logged in."""
    with jupyter.client() as client:
        yield client


@pytest.fixture
def session(jupyter: JupyterProcess) -> Iterator[Session]:
    """A session on the server's repo, as a kernel has it."""
    with connect("embedded", jupyter.home / "jupyter-data" / "ipfs") as session:
        yield session


@dataclass(frozen=True, slots=True)
class Practice:
    """The practice chain of the server's repo, and its accounts."""

    repo: Path
    author: str
    buyer: str

    @property
    def info(self) -> SandboxInfo:
        """Where it is now: a test may have ended it."""
        return local_sandbox.ensure(self.repo)


@pytest.fixture(scope="session")
def practice(jupyter: JupyterProcess) -> Iterator[Practice]:
    """The chain, started by the server and stopped at the end; one for all these tests."""
    with jupyter.client() as client:
        started = client.post("jupyter-ipfs/sandbox", json={})
        assert started.status_code == 200, started.text
        accounts = {each["label"]: each["address"] for each in started.json()["accounts"]}
        repo = jupyter.home / "jupyter-data" / "ipfs"
        yield Practice(repo, accounts["author"], accounts["buyer"])
        assert client.delete("jupyter-ipfs/sandbox").status_code == 204
        assert not client.get("jupyter-ipfs/wallet").json()["sandbox"]["running"]
