"""Checking every block of a repo against its multihash."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_ipfs.store import index
from jupyter_ipfs.store.recovery import is_intact

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ipfs.store.index import Pack
    from jupyter_ipfs.store.repo import Repo


@dataclass(frozen=True, slots=True)
class Checked:
    """What reading every block found.

    Attributes:
        blocks: Blocks read.
        size: Their bytes.
        damaged: Multihashes of blocks that are damaged; they count as absent from now on.
    """

    blocks: int
    size: int
    damaged: tuple[bytes, ...]


def check(repo: Repo, progress: Callable[[int], object] | None = None) -> Checked:
    """Read every block; put what is damaged into quarantine.

    Args:
        repo: Which.
        progress: Told the bytes read so far, pack by pack.
    """
    blocks = size = 0
    damaged: list[bytes] = []
    for pack in repo.database.read(index.packs):
        rows = _rows(repo, pack)
        bad = _damaged_in(repo, pack, rows)
        if bad:
            with repo.database.write() as connection:
                for multihash, place in bad:
                    if index.quarantine(connection, multihash, place, "it failed a check"):
                        damaged.append(multihash)
        blocks += len(rows)
        size += sum(length for _, _, length, _ in rows)
        if progress is not None:
            progress(size)
    return Checked(blocks, size, tuple(damaged))


def _rows(repo: Repo, pack: Pack) -> list[tuple[bytes, int, int, float]]:
    return repo.database.read(lambda c: list(index.blocks_of(c, pack.id)))


def _damaged_in(
    repo: Repo, pack: Pack, rows: list[tuple[bytes, int, int, float]]
) -> list[tuple[bytes, index.Place]]:
    bad = []
    for multihash, offset, length, _ in sorted(rows, key=lambda row: row[1]):
        try:
            data = repo.files.get(pack.kind, pack.file).read(offset, length)
        except FileNotFoundError:  # replaced meanwhile, or lost: the quarantine below knows
            data = b""
        if not is_intact(multihash, data):
            place = index.Place(pack.id, pack.kind, pack.file, offset, length)
            bad.append((multihash, place))
    return bad
