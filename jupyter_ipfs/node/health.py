"""Which pins are not whole, so that a person can be told what a damage has broken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_ipfs.node.mark import mark

if TYPE_CHECKING:
    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.protocols import Pin
    from jupyter_ipfs.store.repo import Repo


@dataclass(frozen=True, slots=True)
class BrokenPin:
    """A pin and how many blocks are missing under it, as far as can be told."""

    pin: Pin
    missing: int


def broken_pins(repo: Repo) -> list[BrokenPin]:
    """Return the pins under which blocks are missing; leaves are looked up, not read."""
    held = repo.multihashes()
    broken = []
    for pin in repo.pins():
        alive: set[bytes] = set()
        followed: set[CID] = set()
        unread = {cid.multihash for cid in mark(repo, pin.root, alive, followed)}
        missing = {digest for digest in alive if digest not in held and digest[0]} | unread
        if missing:
            broken.append(BrokenPin(pin, len(missing)))
    return broken
