"""``cat`` and ``open``: a file's bytes, as a stream or as a seekable binary file."""

from __future__ import annotations

import io
import os
from collections import OrderedDict
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import LimitError, NotAFileError
from jupyter_ipfs.unixfs import reader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyter_ipfs.ipld.block import Block
    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.protocols import Blocks

MAX_READ = 1 << 30  # bytes that `read` returns at once; `stream` and `open_file` have no limit

# Sequential small reads hit the same inner nodes and leaf again; a few blocks are enough.
_RECENT = 8


class RecentBlocks:
    """Blocks that remembers the few it gave last, for many small reads of one file."""

    def __init__(self, blocks: Blocks) -> None:
        self._blocks = blocks
        self._recent: OrderedDict[CID, Block] = OrderedDict()

    def get(self, cid: CID) -> Block:
        """See `protocols.Blocks`."""
        block = self._recent.get(cid) or self._blocks.get(cid)
        return self._remember(block)

    def get_many(self, cids: Iterable[CID]) -> Iterator[Block]:
        """See `protocols.Blocks`."""
        for block in self._blocks.get_many(cids):
            yield self._remember(block)

    def has(self, cid: CID) -> bool:
        """See `protocols.Blocks`."""
        return cid in self._recent or self._blocks.has(cid)

    def _remember(self, block: Block) -> Block:
        self._recent[block.cid] = block
        self._recent.move_to_end(block.cid)
        if len(self._recent) > _RECENT:
            self._recent.popitem(last=False)
        return block


class _RawFile(io.RawIOBase):
    """Reads ranges of a UnixFS file; each read touches only the nodes it needs."""

    def __init__(self, blocks: Blocks, node: reader.Node) -> None:
        super().__init__()
        self._blocks = RecentBlocks(blocks)
        self._node = node
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._node.size}
        if whence not in base:
            raise ValueError(f"invalid whence {whence}")
        target = base[whence] + offset
        if target < 0:
            raise ValueError(f"negative position {target}")
        self._at = target
        return target

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # typeshed's private Buffer
        view = memoryview(buffer).cast("B")
        filled = 0
        for part in reader.read(self._blocks, self._node, self._at, self._at + len(view)):
            view[filled : filled + len(part)] = part
            filled += len(part)
        self._at += filled
        return filled


def read(blocks: Blocks, node: reader.Node, offset: int = 0, length: int | None = None) -> bytes:
    """Return ``length`` bytes of a file from ``offset``, at most 1 GiB at once.

    Raises:
        LimitError: It is more.
    """
    wanted = max(node.size - offset, 0) if length is None else min(length, node.size)
    if wanted > MAX_READ:
        hint = "read it in parts: offset=…, length=…, or session.open(path)"
        raise LimitError(f"{node.cid} has {wanted:,} bytes, too many at once", hint)
    return b"".join(stream(blocks, node, offset, length))


def open_file(blocks: Blocks, node: reader.Node) -> io.BufferedReader:
    """Return a file as a seekable, buffered binary file; every byte it gives is verified.

    Raises:
        NotAFileError: It is a directory.
    """
    if node.kind == reader.DIRECTORY:
        raise NotAFileError(f"{node.cid} is a directory", f"list it: %ipfs ls {node.cid}")
    return io.BufferedReader(_RawFile(blocks, node), buffer_size=64 * 1024)


def stream(
    blocks: Blocks, node: reader.Node, offset: int = 0, length: int | None = None
) -> Iterator[bytes]:
    """Yield ``length`` bytes from ``offset``, in parts of at most a block; constant memory.

    Raises:
        ValueError: ``offset`` or ``length`` is negative.
    """
    if offset < 0 or (length is not None and length < 0):
        raise ValueError("offset and length are not negative")
    end = None if length is None else offset + length
    return reader.read(blocks, node, offset, end)
