"""A file's content, written anew or in part; always laid out as ``ipfs add`` lays it out."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from jupyter_ipfs.errors import LimitError
from jupyter_ipfs.ipld.cid import RAW
from jupyter_ipfs.unixfs import importer, nodes, reader
from jupyter_ipfs.unixfs.importer import Ref

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.node.mfs.tree import Tree

_NODES_AT_LEAST = 1024
_MAX_GAP = 1 << 30  # bytes of zeros that a write may leave before it


def patch(tree: Tree, old: CID | None, data: BinaryIO, size: int, offset: int) -> Ref:
    """Write ``size`` bytes of ``data`` into a file at ``offset``; what it skips is zeros.

    Of a file that was laid out like that before, the leaves that stay are not read.

    Args:
        tree: Where blocks come from and go to.
        old: The file; ``None`` for an empty one.
        data: Seekable, from its beginning on.
        size: How many bytes it has.
        offset: Where in the file they go.

    Raises:
        LimitError: The gap before them would be huge.
        NotAFileError: ``old`` is a directory.
    """
    node = None if old is None else reader.get(tree.blocks, old)
    has = 0 if node is None else node.size
    if offset - has > _MAX_GAP:
        raise LimitError(f"writing at {offset:,} would fill the file with zeros from {has:,} on")
    edit = _Edit(tree, node, data, size=size, offset=offset)
    if node is not None and node.metadata.mode:
        # The permissions stay; a time of change that is no longer true does not.
        return edit.run(nodes.Metadata(node.metadata.mode))
    return edit.run(nodes.NO_METADATA)


class _Edit:
    """One write into a file."""

    def __init__(
        self, tree: Tree, node: reader.Node | None, data: BinaryIO, *, size: int, offset: int
    ) -> None:
        self._tree = tree
        self._node = node
        self._has = 0 if node is None else node.size
        self._data = data
        self._start, self._end = offset, offset + size
        self._total = max(self._has, self._end) if size else self._has
        self._profile = tree.profile

    def run(self, metadata: nodes.Metadata) -> Ref:
        step = self._profile.chunk_size
        if self._total <= step:
            block, ref = importer.leaf(self._chunk(0, self._total), self._profile, metadata)
            self._tree.pack.put(block)
            return ref
        steps = importer.file(self._leaves(step), self._profile, metadata)
        while True:
            try:
                self._tree.pack.put(next(steps))
            except StopIteration as stop:
                made: Ref = stop.value
                return made

    def _leaves(self, step: int) -> Iterator[Ref]:
        old = self._old_leaves(step)
        for number, low in enumerate(range(0, self._total, step)):
            high = min(low + step, self._total)
            is_touched = low < self._end and high > self._start and self._end > self._start
            if not is_touched and number < len(old) and old[number].size == high - low:
                yield old[number]
                continue
            block, ref = importer.leaf(self._chunk(low, high), self._profile)
            self._tree.pack.put(block)
            yield ref

    def _old_leaves(self, step: int) -> list[Ref]:
        """Return the leaves of the file, if they are cut as they would be cut now."""
        if self._node is None or not self._profile.raw_leaves:
            return []
        found: list[Ref] = []
        stack = [(self._node.cid, self._node.size)]
        left = _NODES_AT_LEAST + 2 * (self._has // step)
        while stack:
            cid, size = stack.pop()
            left -= 1
            if not left:  # no honest file has so many for its size
                return []
            if cid.codec == RAW:
                if cid.function != self._profile.hash_function or size > step:
                    return []
                if found and found[-1].size != step:
                    return []
                found.append(Ref(cid, size, size))
                continue
            node = reader.get(self._tree.blocks, cid)
            if node.pb is None or node.data is None or node.data.data or not node.pb.links:
                return []
            sizes = node.data.blocksizes
            links = [link.cid for link in node.pb.links]
            stack.extend(reversed(list(zip(links, sizes, strict=True))))
        return found

    def _chunk(self, low: int, high: int) -> bytes:
        """Return the bytes of a range as they are after the write."""
        out = bytearray(high - low)
        if self._node is not None and low < self._has:
            kept = b"".join(reader.read(self._tree.blocks, self._node, low, min(high, self._has)))
            out[: len(kept)] = kept
        start, end = max(low, self._start), min(high, self._end)
        if start < end:
            self._data.seek(start - self._start)
            new = self._data.read(end - start)
            out[start - low : start - low + len(new)] = new
        return bytes(out)
