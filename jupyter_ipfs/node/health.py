"""What is known of a repo's bytes: which are damaged, which pins that breaks, what came back."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_ipfs.ipld.cid import CID, RAW
from jupyter_ipfs.node.mark import mark
from jupyter_ipfs.node.meter import Meter
from jupyter_ipfs.store import index, recovery, schema
from jupyter_ipfs.store.names import RECOVERED

if TYPE_CHECKING:
    import sqlite3

    from jupyter_ipfs.protocols import Pin, ProgressCallback
    from jupyter_ipfs.store.repo import Repo

_CHECKED = "checked"  # in `meta`: when, and which pins were broken then


@dataclass(frozen=True, slots=True)
class BrokenPin:
    """A pin and how many blocks are missing under it, as far as can be told."""

    pin: Pin
    missing: int

    @property
    def words(self) -> str:
        """Tell it in one line: ``fig-3@2 lacks 3 blocks``."""
        label = ", ".join(self.pin.names) or str(self.pin.root)
        return f"{label} lacks {self.missing:,} block{'' if self.missing == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Health:
    """What is known without looking.

    Attributes:
        checked_at: When everything was read the last time; ``None``: never.
        damaged: What is wrong, one line each: broken pins as of that check, then blocks.
        unconfirmed: Whether roots were recovered that nobody has looked at yet: gc waits.
        recovered: The names of those roots, ``recovered/…``.
    """

    checked_at: float | None
    damaged: tuple[str, ...]
    unconfirmed: bool
    recovered: tuple[str, ...]


def known(repo: Repo) -> Health:
    """Return what is known of a repo; nothing is read but the database."""
    return repo.database.read(_known)


def check(repo: Repo, progress: ProgressCallback | None = None) -> Health:
    """Read every block, put what is damaged into quarantine, and see what that breaks."""
    meter = Meter(progress, "checking", size_total=repo.status().size)
    repo.verify(lambda size: meter.advance(size - meter.size))
    broken = [each.words for each in broken_pins(repo)]
    note = json.dumps({"at": time.time(), "broken": broken})
    with repo.database.write() as connection:
        schema.set_meta(connection, _CHECKED, note)
    meter.done()
    return known(repo)


def broken_pins(repo: Repo) -> list[BrokenPin]:
    """Return the pins under which blocks are missing; leaves are looked up, not read."""
    held = repo.multihashes()
    broken = []
    for pin in repo.kept()[1]:
        alive: set[bytes] = set()
        followed: set[CID] = set()
        unread = {cid.multihash for cid in mark(repo, pin.root, alive, followed)}
        missing = {digest for digest in alive if digest not in held and digest[0]} | unread
        if missing:
            broken.append(BrokenPin(pin, len(missing)))
    return broken


def _known(connection: sqlite3.Connection) -> Health:
    note = json.loads(schema.get_meta(connection, _CHECKED, "{}"))
    blocks = [
        f"block {CID(1, RAW, digest)} counts as absent: {why}"
        for digest, why in index.damaged(connection)
    ]
    unconfirmed = bool(schema.get_meta(connection, recovery.UNCONFIRMED))
    rows = connection.execute(
        "SELECT DISTINCT name FROM names WHERE name LIKE ? ORDER BY name", (RECOVERED + "%",)
    ).fetchall()
    return Health(
        note.get("at"),
        (*note.get("broken", ()), *blocks),
        unconfirmed,
        tuple(row[0] for row in rows) if unconfirmed else (),
    )
