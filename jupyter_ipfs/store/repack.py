"""Writing what is alive in some packs into a new one, and then letting the old ones go.

The order is the reverse of an add's (safety.md 3): the new pack is durable and entered
before the old ones lose their rows, and those lose their rows before their files.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from jupyter_ipfs.errors import IPFSError
from jupyter_ipfs.ipld import car
from jupyter_ipfs.ipld.cid import CID, RAW
from jupyter_ipfs.store import backup, directory, index
from jupyter_ipfs.store.failures import translated
from jupyter_ipfs.store.packs import UNFINISHED, PackWriter
from jupyter_ipfs.store.recovery import is_intact
from jupyter_ipfs.store.schema import DURABLE, bump, generation

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Container, Sequence
    from pathlib import Path
    from types import TracebackType

    from jupyter_ipfs.store.index import Pack
    from jupyter_ipfs.store.packs import PackFile
    from jupyter_ipfs.store.repo import Repo

SMALL = 4 * 1024 * 1024  # bytes; packs below are merged …
MANY_SMALL = 32  # … by gc when there are so many,
TINY = 256 * 1024  # and those below this …
MANY_TINY = 64  # … by the add that makes it so many
_MOST_ROOTS = 1000


@dataclass(slots=True)
class Rewriting:
    """Packs being replaced by one new pack; a context manager that leaves nothing half-done.

    Attributes:
        repo: Where.
        packs: The durable packs that will go.
        dead: Multihashes that are left out.
        damaged: Those that could not be copied since their bytes are not theirs.
    """

    repo: Repo
    packs: Sequence[Pack]
    dead: Container[bytes]
    damaged: list[bytes] = field(default_factory=list)
    _writer: PackWriter | None = None
    _moved: list[tuple[bytes, int, int, int]] = field(default_factory=list)
    _rows: int = 0
    _is_entered: bool = False
    _is_placed: bool = False

    def copy(self) -> None:
        """Write the new pack and make it durable; nothing refers to it yet.

        Raises:
            DiskFullError: There is no space for it.
        """
        with translated(self.repo.path):
            contents = [(pack, *_contents(self.repo, pack)) for pack in self.packs]
            roots = [root for _, _, named, _ in contents for root in named]
            roots = [root for root in dict.fromkeys(roots) if root.multihash not in self.dead]
            for pack, file, _, cids in contents:
                for digest, offset, length, _ in sorted(self._rows_of(pack), key=_offset):
                    if digest in self.dead:
                        continue
                    data = file.read(offset, length)
                    if not is_intact(digest, data):
                        self.damaged.append(digest)
                        continue
                    if self._writer is None:
                        self._writer = PackWriter(self.repo.packs_directory, roots[:_MOST_ROOTS])
                    # Where the pack's own structure is damaged its blocks are not.
                    cid = cids.get(offset) or CID(1, RAW, digest)
                    at = self._writer.add(cid, data)
                    self._moved.append((digest, pack.id, offset, at))
            if self._writer is not None:
                self._writer.finish(roots[:_MOST_ROOTS])

    def swap(self, expected: int | None) -> bool:
        """Put the new pack in place of the old ones, if nothing has changed since.

        Args:
            expected: The generation against which was decided what is dead; ``None`` if
                nothing is.

        Returns:
            ``False`` if something has: nothing was done.
        """
        with translated(self.repo.path), self.repo.database.write() as connection:
            if expected is not None and generation(connection) != expected:
                return False
            if sum(index.count_of(connection, pack.id) for pack in self.packs) != self._rows:
                return False  # another one has rewritten or quarantined them
            self._enter(connection)
            for pack in self.packs:
                index.give_up_pack(connection, pack)
            index.note_damaged(connection, self.damaged, "its bytes on disk were not its own")
            bump(connection)
            backup.save(connection, self.repo.path)
        self._is_entered = True
        return True

    def _enter(self, connection: sqlite3.Connection) -> None:
        if self._writer is None:
            return
        self._writer.place()
        self._is_placed = True
        directory.sync(self.repo.packs_directory)
        pack = index.add_pack(connection, self._writer.name, self._writer.size)
        index.move_blocks(connection, pack, self._moved)

    def _rows_of(self, pack: Pack) -> list[tuple[bytes, int, int, float]]:
        rows = self.repo.database.read(lambda c: list(index.blocks_of(c, pack.id)))
        self._rows += len(rows)
        return rows

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Remove the new pack unless it was entered."""
        if self._writer is not None and not self._is_entered:
            if self._is_placed:
                self.repo.remove_unentered(self._writer.name)
            self._writer.discard()
        elif self._writer is not None:
            self._writer.close()


