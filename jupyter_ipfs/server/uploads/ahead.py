"""Importing an upload while it arrives, so that its commit has little left to do.

Only a shortcut: whatever goes wrong here, the commit imports the staged bytes from the start.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

from jupyter_ipfs.server.sessions import open_session
from jupyter_ipfs.server.uploads.importing import import_staged

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.protocols import Batch, Progress, ProgressCallback, Stored
    from jupyter_ipfs.server.uploads.staging import Staged

_LEAST = 16 * 1024 * 1024  # bytes; below that there is nothing to gain
_MOST = 2  # at once
_PATIENCE_S = 60.0  # without news
_LOOK_S = 0.1
_log = logging.getLogger(__name__)


class _StoppedError(Exception):
    """Nobody needs this import any more."""


class Arriving:
    """The staged stream as the importer reads it: it waits for what has yet to come."""

    def __init__(self, file: Path) -> None:
        self._fd: Final = os.open(file, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        self._news = threading.Condition()
        self._received = 0
        self._is_stopped = False
        self._at = 0

    def seek(self, offset: int) -> int:
        """Go on at ``offset``."""
        self._at = offset
        return offset

    def read(self, size: int) -> bytes:
        """Return at least one byte, as soon as there is one."""
        with self._news:
            while self._received <= self._at:
                if self._is_stopped or not self._news.wait(_PATIENCE_S):
                    raise _StoppedError
            size = min(size, self._received - self._at)
        os.lseek(self._fd, self._at, os.SEEK_SET)
        data = os.read(self._fd, size)
        self._at += len(data)
        return data

    def advance(self, received: int) -> None:
        """Tell how much is there now."""
        with self._news:
            self._received = max(self._received, received)
            self._news.notify_all()

    def stop(self) -> None:
        """Let the importer give up."""
        with self._news:
            self._is_stopped = True
            self._received = min(self._received, self._at)
            self._news.notify_all()

    def close(self) -> None:
        """Close the file; after the importer has ended."""
        os.close(self._fd)


class Ahead:
    """One import that runs while its upload arrives. At most one for each upload."""

    def __init__(self, staged: Staged) -> None:
        self._staged = staged
        self._arriving = Arriving(staged.data)
        self._open = ExitStack()
        self._open.callback(self._arriving.close)
        self._batch: Batch | None = None
        self._root: CID | None = None
        self._progress: Progress | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="jupyter-ipfs-ahead", daemon=True)

    @classmethod
    def begin(cls, staged: Staged) -> None:
        """Begin, if that pays and few others run; the first byte is about to come."""
        if staged.size < _LEAST:
            return
        with _changed:
            if staged.place in _running or len(_running) >= _MOST:
                return
            if not _running:
                atexit.unregister(stop_all)
                atexit.register(stop_all)
            ahead = _running[staged.place] = cls(staged)
        ahead._thread.start()

    @classmethod
    def take(cls, staged: Staged) -> Ahead | None:
        """Return the import of an upload, if there is one; the caller closes it."""
        with _changed:
            _changed.notify_all()
            return _running.pop(staged.place, None)

    def advance(self, received: int) -> None:
        """Tell how much has arrived."""
        self._arriving.advance(received)

    def root(self, progress: ProgressCallback) -> CID | None:
        """Wait for the root; ``None`` if the import has failed."""
        self.advance(self._staged.size)
        while not self._ended.wait(_LOOK_S):
            if self._progress is not None:
                progress(self._progress)
        if self._progress is not None:
            progress(self._progress)
        return self._root

    def commit(self, root: CID, name: str | None) -> Stored:
        """Keep what was imported."""
        assert self._batch is not None  # noqa: S101  (there is a root)
        return self._batch.commit(root, pin=True, name=name)

    def close(self) -> None:
        """Give up, or let go of what was committed."""
        self._arriving.stop()
        if self._thread is not threading.current_thread():
            self._thread.join()
        self._open.close()

    def _run(self) -> None:
        try:
            session = self._open.enter_context(open_session())
            # A quota would count the bytes twice; other backends would wait on the network.
            if session.repo.quota.limit is None and session.config.backend == "embedded":
                self._batch = self._open.enter_context(session.backend.batch())
                self._root = import_staged(
                    self._batch, self._staged.listing, self._arriving, self._take_note
                )
        except _StoppedError:
            pass
        except Exception as error:  # noqa: BLE001  (the commit tries again and tells)
            _log.debug("jupyter_ipfs: import ahead: %s", type(error).__name__)
        finally:
            self._ended.set()
        if self._root is None or not self._is_wanted():
            drop(self._staged.place, self)

    def _is_wanted(self) -> bool:
        """Wait for the commit that takes this; nobody keeps an unfinished pack for ever."""
        with _changed:
            return _changed.wait_for(
                lambda: _running.get(self._staged.place) is not self, _PATIENCE_S
            )

    def _take_note(self, progress: Progress) -> None:
        self._progress = progress


_changed = threading.Condition()  # guards:
_running: dict[Path, Ahead] = {}


def advance(staged: Staged, received: int) -> None:
    """Tell the import of an upload, if there is one, how much has arrived."""
    with _changed:
        ahead = _running.get(staged.place)
    if ahead is not None:
        ahead.advance(received)


def drop(place: Path, ahead: Ahead | None = None) -> None:
    """Give an import up."""
    with _changed:
        found = _running.get(place)
        if found is None or (ahead is not None and found is not ahead):
            return
        del _running[place]
        _changed.notify_all()
    found.close()


def stop_all() -> None:
    """Give all up: the server ends."""
    for place in list(_running):
        drop(place)
