"""One Jupyter server for all these tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.session import Session, connect
from tests.jupyter_process import JupyterProcess, running_jupyter

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx


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
