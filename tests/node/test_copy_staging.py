"""What a copy that was killed leaves behind."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from jupyter_ipfs.node.copy_staging import staging

if TYPE_CHECKING:
    from pathlib import Path

LONG_AGO = 1_700_000_000


def left(folder: Path) -> list[str]:
    return sorted(place.name for place in folder.iterdir())


def test_what_a_killed_copy_has_left_is_swept_by_the_next_one(tmp_path: Path) -> None:
    for name, is_old in ((".ipfs-copy-old", True), (".ipfs-copy-fresh", False), ("mine", True)):
        (tmp_path / name / "copy").mkdir(parents=True)
        (tmp_path / name / "copy" / "a.txt").write_text("half")
        if is_old:
            os.utime(tmp_path / name, (LONG_AGO, LONG_AGO))
    with staging(tmp_path) as place:
        assert left(tmp_path) == sorted([place.name, ".ipfs-copy-fresh", "mine"])
    assert left(tmp_path) == [".ipfs-copy-fresh", "mine"]


def test_a_copy_that_is_being_written_is_left_alone(tmp_path: Path) -> None:
    with staging(tmp_path) as first:
        os.utime(first, (LONG_AGO, LONG_AGO))
        with staging(tmp_path) as second:
            assert left(tmp_path) == sorted([first.name, second.name])


def test_a_link_that_is_called_like_one_leads_nowhere(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious").write_text("precious")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / ".ipfs-copy-link").symlink_to(elsewhere)
    os.utime(folder / ".ipfs-copy-link", (LONG_AGO, LONG_AGO), follow_symlinks=False)
    with staging(folder):
        pass
    assert (elsewhere / "precious").read_text() == "precious"
