"""The suite that ships, run against the embedded node and a real Kubo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.backends.embedded import EmbeddedBackend
from jupyter_ipfs.backends.kubo import KuboBackend
from jupyter_ipfs.store.repo import Repo
from jupyter_ipfs.testing.backend import BackendConformance

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Kubo


class TestEmbedded(BackendConformance):
    @pytest.fixture
    def backend(self, tmp_path: Path) -> Iterator[EmbeddedBackend]:
        with Repo.open(tmp_path / "repo") as repo:
            backend = EmbeddedBackend(repo)
            yield backend
            backend.close()


class TestKubo(BackendConformance):
    @pytest.fixture
    def backend(self, tmp_path: Path, kubo_daemon: Kubo) -> Iterator[KuboBackend]:
        with Repo.open(tmp_path / "repo") as repo:
            backend = KuboBackend(repo, kubo_daemon.api_url)
            yield backend
            backend.close()
