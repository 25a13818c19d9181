"""Bringing a whole DAG here: in one stream where a source has that, the gaps by blocks."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import IPFSError, UnsafeContentError
from jupyter_ipfs.ipld.block import Block
from jupyter_ipfs.ipld.cid import RAW
from jupyter_ipfs.node import parallel
from jupyter_ipfs.node.walk import links
from jupyter_ipfs.protocols import Progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.node.fetch import Fetcher, Lane
    from jupyter_ipfs.protocols import ProgressCallback

_WINDOW = 64
_STREAMS = 8  # sub-DAGs asked for as a stream before the rest is asked for by blocks
_EARLY_BLOCKS = 4096  # what a stream may send before the block that links to it …
_IDLE_BYTES = 32 * 1024 * 1024  # … or again, beyond as much as was of use
_SECTION = 4096  # what a block costs beside its bytes
_REPORT_S = 0.1


@dataclass(slots=True)
class Gathered:
    """What a DAG took.

    Attributes:
        blocks: Blocks that were fetched.
        size: Their bytes.
        existing: Blocks that were here already.
    """

    blocks: int = 0
    size: int = 0
    existing: int = 0


class Gathering:
    """One DAG on its way here. ``keep`` takes each fetched block once, in any order."""

    def __init__(
        self,
        fetcher: Fetcher,
        root: CID,
        keep: Callable[[Block], object],
        progress: ProgressCallback | None,
    ) -> None:
        self.done = Gathered()
        self._fetcher = fetcher
        self._keep = keep
        self._progress = progress
        self._reported = 0.0
        self._seen = {root}
        self._todo = dict.fromkeys([root])  # wanted and not at hand yet, in order of discovery
        self._streams = _STREAMS

    def run(self) -> Gathered:
        """Fetch until nothing is wanted any more.

        Raises:
            FetchError: A block that no source has; what came before it was kept.
            CodecError: A block is malformed.
        """
        while self._todo:
            window = list(itertools.islice(self._todo, _WINDOW))
            absent = [cid for cid in window if not self._from_here(cid)]
            if not absent:
                continue
            first = absent[0]
            if first.codec != RAW and self._streams:
                self._streams -= 1
                block, lane = self._fetcher.fetch(first)
                self._take(block)
                self._stream(lane, first)
                continue
            for block, _ in parallel.ordered_map(self._fetcher.fetch, absent):
                self._take(block)
        self._report("done")
        return self.done

    def _from_here(self, cid: CID) -> bool:
        if cid.is_identity:
            self._follow(Block.from_identity(cid))
        elif not self._fetcher.has(cid):
            return False
        else:
            # A leaf is not read: reading it would prove nothing that reading it later does not.
            if cid.codec != RAW:
                self._follow(self._fetcher.get(cid))
            self.done.existing += 1
        del self._todo[cid]
        self._report("fetching")
        return True

    def _take(self, block: Block) -> None:
        self._keep(block)
        self._follow(block)
        del self._todo[block.cid]
        self.done.blocks += 1
        self.done.size += len(block.data)
        self._report("fetching")

    def _follow(self, block: Block) -> None:
        for cid in links(block):
            if cid not in self._seen:
                self._seen.add(cid)
                self._todo[cid] = None

    def _stream(self, lane: Lane, root: CID) -> None:
        """Take what a source sends of the DAG under ``root``, and only what belongs to it."""
        early: dict[CID, Block] = {}
        idle = 0
        stream = iter(lane.source.dag(root))
        while True:
            try:
                block = next(stream, None)
            except IPFSError as error:
                lane.judge(error)
                return  # what is missing is asked for by blocks, elsewhere if need be
            if block is None:
                return
            if block.cid in self._todo:
                self._take(block)
                self._take_early(early)
                continue
            idle += _SECTION + len(block.data)
            if block.cid not in self._seen:
                early[block.cid] = block
            if len(early) > _EARLY_BLOCKS or idle > _IDLE_BYTES + self.done.size:
                lane.judge(UnsafeContentError("it sent blocks that were not asked for"))
                return

    def _take_early(self, early: dict[CID, Block]) -> None:
        while early and (ready := early.keys() & self._todo.keys()):
            for cid in ready:
                self._take(early.pop(cid))

    def _report(self, phase: str) -> None:
        now = time.monotonic()
        if self._progress is None or (phase != "done" and now - self._reported < _REPORT_S):
            return
        self._reported = now
        self._progress(Progress(phase, size=self.done.size))
