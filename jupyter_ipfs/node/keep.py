"""Keeping a DAG that is here: pinned, and none of it left in the cache, which may be lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.node.walk import reachable

if TYPE_CHECKING:
    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.store.repo import Repo


def keep(repo: Repo, root: CID) -> None:
    """Pin ``root`` with every block under it, in one step that a gc cannot come between.

    Raises:
        BlockNotFoundError: Some of it is not here; nothing was pinned.
    """
    _claim(repo, root, pin=True)


def stay(repo: Repo, root: CID) -> None:
    """Make sure that all of ``root`` is here, and that gc leaves it alone for a while.

    Raises:
        BlockNotFoundError: Some of it is not here.
    """
    _claim(repo, root, pin=False)


def _claim(repo: Repo, root: CID, *, pin: bool) -> None:
    with repo.batch() as batch:
        for cid in reachable(repo, root, set()):
            if not batch.claim(cid):
                batch.put(repo.get(cid))
        batch.commit(root, pin=pin)
