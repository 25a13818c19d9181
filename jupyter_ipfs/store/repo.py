"""The local repo: one directory that any number of processes open at once.

Packs of blocks, one database, and rules that keep adds, gc, crashes and locks from losing
anything (design.md 2, safety.md 1 to 5).
"""

from __future__ import annotations

import os
import secrets
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from jupyter_ipfs.errors import RepoError, RepoUnusableError, RepoVersionError
from jupyter_ipfs.store import (
    backup,
    copies,
    directory,
    index,
    locking,
    mfs,
    names,
    recovery,
    repack,
    schema,
)
from jupyter_ipfs.store import check as checking
from jupyter_ipfs.store.allowance import Allowance
from jupyter_ipfs.store.batch import RepoBatch
from jupyter_ipfs.store.cache import CAP, Cache
from jupyter_ipfs.store.failures import ANOTHER_PLACE, translated
from jupyter_ipfs.store.packs import PackFiles
from jupyter_ipfs.store.quota import Quota
from jupyter_ipfs.store.reader import BlockReader
from jupyter_ipfs.store.schema import DURABLE, Database

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator

    from jupyter_ipfs.ipld.block import Block
    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.protocols import NameVersion, Pin
    from jupyter_ipfs.store.check import Checked
    from jupyter_ipfs.store.copies import Copy
    from jupyter_ipfs.store.recovery import Repaired

_LOCKING = "locking"  # the file that says how all openers lock the database


@dataclass(frozen=True, slots=True)
class RepoStatus:
    """The repo in numbers.

    Attributes:
        blocks: Blocks held, those of the cache included.
        size: Bytes on disk, of packs, cache and database.
        packs: Packs, those of the cache not included.
        damaged: Blocks that were here and count as absent.
        unconfirmed: Whether roots were recovered that nobody has looked at yet.
    """

    blocks: int
    size: int
    packs: int
    damaged: int
    unconfirmed: bool


