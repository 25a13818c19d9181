"""What lies on disk, as values that can be compared."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def contents(root: Path, *, hidden: bool = True, metadata: bool = False) -> dict[bytes, object]:
    """Map every path under ``root`` to its bytes, its link's target or ``"directory"``."""
    top = os.fsencode(root)
    found: dict[bytes, object] = {}
    for place, directories, files in os.walk(top):
        if not hidden:
            directories[:] = [name for name in directories if not name.startswith(b".")]
            files = [name for name in files if not name.startswith(b".")]  # noqa: PLW2901
        for name in [*directories, *files]:
            path = os.path.join(place, name)  # noqa: PTH118  (bytes)
            what = _what(path)
            if metadata:
                status = os.lstat(path)
                what = (what, status.st_mtime_ns)
                if not stat.S_ISLNK(status.st_mode):
                    what = (what, status.st_mode & 0o777)
            found[os.path.relpath(path, top)] = what
    return found


def _what(path: bytes) -> object:
    if os.path.islink(path):  # noqa: PTH114
        return "link", os.readlink(path)  # noqa: PTH115
    if os.path.isdir(path):  # noqa: PTH112
        return "directory"
    with open(path, "rb") as file:  # noqa: PTH123
        return file.read()
