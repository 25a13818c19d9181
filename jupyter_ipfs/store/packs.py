"""Packs: CARv1 files that are written once, renamed into place and never change."""

from __future__ import annotations

import os
import secrets
import threading
import time
from collections import OrderedDict
from contextlib import suppress
from typing import TYPE_CHECKING

from jupyter_ipfs.ipld import car
from jupyter_ipfs.ipld.cid import CID
from jupyter_ipfs.ipld.multihash import IDENTITY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SUFFIX = ".car"
UNFINISHED = ".partial"

_FLUSH_BYTES = 1024 * 1024
_FLUSH_PARTS = 512  # below the least IOV_MAX that POSIX knows in practice (1024)
_WRITEBACK_BYTES = 32 * 1024 * 1024
_OPEN_FILES = 64
_BINARY = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_FILLER = b"\x01\x55\x00"  # how the CID of an identity block begins


class PackWriter:
    """An unfinished pack. Nothing reads it before it has been renamed into place.

    Args:
        directory: Where it is made and stays.
        expected: The roots, or CIDs that are as many and as long, to reserve the header's room.
    """

    def __init__(self, directory: Path, expected: Sequence[CID]) -> None:
        self.name = f"{time.time_ns():016x}-{secrets.token_hex(6)}{SUFFIX}"
        self._temporary = directory / (self.name + UNFINISHED)
        self._final = directory / self.name
        header = car.encode_header([root.to_v1() for root in expected])
        self._room = len(header)
        self._parts: list[bytes] = [header]
        self._buffered = self._room
        self.size = self._room
        self._synced = 0
        self._writeback: threading.Thread | None = None
        self._failure: OSError | None = None
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | _BINARY
        self._fd = os.open(self._temporary, flags, 0o600)

    def add(self, cid: CID, data: bytes) -> int:
        """Append a block and return where its bytes begin."""
        head = car.encode_section_header(bytes(cid), len(data))
        offset = self.size + len(head)
        self._parts.append(head)
        self._parts.append(data)
        self.size = offset + len(data)
        self._buffered += len(head) + len(data)
        if self._buffered >= _FLUSH_BYTES or len(self._parts) >= _FLUSH_PARTS:
            self._flush()
        return offset

    def read(self, offset: int, length: int) -> bytes:
        """Return bytes that were appended before."""
        self._flush()
        os.lseek(self._fd, offset, os.SEEK_SET)
        try:
            data = b""
            while len(data) < length and (more := os.read(self._fd, length - len(data))):
                data += more
            return data
        finally:
            os.lseek(self._fd, 0, os.SEEK_END)

    def finish(self, roots: Sequence[CID], *, durable: bool = True) -> None:
        """Write what is buffered and the header with the roots; may be called again."""
        self._flush()
        if self._writeback is not None:
            self._writeback.join()
        if self._failure is not None:  # an error of writeback is told once, so keep it
            raise self._failure
        os.lseek(self._fd, 0, os.SEEK_SET)
        _write(self._fd, [_header(roots, self._room)])
        os.lseek(self._fd, 0, os.SEEK_END)
        if durable:
            os.fsync(self._fd)

    def place(self) -> None:
        """Give the finished pack its name. The caller makes the directory durable."""
        if os.name != "posix":  # where an open file cannot be renamed
            self.close()
        self._temporary.rename(self._final)

    def discard(self) -> None:
        """Remove it, unless it has been placed."""
        self.close()
        with suppress(OSError):
            self._temporary.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file; idempotent."""
        if self._writeback is not None:
            self._writeback.join()
            self._writeback = None
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _flush(self) -> None:
        parts, self._parts = self._parts, []
        self._buffered = 0
        _write(self._fd, parts)
        if self.size - self._synced >= _WRITEBACK_BYTES:
            self._begin_writeback()

    def _begin_writeback(self) -> None:
        """Let the disk begin, so that the sync at the end has little left to wait for."""
        if self._writeback is not None and self._writeback.is_alive():
            return
        self._synced = self.size
        self._writeback = threading.Thread(target=self._sync, name="ipfs-writeback", daemon=True)
        self._writeback.start()

    def _sync(self) -> None:
        try:
            os.fdatasync(self._fd) if hasattr(os, "fdatasync") else os.fsync(self._fd)
        except OSError as error:
            self._failure = error


class PackFile:
    """An open pack; closed when the last one who reads it lets go."""

    __slots__ = ("_fd", "_lock")

    def __init__(self, file: Path) -> None:
        self._fd = -1
        self._lock = threading.Lock()
        self._fd = os.open(file, os.O_RDONLY | _BINARY)

    def read(self, offset: int, length: int) -> bytes:
        """Return up to ``length`` bytes; fewer if the file ends there."""
        if hasattr(os, "pread"):
            data = os.pread(self._fd, length, offset)
            if len(data) in {0, length}:
                return data
            parts = [data]  # a signal or a network file system may cut a read short
            while data and (got := sum(map(len, parts))) < length:
                data = os.pread(self._fd, length - got, offset + got)
                parts.append(data)
            return b"".join(parts)
        with self._lock:
            os.lseek(self._fd, offset, os.SEEK_SET)
            return os.read(self._fd, length)

    def __del__(self) -> None:
        """Close the file."""
        if self._fd >= 0:
            os.close(self._fd)


class PackFiles:
    """The packs that are open, a limited number of them."""

    def __init__(self, *directories: Path) -> None:
        self._directories = directories
        self._begin()

    def _begin(self) -> None:
        self._pid = os.getpid()
        self._open: OrderedDict[tuple[int, str], PackFile] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, kind: int, name: str) -> PackFile:
        """Return an open pack.

        Raises:
            OSError: It is not there (any more).
        """
        if self._pid != os.getpid():  # a thread that is not in this process may hold the lock
            self._begin()
        key = (kind, name)
        with self._lock:
            found = self._open.get(key)
            if found is None:
                found = PackFile(self._directories[kind] / name)
                self._open[key] = found
                if len(self._open) > _OPEN_FILES:
                    self._open.popitem(last=False)
            else:
                self._open.move_to_end(key)
            return found

    def drop(self, kind: int, name: str) -> None:
        """Let go of one pack."""
        with self._lock:
            self._open.pop((kind, name), None)

    def close(self) -> None:
        """Let go of all."""
        with self._lock:
            self._open.clear()


def _header(roots: Sequence[CID], room: int) -> bytes:
    """Return a header for ``roots`` of exactly ``room`` bytes."""
    header = car.encode_header([root.to_v1() for root in roots])
    if len(header) == room:
        return header
    # A root of another length than was expected. The roots are only a hint for recovery,
    # so they are left out, and an identity block of zeros fills the room. Its bytes stand
    # there twice, in its CID and behind it; the room for one root always leaves an even number.
    header = car.encode_header([])
    zeros = bytes((room - len(header) - 1 - len(_FILLER) - 1) // 2)
    filler = CID.of(zeros, function=IDENTITY)
    return header + car.encode_section_header(bytes(filler), len(zeros)) + zeros


def _write(fd: int, parts: list[bytes]) -> None:
    if hasattr(os, "writev") and len(parts) <= _FLUSH_PARTS + 2:
        written = os.writev(fd, parts)
        if written == sum(map(len, parts)):
            return
        rest = memoryview(b"".join(parts))[written:]
    else:
        rest = memoryview(b"".join(parts))
    while rest:
        rest = rest[os.write(fd, rest) :]
