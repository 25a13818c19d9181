"""Repairing the local repo: what is damaged is fetched again where a source has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_ipfs.backends.embedded import EmbeddedBackend
from jupyter_ipfs.errors import IPFSError
from jupyter_ipfs.node import health

if TYPE_CHECKING:
    from jupyter_ipfs.backends.settings import Settings
    from jupyter_ipfs.node.health import Health
    from jupyter_ipfs.protocols import ProgressCallback
    from jupyter_ipfs.store.repo import Repo


@dataclass(frozen=True, slots=True)
class Mended:
    """What a repair did.

    Attributes:
        quarantined: Blocks whose pack was missing or short.
        adopted: Blocks found in packs that nothing knew of.
        fetched: Blocks that a source had.
        health: What is known now; what it still calls damaged no source had.
    """

    quarantined: int
    adopted: int
    fetched: int
    health: Health


def repair(repo: Repo, settings: Settings, progress: ProgressCallback | None = None) -> Mended:
    """Set packs and index right, check every block, and fetch what pins lack.

    Args:
        repo: Which; always the local one, whatever the backend is.
        settings: Its sources: gateways, folders and files of CARs.
        progress: Told bytes.
    """
    opened, now = repo.opened, repo.repair()  # opening it has done the same
    health.check(repo, progress)
    fetched = 0
    backend = EmbeddedBackend.create(repo, settings)
    try:
        for broken in health.broken_pins(repo):
            fetched += _refill(backend, broken, progress)
    finally:
        backend.close()
    return Mended(
        opened.quarantined + now.quarantined,
        opened.adopted + now.adopted,
        fetched,
        health.check(repo, progress),
    )


def _refill(
    backend: EmbeddedBackend, broken: health.BrokenPin, progress: ProgressCallback | None
) -> int:
    """Bring what is missing under one pin; nothing of it is kept if some of it is nowhere."""
    root = broken.pin.root
    try:
        with backend.repo.batch() as batch:
            fetched = backend.fetcher.prefetch(root, progress=progress, keep=batch.put)
            if fetched.blocks:
                batch.commit(root, pin=False)  # the pin or name that it has keeps it
            return fetched.blocks
    except IPFSError:
        return 0  # told by the check that follows
