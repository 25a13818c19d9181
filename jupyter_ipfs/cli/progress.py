"""The progress line on standard error."""

from __future__ import annotations

import shutil
import sys
import time
from typing import TYPE_CHECKING, Self

from jupyter_ipfs.cli.terminal import escape
from jupyter_ipfs.words.progress import figures, share

if TYPE_CHECKING:
    from types import TracebackType
    from typing import TextIO

    from jupyter_ipfs.protocols import Progress

_BAR = 24  # characters
_CLEAR = "\r\x1b[K"
_SHOWN_AFTER_S = 0.2  # what is done sooner needs no bar


class ProgressLine:
    """Draws one line over and over; leaves nothing behind.

    Args:
        stream: Where to; a terminal.
        shown_after_s: Work that is done sooner shows nothing.
    """

    def __init__(self, stream: TextIO | None = None, shown_after_s: float = _SHOWN_AFTER_S) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._start = time.monotonic()
        self._shown_after_s = shown_after_s
        self._phase = ""
        self._drawn = False

    def __call__(self, progress: Progress, /) -> None:
        """Draw: bytes, rate, time left, files, how much was already there."""
        now = time.monotonic()
        if now - self._start < self._shown_after_s:
            return
        if progress.phase != self._phase:
            # The first phase began before it could be seen.
            self._phase_start = now if self._phase else self._start
            self._phase = progress.phase
        columns = shutil.get_terminal_size().columns
        text = describe(progress, now - self._phase_start)
        self._stream.write(_CLEAR + text[: max(columns - 1, 20)])
        self._stream.flush()
        self._drawn = True

    def clear(self) -> None:
        """Take the line away."""
        if self._drawn:
            self._stream.write(_CLEAR)
            self._stream.flush()
            self._drawn = False

    def __enter__(self) -> Self:
        """Return itself: the callback."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Take the line away, also after an error."""
        self.clear()


def describe(progress: Progress, elapsed_s: float) -> str:
    """Return the line for ``progress``, ``elapsed_s`` seconds into its phase."""
    parts = [progress.phase]
    done = share(progress)
    if done is not None:
        filled = int(done * _BAR)
        parts.append(f"[{'#' * filled}{'.' * (_BAR - filled)}] {done:4.0%}")
    parts += figures(progress, elapsed_s)
    if progress.label:
        parts.append(escape(progress.label))
    return "  ".join(parts)
