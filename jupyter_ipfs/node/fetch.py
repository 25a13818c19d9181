"""Reading what may not be here: local first, then the sources, none of them believed."""

from __future__ import annotations

import itertools
import logging
import queue
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from jupyter_ipfs.errors import (
    BlockNotFoundError,
    FetchError,
    ForgottenError,
    IPFSError,
    RepoError,
    VerificationError,
)
from jupyter_ipfs.ipld.block import Block
from jupyter_ipfs.node import parallel
from jupyter_ipfs.node.gather import Gathered, Gathering
from jupyter_ipfs.words.figures import moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.protocols import ProgressCallback, Source

_log = logging.getLogger("jupyter_ipfs")

HEDGE_S = 0.3  # how long a source may take before the next one is asked as well
TIMEOUT_S = 60.0  # sources have limits of their own; this one holds if they fail to
_COOL_DOWN_S = 10.0  # how long a source that did not answer is asked last
_SLOW_AFTER = 3  # times overtaken in a row until a source is asked last
_AT_ONCE = 16  # requests to one source
_WINDOW = 64  # blocks looked up together

NO_SOURCE = (
    "ask for the content as a .car file and import it, or name a gateway or a folder of CARs: "
    "[sources] in config.toml, or JUPYTER_IPFS_GATEWAYS"
)
UNREACHED = "ask whoever holds it to export it as a .car file, or try again when a source is up"


class LocalBlocks(Protocol):
    """The part of the repo that fetching needs."""

    def get(self, cid: CID) -> Block:
        """Return a verified block or raise `BlockNotFoundError` or `VerificationError`."""

    def get_many(self, cids: Iterable[CID]) -> Iterator[Block]:
        """Yield verified blocks in order."""

    def has(self, cid: CID) -> bool:
        """Tell whether the block is here."""

    def cache_put(self, block: Block) -> object:
        """Keep a fetched block for a while."""


class Lane:
    """One source and how it has behaved in this session."""

    def __init__(self, source: Source, index: int) -> None:
        self.source = source
        self.label = source.label
        self.lie: str | None = None  # what it was caught at; it is not asked again
        self._index = index
        self._overtaken = 0
        self._silent_since: float | None = None
        self._slots = threading.BoundedSemaphore(_AT_ONCE)

    def rank(self) -> tuple[bool, bool, int]:
        """Sort key: in the order of the configuration, but silent and slow ones last."""
        silent = self._silent_since
        is_down = silent is not None and time.monotonic() - silent < _COOL_DOWN_S
        return is_down, self._overtaken >= _SLOW_AFTER, self._index

    def get(self, cid: CID, race: _Race) -> None:
        """Ask for one block and tell the race how it went; runs in a thread of its own."""
        with self._slots:
            if race.over:
                return
            try:
                block = self.source.get(cid)
            except IPFSError as error:
                race.told.put((self, None, self.judge(error)))
            except Exception as error:  # noqa: BLE001  (a plug-in's bug must not hang the race)
                race.told.put((self, None, f"{type(error).__name__} in this source"))
            else:
                self._silent_since = None
                race.told.put((self, block, ""))

    def judge(self, error: IPFSError) -> str:
        """Draw the consequence of a failure and put it into words."""
        if isinstance(error, FetchError):
            self._silent_since = time.monotonic()
        elif not isinstance(error, BlockNotFoundError):
            self.lie = error.message
            _log.warning("%s sent what was not asked for and is not asked again", self.label)
        return error.message

    def won(self) -> None:
        """Note that it was first."""
        self._overtaken = 0

    def lost(self) -> None:
        """Note that another one, asked later, was first."""
        self._overtaken += 1


class _Race:
    """One block asked for at several sources."""

    def __init__(self) -> None:
        self.over = False
        self.told: queue.SimpleQueue[tuple[Lane, Block | None, str]] = queue.SimpleQueue()


