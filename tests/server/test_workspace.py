"""Paths of the workspace: what the file browser shows, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.errors import PathNotFoundError, RequestError
from jupyter_ipfs.server.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    root = tmp_path / "root"
    (root / "data" / ".git").mkdir(parents=True)
    (root / "data" / "a.csv").write_text("a")
    (root / "..data").write_text("two dots are the beginning of a name")
    (tmp_path / "rooted").mkdir()
    (tmp_path / "secret").write_text("not in the workspace")
    (root / "out").symlink_to(tmp_path / "secret")
    (root / "up").symlink_to("..")
    (root / "loop").symlink_to("loop")
    (root / "to-hidden").symlink_to("data/.git")
    (root / "link.csv").symlink_to("data/a.csv")
    return Workspace(root.resolve())


def test_paths_are_those_of_the_file_browser(workspace: Workspace) -> None:
    place = workspace.existing("/data//a.csv")
    assert place.read_text() == "a"
    assert workspace.relative(place) == "data/a.csv"
    assert workspace.existing("") == workspace.root
    assert workspace.existing("link.csv") == place, "links within the workspace are followed"


@pytest.mark.parametrize(
    "path",
    [
        "..", "../secret", "data/../../secret", "out", "up/secret", "up/rooted", "loop",
        "./data", "data/.", "a\0b", "x" * 5000, 7, None, b"data", ["data"],
        ".ssh", "data/.git", "data/.git/config", "to-hidden", "to-hidden/config", "..data",
    ],
)  # fmt: skip
def test_what_leads_out_or_is_hidden_is_refused(workspace: Workspace, path: object) -> None:
    with pytest.raises(RequestError):
        workspace.place(path)


def test_what_is_not_there_is_told_apart(workspace: Workspace) -> None:
    for path in (
        "missing",
        "x" * 400,
        "data/missing",
        "/etc/passwd",
        "%2e%2e/secret",
        "..\\secret\\"[2:],
    ):
        with pytest.raises(PathNotFoundError):
            workspace.existing(path)
    assert not workspace.place("data/new.car").exists()


def test_hidden_files_may_be_used_where_the_server_shows_them(workspace: Workspace) -> None:
    shown = Workspace(workspace.root, allow_hidden=True)
    assert shown.existing("data/.git").is_dir()
    assert shown.existing("to-hidden") == shown.existing("data/.git")
    with pytest.raises(RequestError):
        shown.place("up/secret")


def test_a_server_whose_files_are_in_no_directory_says_so() -> None:
    with pytest.raises(RequestError, match="not in a directory"):
        Workspace(None).place("a")
