"""CAR files as sources: one file, or a folder of them (a lab share, a USB stick).

Nothing in such a file is believed. Its sections are found by skimming it once, each block
is verified when it is read, and a file that is malformed or holds other bytes than it
says is named and skipped.
"""

from __future__ import annotations

import os
import stat
import threading
import time
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import BlockNotFoundError, IPFSError, LimitError, VerificationError
from jupyter_ipfs.ipld import car
from jupyter_ipfs.ipld.block import Block

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_ipfs.ipld.cid import CID

_MAX_BLOCKS = 4_000_000  # in one file; what its index takes of memory
_LOOK_AGAIN_S = 2.0  # how often a folder is looked through for new files while blocks are missed

_Stamp = tuple[int, int, int]


class _Car:
    """One CAR: where its blocks lie, by multihash."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problem: str | None = None
        self.stamp: _Stamp = (0, 0, 0)
        self._places: dict[bytes, tuple[int, int]] = {}
        try:
            with os.fdopen(_open(path), "rb") as stream:
                self.stamp = _stamp(os.fstat(stream.fileno()))
                for cid, offset, size in car.Reader(stream).skim():
                    self._places.setdefault(cid.multihash, (offset, size))
                    if len(self._places) > _MAX_BLOCKS:
                        raise LimitError(f"it holds more than {_MAX_BLOCKS} blocks")
        except (IPFSError, OSError) as error:
            self.problem = _words(error)
            self._places = {}

    def get(self, cid: CID) -> Block | None:
        """Return the block, or ``None`` if this file does not have it.

        Raises:
            VerificationError: It holds other bytes under this CID, or has become shorter.
            OSError: It cannot be read any more.
        """
        place = self._places.get(cid.multihash)
        if place is None:
            return None
        offset, size = place
        descriptor = _open(self.path)
        try:
            os.lseek(descriptor, offset, os.SEEK_SET)
            data = b""
            while len(data) < size and (more := os.read(descriptor, size - len(data))):
                data += more
        finally:
            os.close(descriptor)
        return Block.verified(cid, data)

    def is_current(self) -> bool:
        """Tell whether the file is still the one that was skimmed."""
        try:
            return _stamp(self.path.stat()) == self.stamp
        except OSError:
            return False


class CarFile:
    """A `jupyter_ipfs.protocols.Source`: one CAR file, which need not be there yet.

    Args:
        path: Of the file.
    """

    def __init__(self, path: Path) -> None:
        self.label = str(path)
        self._path = path
        self._car: _Car | None = None
        self._lock = threading.Lock()

    def get(self, cid: CID) -> Block:
        """Return one block.

        Raises:
            BlockNotFoundError: The file is not there, is no CAR or does not have it.
            VerificationError: It holds other bytes under this CID.
        """
        with self._lock:
            if self._car is None or not self._car.is_current():
                self._car = _Car(self._path)
            archive = self._car
        if archive.problem is not None:
            raise BlockNotFoundError(archive.problem)
        try:
            block = archive.get(cid)
        except VerificationError:
            raise VerificationError("it holds other bytes under the CID that was asked") from None
        except OSError as error:
            raise BlockNotFoundError(_words(error)) from None
        if block is None:
            raise BlockNotFoundError("it is not in this file")
        return block

    def dag(self, root: CID) -> Iterator[Block]:  # noqa: ARG002  (the protocol's)
        """Yield nothing: one block at a time is as fast."""
        return iter(())

    def close(self) -> None:
        """Forget the index."""
        self._car = None


class Folder:
    """A `jupyter_ipfs.protocols.Source`: every ``*.car`` in a folder, which may come and go.

    Args:
        path: Of the folder.
    """

    def __init__(self, path: Path) -> None:
        self.label = str(path)
        self._path = path
        self._cars: dict[str, _Car] = {}
        self._looked = float("-inf")
        self._lock = threading.Lock()

    @property
    def skipped(self) -> dict[str, str]:
        """The files that are not used, and why."""
        return {name: each.problem for name, each in self._cars.items() if each.problem}

    def get(self, cid: CID) -> Block:
        """Return one block.

        Raises:
            BlockNotFoundError: No usable file in the folder has it.
        """
        block = self._search(cid)
        if block is None and self._look():
            block = self._search(cid)
        if block is not None:
            return block
        if not self._path.is_dir():
            raise BlockNotFoundError("the folder is not there at the moment")
        usable = len(self._cars) - len(self.skipped)
        parts = [f"in none of its {usable} CAR files"]
        parts += [f"{name!a} is skipped: {why}" for name, why in self.skipped.items()][:3]
        raise BlockNotFoundError("; ".join(parts))

    def dag(self, root: CID) -> Iterator[Block]:  # noqa: ARG002  (the protocol's)
        """Yield nothing: one block at a time is as fast."""
        return iter(())

    def close(self) -> None:
        """Forget the indexes."""
        self._cars = {}
        self._looked = float("-inf")

    def _search(self, cid: CID) -> Block | None:
        for archive in list(self._cars.values()):
            try:
                if (block := archive.get(cid)) is not None:
                    return block
            except VerificationError:
                # Replaced since it was skimmed, or it lies. Its neighbours did nothing.
                if archive.is_current():
                    archive.problem = "it holds other bytes under the CID that was asked"
                else:
                    self._looked = float("-inf")
            except OSError:
                self._looked = float("-inf")
        return None

    def _look(self) -> bool:
        """Skim what is new or has changed; tell whether the folder was looked through."""
        with self._lock:
            if time.monotonic() - self._looked < _LOOK_AGAIN_S:
                return False
            try:
                names = sorted(each.name for each in self._path.iterdir() if _is_car(each.name))
            except OSError:
                names = []
            kept = {
                name: old
                for name in names
                if (old := self._cars.get(name)) is not None and old.is_current()
            }
            self._cars = {name: kept.get(name) or _Car(self._path / name) for name in names}
            self._looked = time.monotonic()
            return True


def _is_car(name: str) -> bool:
    return name.lower().endswith(".car") and not name.startswith(".")


def _open(path: Path) -> int:
    """Open a regular file and nothing else: a FIFO of that name would wait for ever."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(0, "this is not a file")
    return descriptor


def _stamp(found: os.stat_result) -> _Stamp:
    return found.st_ino, found.st_size, found.st_mtime_ns


def _words(error: IPFSError | OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "the file is not there at the moment"
    if isinstance(error, IPFSError):
        return error.message
    return f"it cannot be read: {error.strerror or error}"
