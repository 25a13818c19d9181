"""Does a local copy still match?"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.errors import PathNotFoundError

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ipfs.session import Session


@pytest.fixture
def copy(session: Session, tree: Path, tmp_path: Path) -> Path:
    session.add(tree, name="tree")
    session.get("tree", tmp_path / "copy")
    return tmp_path / "copy"


def test_a_faithful_copy_is_intact(session: Session, copy: Path) -> None:
    result = session.verify("tree", copy)
    assert (result.is_intact, result.files, result.intact) == (True, 3, 3)
    assert str(result) == "3 of 3 files intact"


def test_a_changed_byte_is_found(session: Session, copy: Path) -> None:
    data = bytearray((copy / "sub" / "b.bin").read_bytes())
    data[2_000_000] ^= 1
    (copy / "sub" / "b.bin").write_bytes(data)
    assert session.verify("tree", copy).changed == ["sub/b.bin"]


@pytest.mark.parametrize("text", ["hell", "hello!", "", "Hello"])
def test_a_file_of_another_length_is_found(session: Session, copy: Path, text: str) -> None:
    (copy / "a.txt").write_text(text)
    assert session.verify("tree", copy).changed == ["a.txt"]


def test_what_is_missing_and_what_is_extra_is_told(session: Session, copy: Path) -> None:
    (copy / "a.txt").rename(copy / "b.txt")
    result = session.verify("tree", copy)
    assert (result.missing, result.extra) == (["a.txt"], ["b.txt"])
    assert not result.is_intact


def test_a_directory_where_a_file_was_is_found(session: Session, copy: Path) -> None:
    (copy / "a.txt").unlink()
    (copy / "a.txt").mkdir()
    shutil.rmtree(copy / "sub")
    (copy / "sub").write_text("no directory")
    assert sorted(session.verify("tree", copy).changed) == ["a.txt", "sub"]


def test_a_symlink_that_points_elsewhere_is_found(session: Session, copy: Path) -> None:
    (copy / "sub" / "up").unlink()
    (copy / "sub" / "up").symlink_to("/etc/passwd")
    assert session.verify("tree", copy).changed == ["sub/up"]


def test_a_symlink_to_the_same_bytes_is_not_the_file(session: Session, copy: Path) -> None:
    (copy / "a.txt").rename(copy.parent / "elsewhere")
    (copy / "a.txt").symlink_to("../elsewhere")
    assert session.verify("tree", copy).changed == ["a.txt"]


def test_a_copy_that_is_not_there_is_an_error(session: Session, copy: Path) -> None:
    with pytest.raises(PathNotFoundError):
        session.verify("tree", copy / "nowhere")


def test_content_alone_is_read_whole(session: Session, copy: Path) -> None:
    result = session.verify("tree")
    assert (result.is_intact, result.size) == (True, 4 * 1024 * 1024 + 5)
    assert copy.is_dir()
