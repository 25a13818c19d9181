"""``.gitignore`` files, read without git, where it is not installed.

Source: git's own documentation of gitignore. The files of a work tree alone: what is configured
elsewhere only git knows.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MAX_SIZE = 1024 * 1024
_MAX_LINE = 1000


def is_ignored(path: Path, top: Path) -> bool:
    """Tell whether the ``.gitignore`` files from ``top`` on say that a file is to be left alone."""
    place = top
    parts = path.relative_to(top).parts
    for depth, name in enumerate(parts):
        is_directory = depth < len(parts) - 1
        place = place / name
        if _says(place, top, is_directory=is_directory):
            return True  # what is below an ignored directory cannot be taken back
    return False


def _says(path: Path, top: Path, *, is_directory: bool) -> bool:
    ignored = False
    folders = [folder for folder in path.parents if folder == top or folder.is_relative_to(top)]
    for folder in reversed(folders):
        shown = path.relative_to(folder).as_posix()
        for negated, directories_only, pattern in _rules(folder / ".gitignore"):
            if (is_directory or not directories_only) and pattern.fullmatch(shown):
                ignored = not negated
    return ignored


def _rules(file: Path) -> Iterator[tuple[bool, bool, re.Pattern[str]]]:
    try:
        with file.open("rb") as stream:
            text = stream.read(_MAX_SIZE).decode(errors="replace")
    except OSError:
        return
    for raw in text.splitlines():
        line = raw if raw.endswith("\\ ") else raw.rstrip()
        if not line or line.startswith("#") or len(line) > _MAX_LINE:
            continue
        negated = line.startswith("!")
        line = line.removeprefix("!")
        directories_only = line.endswith("/")
        line = line.rstrip("/")
        if line:
            yield negated, directories_only, re.compile(_translated(line))


def _translated(pattern: str) -> str:
    """Turn a pattern into a regular expression for a path relative to its file's folder."""
    anchored = "/" in pattern
    rest = re.sub(r"(\*\*/)+", "**/", pattern.removeprefix("/"))
    made = "" if anchored else "(?:.*/)?"
    while rest:
        if rest.startswith("**/"):
            made, rest = f"{made}(?:.*/)?", rest[3:]
        elif rest.startswith("**"):
            made, rest = f"{made}.*", rest[2:]
        elif rest[0] == "*":
            made, rest = f"{made}[^/]*", rest[1:]
        elif rest[0] == "?":
            made, rest = f"{made}[^/]", rest[1:]
        elif rest[0] == "[" and (found := re.match(r"\[([!^]?)(\]?[^\]\[\\]*)\]", rest)):
            body = found[2].replace("]", "\\]")
            made += f"[{'^/' if found[1] else ''}{body}]" if body else re.escape(found[0])
            rest = rest[found.end() :]
        elif rest[0] == "\\" and len(rest) > 1:
            made, rest = made + re.escape(rest[1]), rest[2:]
        else:
            made, rest = made + re.escape(rest[0]), rest[1:]
    return made
