"""Progress of a magic: a line that is updated in place, and the last figures it was told."""

from __future__ import annotations

import html
import sys
import time
from typing import TYPE_CHECKING, Any, Protocol, Self

from jupyter_ipfs.words import foreign
from jupyter_ipfs.words.progress import figures, share

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from IPython.core.interactiveshell import InteractiveShell

    from jupyter_ipfs.protocols import Progress

# What is done sooner shows nothing.
_SHOWN_AFTER_S = 0.7
# A front end redraws its page each time; a terminal is cheaper.
_KERNEL_INTERVAL_S = 0.5
_BAR = 24  # characters

# In a display's metadata: part of the machinery, not one of the cell's outputs.
OWN = {"jupyter_ipfs": "progress"}


class Line(Protocol):
    """Where progress is drawn."""

    interval_s: float

    def draw(self, text: str, share: float | None) -> None:
        """Show this now."""

    def clear(self) -> None:
        """Leave nothing behind."""


class Meter:
    """The callback of one operation; a context manager.

    Attributes:
        last: The figures told last, also when nothing was drawn.
        so_far: What has come of it up to now, to be drawn behind the figures; or empty.
    """

    def __init__(self, line: Line | None, clock: Callable[[], float] = time.monotonic) -> None:
        self.last: Progress | None = None
        self.so_far = ""
        self._line = line
        self._clock = clock
        self._start: float | None = None  # when the operation first spoke
        self._phase_start = 0.0
        self._drawn_at: float | None = None
        self._phase = ""

    def __call__(self, progress: Progress, /) -> None:
        """Take note, and draw if there is somewhere to draw and something to see."""
        self.last = progress
        now = self._clock()
        if self._start is None:
            self._start = now
        if progress.phase != self._phase:
            self._phase, self._phase_start = progress.phase, now
        if self._line is None or now - self._start < _SHOWN_AFTER_S:
            return
        if self._drawn_at is None or now - self._drawn_at >= self._line.interval_s:
            self._drawn_at = now
            text = describe(progress, now - self._phase_start)
            self._line.draw(" · ".join(filter(None, (text, self.so_far))), share(progress))

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
        if self._line is not None and self._drawn_at is not None:
            self._line.clear()


def line_for(shell: InteractiveShell) -> Line | None:
    """Return where this shell can show progress, or ``None``."""
    if getattr(shell, "kernel", None) is not None:
        return _KernelLine()
    return _TerminalLine() if sys.stderr.isatty() else None


def show(content: object, **options: Any) -> Any:  # noqa: ANN401  (IPython's display)
    """Display something in the cell that runs."""
    from IPython.display import display  # noqa: PLC0415  (only when there is something to see)

    untyped: Any = display
    return untyped(content, **options)


def describe(progress: Progress, elapsed_s: float) -> str:
    """Return a line: phase, part done, bytes, files, rate, time left, what was already there."""
    done = share(progress)
    parts = [progress.phase, *([] if done is None else [f"{done:.0%}"])]
    parts += figures(progress, elapsed_s)
    if progress.label:
        parts.append(foreign.one_line(progress.label))
    return " · ".join(parts)


class _KernelLine:
    """One display that is updated: works without widgets and without a front end."""

    interval_s = _KERNEL_INTERVAL_S

    def __init__(self) -> None:
        self._handle: Any = None

    def draw(self, text: str, share: float | None) -> None:
        bar = "" if share is None else f'<progress value="{share:.3f}" max="1"></progress> '
        page = f'<div style="font-size: var(--jp-ui-font-size1, 13px)">{bar}{html.escape(text)}'
        self._show({"text/plain": text, "text/html": page + "</div>"})

    def clear(self) -> None:
        # An empty page: a display can be emptied, not removed.
        self._show({"text/plain": "", "text/html": ""})

    def _show(self, data: dict[str, str]) -> None:
        if self._handle is None:
            self._handle = show(data, raw=True, display_id=True, metadata=OWN)
        else:
            self._handle.update(data, raw=True, metadata=OWN)


class _TerminalLine:
    """One line on standard error, drawn over and over."""

    interval_s = 0.1

    def draw(self, text: str, share: float | None) -> None:
        import shutil  # noqa: PLC0415

        filled = int((share or 0) * _BAR)
        bar = "" if share is None else f"[{'#' * filled}{'.' * (_BAR - filled)}] "
        width = max(shutil.get_terminal_size().columns - 1, 20)
        sys.stderr.write("\r\x1b[K" + (bar + text)[:width])
        sys.stderr.flush()

    def clear(self) -> None:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
