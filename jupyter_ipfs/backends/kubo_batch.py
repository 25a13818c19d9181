"""An atomic store on Kubo: the blocks are spooled here and sent as one CAR when committed."""

from __future__ import annotations

import contextlib
import io
import shutil
import tempfile
from typing import IO, TYPE_CHECKING, BinaryIO, Self, cast

from jupyter_ipfs.backends.kubo_rpc import RPCError
from jupyter_ipfs.errors import BackendError, BackendUnavailableError, DiskFullError
from jupyter_ipfs.ipld import car
from jupyter_ipfs.ipld.block import Block
from jupyter_ipfs.protocols import Stored
from jupyter_ipfs.store.names import KEPT_VERSIONS, check

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from jupyter_ipfs.backends.kubo_rpc import RPC
    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.store.repo import Repo

_IN_MEMORY = 8 * 1024 * 1024  # bytes spooled before a file is made
_COPY = 1024 * 1024


class KuboBatch:
    """A `jupyter_ipfs.protocols.Batch` that becomes one ``dag/import``.

    Kubo pins only when the whole CAR has come, and only a DAG that is complete; so a batch
    that fails leaves blocks that its gc will drop, and no pin.
    """

    def __init__(
        self,
        repo: Repo,
        rpc: RPC,
        holds: Callable[[CID], bool],
        size_hint: int | None,
    ) -> None:
        free = shutil.disk_usage(tempfile.gettempdir()).free
        if size_hint is not None and size_hint > free:
            raise DiskFullError(
                f"{size_hint} bytes are to be stored and {free} are free in "
                f"{tempfile.gettempdir()}, where they wait for Kubo",
                "make room, or point TMPDIR to a larger disk",
            )
        self._repo = repo
        self._rpc = rpc
        self._holds = holds
        self._put: dict[CID, tuple[int, int]] = {}  # where in the spool, and how long
        self._size = 0
        self._spool: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115

    def has(self, cid: CID) -> bool:
        """Tell whether the block is in this batch or on Kubo."""
        return cid in self._put or self._holds(cid)

    def put(self, block: Block) -> bool:
        """Take a block; ``False`` if this batch has it (what Kubo has is not asked each time)."""
        if block.cid.is_identity or block.cid in self._put:
            return False
        try:
            self._spool.write(car.encode_section(block))
        except OSError as error:
            raise DiskFullError(f"the blocks for Kubo cannot be kept: {error.strerror}") from None
        size = len(block.data)
        self._put[block.cid] = (self._spool.tell() - size, size)
        self._size += len(block.data)
        return True

    def get(self, cid: CID) -> Block | None:
        """Return a block that this batch has taken; ``None`` if it is not one of them."""
        if cid not in self._put:
            return None
        offset, size = self._put[cid]
        self._spool.seek(offset)
        data = self._spool.read(size)
        self._spool.seek(0, io.SEEK_END)
        return Block.verified(cid, data)

    def commit(self, root: CID, *, pin: bool = True, name: str | None = None) -> Stored:
        """Send everything; then set the name in the local repo.

        Raises:
            BackendError: Kubo did not take it, or could not pin it: nothing is pinned then.
        """
        name = None if name is None else check(name)
        self._spool.seek(0)
        body = _Joined(io.BytesIO(car.encode_header([root])), cast("BinaryIO", self._spool))
        parameters = {"pin-roots": "true" if pin else "false", "stats": "true"}
        roots: list[str] = []
        counted = None
        try:
            for reply in self._rpc.lines("dag/import", parameters, file=cast("BinaryIO", body)):
                roots.append(reply.text("Root", "Cid", "/"))
                if problem := reply.text("Root", "PinErrorMsg"):
                    raise BackendError(f"Kubo could not pin {root}: {problem}")
                counted = _count(reply.value.get("Stats")) if counted is None else counted
        except RPCError as error:
            raise BackendError(f"Kubo did not take the blocks: {error.message}") from None
        except BackendUnavailableError:
            # It broke off after the last byte, maybe: what was pinned was complete.
            if not (pin and self._is_pinned(root)):
                raise
            roots, counted = [str(root)], len(self._put)
        if counted != len(self._put) or (pin and str(root) not in roots):
            raise BackendError(f"Kubo did not confirm that it has all of {root}")
        stored = Stored(root, len(self._put), self._size)
        self._close()
        if name is None:
            return stored
        version, unchanged = self._repo.set_name(name, root, pin=False)
        if pin:
            self._let_go_of_old(name)
        return Stored(root, stored.blocks, stored.size, name, version, unchanged=unchanged)

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Drop what was not sent."""
        self._close()

    def _is_pinned(self, root: CID) -> bool:
        try:
            self._rpc.call("pin/ls", {"arg": str(root), "type": "recursive"})
        except BackendError:
            return False
        return True

    def _let_go_of_old(self, name: str) -> None:
        """Unpin the versions of a name that are no longer kept (design.md, decision 12)."""
        versions = self._repo.log(name)
        kept = {each.root for each in versions[:KEPT_VERSIONS]}
        kept |= {each.root for each in versions if each.shared}
        for old in versions[KEPT_VERSIONS : KEPT_VERSIONS + 1]:
            if old.root not in kept:
                with contextlib.suppress(RPCError):  # it is not pinned
                    self._rpc.call("pin/rm", {"arg": str(old.root)})

    def _close(self) -> None:
        self._spool.close()


class _Joined(io.RawIOBase):
    """Two streams, one after the other; without a length, so that it is sent in chunks."""

    def __init__(self, first: BinaryIO, second: BinaryIO) -> None:
        super().__init__()
        self._streams = [first, second]

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        size = size if size >= 0 else _COPY
        while self._streams:
            if data := self._streams[0].read(size):
                return data
            self._streams.pop(0)
        return b""

    def tell(self) -> int:
        raise io.UnsupportedOperation

    def seekable(self) -> bool:
        return False


def _count(stats: object) -> int | None:
    count = stats.get("BlockCount") if isinstance(stats, dict) else None
    return count if isinstance(count, int) else None
