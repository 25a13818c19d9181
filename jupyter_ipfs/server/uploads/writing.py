"""Appending one request's body to a staged upload: in a thread, in large pieces."""

from __future__ import annotations

import os
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING, Self

from jupyter_ipfs.errors import ConflictError, RequestError
from jupyter_ipfs.server.sessions import open_session
from jupyter_ipfs.server.uploads import ahead
from jupyter_ipfs.server.uploads.staging import Staged
from jupyter_ipfs.store.failures import translated

if TYPE_CHECKING:
    from collections.abc import Sequence

_UNSYNCED = 1 << 30  # bytes that a power cut may take


class Writing:
    """One running write. Its methods block: they are called in a thread."""

    def __init__(self, staged: Staged, received: int, held: ExitStack) -> None:
        self._staged = staged
        self._held = held
        self._lock = threading.Lock()
        self._is_over = False
        self.received = received
        flags = os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0)
        self._fd = os.open(staged.data, flags, 0o600)
        os.ftruncate(self._fd, received)
        os.lseek(self._fd, received, os.SEEK_SET)

    @classmethod
    def begin(cls, upload_id: str, offset: int, length: int) -> Self:
        """Hold an upload and set the bytes aside that are to come.

        Raises:
            GoneError: There is no such upload.
            ConflictError: Somebody else is writing, or ``offset`` is not where it goes on.
            RequestError: It would be longer than its files.
            QuotaExceededError, DiskFullError: They do not fit.
        """
        with ExitStack() as held:
            repo = held.enter_context(open_session()).repo
            staged = Staged.find(repo.path, upload_id)
            held.enter_context(staged.held())
            received = staged.received
            if offset != received:
                raise ConflictError(
                    f"{received:,} bytes are here, so it does not go on at {offset:,}",
                    "ask how much was received, and go on there",
                )
            if offset + length > staged.size:
                raise RequestError(f"the files have {staged.size:,} bytes, and this is more")
            held.enter_context(repo.quota.reserve(length))
            with translated(repo.path):
                writing = cls(staged, offset, held.pop_all())
        if offset == 0:
            ahead.Ahead.begin(staged)
        return writing

    def write(self, pieces: Sequence[bytes]) -> None:
        """Append; nothing happens after `finish`.

        Raises:
            DiskFullError: They do not fit.
        """
        with self._lock, translated(self._staged.place):
            if self._is_over:
                return
            for piece in pieces:
                view = memoryview(piece)
                while view:
                    written = os.write(self._fd, view)
                    view = view[written:]
                    self.received += written
        ahead.advance(self._staged, self.received)

    def finish(self, *, is_broken: bool = False) -> int:
        """Note what was written and let others write; return how much there is.

        Args:
            is_broken: The client went away, and may come back much later: make it durable.
        """
        with self._lock:
            if not self._is_over:
                self._is_over = True
                with self._held, translated(self._staged.place):
                    try:
                        synced = self._staged.synced
                        if is_broken or self.received - synced >= _UNSYNCED:
                            os.fsync(self._fd)
                            synced = self.received
                    finally:
                        os.close(self._fd)
                    self._staged.note(self.received, synced)
            return self.received
