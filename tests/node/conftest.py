"""A session on a fresh repo."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.session import Session

SIZE = 4 * 1024 * 1024

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with Session(repo=tmp_path / "repo") as opened:
        yield opened


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A directory with files, a sub-directory, a symlink and something hidden."""
    root = tmp_path / "tree"
    (root / "sub" / ".hidden").mkdir(parents=True)
    (root / "a.txt").write_text("hello")
    (root / "sub" / "b.bin").write_bytes(random.Random(3).randbytes(SIZE))  # several leaves
    (root / "sub" / "up").symlink_to("../a.txt")
    (root / "empty").mkdir()
    return root