class Repo:
    """An open repo. Thread-safe; opened by each process for itself, usable after a fork."""

    def __init__(self, path: Path, vfs: str, *, busy_s: float, cache_cap: int) -> None:
        self.path = path
        self.packs_directory = path / directory.PACKS
        self.cache_directory = path / directory.CACHE
        self.database = Database(path / schema.FILE_NAME, vfs, busy_s=busy_s)
        self.files = PackFiles(self.packs_directory, self.cache_directory)
        self.opened = recovery.Repaired()
        self.quota = Quota(self)
        self._cache = Cache(self, cache_cap)
        self._reader = BlockReader(self.database, self.files, self._cache.get)

    @classmethod
    def open(
        cls,
        path: str | os.PathLike[str],
        *,
        create: bool = True,
        busy_s: float = schema.BUSY_S,
        cache_cap: int = CAP,
    ) -> Repo:
        """Open the repo in a directory, and set right what a crash has left behind.

        Args:
            path: Its directory.
            create: Whether to make one where there is none.
            busy_s: How long to wait for other processes.
            cache_cap: Bytes that fetched blocks may take.

        Raises:
            RepoUnusableError: There is none, it is read-only or somebody else's, or file
                locks do not work there.
            RepoVersionError: A newer version of this package wrote it.
        """
        place = Path(path).expanduser().absolute()
        if not create and not (place / directory.PACKS).is_dir():
            raise RepoUnusableError(f"there is no repo in {str(place)!r}")
        with translated(place):
            directory.prepare(place)
            repo = cls(place, _locking(place), busy_s=busy_s, cache_cap=cache_cap)
            try:
                repo._prepare_database()
                repo.opened = recovery.check(repo)
            except BaseException:
                repo.close()
                raise
        return repo

    # — blocks —

    def get(self, cid: CID) -> Block:
        """Return one verified block.

        Raises:
            BlockNotFoundError: It is not here.
            VerificationError: It was here and is damaged.
        """
        return self._reader.get(cid)

    def get_many(self, cids: Iterable[CID]) -> Iterator[Block]:
        """Yield verified blocks in order, read ahead. Errors as in `get`."""
        return self._reader.get_many(cids)

    def has(self, cid: CID) -> bool:
        """Tell whether a block is here, durably or in the cache."""
        if cid.is_identity or self._cache.get(cid.multihash) is not None:
            return True
        return self.database.read(lambda c: index.find(c, cid.multihash)) is not None

    def multihashes(self) -> set[bytes]:
        """Return the multihash of every block that is here."""
        return {row[0] for row in self.database.read(index.all_blocks)}

    def batch(self, *, size_hint: int | None = None) -> RepoBatch:
        """Start an atomic store.

        Raises:
            QuotaExceededError: ``size_hint`` bytes are more than the whole quota.
            DiskFullError: ``size_hint`` bytes cannot fit.
        """
        return RepoBatch(self, Allowance(self.quota, size_hint))

    def cache_put(self, block: Block) -> None:
        """Keep a fetched block for a while; it may be lost."""
        with translated(self.path):
            self._cache.put(block)

    def flush_cache(self) -> None:
        """Write fetched blocks that are still in memory, so that other processes see them."""
        with translated(self.path):
            self._cache.flush()

    # — names and pins —

    def pin(self, root: CID) -> None:
        """Keep a root. What is under it is not looked at; see `jupyter_ipfs.node.keep`."""
        with self.changing() as connection:
            names.pin(connection, root)

    def unpin(self, root: CID) -> bool:
        """Let go of a root, its names' versions included; ``False`` if it was not kept."""
        with self.changing() as connection:
            return names.unpin(connection, root)

    def pins(self) -> list[Pin]:
        """Return the kept roots, oldest first."""
        return self.database.read(names.pins)

    def names(self) -> list[str]:
        """Return the names, sorted."""
        return self.database.read(names.names)

    def resolve(self, name: str) -> CID:
        """Return the root that ``fig-3`` or ``fig-3@2`` stands for.

        Raises:
            NameNotFoundError: Nothing; the hint has the names that come close.
        """
        return self.database.read(lambda connection: names.resolve(connection, name)).root

    def log(self, name: str) -> list[NameVersion]:
        """Return a name's versions, newest first.

        Raises:
            NameNotFoundError: There is no such name.
        """
        return self.database.read(lambda connection: names.log(connection, name))

    def set_name(self, name: str, root: CID, *, pin: bool) -> tuple[int, bool]:
        """Let a name point at a root; return the version, and whether it did so already.

        Args:
            name: A name.
            root: Any root: its blocks may be elsewhere.
            pin: Whether the version keeps the root here. ``False`` for what is on a Kubo.

        Raises:
            ConfigError: ``name`` cannot be a name.
        """
        name = names.check(name)
        with self.changing() as connection:
            return names.put(connection, name, root, pin=pin)

    def rename(self, old: str, new: str) -> None:
        """Give a name another word; its versions move along.

        Raises:
            NameNotFoundError: There is no such name.
            ConfigError: ``new`` is taken or cannot be a name.
        """
        new = names.check(new)
        with self.changing() as connection:
            names.rename(connection, old, new)

    def mark_shared(self, name: str, *, pin: bool = True) -> None:
        """Keep a version (``fig-3@2``; the newest without ``@``) for good.

        Args:
            name: Which.
            pin: Whether the version keeps its root here. ``False`` for what is on a Kubo, which
                keeps it by a pin of its own.
        """
        with self.changing() as connection:
            names.mark_shared(connection, name, pin=pin)

    # — copies elsewhere —

    def record_copy(self, root: CID, place: str) -> None:
        """Note that everything under ``root`` was copied to ``place``."""
        with self.changing() as connection:
            copies.record(connection, root, place)

    def record_check(self, root: CID, place: str) -> float:
        """Note that blocks of ``root`` were fetched from ``place`` now; return when that is."""
        with self.changing() as connection:
            return copies.record_check(connection, root, place)

    def forget_copy(self, root: CID, place: str) -> None:
        """Note that ``place`` does not have ``root`` any more."""
        with self.changing() as connection:
            copies.forget(connection, root, place)

    def copies(self, root: CID) -> list[Copy]:
        """Return where ``root`` was copied to, as far as is known here."""
        return self.database.read(lambda connection: copies.of(connection, bytes(root)))

    # — files —

    def mfs_root(self) -> CID | None:
        """Return the directory that the mutable files are in; ``None`` before there is any."""
        return self.database.read(mfs.root)

    # — life —

    @property
    def excluded(self) -> frozenset[tuple[int, int]]:
        """Device and inode of the repo's directory and of every file directly in it.

        `add` must not open these: closing a database file drops SQLite's locks (safety.md 4).
        """
        found: set[tuple[int, int]] = set()
        with suppress(OSError):
            for place in (self.path, *self.path.iterdir()):
                with suppress(OSError):
                    status = place.stat()
                    found.add((status.st_dev, status.st_ino))
        return frozenset(found)

    def status(self) -> RepoStatus:
        """Return the repo in numbers."""
        blocks, packs, size, damaged, unconfirmed = self.database.read(_status)
        with suppress(OSError):
            size += (self.path / schema.FILE_NAME).stat().st_size
        return RepoStatus(blocks, size, packs, damaged, unconfirmed)

    def changes(self, seen: tuple[int, int] | None = None) -> tuple[int, int]:
        """Return two numbers of which the second moves when what is kept changes.

        Args:
            seen: What this returned before, by the same open repo. It makes asking cheap: the
                first number tells whether any other connection has written at all.
        """

        def ask(connection: sqlite3.Connection) -> tuple[int, int]:
            version = int(connection.execute("PRAGMA data_version").fetchone()[0])
            if seen is not None and seen[0] == version:
                return seen
            return version, schema.generation(connection)

        return self.database.read(ask)

    def repair(self) -> Repaired:
        """Do again what opening does: quarantine what is lost, index what is unknown."""
        with translated(self.path):
            return recovery.check(self)

    def verify(self, progress: Callable[[int], object] | None = None) -> Checked:
        """Read every block and check it; what is damaged counts as absent from then on."""
        self.flush_cache()
        with translated(self.path):
            return checking.check(self, progress)

    @staticmethod
    def rebuild(path: str | os.PathLike[str]) -> Repo:
        """Open a repo whose database is damaged, with a new one.

        Blocks come from the packs, pins and names from ``state.backup``; the old database
        stays beside it. No other process may have the repo open.
        """
        place = Path(path).expanduser().absolute()
        with translated(place):
            for suffix in ("", "-journal"):
                file = place / (schema.FILE_NAME + suffix)
                if file.exists():
                    file.rename(place / f"damaged-{time.time_ns()}-{file.name}")
        return Repo.open(place)

    def confirm_recovery(self, *, keep: bool = True) -> None:
        """Say that what was recovered has been looked at, so that gc may run again.

        Args:
            keep: Leave the roots pinned; ``False`` lets go of all ``recovered/…``.
        """
        with self.changing() as connection:
            if not keep:
                connection.execute("DELETE FROM names WHERE name LIKE ?", (names.RECOVERED + "%",))
            schema.set_meta(connection, recovery.UNCONFIRMED, "")

    def close(self) -> None:
        """Let go of connections and files; idempotent. Another use opens them again."""
        with suppress(RepoError, OSError):
            self._cache.flush()
        self._reader.close()
        self.files.close()
        self.database.close()

    def __enter__(self) -> Self:
        """Use as a context manager."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    # — for the batch, gc and forget —

    def pack_file(self, kind: int, name: str) -> Path:
        """Return where a pack lies."""
        return (self.packs_directory if kind == DURABLE else self.cache_directory) / name

    def kept(self) -> tuple[int, list[Pin]]:
        """Return the generation and what is kept in it, the files' root included, as one state."""
        return self.database.read(lambda c: (schema.generation(c), [*names.pins(c), *mfs.kept(c)]))

    def pack_name(self, pack: int) -> str | None:
        """Return the file name of a durable pack that is in use."""
        sql = "SELECT file FROM packs WHERE id = ? AND kind = 0 AND dropped_at IS NULL"
        rows = self.database.rows(sql, (pack,))
        return str(rows[0][0]) if rows else None

    def evict_cache(self, connection: sqlite3.Connection, size: int) -> tuple[list[str], int]:
        """Give up cached packs, to make room; see `Cache.make_room`."""
        return self._cache.make_room(connection, size)

    def unlink_cached(self, files: Iterable[str]) -> None:
        """Remove the files of evicted packs, after the commit."""
        self._cache.unlink(files)

    def remove_unentered(self, name: str) -> None:
        """Remove a pack that was placed and then not committed, unless somebody adopted it."""
        with suppress(RepoError, OSError), self.database.write() as connection:
            if not index.has_pack(connection, name):
                (self.packs_directory / name).unlink(missing_ok=True)

    def after_commit(self) -> None:
        """Tidy up when it is time; a failure is no failure of the add."""
        with suppress(RepoError, OSError):
            repack.merge_tiny(self)

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """Hold the write lock to change what is kept: counted for gc, copied to the backup."""
        with translated(self.path), self.database.write() as connection:
            yield connection
            schema.bump(connection)
            backup.save(connection, self.path)

    def _prepare_database(self) -> None:
        file = self.path / schema.FILE_NAME
        if not file.exists():
            with suppress(FileExistsError):
                # Made here so that it is private from the start. Nobody can hold a lock yet.
                os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
                directory.sync(self.path)
        if not os.access(file, os.W_OK) or not os.access(self.path, os.W_OK):
            raise RepoUnusableError(f"the repo {str(self.path)!r} is read-only", ANOTHER_PLACE)
        if self.database.read(schema.is_empty):
            with self.database.write() as connection:
                if schema.is_empty(connection):
                    found = any(self.packs_directory.iterdir())
                    recovery.initialise(connection, self.path, found_packs=found)
        if self.database.read(schema.is_old):
            with self.database.write() as connection:
                if schema.is_old(connection):
                    schema.upgrade(connection)


