"""Paths of the mutable files: ``/a/b``, read as Kubo reads them."""

from __future__ import annotations

import os
import posixpath
from dataclasses import dataclass

from jupyter_ipfs.errors import InvalidPathError

_MAX_BYTES = 64 * 1024
_MAX_NAME = 4096  # of these, 256 in a shard still are a block that everybody takes
_MAX_DEPTH = 200

_HINT = "a path of the files begins with a slash: /notes/a.txt"


@dataclass(frozen=True, slots=True)
class FilePath:
    """Entry names from the root down, as raw bytes.

    Attributes:
        segments: The names.
        is_directory: Whether it was written with a slash at the end.
    """

    segments: tuple[bytes, ...]
    is_directory: bool = False

    @classmethod
    def parse(cls, text: str) -> FilePath:
        """Read a path; ``.``, ``..`` and doubled slashes are resolved, as Kubo does.

        Any name is taken that a directory can hold: newlines and marks of direction too.

        Raises:
            InvalidPathError: It is empty, does not begin with a slash, has a NUL in it, or
                it or a name in it is longer, or it is deeper, than any that is meant.
        """
        if not text.startswith("/") or "\0" in text:
            raise InvalidPathError(f"{text[:80]!a} is no path of the files", _HINT)
        raw = os.fsencode(text)
        segments = tuple(each for each in posixpath.normpath(raw).split(b"/") if each)
        longest = max(map(len, segments), default=0)
        if len(raw) > _MAX_BYTES or len(segments) > _MAX_DEPTH or longest > _MAX_NAME:
            raise InvalidPathError(f"the path {text[:40]!a}… is too long")
        return cls(segments, text.endswith("/") and bool(segments))

    @property
    def parent(self) -> FilePath:
        """The directory it stands in."""
        return FilePath(self.segments[:-1])

    @property
    def name(self) -> bytes:
        """Its own name; empty for the root."""
        return self.segments[-1] if self.segments else b""

    def child(self, name: bytes) -> FilePath:
        """Return the path of an entry below it."""
        return FilePath((*self.segments, name))

    def holds(self, other: FilePath) -> bool:
        """Tell whether ``other`` is it or stands below it."""
        return other.segments[: len(self.segments)] == self.segments

    def __str__(self) -> str:
        """``/a/b``; bytes that are not UTF-8 are kept by surrogates."""
        return "/" + "/".join(map(os.fsdecode, self.segments))


def source(text: str) -> str | None:
    """Return a content path (``/ipfs/…``, ``ipfs://…``) as it is; ``None`` for a path of the files.

    As in Kubo, ``/ipfs/`` always means content, also if the files have such a directory.
    """
    return text if text.startswith(("/ipfs/", "ipfs://")) else None
