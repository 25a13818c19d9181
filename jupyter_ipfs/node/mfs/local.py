"""The files of the embedded node: their root in the repo, moved by compare-and-swap."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from jupyter_ipfs.node.walk import reachable

if TYPE_CHECKING:
    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.node.fetch import Fetcher
    from jupyter_ipfs.node.mfs.tree import Tree
    from jupyter_ipfs.protocols import Batch, Blocks
    from jupyter_ipfs.store.batch import RepoBatch
    from jupyter_ipfs.store.repo import Repo


class LocalHome:
    """A `jupyter_ipfs.node.mfs.files.Home` in the repo.

    Args:
        repo: Where blocks and root are.
        fetcher: Brings what is copied from elsewhere.
    """

    def __init__(self, repo: Repo, fetcher: Fetcher) -> None:
        self.blocks: Blocks = fetcher
        self._repo = repo
        self._fetcher = fetcher

    def root(self) -> CID | None:
        """Return the root; ``None`` if nothing has been written yet."""
        return self._repo.mfs_root()

    def begin(self) -> Batch:
        """Start an atomic store."""
        return self._repo.batch()

    def bring(self, batch: Batch, cid: CID) -> None:
        """Fetch what is missing under ``cid``, and claim all of it: gc must not come between.

        Raises:
            FetchError: Something of it is nowhere to be had.
        """
        with self._repo.batch() as first:
            fetched = self._fetcher.prefetch(cid, keep=first.put)
            if fetched.blocks:
                first.commit(cid, pin=False)  # durable, and left alone by gc for a while
        claiming = cast("RepoBatch", batch)
        for each in reachable(self._repo, cid, set()):
            if not claiming.claim(each):
                batch.put(self._repo.get(each))

    def settle(self, batch: Batch, tree: Tree, before: CID | None, root: CID) -> bool:  # noqa: ARG002
        """Commit, unless another process was faster."""
        return cast("RepoBatch", batch).move_files(before, root)

    def flush(self) -> None:
        """Do nothing: every change is durable when it is made."""
