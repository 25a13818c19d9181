"""What git ignores is found with git, and as git does without it."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.bundles.sharing import git_ignored, ignore_files
from tests.conftest import require

if TYPE_CHECKING:
    from pathlib import Path

_PATTERNS = r"""
# a comment
*.log
!keep.log
/only-here.txt
build/
docs/*.txt
**/deep/x.csv
a/**/z.csv
data/[ab]?.csv
\#odd
name\ with
[!q]1.bin
"""
_NESTED = "local.csv\n!again.log\n"
_FILES = [
    "x.log", "keep.log", "sub/x.log", "sub/keep.log", "only-here.txt", "sub/only-here.txt",
    "build/a", "sub/build/a/b", "builds", "docs/a.txt", "docs/sub/a.txt", "deep/x.csv",
    "p/q/deep/x.csv", "a/z.csv", "a/b/c/z.csv", "data/a1.csv", "data/c1.csv", "data/a12.csv",
    "#odd", "name with", "q1.bin", "r1.bin", "sub/local.csv", "local.csv", "sub/again.log",
    "build/keep.log", "plain.csv",
]  # fmt: skip


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    git = require(shutil.which("git"), "no git")
    tree = tmp_path / "tree"
    subprocess.run([git, "init", "-q", str(tree)], check=True)
    for name in _FILES:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text("x")
    (tree / ".gitignore").write_text(_PATTERNS)
    (tree / "sub" / ".gitignore").write_text(_NESTED)
    return tree


def test_the_files_are_read_as_git_reads_them(tree: Path) -> None:
    wanted = [tree / name for name in _FILES]
    by_git = git_ignored.ignored(wanted, tree)
    assert {path for path in wanted if ignore_files.is_ignored(path, tree)} == by_git
    assert 10 < len(by_git) < len(wanted)


def test_without_git_the_files_are_read_all_the_same(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert git_ignored.ignored([tree / "x.log", tree / "plain.csv"], tree / "sub") == {
        tree / "x.log"
    }


def test_a_home_directory_is_no_work_tree(home: Path) -> None:
    (home / ".git").mkdir()
    (home / "work").mkdir()
    assert git_ignored.top_of(home / "work") is None
    assert git_ignored.ignored([home / "work" / "a"], home / "work") == set()
