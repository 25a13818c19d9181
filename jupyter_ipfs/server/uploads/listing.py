"""What an upload consists of: files in an order, their paths checked."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Self

from jupyter_ipfs.errors import LimitError, RequestError

MOST_FILES = 100_000
_DEEPEST = 128  # directories
_LONGEST = 4096  # bytes of a path
_LARGEST = 1 << 50  # bytes in all
_SHOWN = 120  # characters of a path in a message


@dataclass(frozen=True, slots=True)
class ListedFile:
    """One file: ``path`` is relative, ``size`` in bytes, ``modified`` as the browser tells it."""

    path: str
    size: int
    modified: float


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of one upload; its stream is their contents, one after the other.

    Attributes:
        files: In the order of the stream.
        wrap: Whether a single file or folder gets a directory around it.
    """

    files: tuple[ListedFile, ...]
    wrap: bool = False

    @classmethod
    def parse(cls, files: object, wrap: object = False) -> Self:  # noqa: FBT002  (JSON)
        """Read what a browser has sent.

        Raises:
            RequestError: It is no list of files, or a path cannot be one.
            LimitError: There are too many, or they are too large.
        """
        if not isinstance(files, list) or not files:
            raise RequestError("an upload needs a list of files")
        if not isinstance(wrap, bool):
            raise RequestError("wrap has to be true or false")
        if len(files) > MOST_FILES:
            raise LimitError(
                f"{len(files):,} files are too many for one upload, which takes {MOST_FILES:,}",
                "put them into a .zip or .tar first, or upload the folders one by one",
            )
        listing = cls(tuple(_file(file) for file in files), wrap)
        if listing.size > _LARGEST:
            raise LimitError(f"{listing.size:,} bytes are too many for one upload")
        _check_tree(listing.files)
        return listing

    @property
    def size(self) -> int:
        """Bytes of the stream."""
        return sum(file.size for file in self.files)

    @property
    def id(self) -> str:
        """The same for an equal list, so that an upload is found again after a break."""
        text = json.dumps(self.to_json(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    @property
    def name(self) -> str:
        """What the upload is about: its file or top folder, or the first of several."""
        return self.files[0].path.partition("/")[0]

    @property
    def is_one_file(self) -> bool:
        """Whether it is stored as a file and not as a directory."""
        return len(self.files) == 1 and "/" not in self.files[0].path and not self.wrap

    def stored_paths(self) -> list[str]:
        """Return the paths below the root: a folder that all have in common is the root itself."""
        tops = {file.path.partition("/")[0] for file in self.files}
        paths = [file.path for file in self.files]
        if self.wrap or len(tops) > 1 or not all("/" in path for path in paths):
            return paths
        return [path.partition("/")[2] for path in paths]

    def to_json(self) -> dict[str, Any]:
        """Return what `parse` reads."""
        files = [{"path": f.path, "size": f.size, "modified": f.modified} for f in self.files]
        return {"files": files, "wrap": self.wrap}


def _file(value: object) -> ListedFile:
    if not isinstance(value, dict):
        raise RequestError("each file of an upload is an object with path, size and modified")
    path, size, modified = value.get("path"), value.get("size"), value.get("modified", 0)
    if isinstance(size, bool) or not isinstance(size, int) or size < 0:
        raise RequestError("a file's size has to be a number of bytes")
    if size > _LARGEST:
        raise LimitError(f"a file of {size:,} bytes is too large")
    if isinstance(modified, bool) or not isinstance(modified, int | float) or modified != modified:  # noqa: PLR0124
        raise RequestError("when a file was modified has to be a number")
    return ListedFile(_path(path), size, modified)


def _path(path: object) -> str:
    """Check a relative path. A backslash is a character like any other, as in UnixFS."""
    if not isinstance(path, str):
        raise RequestError("a file's path has to be a text")
    shown = repr(path if len(path) <= _SHOWN else path[:_SHOWN] + "…")
    try:
        length = len(path.encode())
    except UnicodeEncodeError:
        raise RequestError(f"{shown} cannot be a file's path: it is no valid Unicode") from None
    if length > _LONGEST:
        raise LimitError(f"the path {shown} is too long: {length:,} bytes, {_LONGEST:,} at most")
    parts = path.split("/")
    if any(part in {"", ".", ".."} or "\0" in part for part in parts):
        raise RequestError(
            f"{shown} cannot be a file's path", "paths are relative, such as survey/a.csv"
        )
    if len(parts) > _DEEPEST:
        raise LimitError(f"the path {shown} is too deep: {_DEEPEST} levels at most")
    return path


def _check_tree(files: tuple[ListedFile, ...]) -> None:
    """Refuse what would be there twice, or be a file and a directory."""
    paths = {file.path for file in files}
    if len(paths) < len(files):
        raise RequestError("two of the files have the same path")
    directories: set[str] = set()
    for path in paths:
        parent = path.rpartition("/")[0]
        while parent and parent not in directories:
            directories.add(parent)
            parent = parent.rpartition("/")[0]
    for path in directories & paths:
        raise RequestError(f"{path[:_SHOWN]!r} is a file and a directory")
