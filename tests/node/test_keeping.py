"""Letting go: unpin, gc and forget through the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.errors import BlockNotFoundError, ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ipfs.session import Session


def test_unpinning_a_name_lets_go_of_all_its_versions(session: Session) -> None:
    roots = [session.add(text, name="note") for text in (b"one", b"two")]
    assert sorted(map(str, session.unpin("note"))) == sorted(map(str, roots))
    assert session.pins() == []
    assert session.gc().blocks == 2


def test_unpinning_one_version_keeps_the_others(session: Session) -> None:
    one, two = (session.add(text, name="note") for text in (b"one", b"two"))
    assert session.unpin("note@1") == [one]
    assert [pin.root for pin in session.pins()] == [two]


def test_an_equal_result_adds_no_version(session: Session) -> None:
    assert not session.store(b"same", name="note").unchanged
    stored = session.store(b"same", name="note")
    assert (stored.unchanged, stored.version, stored.blocks) == (True, 1, 0)
    assert len(session.log("note")) == 1


def test_forgotten_content_is_gone_at_once(session: Session, tree: Path) -> None:
    root = session.add(tree, name="tree")
    session.forget("tree")
    with pytest.raises(BlockNotFoundError):
        session.ls(root)


def test_a_part_of_a_root_cannot_be_forgotten(session: Session, tree: Path) -> None:
    session.add(tree, name="tree")
    with pytest.raises(ConfigError, match="whole root"):
        session.forget("tree/a.txt")
    assert session.verify("tree").is_intact
