"""Where content is, told from evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.words.figures import moment

if TYPE_CHECKING:
    from collections.abc import Sequence


def here(copies: Sequence[tuple[str, float, bool]]) -> str:
    """Say where content is that this computer has.

    Args:
        copies: Place, when it was copied there, and whether it is seen to be there now.
    """
    told = [
        f"in {place}" if seen else f"copied to {place} on {moment(at)} (not checked since)"
        for place, at, seen in copies
    ]
    return ", ".join(["on this computer", *told]) if told else "only on this computer"


def elsewhere(label: str, *, public: bool) -> str:
    """Say where content is that a backend keeps."""
    return f"on {label}{', announced to the public network' if public else ''}"
