"""How much may lie in a repo, counted over all processes, and some disk that stays free.

What is about to be written is set aside first, in a small file that its process holds a
lock on: when the process dies the lock is gone, and the file counts no more. Who sets
something aside holds the database's write lock, so two processes never take the same bytes.

A guard and no boundary: a kernel can write past it (safety.md 12).
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import DiskFullError, QuotaExceededError
from jupyter_ipfs.store.failures import FREE_SPACE, translated
from jupyter_ipfs.store.packs import UNFINISHED
from jupyter_ipfs.store.reservation import Reservation, is_locked
from jupyter_ipfs.store.schema import CACHE
from jupyter_ipfs.words.figures import size as sized

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_ipfs.store.repo import Repo

RESERVATIONS = "reservations"
UPLOADS = "uploads"
KEPT_FREE = 64 * 1024 * 1024  # bytes of disk that are left to the rest of the system


_MAKE_ROOM = (
    "`jupyter ipfs gc` drops what no pin and no name keeps, `jupyter ipfs forget NAME` takes "
    "content away at once; or ask for a larger quota"
)


@dataclass(frozen=True, slots=True)
class Usage:
    """What counts towards the quota, in bytes.

    Attributes:
        packs: Content that is kept.
        cache: Fetched content, which makes room when it has to.
        staged: Packs and uploads that are not finished.
        reserved: Set aside, in all processes, for what is still to be written.
    """

    packs: int
    cache: int
    staged: int
    reserved: int

    @property
    def total(self) -> int:
        """All of it."""
        return max(self.packs + self.cache + self.staged + self.reserved, 0)


class Quota:
    """The quota of one repo.

    Attributes:
        limit: Bytes that may lie in the repo; ``None``: as much as the disk takes.
    """

    def __init__(self, repo: Repo, limit: int | None = None) -> None:
        self.limit = limit
        self._repo = repo
        self._directory = repo.path / RESERVATIONS
        self._own: dict[str, Reservation] = {}
        self._pid = os.getpid()

    def usage(self) -> Usage:
        """Return what is used now."""
        with translated(self._repo.path):
            return self._repo.database.read(self._usage)

    def free(self) -> int:
        """Return the disk's free bytes."""
        with translated(self._repo.path):
            return shutil.disk_usage(self._repo.packs_directory).free

    def left_for_cache(self, connection: sqlite3.Connection) -> float:
        """Return how many bytes of cache the quota leaves; without a quota any number."""
        if self.limit is None:
            return float("inf")
        usage = self._usage(connection)
        return max(self.limit - usage.total + usage.cache, 0)

    def reserve(self, size: int) -> Reservation:
        """Set bytes aside until they are released or this process ends; a context manager.

        Raises:
            QuotaExceededError: They do not fit, also without the cache.
            DiskFullError: The disk has not so much to spare.
        """
        return self._make(size, size)

    def reserve_some(self, size: int) -> Reservation:
        """Set aside ``size`` bytes or, where the quota has less left, what it has.

        For content that may be here already: it is refused only when more than fits is new.

        Raises:
            QuotaExceededError: The whole quota is smaller.
            DiskFullError: The disk has not so much to spare.
        """
        return self._make(size, 0)

    def replacing(self, size: int) -> Reservation:
        """Do not count ``size`` bytes of staging, for as long as what replaces them is written.

        They lie on the disk twice meanwhile, and so much of it has to be free.
        """
        return self._make(-size, -size)

    def _make(self, size: int, least: int) -> Reservation:
        with translated(self._repo.path):
            self._directory.mkdir(mode=0o700, exist_ok=True)
            evicted: list[str] = []
            with self._repo.database.write() as connection:
                granted = self._grant(connection, size, least, evicted)
                reservation = Reservation(self, self._directory, granted)
            self._own_files()[reservation.name] = reservation
            self._repo.unlink_cached(evicted)
            return reservation

    def change(self, reservation: Reservation, size: int) -> None:
        """Let ``reservation`` be of another size; see `Reservation.resize`."""
        more = size - reservation.size
        if more <= 0:
            reservation.write(size)
            return
        with translated(self._repo.path):
            evicted: list[str] = []
            with self._repo.database.write() as connection:
                self._grant(connection, more, more, evicted)
                reservation.write(size)
            self._repo.unlink_cached(evicted)

    def released(self, reservation: Reservation) -> None:
        """Forget a reservation of this process."""
        self._own_files().pop(reservation.name, None)

    def _grant(
        self, connection: sqlite3.Connection, size: int, least: int, evicted: list[str]
    ) -> int:
        """Return how much of ``size`` can be had, ``least`` or more; or raise."""
        self._sweep()
        usage = self._usage(connection)
        aside = sum(max(held, 0) for held in self._held())
        free = self.free()
        if size > 0 and size + aside + KEPT_FREE > free:
            raise DiskFullError(
                f"{sized(size)} do not fit: {sized(free)} are free for {str(self._repo.path)!r}",
                FREE_SPACE,
            )
        if self.limit is None:
            return size
        left = self.limit - usage.total
        if size > left and usage.cache:
            files, freed = self._repo.evict_cache(connection, size - left)
            evicted += files
            left += freed
        if least > left or size > self.limit:
            raise self._exceeded(size, usage, left)
        return max(min(size, left), least)

    def _exceeded(self, size: int, usage: Usage, left: int) -> QuotaExceededError:
        limit = self.limit or 0
        used = f"{sized(max(limit - left, 0))} of it are used"
        if usage.reserved > 0:
            used += f", {sized(usage.reserved)} of those by what is being stored now"
        return QuotaExceededError(
            f"{sized(size)} do not fit: the quota is {sized(limit)}, and {used}", _MAKE_ROOM
        )

    def _usage(self, connection: sqlite3.Connection) -> Usage:
        kinds: dict[int, int] = dict(
            connection.execute("SELECT kind, SUM(size) FROM packs GROUP BY kind").fetchall()
        )
        repo = self._repo
        staged = _sizes(repo.path / UPLOADS)
        for place in (repo.packs_directory, repo.cache_directory):
            staged += _sizes(place, UNFINISHED)
        cache = kinds.pop(CACHE, 0)
        return Usage(sum(kinds.values()), cache, staged, sum(self._held()))

    def _held(self) -> Iterator[int]:
        """Yield the sizes of all reservations whose process lives."""
        own = self._own_files()
        for file in self._files():
            reservation = own.get(file.name)
            if reservation is not None:  # never opened twice here: closing may drop its lock
                yield reservation.size
            elif is_locked(file):
                with suppress(OSError, ValueError):
                    yield int(file.read_bytes())

    def _sweep(self) -> None:
        """Remove what dead processes left; only under the database's write lock."""
        for file in self._files():
            if file.name not in self._own_files() and not is_locked(file):
                with suppress(OSError):
                    file.unlink()

    def _files(self) -> list[Path]:
        with suppress(FileNotFoundError):
            return list(self._directory.iterdir())
        return []

    def _own_files(self) -> dict[str, Reservation]:
        if self._pid != os.getpid():  # a fork: they are the parent's
            self._own, self._pid = {}, os.getpid()
        return self._own


def _sizes(directory: Path, suffix: str = "") -> int:
    """Return the bytes of the files below ``directory`` whose names end with ``suffix``."""
    size = 0
    for place, _, names in os.walk(directory):
        for name in names:
            if name.endswith(suffix):
                with suppress(OSError):  # finished meanwhile
                    size += os.lstat(os.path.join(place, name)).st_size  # noqa: PTH118
    return size
