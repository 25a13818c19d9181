"""Where content is, told from evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.words.figures import moment

if TYPE_CHECKING:
    from collections.abc import Sequence


def here(copies: Sequence[tuple[str, float, float | None, bool]]) -> str:
    """Say where content is that this computer has. Times are seconds since the epoch.

    Args:
        copies: Place, when it was copied there, when blocks were last fetched from there
            (``None``: never), and whether it is seen to be there now.
    """
    told = []
    for place, at, checked_at, seen in copies:
        checked = "not checked since" if checked_at is None else f"checked on {moment(checked_at)}"
        if not seen:
            told.append(f"copied to {place} on {moment(at)} ({checked})")
        else:
            told.append(f"in {place}" if checked_at is None else f"in {place} ({checked})")
    return ", ".join(["on this computer", *told]) if told else "only on this computer"


def elsewhere(label: str, *, public: bool) -> str:
    """Say where content is that a backend keeps."""
    return f"on {label}{', announced to the public network' if public else ''}"
