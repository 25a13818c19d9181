"""Where the bytes of an upload lie until they are stored; outlives the server.

Each upload is a directory ``<repo>/uploads/<id>``: ``listing.json``, ``data`` (the stream so
far) and ``state.json``, which says how much of ``data`` counts. What was written outlives its
process in the system's memory, but not a power cut, after which a file's end may be anything:
so ``state.json`` names the boot in which that was so, and in another one only what was synced
counts. Most uploads are stored within seconds, and then were never written to the disk twice.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

from jupyter_ipfs.errors import ConflictError, GoneError
from jupyter_ipfs.server.uploads.listing import Listing
from jupyter_ipfs.store import directory
from jupyter_ipfs.store.failures import translated
from jupyter_ipfs.store.quota import UPLOADS

if TYPE_CHECKING:
    from collections.abc import Iterator

EXPIRE_S = 7 * 24 * 3600.0
_ID = re.compile(r"[0-9a-f]{32}")
_LISTING, _DATA, _STATE, _LOCK = "listing.json", "data", "state.json", "lock"

# Uploads that this process is writing or storing: locks of files do not keep threads apart
# everywhere.
_busy: set[Path] = set()
_busy_lock = threading.Lock()


class Staged:
    """One upload on the disk. Its data is written by `Writing`, one at a time."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.id = place.name

    @classmethod
    def create(cls, repo: Path, listing: Listing) -> Self:
        """Make a place for an upload, or find the one that an equal list began."""
        staged = cls(repo / UPLOADS / listing.id)
        with translated(repo):
            if staged._state() is None:
                staged.place.parent.mkdir(mode=0o700, exist_ok=True)
                staged.place.mkdir(mode=0o700, exist_ok=True)
                with staged.held():
                    text = json.dumps(listing.to_json(), separators=(",", ":"))
                    directory.write_file(staged.place / _LISTING, text.encode())
                    staged._write_state(
                        _State(listing.size, 0, 0, _boot())
                    )  # last: with it the upload can be found
            os.utime(staged.place / _STATE)
        return staged

    @classmethod
    def find(cls, repo: Path, upload_id: str) -> Self:
        """Return an upload.

        Raises:
            GoneError: There is none with this id.
        """
        if _ID.fullmatch(upload_id):
            staged = cls(repo / UPLOADS / upload_id)
            if staged._state() is not None:
                return staged
        raise _gone()

    @property
    def data(self) -> Path:
        """The stream so far."""
        return self.place / _DATA

    @property
    def listing(self) -> Listing:
        """The files that it consists of."""
        try:
            said = json.loads((self.place / _LISTING).read_bytes())
            return Listing.parse(said["files"], said["wrap"])
        except (OSError, ValueError, KeyError, TypeError):
            raise _gone() from None

    @property
    def size(self) -> int:
        """Bytes of the whole stream."""
        return self._known().size

    @property
    def received(self) -> int:
        """Bytes of the stream that are here."""
        state = self._known()
        counted = state.received if state.boot == _boot() else state.synced
        try:
            return min(counted, self.data.stat().st_size)
        except OSError:
            return 0

    @property
    def synced(self) -> int:
        """Of those, the bytes that also outlive a power cut."""
        return min(self._known().synced, self.received)

    def note(self, received: int, synced: int) -> None:
        """Note how much of the data counts; `held` by the caller."""
        state = _State(self.size, received, synced, _boot())
        if synced > self.synced:
            self._write_state(state)
            return
        # As the data itself: enough for this boot. It is as new as that or not there at all.
        fresh = self.place / f"{_STATE}.new"
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(asdict(state)), "ascii")
        fresh.replace(self.place / _STATE)

    def snapshot(self) -> dict[str, object]:
        """Return how far it has come, as openapi.yaml has it."""
        try:
            touched = (self.place / _STATE).stat().st_mtime
        except OSError:
            raise _gone() from None
        return {
            "id": self.id,
            "received": self.received,
            "size": self.size,
            "expires_at": touched + EXPIRE_S,
        }

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep everybody else from writing, storing or removing it.

        Raises:
            ConflictError: Somebody is at it.
        """
        with _busy_lock:
            if self.place in _busy:
                raise _is_busy()
            _busy.add(self.place)
        try:
            with _locked(self.place / _LOCK):
                yield
        finally:
            with _busy_lock:
                _busy.discard(self.place)

    def remove(self) -> None:
        """Drop it; `held` by the caller."""
        # The state first: without it nothing is found, whatever a crash leaves behind.
        with suppress(OSError):
            (self.place / _STATE).unlink()
        shutil.rmtree(self.place, ignore_errors=True)

    def _known(self) -> _State:
        state = self._state()
        if state is None:
            raise _gone()
        return state

    def _state(self) -> _State | None:
        """Size and bytes received, without reading a long listing."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            said = json.loads((self.place / _STATE).read_bytes())
            size, received, synced = (int(said[key]) for key in ("size", "received", "synced"))
            return _State(size, received, synced, str(said["boot"]))
        return None

    def _write_state(self, state: _State) -> None:
        directory.write_file(self.place / _STATE, json.dumps(asdict(state)).encode())


@dataclass(frozen=True, slots=True)
class _State:
    size: int
    received: int
    synced: int
    boot: str


@cache
def _boot() -> str:
    """Name this boot of the system; another text each time where it has no name."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return secrets.token_hex(16)


def sweep(repo: Path) -> None:
    """Drop uploads that nobody went on with, and what a crash left of others."""
    with suppress(OSError):
        for place in list((repo / UPLOADS).iterdir()):
            staged = Staged(place)
            with suppress(OSError, ConflictError):
                newest = max(file.stat().st_mtime for file in (place, *place.iterdir()))
                if newest + EXPIRE_S < time.time():
                    with staged.held():
                        staged.remove()


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Keep other processes out, where the file system has locks."""
    try:
        import fcntl  # noqa: PLC0415  (absent on Windows)
    except ImportError:
        yield
        return
    try:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    except FileNotFoundError:
        raise _gone() from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _is_busy() from None
        except OSError:  # no locks here
            pass
        yield
    finally:
        os.close(descriptor)


def _gone() -> GoneError:
    return GoneError(
        "there is no such upload", "it was stored, given up or has expired; begin it again"
    )


def _is_busy() -> ConflictError:
    return ConflictError(
        "this upload is being written or stored at this moment",
        "wait for that to end; perhaps another tab has dropped the same files",
    )