def _status(connection: sqlite3.Connection) -> tuple[int, int, int, int, bool]:
    def number(sql: str) -> int:
        return int(connection.execute(sql).fetchone()[0])

    return (
        number("SELECT COUNT(*) FROM blocks"),
        number("SELECT COUNT(*) FROM packs WHERE dropped_at IS NULL AND kind = 0"),
        number("SELECT COALESCE(SUM(size), 0) FROM packs"),
        number("SELECT COUNT(*) FROM damaged"),
        bool(schema.get_meta(connection, recovery.UNCONFIRMED)),
    )


def _locking(path: Path) -> str:
    """Return how the database is locked here; tried out once, then the same for everybody."""
    file = path / _LOCKING
    if not file.exists():
        chosen = locking.choose(path)
        temporary = file.with_name(f"{_LOCKING}.{os.getpid()}.{secrets.token_hex(4)}")
        directory.write_file(temporary, chosen.encode() + b"\n")
        try:
            # A link and no rename: what stands there already is what others use.
            with suppress(FileExistsError):
                os.link(temporary, file)
        except OSError:  # no links here
            if not file.exists():
                temporary.replace(file)
        finally:
            temporary.unlink(missing_ok=True)
        directory.sync(path)
    vfs = file.read_text(encoding="ascii").strip()
    if vfs not in locking.CANDIDATES:
        raise RepoVersionError(
            f"the repo {str(path)!r} is locked in a way that is not known here: {vfs!a}",
            "upgrade jupyter_ipfs, or use the repo on the system that made it",
        )
    return vfs
