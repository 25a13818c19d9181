"""One environment for all tests that run a shared notebook: built once, lent to many repos."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ipfs.bundles.environment import distributions, lock, locking
from jupyter_ipfs.bundles.format import manifest_json, notebook
from jupyter_ipfs.bundles.format.manifest import Cell, Input, Manifest
from jupyter_ipfs.bundles.opening import opening
from jupyter_ipfs.bundles.replay import isolation
from tests.conftest import require

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from jupyter_ipfs.bundles.environment.locking import Locked
    from jupyter_ipfs.bundles.opening.opening import Opened
    from jupyter_ipfs.session import Session

MODULES = ("ipywidgets", "jupyter_ipfs", "matplotlib", "numpy")  # beside ipykernel


@pytest.fixture(scope="session")
def bubblewrap() -> None:
    """A bubblewrap that works."""
    reason = isolation.why_not()
    require(reason is None, f"{reason}: apt install bubblewrap")


@dataclass(frozen=True, slots=True)
class LockedEnvironment:
    """What this environment has of `MODULES`, locked; and where it is built.

    Attributes:
        locked: The lock.
        directory: The ``environments`` of all repos that it is lent to.
    """

    locked: Locked
    directory: Path

    @property
    def requirements(self) -> str:
        """What is installed."""
        return lock.requirements(lock.read(self.locked.pylock))

    def lend(self, repo: Path) -> None:
        """Let a repo have what is built, and build it there if it is not."""
        repo.mkdir(mode=0o700, exist_ok=True)
        (repo / "environments").symlink_to(self.directory)


@pytest.fixture(scope="session")
def locked_environment(tmp_path_factory: pytest.TempPathFactory) -> LockedEnvironment:
    """The one environment; the processes of a session share it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    directory = shared / "environments"
    directory.mkdir(mode=0o700, exist_ok=True)
    with (shared / "environments.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # the index is asked once
        made = locking.lock_installed(
            distributions.installed(sys.executable, MODULES), remembered=directory / "locks"
        )
    assert made.environment.unlocked == (), "what the tests stand on is not on the index"
    return LockedEnvironment(made, directory)


def leftovers(session: Session) -> list[str]:
    """Return what the runs of this process have left; the place is lent to others as well."""
    runs = session.repo.path / "environments" / "runs"
    return [each.name for each in runs.glob(f"{os.getpid()}-*")]


@pytest.fixture
def make_share(
    locked_environment: LockedEnvironment,
) -> Callable[..., Opened]:
    """Store a share by hand: cells, inputs and a lock; nobody has run it."""

    def make(
        session: Session,
        cells: Sequence[str | dict[str, Any]],
        inputs: Mapping[str, bytes] | None = None,
        *,
        contents: Sequence[Path] = (),
        folder: str = "",
        pylock: bytes | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> Opened:
        if not (session.repo.path / "environments").exists():
            locked_environment.lend(session.repo.path)
        raw = {"cells": [_cell(number, each) for number, each in enumerate(cells)],
               "metadata": metadata or {}, "nbformat": 4, "nbformat_minor": 5}  # fmt: skip
        nb = notebook.parse(json.dumps(raw).encode())
        files: dict[str, bytes | Path] = {}
        listed = []
        for path, data in (inputs or {}).items():
            cid = str(session.store(data, only_hash=True).root)
            listed.append(Input(path, len(data), cid, "seen"))
            files[f"inputs/{path}"] = data
        for content in contents:
            stored = session.store(content)
            listed.append(Input(f"ipfs/{stored.root}", 1, str(stored.root), "content"))
            files[f"inputs/ipfs/{stored.root}"] = content
        manifest = Manifest(
            title="A survey", name="survey.ipynb", authors=(), license="", description="",
            created_at="", folder=folder, recorded=False, hosts=(),
            inputs=tuple(sorted(listed, key=lambda each: each.path)),
            cells=tuple(
                Cell(each.id, each.index, each.number, each.source_sha256)
                for each in notebook.code_cells(nb)
            ),
            environment=locked_environment.locked.environment,
        )  # fmt: skip
        files |= {
            "notebook.ipynb": notebook.canonical(nb),
            "bundle.json": manifest_json.dumps(manifest),
            "environment/pylock.toml": locked_environment.locked.pylock
            if pylock is None
            else pylock,
        }
        root = session.store_files(files).root
        return opening.open_bundle(session, root)

    return make


def _cell(number: int, given: str | dict[str, Any]) -> dict[str, Any]:
    cell = {"source": given} if isinstance(given, str) else given
    name = hashlib.sha256(f"{number}".encode()).hexdigest()[:8]
    return {"cell_type": "code", "id": name, "metadata": {}, "outputs": [],
            "execution_count": None, **cell}  # fmt: skip
