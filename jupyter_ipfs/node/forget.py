"""Forgetting: content off this computer now, and the truth about what that cannot reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import RepoBusyError, RepoError
from jupyter_ipfs.node.mark import mark
from jupyter_ipfs.protocols import Removed
from jupyter_ipfs.store import forgotten, index, mfs, repack, schema
from jupyter_ipfs.store.failures import translated
from jupyter_ipfs.store.repack import Rewriting
from jupyter_ipfs.store.schema import DURABLE

if TYPE_CHECKING:
    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.protocols import Pin
    from jupyter_ipfs.store.copies import Copy
    from jupyter_ipfs.store.index import Pack
    from jupyter_ipfs.store.repo import Repo

_ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What forgetting a root does, or did.

    Attributes:
        root: What is forgotten.
        kept_by: The names and versions (or, without one, the CID) that kept it and let go.
        removed: Its blocks that go.
        shared_with: The names and pins that need some of its blocks.
        shared: Those blocks, which stay.
        copies: Where it was copied to, as far as is known here. These cannot be recalled.
    """

    root: CID
    kept_by: tuple[str, ...]
    removed: Removed
    shared_with: tuple[str, ...]
    shared: Removed
    copies: tuple[Copy, ...]


def preview(repo: Repo, root: CID) -> Forgotten:
    """Tell what `forget` would do, and do nothing."""
    return _Plan(repo, root).outcome


def forget(repo: Repo, root: CID) -> Forgotten:
    """Let go of ``root`` and remove at once every block that nothing else needs.

    The disk's free space may still hold the bytes; so may copies elsewhere and backups.

    Raises:
        RepoError: Another pin is not whole, so that nobody can tell what it needs.
        RepoBusyError: Others kept storing; the root is unpinned, its blocks are here.
    """
    outcome = _Plan(repo, root).outcome
    repo.unpin(root)
    for _ in range(_ATTEMPTS):
        plan = _Plan(repo, root)
        if plan.carry_out():
            break
    else:
        raise RepoBusyError(
            f"others kept storing, so {root} is unpinned and not yet removed",
            "forget it again when it is quieter",
        )
    with translated(repo.path):
        repack.unlink_dropped(repo, at_once=True)
        with repo.database.write() as connection:
            forgotten.record(connection, root)
    return outcome


class _Plan:
    """What goes, what stays and why, in one generation."""

    def __init__(self, repo: Repo, root: CID) -> None:
        repo.flush_cache()
        self._repo = repo
        self._generation, pins = repo.kept()
        self._packs: list[Pack]
        self._packs, rows = repo.database.read(lambda c: (index.packs(c), index.all_blocks(c)))
        own: set[bytes] = set()
        mark(repo, root, own, set())  # what is missing under it need not be forgotten
        needed: set[bytes] = set()
        sharing: list[str] = []
        for pin in pins:
            if pin.root == root and pin.names != (mfs.LABEL,):
                continue  # it lets go, which the files do not
            theirs: set[bytes] = set()
            missing = mark(repo, pin.root, theirs, set())
            if missing:
                raise RepoError(
                    f"{missing[0]} is missing under {_label(pin)}, so nobody can tell what that "
                    "needs",
                    "store or import it again, or unpin it; nothing was removed",
                )
            if not own.isdisjoint(theirs):
                sharing.append(_label(pin))
                needed |= theirs
        self._dead: dict[int, set[bytes]] = {}
        gone = Removed(0, 0)
        stays = Removed(0, 0)
        for multihash, pack, length, _ in rows:
            if multihash not in own:
                continue
            if multihash in needed:
                stays = Removed(stays.blocks + 1, stays.size + length)
            else:
                gone = Removed(gone.blocks + 1, gone.size + length)
                self._dead.setdefault(pack, set()).add(multihash)
        names = [pin for pin in pins if pin.names != (mfs.LABEL,)]
        kept_by = tuple(_label(pin) for pin in names if pin.root == root)
        self.outcome = Forgotten(
            root, kept_by, gone, tuple(sharing), stays, tuple(repo.copies(root))
        )

    def carry_out(self) -> bool:
        """Remove; ``False`` if something was stored or pinned since: plan again."""
        packs = [pack for pack in self._packs if pack.id in self._dead]
        for pack in packs:
            dead = self._dead[pack.id]
            done = self._rewrite(pack, dead) if pack.kind == DURABLE else self._uncache(pack)
            if not done:
                return False
            self._generation += 1
        return True

    def _rewrite(self, pack: Pack, dead: set[bytes]) -> bool:
        with Rewriting(self._repo, [pack], dead) as rewriting:
            rewriting.copy()
            return rewriting.swap(self._generation)

    def _uncache(self, pack: Pack) -> bool:
        """Give up a whole pack of the cache: what is in it besides can be fetched again."""
        with translated(self._repo.path), self._repo.changing() as connection:
            if schema.generation(connection) != self._generation:
                return False
            index.give_up_pack(connection, pack)
        return True


def _label(pin: Pin) -> str:
    return ", ".join(pin.names) or str(pin.root)
