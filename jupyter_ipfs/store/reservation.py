"""Bytes that one process has set aside, in a file that counts for as long as it lives."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from jupyter_ipfs.store.quota import Quota

_DIGITS = 20


class Reservation:
    """Bytes that are set aside. Made by `Quota.reserve`.

    Attributes:
        size: How many; negative for what is not to be counted.
    """

    def __init__(self, quota: Quota, directory: Path, size: int) -> None:
        self.name = secrets.token_hex(8)
        self.size = size
        self._quota = quota
        self._file = directory / self.name
        self._pid = os.getpid()
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0)
        self._fd = os.open(self._file, flags, 0o600)
        try:
            _lock(self._fd)
            self.write(size)
        except BaseException:
            self.release()
            raise

    def resize(self, size: int) -> None:
        """Set aside ``size`` bytes from now on: less as they are written, or more.

        Raises:
            QuotaExceededError: So many do not fit.
            DiskFullError: The disk has not so much to spare.
        """
        self._quota.change(self, size)

    def write(self, size: int) -> None:
        """Note the size in the file. For `Quota`, which has checked it."""
        self.size = size
        text = f"{size:{_DIGITS}}".encode()  # of one length, so that no reader sees half
        os.lseek(self._fd, 0, os.SEEK_SET)
        os.write(self._fd, text)

    def release(self) -> None:
        """Give the bytes back; idempotent. A forked child leaves its parent's alone."""
        if self._fd < 0:
            return
        os.close(self._fd)
        self._fd = -1
        if self._pid == os.getpid():
            self._quota.released(self)
            with suppress(OSError):
                self._file.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Give the bytes back."""
        self.release()


def _lock(descriptor: int) -> None:
    """Hold a lock that goes with the process. Where there are none, nothing is counted."""
    try:
        import fcntl  # noqa: PLC0415  (absent on Windows, where an open file is as good)
    except ImportError:
        return
    with suppress(OSError):
        fcntl.flock(descriptor, fcntl.LOCK_EX)


def is_locked(file: Path) -> bool:
    """Tell whether another process lives that holds the reservation ``file``."""
    try:
        import fcntl  # noqa: PLC0415
    except ImportError:
        with suppress(FileNotFoundError):
            return _is_open(file)
        return False
    with suppress(OSError):
        descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
    return False


def _is_open(file: Path) -> bool:
    """Find out as Windows allows: it does not remove what is open."""
    try:
        file.unlink()
    except PermissionError:
        return True
    return False
