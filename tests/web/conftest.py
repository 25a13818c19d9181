"""A gateway on a socket of its own, with something to serve and something to keep private."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import httpx
import pytest

from jupyter_ipfs.session import Session
from jupyter_ipfs.web.gateway import Gateway

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_ipfs.ipld.cid import CID


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with Session(repo=tmp_path / "repo") as opened:
        yield opened


@pytest.fixture
def shared(session: Session, tmp_path: Path) -> CID:
    """A directory that is served: two files, one of several blocks, and a page."""
    place = tmp_path / "shared"
    (place / "sub").mkdir(parents=True)
    (place / "a.txt").write_text("hello")
    (place / "page.html").write_text("<script>document.title = 1</script>")
    (place / "sub" / "big.bin").write_bytes(random.Random(4).randbytes(5 * 1024 * 1024))
    return session.add(place)


@pytest.fixture
def private(session: Session) -> CID:
    """A file that is held in the same repo and not served."""
    return session.add(b"nobody's business")


@pytest.fixture
def gateway(session: Session, shared: CID, private: CID) -> Iterator[Gateway]:  # noqa: ARG001
    with Gateway(session.repo) as opened:
        opened.closure.add(shared)
        yield opened


@pytest.fixture
def client(gateway: Gateway) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=gateway.url, timeout=30) as opened:
        yield opened
