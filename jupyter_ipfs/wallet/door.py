"""``session.wallet``: who signs, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class Wallet:
    """The wallet of one session; keeps an opened key in memory only.

    Args:
        repo: The local repo's directory, where the mailbox and the sandbox's accounts lie.
    """

    def __init__(self, repo: Path) -> None:
        self._repo = repo

    def close(self) -> None:
        """Forget keys; idempotent."""
