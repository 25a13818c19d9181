"""What lies on the local disk: a tree of files, read once, before anything is stored."""

from __future__ import annotations

import io
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeAlias, cast

from jupyter_ipfs.errors import ConfigError, PathNotFoundError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

LocalPath: TypeAlias = str | os.PathLike[str]

FILE, DIRECTORY, SYMLINK = range(3)


@dataclass(slots=True)
class Item:
    """One file, directory or symlink. ``name`` and ``path`` are raw bytes; ``size`` in bytes."""

    name: bytes
    path: bytes
    kind: int
    size: int = 0
    children: list[Item] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Scan:
    """A scanned tree.

    Attributes:
        root: The item that was asked for.
        files: Number of files and symlinks.
        size: Their content bytes.
        skipped: Directories left out since they are (part of) the repo itself.
    """

    root: Item
    files: int
    size: int
    skipped: tuple[bytes, ...]


def opened(
    source: LocalPath | bytes | BinaryIO | Sequence[LocalPath],
    *,
    wrap: bool,
    hidden: bool,
    excluded: Collection[tuple[int, int]],
) -> tuple[BinaryIO | None, list[Scan]]:
    """Return the stream to read, or the scanned trees, of whatever is to be stored."""
    if isinstance(source, bytes):
        return io.BytesIO(source), []
    if not isinstance(source, (str, os.PathLike, list, tuple)):
        return cast("BinaryIO", source), []
    places = list(source) if isinstance(source, (list, tuple)) else [source]
    return None, scan_all(places, wrap=wrap, hidden=hidden, excluded=excluded)


def scan(
    local_path: str | os.PathLike[str],
    *,
    hidden: bool = False,
    excluded: Collection[tuple[int, int]] = (),
) -> Scan:
    """Read a tree's names and sizes. Symlinks are taken as such and not followed.

    Args:
        local_path: A file, a directory or a symlink.
        hidden: Whether to take entries whose name begins with a dot.
        excluded: Device and inode of what must not be opened: the repo that is written to.

    Raises:
        PathNotFoundError: There is nothing at ``local_path``.
        ConfigError: Something is neither file, directory nor symlink, or cannot be read.
    """
    path = os.fsencode(local_path)
    try:
        found = os.lstat(path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise PathNotFoundError(f"cannot read {os.fsdecode(path)!r}: {reason}") from None
    name = os.path.basename(os.path.abspath(path))  # noqa: PTH100, PTH119  (bytes)
    root = Item(name, path, _kind(found.st_mode, path), found.st_size)
    if (found.st_dev, found.st_ino) in excluded:
        raise ConfigError(f"{os.fsdecode(path)!r} is the repo itself and cannot be added to it")
    files = size = 0
    skipped: list[bytes] = []
    inodes = {inode for _, inode in excluded}
    stack = [root]
    while stack:
        item = stack.pop()
        if item.kind != DIRECTORY:
            files += 1
            size += item.size
            continue
        for child in _entries(item.path, hidden=hidden):
            if child.inode in inodes and _identity(child.item.path) in excluded:
                skipped.append(child.item.path)
                continue
            item.children.append(child.item)
        stack.extend(item.children)
    return Scan(root, files, size, tuple(skipped))


def scan_all(
    places: Sequence[str | os.PathLike[str]],
    *,
    wrap: bool,
    hidden: bool = False,
    excluded: Collection[tuple[int, int]] = (),
) -> list[Scan]:
    """Read several trees that are to become one root; see `scan`.

    Raises:
        ConfigError: They are not wrapped, though more than one, or two have the same name.
    """
    if not places or (len(places) > 1 and not wrap):
        raise ConfigError("several sources make one root only when they are wrapped")
    names = [Path(place).absolute().name for place in places]
    if len(set(names)) < len(names):
        raise ConfigError("two of the sources have the same name", "wrap them one by one")
    return [scan(place, hidden=hidden, excluded=excluded) for place in places]


@dataclass(frozen=True, slots=True)
class _Found:
    item: Item
    inode: int


def _entries(path: bytes, *, hidden: bool) -> Iterator[_Found]:
    try:
        with os.scandir(path) as listing:
            for entry in listing:
                if not hidden and entry.name.startswith(b"."):
                    continue
                if entry.is_symlink():
                    kind, size = SYMLINK, 0
                elif entry.is_dir(follow_symlinks=False):
                    kind, size = DIRECTORY, 0
                else:
                    found = entry.stat(follow_symlinks=False)
                    kind, size = _kind(found.st_mode, entry.path), found.st_size
                yield _Found(Item(entry.name, entry.path, kind, size), entry.inode())
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigError(f"cannot read {os.fsdecode(path)!r}: {reason}") from None


def _kind(mode: int, path: bytes) -> int:
    if stat.S_ISREG(mode):
        return FILE
    if stat.S_ISDIR(mode):
        return DIRECTORY
    if stat.S_ISLNK(mode):
        return SYMLINK
    raise ConfigError(
        f"{os.fsdecode(path)!r} is neither a file, a directory nor a symlink",
        "sockets, pipes and devices have no content to address; move it away",
    )


def _identity(path: bytes) -> tuple[int, int]:
    found = os.lstat(path)
    return found.st_dev, found.st_ino
