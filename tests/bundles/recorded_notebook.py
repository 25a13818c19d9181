"""A notebook whose cells are recorded as they run."""

from __future__ import annotations

import base64
import hashlib
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from jupyter_ipfs.bundles.recording.recorder import Recorder
from jupyter_ipfs.bundles.recording.run_record import CellRun, Run
from jupyter_ipfs.bundles.recording.run_store import RunStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SOON_S = 30


class Notebook:
    """A folder, and a recorder that works in it."""

    def __init__(self, folder: Path, repo: Path) -> None:
        self.folder, self.repo = folder, repo
        self.path = folder / "nb.ipynb"
        head = Run("k1", str(self.path), str(folder), sys.executable)
        self.recorder = Recorder(lambda: head, lambda: repo)

    @contextmanager
    def cell(self, source: str = "") -> Iterator[None]:
        running = self.recorder.begin("c1", source)
        yield
        self.recorder.end(running, number=1, success=True)

    @property
    def last(self) -> CellRun:
        assert self.recorder.flush(SOON_S, cids=True)
        assert self.recorder.problem is None
        run = RunStore(self.repo).latest(kernel="k1")
        assert run is not None
        return run.cells[-1]

    @property
    def reads(self) -> dict[str, str]:
        """How what was read, by path below the folder."""
        return {os.path.relpath(read.path, self.folder): read.how for read in self.last.reads}

    @property
    def writes(self) -> list[str]:
        return [os.path.relpath(path, self.folder) for path in self.last.writes]


def raw_cid(data: bytes) -> str:
    """CIDv1, raw, sha2-256: what the unixfs-v1-2025 profile gives one chunk (IPIP-499)."""
    binary = b"\x01\x55\x12\x20" + hashlib.sha256(data).digest()
    return "b" + base64.b32encode(binary).decode().lower().rstrip("=")