class Fetcher:
    """Blocks from the local repo, and what is not there from the sources.

    A source that sends other bytes than were asked for is named in the log and in
    `distrusted`, and not asked again by this object.

    Args:
        repo: Asked first; takes what was fetched.
        sources: Asked in this order. The next one is asked as well when one has not
            answered after ``hedge_s``, at once when it has no such block.
        durable: The one of them that holds the user's own blocks; those are not cached.
        hedge_s: See above.
        timeout_s: When to give up on one block, whatever the sources do.
        hint: What a person can do when nothing has the block.
    """

    def __init__(
        self,
        repo: LocalBlocks,
        sources: Sequence[Source] = (),
        *,
        durable: Source | None = None,
        hedge_s: float = HEDGE_S,
        timeout_s: float = TIMEOUT_S,
        hint: str | None = None,
    ) -> None:
        self._repo = repo
        self._lanes = [Lane(source, index) for index, source in enumerate(sources)]
        self._durable = durable
        self._hedge_s = hedge_s
        self._timeout_s = timeout_s
        self._hint = hint

    @property
    def distrusted(self) -> dict[str, str]:
        """The sources that lied, by label, and what they were caught at."""
        return {lane.label: lane.lie for lane in self._lanes if lane.lie is not None}

    def get(self, cid: CID) -> Block:
        """Return one block, from here or from the first source that has it.

        Raises:
            FetchError: It is not here, and ``tried`` says what each source answered.
            VerificationError: It is damaged here, and there is no source to ask.
        """
        if cid.is_identity:
            return Block.from_identity(cid)
        damage: VerificationError | None = None
        try:
            return self._repo.get(cid)
        except BlockNotFoundError:
            pass
        except VerificationError as error:  # the sources may still have it whole
            damage = error
        if damage is not None and not self._lanes:
            raise damage
        block, lane = self.fetch(cid)
        if lane.source is not self._durable:
            self.keep(block)
        return block

    def get_many(self, cids: Iterable[CID]) -> Iterator[Block]:
        """Yield blocks in the order of ``cids``, several fetched at once."""
        rest = iter(cids)
        while window := list(itertools.islice(rest, _WINDOW)):
            done = 0
            with suppress(BlockNotFoundError, VerificationError):  # the rest is fetched
                for block in self._repo.get_many(window):
                    done += 1
                    yield block
            yield from parallel.ordered_map(self.get, window[done:])

    def prefetch(
        self,
        root: CID,
        *,
        progress: ProgressCallback | None = None,
        keep: Callable[[Block], object] | None = None,
    ) -> Gathered:
        """Bring the whole DAG under ``root`` here.

        Args:
            root: What to bring.
            progress: Told about the bytes fetched, not about those that were here.
            keep: Takes each fetched block once (a batch's ``put``); the cache by default.

        Raises:
            FetchError: A block of it is nowhere to be had. What came before it was kept.
        """
        return Gathering(self, root, keep or self.keep, progress).run()

    def has(self, cid: CID) -> bool:
        """Tell whether the block is held here; no source is asked."""
        return cid.is_identity or self._repo.has(cid)

    def keep(self, block: Block) -> None:
        """Put a fetched block into the cache; a cache that cannot take it is no failure."""
        with suppress(RepoError, OSError):
            self._repo.cache_put(block)

    def fetch(self, cid: CID) -> tuple[Block, Lane]:
        """Ask the sources alone, and return the block and who had it.

        Raises:
            FetchError: None of them had it.
        """
        waiting = sorted((lane for lane in self._lanes if lane.lie is None), key=Lane.rank)
        tried = [f"{lane.label}: skipped, {lane.lie}" for lane in self._lanes if lane.lie]
        race, asked = _Race(), list[Lane]()
        ends = time.monotonic() + self._timeout_s
        try:
            while waiting or asked:
                if waiting:
                    lane = waiting.pop(0)
                    asked.append(lane)
                    parallel.start(lambda lane: lane.get(cid, race), lane)
                pause = min(self._hedge_s if waiting else 0.5, ends - time.monotonic())
                try:
                    lane, block, answer = race.told.get(timeout=max(pause, 0))
                except queue.Empty:
                    if time.monotonic() >= ends:
                        break
                    continue
                if block is not None:
                    lane.won()
                    for slower in asked[: asked.index(lane)]:
                        slower.lost()
                    return block, lane
                asked.remove(lane)
                tried.append(f"{lane.label}: {answer}")
        finally:
            race.over = True
        tried += [f"{lane.label}: no answer after {self._timeout_s:.0f} s" for lane in asked]
        raise self._failure(cid, tried)

    def _failure(self, cid: CID, tried: list[str]) -> FetchError:
        absent = self._absent(cid)
        if not self._lanes:
            message = f"{cid} {absent}, and there is no source to fetch it from"
            return FetchError(message, self._hint or NO_SOURCE)
        what = "the only source asked" if len(tried) == 1 else f"none of {len(tried)} sources asked"
        could = "could not serve it" if len(tried) == 1 else "could serve it"
        return FetchError(
            f"{cid} {absent}, and {what} {could}",
            self._hint or UNREACHED,
            tried,
        )

    def _absent(self, cid: CID) -> str:
        """Say in words that it is not here, and whether that was wanted."""
        try:
            self._repo.get(cid)
        except ForgottenError as error:
            return f"was forgotten on this computer on {moment(error.at)}"
        except (BlockNotFoundError, VerificationError):
            pass
        return "is not on this computer"

    def close(self) -> None:
        """Close the sources."""
        for lane in self._lanes:
            lane.source.close()
