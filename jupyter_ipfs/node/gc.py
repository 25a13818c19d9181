"""Garbage collection: drop the blocks that nothing keeps, and lose no other (safety.md 1).

Marking takes no lock. It is done against a counter that every pin, unpin and add commit
moves on, and blocks are dropped only in a transaction that finds the counter where it was.
"""

from __future__ import annotations

import time
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import DiskFullError, RepoBusyError, RepoError
from jupyter_ipfs.node.mark import mark
from jupyter_ipfs.protocols import Removed
from jupyter_ipfs.store import backup, index, repack, schema
from jupyter_ipfs.store.failures import translated
from jupyter_ipfs.store.repack import Rewriting
from jupyter_ipfs.store.schema import CACHE, DURABLE

if TYPE_CHECKING:
    from collections.abc import Generator

    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.protocols import Pin
    from jupyter_ipfs.store.index import Pack
    from jupyter_ipfs.store.repo import Repo

_ATTEMPTS = 8
_WORTH_IT = 64  # a pack of which less than one part in so many is dead stays as it is


def collect(repo: Repo, *, grace_s: float = index.GRACE_S) -> Removed:
    """Drop every block that no pin, no name and no file reaches.

    Args:
        repo: Where.
        grace_s: How long blocks that were stored with ``pin=False`` are left alone.

    Raises:
        RepoError: A pinned DAG is not whole, so that nobody can tell what it needs; or
            roots were recovered and nobody has looked at them yet.
        RepoBusyError: Others kept storing, so nothing could be dropped.
    """
    steps = collecting(repo, grace_s=grace_s)
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            removed: Removed = stop.value
            return removed


def collecting(repo: Repo, *, grace_s: float = index.GRACE_S) -> Generator[str, None, Removed]:
    """Collect step by step, for those who want to do something in between; see `collect`."""
    blocks = size = 0
    with suppress(RepoError):  # on a full disk gc has to work all the more
        repo.flush_cache()
    for _ in range(_ATTEMPTS):
        generation, pins = repo.kept()
        _refuse_unconfirmed(repo)
        yield "begun"
        alive = _alive(repo, pins)
        yield "marked"
        sweep = _Sweep(repo, generation, alive, grace_s)
        is_done = yield from sweep.run()
        blocks, size = blocks + sweep.blocks, size + sweep.size
        if is_done:
            break
    else:
        if not blocks:
            raise RepoBusyError(
                "others kept storing while gc was marking, so nothing was dropped",
                "run it again when it is quieter",
            )
    yield "dropped"
    with translated(repo.path):
        repack.unlink_dropped(repo)
    yield "unlinked"
    repack.remove_abandoned(repo, grace_s)
    return Removed(blocks, size)


class _Sweep:
    """One attempt to drop what is not alive; it ends where something has changed."""

    def __init__(self, repo: Repo, generation: int, alive: set[bytes], grace_s: float) -> None:
        self.blocks = self.size = 0
        self._repo = repo
        self._generation = generation
        packs, rows = repo.database.read(lambda c: (index.packs(c), index.all_blocks(c)))
        self._packs: list[Pack] = packs
        now = time.time()
        self._dead: dict[int, dict[bytes, int]] = {pack.id: {} for pack in packs}
        self._count = Counter(row[1] for row in rows)
        for multihash, pack, length, fresh_at in rows:
            # A time in the future is another computer's clock: taken for fresh.
            if multihash not in alive and now - fresh_at >= grace_s:
                self._dead[pack][multihash] = length

    def run(self) -> Generator[str, None, bool]:
        """Drop; ``False`` if something was stored or pinned meanwhile: mark again."""
        empty = [pack for pack in self._packs if len(self._dead[pack.id]) == self._count[pack.id]]
        cached = [pack for pack in self._packs if pack.kind == CACHE and pack not in empty]
        if (empty or any(self._dead[pack.id] for pack in cached)) and not self._drop(empty, cached):
            return False
        rest = [pack for pack in self._packs if pack.kind == DURABLE and pack not in empty]
        for group in self._groups(rest):
            yield "dropped some"
            dead = {key: size for pack in group for key, size in self._dead[pack.id].items()}
            with Rewriting(self._repo, group, dead) as rewriting:
                try:
                    rewriting.copy()
                except DiskFullError:
                    return True  # the space that could be had without any is free now
                yield "copied"
                if not rewriting.swap(self._generation):
                    return False
            self._dropped(dead)
        return True

    def _drop(self, empty: list[Pack], cached: list[Pack]) -> bool:
        """Drop packs in which nothing is alive, and dead rows of the cache; no copying."""
        partly = {key: size for pack in cached for key, size in self._dead[pack.id].items()}
        with translated(self._repo.path), self._repo.database.write() as connection:
            if schema.generation(connection) != self._generation:
                return False
            for pack in empty:
                if index.count_of(connection, pack.id) == self._count[pack.id]:
                    index.give_up_pack(connection, pack)
            index.remove_blocks(connection, partly)
            schema.bump(connection)
            backup.save(connection, self._repo.path)
        for pack in empty:
            partly.update(self._dead[pack.id])
        self._dropped(partly)
        return True

    def _dropped(self, dead: dict[bytes, int]) -> None:
        self._generation += 1  # by the transaction that dropped them
        self.blocks += len(dead)
        self.size += sum(dead.values())

    def _groups(self, packs: list[Pack]) -> list[list[Pack]]:
        """Return which packs are rewritten together: the small ones, and each other one."""
        wasteful = [
            pack
            for pack in packs
            if sum(self._dead[pack.id].values()) * _WORTH_IT >= max(pack.size, 1)
        ]
        small = [pack for pack in packs if pack.size < repack.SMALL]
        together = small if len(small) >= repack.MANY_SMALL else []
        together = together or [pack for pack in wasteful if pack in small]
        groups = [[pack] for pack in wasteful if pack not in together]
        return [together, *groups] if together else groups


def _alive(repo: Repo, pins: list[Pin]) -> set[bytes]:
    alive: set[bytes] = set()
    followed: set[CID] = set()
    for pin in pins:
        missing = mark(repo, pin.root, alive, followed)
        if missing:
            label = ", ".join(pin.names) or str(pin.root)
            raise RepoError(
                f"{missing[0]} is missing under {label}, so nobody can tell what that needs",
                "store or import it again, or unpin it; nothing was dropped",
            )
    return alive


def _refuse_unconfirmed(repo: Repo) -> None:
    if repo.status().unconfirmed:
        raise RepoError(
            "this repo was recovered, and nobody has looked at what was found",
            "look at the pins `recovered/…`, then call repo.confirm_recovery()",
        )
