"""What the practice Ocean Node reads from: the repo, and no source that it knows of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs import connect
from jupyter_ipfs.errors import BlockNotFoundError
from jupyter_ipfs.sandbox.content import RepoContent

if TYPE_CHECKING:
    from pathlib import Path


def test_only_what_the_repo_holds_is_served(tmp_path: Path) -> None:
    elsewhere, repo = tmp_path / "elsewhere", tmp_path / "repo"
    elsewhere.mkdir()
    with connect(repo=tmp_path / "other") as other:
        foreign = other.add(b"not ours")
        other.push(str(foreign), str(elsewhere))
    data = bytes(range(256)) * 5000
    with connect(repo=repo) as session:
        ours = session.add(data)
    (repo / "config.toml").write_text(f'[sources]\nplaces = ["{elsewhere}"]\n')
    content = RepoContent(repo)
    assert content.stat(ours).size == len(data)
    assert b"".join(content.stream(ours)) == data
    with pytest.raises(BlockNotFoundError):
        content.stat(foreign)
    with pytest.raises(BlockNotFoundError):
        content.stream(foreign)
    content.close()
    with connect(repo=repo) as session:
        assert session.cat(foreign) == b"not ours"  # for a reader it would have been fetched