def merge_tiny(repo: Repo) -> None:
    """Make one pack of many tiny ones; everything in the index stays."""
    tiny = [pack for pack in repo.database.read(_durable) if pack.size < TINY]
    if len(tiny) < MANY_TINY:
        return
    with Rewriting(repo, tiny, frozenset()) as rewriting:
        rewriting.copy()
        if rewriting.swap(None):
            unlink_dropped(repo)


def unlink_dropped(repo: Repo, *, at_once: bool = False) -> None:
    """Remove the files of packs that have no rows any more.

    An unfinished add may still want a block of one of them, so as long as there is such an
    add they keep their grace. A file that cannot be removed is left to the next gc.
    """
    gone: list[int] = []
    is_quiet = at_once or not unfinished(repo)
    for pack, since in repo.database.read(index.dropped):
        if is_quiet or time.time() - since >= index.GRACE_S:
            repo.files.drop(pack.kind, pack.file)
            with suppress(OSError):
                repo.pack_file(pack.kind, pack.file).unlink(missing_ok=True)
                gone.append(pack.id)
    if gone:
        with repo.database.write() as connection:
            index.forget_packs(connection, gone)


def unfinished(repo: Repo) -> dict[Path, int]:
    """Return the unfinished packs and how large they are."""
    found: dict[Path, int] = {}
    for place in (repo.packs_directory, repo.cache_directory):
        for file in place.iterdir():
            if file.name.endswith(UNFINISHED):
                with suppress(OSError):
                    found[file] = file.stat().st_size
    return found


def remove_abandoned(repo: Repo, grace_s: float) -> None:
    """Remove unfinished packs that have not grown for the grace.

    The times are those at which gc has seen them, kept in the database: file times come
    from another clock on a network file system.
    """
    files, now = unfinished(repo), time.time()
    with translated(repo.path), repo.database.write() as connection:
        seen = index.temporaries(connection)
        abandoned = [
            file
            for file, size in files.items()
            if file.name in seen and seen[file.name][0] == size
            and now - seen[file.name][1] >= grace_s
        ]  # fmt: skip
        index.note_temporaries(
            connection,
            {file.name: size for file, size in files.items() if file not in abandoned},
        )
    for file in abandoned:
        with suppress(OSError):
            file.unlink(missing_ok=True)


def _contents(repo: Repo, pack: Pack) -> tuple[PackFile, tuple[CID, ...], dict[int, CID]]:
    """Return an open pack, its header's roots, and the CIDs at its offsets."""
    roots: tuple[CID, ...] = ()
    cids: dict[int, CID] = {}
    with repo.pack_file(DURABLE, pack.file).open("rb", buffering=64 * 1024) as stream:
        with suppress(IPFSError):
            reader = car.Reader(stream)
            roots = reader.roots
            for cid, offset, _ in reader.skim():
                cids[offset] = cid  # noqa: PERF403  (what came before an error counts)
        file = repo.files.get(DURABLE, pack.file)
    return file, roots, cids


def _durable(connection: sqlite3.Connection) -> list[Pack]:
    return index.packs(connection, DURABLE)


def _offset(row: tuple[bytes, int, int, float]) -> int:
    return row[1]
