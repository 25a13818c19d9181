"""A repo, and content to fill it with."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.ipld import dag_pb
from jupyter_ipfs.ipld.block import Block
from jupyter_ipfs.ipld.cid import DAG_PB
from jupyter_ipfs.store.repo import Repo

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the repo is made."""
    return tmp_path / "repo"


@pytest.fixture
def repo(path: Path) -> Iterator[Repo]:
    """An empty repo."""
    with Repo.open(path, busy_s=5) as repo:
        yield repo


def leaves(count: int, *, size: int = 1000, seed: int = 0) -> list[Block]:
    """Return raw blocks with bytes of their own."""
    rng = random.Random(seed)
    return [Block.build(rng.randbytes(size)) for _ in range(count)]


def tree(blocks: list[Block]) -> Block:
    """Return a dag-pb node that links to the blocks."""
    links = [dag_pb.PBLink(block.cid, b"", len(block.data)) for block in blocks]
    return Block.build(dag_pb.encode(links, None), DAG_PB)


def store(repo: Repo, blocks: list[Block], *, pin: bool = True, name: str | None = None) -> Block:
    """Store the blocks under a node that links to them; return the node."""
    root = tree(blocks)
    with repo.batch() as batch:
        for block in blocks:
            batch.put(block)
        batch.put(root)
        batch.commit(root.cid, pin=pin, name=name)
    return root
