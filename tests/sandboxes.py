"""One practice chain for all the tests of a session: a real process, on a repo of its own."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from jupyter_ipfs.ocean import local_sandbox
from jupyter_ipfs.wallet import sandbox_accounts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_ipfs.ocean.local_sandbox import SandboxInfo


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A sandbox that runs.

    Attributes:
        repo: Its repo.
        info: Where it is.
    """

    repo: Path
    info: SandboxInfo

    def address(self, label: str) -> str:
        """Return the address of ``author`` or ``buyer``."""
        return next(a.address for a in sandbox_accounts.accounts(self.repo) if a.label == label)

    def rpc(self, method: str, *params: object) -> Any:  # noqa: ANN401  (JSON)
        """Return a method's whole answer."""
        return rpc(self.info, method, *params)

    def result(self, method: str, *params: object) -> Any:  # noqa: ANN401
        """Return a method's result."""
        answer = self.rpc(method, *params)
        assert "error" not in answer, answer
        return answer["result"]


def rpc(info: SandboxInfo, method: str, *params: object) -> Any:  # noqa: ANN401
    """Ask a sandbox's chain."""
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
    status, answer = post(info.rpc_url, body.encode(), {"Content-Type": "application/json"})
    assert status == 200, (status, answer)
    return json.loads(answer)


def post(url: str, body: bytes, headers: dict[str, str], method: str = "POST") -> tuple[int, bytes]:
    """Send a request exactly as it is given."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=60)
    try:
        connection.request(method, parts.path, body or None, headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The session's sandbox; tests share its chain, so they count from what they find."""
    repo = tmp_path_factory.mktemp("sandbox") / "repo"
    try:
        yield Sandbox(repo, local_sandbox.ensure(repo))
    finally:
        local_sandbox.stop(repo)
