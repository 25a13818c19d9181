"""What one batch may write, set aside in steps so that it seldom has to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.errors import QuotaExceededError

if TYPE_CHECKING:
    from jupyter_ipfs.store.quota import Quota
    from jupyter_ipfs.store.reservation import Reservation

_LAG = 1024 * 1024  # bytes that a pack's writer may still have in memory
_AHEAD = 16 * 1024 * 1024  # a batch that cannot tell its size sets so much aside at a time


class Allowance:
    """What one batch may write: what its size hint set aside, and then more, step by step."""

    def __init__(self, quota: Quota, size_hint: int | None) -> None:
        self._quota = quota
        self._reservation: Reservation | None = None
        if size_hint and (quota.limit is not None or size_hint >= _LAG):
            self._reservation = quota.reserve_some(size_hint)
        self._allowed = self._reservation.size if self._reservation else 0
        self._written = 0
        self._told = 0

    def spend(self, length: int) -> None:
        """Account for ``length`` bytes that are about to be written.

        Raises:
            QuotaExceededError: They do not fit any more.
        """
        if self._quota.limit is not None and self._written + length > self._allowed:
            self._allow(self._written + length - self._allowed)
        self._written += length
        if self._reservation is not None and self._written - self._told >= _LAG:
            self._reservation.resize(min(self._aside(), self._reservation.size))
            self._told = self._written

    def release(self) -> None:
        """Give back what is left; idempotent."""
        if self._reservation is not None:
            self._reservation.release()

    def _allow(self, least: int) -> None:
        if self._reservation is None:
            self._reservation = self._quota.reserve(0)
        before = self._reservation.size
        try:
            self._reservation.resize(before + least + _AHEAD)
            self._allowed += least + _AHEAD
        except QuotaExceededError:
            self._reservation.resize(before + least)
            self._allowed += least

    def _aside(self) -> int:
        """What of it is not on the disk yet, as far as can be told."""
        return max(self._allowed - self._written, 0) + min(self._written, _LAG)
