"""The files of a Kubo: its own MFS, changed by ``files/*``, read block by block and verified.

Contents and new directories are made here and sent as one CAR, so that their CIDs never depend
on the daemon's configuration; then the fewest commands that come to the same tree. Directories
that are there already are changed by Kubo itself: where it is configured with another threshold
for sharding than ``unixfs-v1-2025`` has, a large one gets another CID there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from jupyter_ipfs.backends.kubo_rpc import RPCError
from jupyter_ipfs.errors import BackendError
from jupyter_ipfs.ipld.cid import CID
from jupyter_ipfs.node.mfs.paths import FilePath
from jupyter_ipfs.node.walk import walk

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ipfs.backends.kubo_rpc import RPC, Reply
    from jupyter_ipfs.node.mfs.tree import Change, Tree
    from jupyter_ipfs.protocols import Batch, Blocks

# Kubo refuses more than 256 changes that are not flushed (Internal.MFSNoFlushLimit).
_UNFLUSHED = 100


class KuboHome:
    """A `jupyter_ipfs.node.mfs.files.Home` in a Kubo.

    A batch is many commands there, and Kubo has no transactions: when it is stopped in the
    middle some of the changes are made. Changes that others make meanwhile to other entries stay.

    Args:
        blocks: Where blocks are read from.
        rpc: The Kubo.
        begin: Starts an atomic store there.
        holds: Tells whether Kubo has a block.
    """

    def __init__(
        self, blocks: Blocks, rpc: RPC, begin: Callable[[], Batch], holds: Callable[[CID], bool]
    ) -> None:
        self.blocks = blocks
        self._rpc = rpc
        self._begin = begin
        self._holds = holds

    def root(self) -> CID | None:
        """Return the root; a daemon that is configured for CIDv0 has the same block by that."""
        return CID.parse(self._files("stat", b"/").text("Hash")).to_v1()

    def begin(self) -> Batch:
        """Start an atomic store of blocks; see `KuboBackend.batch`."""
        return self._begin()

    def bring(self, batch: Batch, cid: CID) -> None:
        """Send what Kubo does not have; of what it has, the rest comes when it is read."""
        if not self._holds(cid):
            for block in walk(self.blocks, cid):
                batch.put(block)

    def settle(self, batch: Batch, tree: Tree, before: CID | None, root: CID) -> bool:
        """Send the blocks and change what has changed, unless others have changed the files."""
        if self.root() != before:
            return False
        changes = sorted(tree.top.changes(FilePath(())), key=lambda change: change.now is not None)
        batch.commit(root, pin=False)
        for number, change in enumerate(changes, 1):
            self._change(change)
            if number % _UNFLUSHED == 0:
                self.flush()
        self.flush()
        return True

    def flush(self) -> None:
        """Let Kubo bring everything up to the root and to its disk."""
        self._files("flush", b"/")

    def _change(self, change: Change) -> None:
        path = _encoded(change.path)
        if change.now is None:
            self._files("rm", path, force="true")
            return
        source = f"/ipfs/{change.now.cid}".encode()
        try:
            self._copy(source, path, replaces=change.before is not None)
        except RPCError as error:
            if change.before is None or "not a file" not in error.message:
                raise
            self._files("rm", path, force="true")
            self._copy(source, path, replaces=False)

    def _copy(self, source: bytes, path: bytes, *, replaces: bool) -> None:
        self._files("cp", source, path, force=str(replaces).lower(), flush="false")

    def _files(self, verb: str, *paths: bytes, **options: str) -> Reply:
        """Carry out a command of ``files/``; names may be any bytes."""
        query = [f"arg={quote(path, safe='/')}" for path in paths]
        query += [f"{name}={value}" for name, value in options.items()]
        try:
            return self._rpc.call(f"files/{verb}?" + "&".join(query))
        except RPCError as error:
            raise RPCError(f"Kubo's files: {error.message}") from None


def _encoded(path: FilePath) -> bytes:
    if any(not name for name in path.segments):
        raise BackendError("Kubo cannot reach an entry without a name")
    return b"/" + b"/".join(path.segments)
