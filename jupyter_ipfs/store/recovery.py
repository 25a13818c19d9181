"""What opening a repo finds out and sets right: packs and rows that do not fit each other."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import CIDError, IPFSError
from jupyter_ipfs.ipld import car, multihash
from jupyter_ipfs.store import backup, index, names, schema
from jupyter_ipfs.store.packs import SUFFIX
from jupyter_ipfs.store.schema import CACHE, DURABLE

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.store.repo import Repo

# In `meta`: the packs that the restored state knows of (JSON), while packs are being
# indexed again; and whether what was recovered has been looked at by the user.
REBUILDING = "rebuilding"
UNCONFIRMED = "unconfirmed"


@dataclass(frozen=True, slots=True)
class Repaired:
    """What opening or `Repo.repair` set right.

    Attributes:
        quarantined: Blocks that count as absent now: their pack is missing or short.
        adopted: Blocks found in packs that nothing knew of.
        recovered: Roots that are kept now because the state was older than their pack.
    """

    quarantined: int = 0
    adopted: int = 0
    recovered: tuple[CID, ...] = ()


@dataclass(frozen=True, slots=True)
class _Scanned:
    """What lies in a pack."""

    roots: tuple[CID, ...]
    entries: list[tuple[bytes, int, int]]


def initialise(connection: sqlite3.Connection, path: Path, *, found_packs: bool) -> None:
    """Fill an empty database; where there was one before, with what was saved of it."""
    schema.create(connection)
    known = backup.restore(connection, path)
    if known is not None or found_packs:
        schema.set_meta(connection, REBUILDING, json.dumps(sorted(known or ())))


def check(repo: Repo) -> Repaired:
    """Compare the packs with their rows and set right what does not fit."""
    durable, rows = _files(repo.packs_directory), repo.database.read(_known_packs)
    known = {pack.file for pack, _ in rows if pack.kind == DURABLE}
    lost = [
        pack
        for pack, is_dropped in rows
        if pack.kind == DURABLE and not is_dropped and durable.get(pack.file) != pack.size
    ]
    cached = _files(repo.cache_directory)
    lost += [
        pack
        for pack, is_dropped in rows
        if pack.kind == CACHE and not is_dropped and cached.get(pack.file) != pack.size
    ]
    quarantined = _quarantine(repo, lost) if lost else 0
    adopted = 0
    recovered: list[CID] = []
    unknown = sorted(durable.keys() - known | {pack.file for pack in lost} & durable.keys())
    for file in unknown:
        blocks, roots = _adopt(repo, file)
        adopted += blocks
        recovered += roots
    _finish_rebuilding(repo)
    return Repaired(quarantined, adopted, tuple(recovered))


def _files(directory: Path) -> dict[str, int]:
    return {
        entry.name: entry.stat().st_size
        for entry in directory.iterdir()
        if entry.name.endswith(SUFFIX)
    }


def _known_packs(connection: sqlite3.Connection) -> list[tuple[index.Pack, bool]]:
    gone = [(pack, True) for pack, _ in index.dropped(connection)]
    return [(pack, False) for pack in index.packs(connection)] + gone


def _quarantine(repo: Repo, packs: list[index.Pack]) -> int:
    """Let the blocks of packs that are not what they were count as absent."""
    count = 0
    with repo.database.write() as connection:
        in_use = {pack.id for pack in index.packs(connection)}
        for pack in packs:
            place = repo.pack_file(pack.kind, pack.file)
            # Looked at again under the lock: a pack that a gc has taken away has no row now.
            size = place.stat().st_size if place.exists() else None
            if pack.id in in_use and size != pack.size:
                state = "missing" if size is None else f"{size:,} bytes long, not {pack.size:,}"
                count += index.quarantine_pack(connection, pack, f"the pack {pack.file} is {state}")
                repo.files.drop(pack.kind, pack.file)
    return count


def _adopt(repo: Repo, file: str) -> tuple[int, list[CID]]:
    """Index a pack that has no rows, after every block of it was verified."""
    place = repo.packs_directory / file
    try:
        size = place.stat().st_size
        scanned = scan(place)
    except FileNotFoundError:
        return 0, []
    with repo.database.write() as connection:
        if index.has_pack(connection, file) or not place.exists():
            return 0, []  # another process was first
        pack = index.add_pack(connection, file, size)
        held = index.durable_among(connection, (entry[0] for entry in scanned.entries))
        fresh = [entry for entry in scanned.entries if entry[0] not in held]
        index.add_blocks(connection, pack, fresh, time.time())
        roots = _recover(connection, file, scanned.roots)
        schema.bump(connection)
        if not schema.get_meta(connection, REBUILDING):
            backup.save(connection, repo.path)
    return len(fresh), roots


def _recover(connection: sqlite3.Connection, file: str, roots: tuple[CID, ...]) -> list[CID]:
    """Keep the roots of a pack that is newer than the state (safety.md 2)."""
    rebuilding = schema.get_meta(connection, REBUILDING)
    if not rebuilding or file in json.loads(rebuilding):
        return []
    kept = {pin.root for pin in names.pins(connection)}
    recovered = [root for root in roots if root not in kept]
    for root in recovered:
        names.put(connection, names.RECOVERED + str(root), root, pin=True)
    if recovered:
        schema.set_meta(connection, UNCONFIRMED, "1")
    return recovered


def _finish_rebuilding(repo: Repo) -> None:
    if not repo.database.read(lambda connection: schema.get_meta(connection, REBUILDING)):
        return
    with repo.database.write() as connection:
        known = {pack.file for pack, _ in _known_packs(connection)}
        if known >= _files(repo.packs_directory).keys():
            schema.set_meta(connection, REBUILDING, "")
            schema.bump(connection)
            backup.save(connection, repo.path)


def scan(place: Path) -> _Scanned:
    """Read a pack and verify it; a damaged block is left out, a cut end as well.

    Raises:
        OSError: It cannot be read.
    """
    roots: tuple[CID, ...] = ()
    entries: list[tuple[bytes, int, int]] = []
    with place.open("rb", buffering=1024 * 1024) as stream:
        try:
            reader = car.Reader(stream)
            roots = reader.roots
            for section in reader.sections():
                digest = section.cid.multihash
                if is_intact(digest, section.data) and not section.cid.is_identity:
                    entries.append((digest, section.offset, len(section.data)))
        except IPFSError:
            pass  # what came before the cut is as good as ever
    return _Scanned(roots, entries)


def is_intact(digest: bytes, data: bytes) -> bool:
    """Tell whether ``data`` is what its multihash says."""
    try:
        return multihash.digest(multihash.function(digest), data) == digest
    except CIDError:
        return False
