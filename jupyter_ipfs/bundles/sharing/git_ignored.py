"""Which files git is told to leave alone, and where a work tree begins."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ipfs.bundles.sharing import ignore_files

if TYPE_CHECKING:
    from collections.abc import Iterable

_TIMEOUT_S = 20.0


def top_of(folder: Path) -> Path | None:
    """Return the top of the work tree that a folder is in; ``None`` if it is in none.

    A home directory under version control is no project: what is in it is not one notebook's.
    """
    home = Path.home()
    for place in (folder, *folder.parents):
        if place == home:
            return None
        if (place / ".git").exists():
            return place
    return None


def ignored(paths: Iterable[Path], top: Path) -> set[Path]:
    """Return those of the paths that git ignores; none where there is no work tree."""
    wanted = sorted(paths)
    git = shutil.which("git")
    tree = top_of(top)
    if tree is None or not wanted:
        return set()
    if git is None:
        inside = [path for path in wanted if path.is_relative_to(tree)]
        return {path for path in inside if ignore_files.is_ignored(path, tree)}
    # Only what is to be read here; a configuration of the tree's must not start programs.
    command = [git, "-c", "core.fsmonitor=false", "check-ignore", "-z", "--stdin", "--no-index"]
    given = b"\0".join(os.fsencode(path) for path in wanted) + b"\0"
    try:
        done = subprocess.run(  # noqa: S603  (no shell, paths by stdin)
            command, cwd=tree, input=given, capture_output=True, timeout=_TIMEOUT_S, check=False,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"},
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return set()
    return {Path(os.fsdecode(each)) for each in done.stdout.split(b"\0") if each}
