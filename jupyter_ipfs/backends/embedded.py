"""The embedded node: the local repo, and sources for what it lacks. It is on no network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.backends import sources as configured
from jupyter_ipfs.errors import JupyterIPFSError
from jupyter_ipfs.node import gc
from jupyter_ipfs.node.fetch import Fetcher
from jupyter_ipfs.node.keep import keep
from jupyter_ipfs.node.mfs.files import Files
from jupyter_ipfs.node.mfs.local import LocalHome
from jupyter_ipfs.protocols import BackendStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from jupyter_ipfs.backends.settings import Settings
    from jupyter_ipfs.ipld.block import Block
    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.protocols import MFS, Batch, Pin, ProgressCallback, Removed, Source
    from jupyter_ipfs.store.repo import Repo


class EmbeddedBackend:
    """A `jupyter_ipfs.protocols.Backend` whose blocks and pins are in the local repo.

    Args:
        repo: Not closed by `close`: the session has opened it and the names are in it.
        sources: Where to look for what is not in the repo, in order.
        hint: What a person can do when nothing has a block.
    """

    def __init__(
        self, repo: Repo, sources: Sequence[Source] = (), *, hint: str | None = None
    ) -> None:
        self.repo = repo
        self.fetcher = Fetcher(repo, sources, hint=hint)

    @classmethod
    def create(cls, repo: Repo, settings: Settings) -> EmbeddedBackend:
        """Make it as the settings say; what the entry point ``embedded`` names."""
        return cls(
            repo,
            configured.from_settings(settings),
            hint=None if settings.public_gateways else configured.PUBLIC_HINT,
        )

    def get(self, cid: CID) -> Block:
        """Return one block, fetched if need be; see `Fetcher.get`."""
        return self.fetcher.get(cid)

    def get_many(self, cids: Iterable[CID]) -> Iterator[Block]:
        """Yield blocks in order; see `Fetcher.get_many`."""
        return self.fetcher.get_many(cids)

    def has(self, cid: CID) -> bool:
        """Tell whether the repo holds the block."""
        return self.fetcher.has(cid)

    def batch(self, *, size_hint: int | None = None) -> Batch:
        """Start an atomic store in the repo."""
        return self.repo.batch(size_hint=size_hint)

    def pin(self, root: CID, *, progress: ProgressCallback | None = None) -> None:
        """Keep the whole DAG under ``root``; what is missing is fetched and stored durably.

        Raises:
            FetchError: Something of it is nowhere to be had; nothing is kept then.
        """
        with self.repo.batch() as batch:
            fetched = self.fetcher.prefetch(root, progress=progress, keep=batch.put)
            if fetched.blocks:
                batch.commit(root, pin=False)  # durable, and left alone by gc for a while
        keep(self.repo, root)

    def unpin(self, root: CID) -> bool:
        """Let go of ``root``; ``False`` if it was not kept."""
        return self.repo.unpin(root)

    def pins(self) -> Iterator[Pin]:
        """Yield the kept roots, oldest first."""
        return iter(self.repo.pins())

    def gc(self) -> Removed:
        """Drop what no pin and no name reaches."""
        return gc.collect(self.repo)

    def mfs(self) -> MFS:
        """Return the files, whose root is in the repo."""
        return Files(LocalHome(self.repo, self.fetcher))

    def status(self) -> BackendStatus:
        """Tell how the repo is; it never raises."""
        label = f"this computer ({self.repo.path})"
        try:
            held = self.repo.status()
        except JupyterIPFSError as error:
            return BackendStatus("embedded", label, healthy=False, detail=error.message)
        notes = [f"{name} is skipped: {lie}" for name, lie in self.fetcher.distrusted.items()]
        if held.damaged:
            counted = "block counts" if held.damaged == 1 else "blocks count"
            notes.append(f"{held.damaged:,} damaged {counted} as absent")
        return BackendStatus(
            "embedded",
            label,
            healthy=True,
            detail="; ".join(["embedded node, on no network", *notes]),
            blocks=held.blocks,
            size=held.size,
        )

    def close(self) -> None:
        """Close the sources."""
        self.fetcher.close()
