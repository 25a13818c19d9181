"""What the tests of the market share: sessions on the sandbox's repo, and assets to work with."""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.ocean.connection import ChainConnection

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_ipfs.ocean.asset import Asset
    from jupyter_ipfs.session import Session
    from tests.sandboxes import Sandbox

_numbers = itertools.count(1)

ABOUT: dict[str, Any] = {
    "description": "Made by a test, ten characters at least.",
    "author": "Ada",
    "license": "CC-BY-4.0",
}


def fresh(size: int = 3000) -> bytes:
    """Return bytes that no other test has."""
    head = f"number {next(_numbers)} ".encode()
    return (head * (size // len(head) + 1))[:size]


def tree(place: Path) -> Path:
    """Make a directory that no other test has."""
    (place / "sub").mkdir(parents=True)
    (place / "a.csv").write_bytes(fresh())
    (place / "sub" / "b.bin").write_bytes(fresh(300_000))
    return place


def published(session: Session, path: Any, **about: Any) -> Asset:  # noqa: ANN401
    """Publish as the author, free unless it has a price; the buyer is signed in afterwards."""
    session.wallet.practice("author")
    given: dict[str, Any] = {"title": f"Asset {next(_numbers)}", **ABOUT, **about}
    asset = session.ocean.publish(path, free="price" not in given, **given)
    session.wallet.practice("buyer")
    return asset


def height(sandbox: Sandbox) -> int:
    """Return the chain's newest block: each transaction makes one."""
    return int(sandbox.result("eth_blockNumber"), 16)


@contextmanager
def chain(sandbox: Sandbox) -> Iterator[ChainConnection]:
    """Give a connection of one's own."""
    connection = ChainConnection(sandbox.info.chain, sandbox.info.rpc_url)
    yield connection
    connection.close()
