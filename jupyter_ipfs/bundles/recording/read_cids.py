"""CIDs of files that were read: computed, not stored; with constant memory."""

from __future__ import annotations

import os
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ipfs.bundles.recording.run_record import FileRead

# Larger ones are left to sharing: reading them again would take the disk from the next cell.
MAX_SIZE = 1024 * 1024 * 1024
_KNOWN = 20_000


class Stopped(Exception):  # noqa: N818  (no error)
    """The kernel ends; what is not computed by then is computed when it is needed."""


class ReadCIDs:
    """Computes CIDs and remembers them by path, size, time of change and inode.

    Args:
        stopping: Asked between the parts of a file.
    """

    def __init__(self, stopping: Callable[[], bool]) -> None:
        self._stopping = stopping
        self._known: OrderedDict[tuple[str, int, int, int], str] = OrderedDict()

    def known(self, read: FileRead) -> str | None:
        """Return the CID if it was computed before."""
        return self._known.get(_identity(read))

    def wanted(self, read: FileRead) -> bool:
        """Tell whether it is to be computed; what is hidden is never shared unasked."""
        hidden = "/." in read.path
        return read.cid is None and not read.changed and not hidden and read.size <= MAX_SIZE

    def compute(self, read: FileRead) -> FileRead:
        """Return what was read with its CID, or as changed if it is another file by now.

        Raises:
            Stopped: See `stopping`.
        """
        cid = self.known(read)
        if cid is None:
            cid = self._computed(read)
        if cid is None:
            return replace(read, changed=True)
        self._known[_identity(read)] = cid
        if len(self._known) > _KNOWN:
            self._known.popitem(last=False)
        return replace(read, cid=cid)

    def _computed(self, read: FileRead) -> str | None:
        from jupyter_ipfs.node import add  # noqa: PLC0415  (loading counts)
        from jupyter_ipfs.unixfs import profiles  # noqa: PLC0415

        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
        try:
            with open(os.open(_Own(read.path), flags), "rb") as stream:  # noqa: PTH123  (by descriptor)
                if not _is_same(stream, read):
                    return None
                source = cast("BinaryIO", _Interruptible(stream, self._stopping))
                ref = add.add_stream(add.OnlyHash(), source, profiles.DEFAULT)
                return str(ref.cid) if _is_same(stream, read) else None
        except OSError:
            return None


class _Own(str):
    """A path that we open, not the cell that runs meanwhile: `noting` leaves subclasses alone."""

    __slots__ = ()


class _Interruptible:
    """A stream that ends in `Stopped` when it is time."""

    def __init__(self, stream: BinaryIO, stopping: Callable[[], bool]) -> None:
        self._stream, self._stopping = stream, stopping

    def read(self, size: int = -1) -> bytes:
        if self._stopping():
            raise Stopped
        return self._stream.read(size)


def _is_same(stream: BinaryIO, read: FileRead) -> bool:
    at = os.fstat(stream.fileno())
    return (at.st_size, at.st_mtime_ns, at.st_ino) == (read.size, read.mtime_ns, read.inode)


def _identity(read: FileRead) -> tuple[str, int, int, int]:
    return read.path, read.size, read.mtime_ns, read.inode
