"""Looking at what is held asks nobody for anything, and tells what is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.errors import BackendUnavailableError, BlockNotFoundError
from jupyter_ipfs.ipld.cid import CID
from jupyter_ipfs.node.held import Completeness, Held
from jupyter_ipfs.node.needed import needed_by
from jupyter_ipfs.session import Session, connect
from jupyter_ipfs.testing.blocks import MemoryBlocks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """A session on an empty repo."""
    with connect("embedded", tmp_path / "repo") as session:
        yield session


class Down(MemoryBlocks):
    """A backend that does not answer, and counts how often it was asked."""

    times = 0

    def has(self, cid: CID) -> bool:  # noqa: ARG002  (the protocol's)
        self.times += 1
        raise BackendUnavailableError("it does not answer")


def test_a_backend_that_does_not_answer_is_asked_once(session: Session) -> None:
    here, down = session.add(b"here"), Down()
    held = Held(session.repo, down)
    assert held.get(here).data == b"here"
    assert down.times == 0
    for _ in range(3):
        with pytest.raises(BackendUnavailableError):
            held.get(CID.of(b"there"))
        assert not held.has(CID.of(b"there"))
    assert down.times == 1


def test_the_repo_alone_has_what_it_has(session: Session) -> None:
    cids = [session.add(b"%d" % number) for number in range(5)]
    held = Held(session.repo, None)
    assert [block.cid for block in held.get_many(cids)] == cids
    with pytest.raises(BlockNotFoundError):
        held.get(CID.of(b"nowhere"))


def test_a_root_is_whole_when_every_leaf_is_here(session: Session) -> None:
    files = {f"{n}/{m}": b"%d %d" % (n, m) for n in range(3) for m in range(3)}
    root = session.store_files(files).root
    assert Completeness(session.repo, 100).of(root)
    assert not Completeness(session.repo, 5).of(root), "more than were to be looked for"
    with session.repo.database.write() as connection:
        lost = (CID.of(b"2 2").multihash,)
        connection.execute("DELETE FROM blocks WHERE multihash = ?", lost)
    assert not Completeness(session.repo, 100).of(root)
    assert not Completeness(session.repo, 100).of(CID.of(b"nowhere"))


def test_what_needs_a_root_is_found_and_the_search_is_bounded(session: Session) -> None:
    part = session.add(b"a part")
    session.store_files({"part": b"a part", "x": b"x"}, name="whole")
    session.store_files({"other": b"another"}, name="other")
    assert needed_by(session.repo, part).labels == ("whole@1",)
    assert needed_by(session.repo, part).is_complete
    assert not needed_by(session.repo, part, limit=1).is_complete
