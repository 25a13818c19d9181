"""A meter: counts what a long operation has done and tells it, ten times a second at most."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from jupyter_ipfs.protocols import Progress

if TYPE_CHECKING:
    from jupyter_ipfs.protocols import ProgressCallback

_INTERVAL_S = 0.1


class Meter:
    """Counts files and content bytes; see `jupyter_ipfs.protocols.Progress` for the units."""

    def __init__(
        self,
        callback: ProgressCallback | None,
        phase: str,
        *,
        files_total: int | None = None,
        size_total: int | None = None,
    ) -> None:
        self._callback = callback
        self._told_at = 0.0
        self.phase = phase
        self.files = self.size = self.existing = 0
        self.files_total = files_total
        self.size_total = size_total
        self.label = ""
        self.tell()

    def advance(self, size: int, *, existing: bool = False) -> None:
        """Count ``size`` content bytes; ``existing`` if nothing had to be stored for them."""
        self.size += size
        if existing:
            self.existing += size
        if self._callback is not None and time.monotonic() - self._told_at >= _INTERVAL_S:
            self.tell()

    def file_done(self) -> None:
        """Count a file."""
        self.files += 1

    def done(self) -> None:
        """Tell the last figures under the phase ``done``."""
        self.phase = "done"
        self.tell()

    def tell(self) -> None:
        """Tell the figures now."""
        if self._callback is None:
            return
        self._told_at = time.monotonic()
        self._callback(
            Progress(
                self.phase,
                self.files,
                self.files_total,
                self.size,
                self.size_total,
                self.existing,
                self.label,
            )
        )
