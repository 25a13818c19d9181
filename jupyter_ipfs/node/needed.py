"""What needs a root: the names and pins whose DAGs contain it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import IPFSError
from jupyter_ipfs.node.walk import reachable

if TYPE_CHECKING:
    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.store.repo import Repo

LIMIT = 100_000  # CIDs that are looked at


@dataclass(frozen=True, slots=True)
class Needed:
    """Who needs something.

    Attributes:
        labels: Names and versions (or, without one, CIDs) of other roots that contain it.
        is_complete: Whether everything that is kept was looked at.
    """

    labels: tuple[str, ...]
    is_complete: bool


def needed_by(repo: Repo, root: CID, *, limit: int = LIMIT) -> Needed:
    """Tell which kept roots other than ``root`` have it in them.

    Best effort: it stops after ``limit`` CIDs, and what is missing hides what is under it.
    """
    _, pins = repo.kept()
    labels: list[str] = []
    is_complete = True
    for pin in pins:
        if pin.root == root:
            continue
        try:
            for cid in reachable(repo, pin.root, set()):
                limit -= 1
                if limit < 0:
                    return Needed(tuple(labels), is_complete=False)
                if cid.multihash == root.multihash:
                    labels.extend(pin.names or (str(pin.root),))
                    break
        except IPFSError:
            is_complete = False
    return Needed(tuple(labels), is_complete)
