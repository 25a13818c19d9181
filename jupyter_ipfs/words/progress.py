"""How far a long operation has come, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.words.figures import counted, duration, size

if TYPE_CHECKING:
    from jupyter_ipfs.protocols import Progress

_SETTLED_S = 0.5  # before this, a rate is noise
_NOUNS = {"running": "cell"}  # what is counted in a phase, if it is not files


def share(progress: Progress) -> float | None:
    """Return what part of the bytes is done, if their number is known."""
    total = progress.size_total
    return min(progress.size / total, 1.0) if total else None


def figures(progress: Progress, elapsed_s: float) -> list[str]:
    """Return bytes, files, rate, time left and how much was already there: what is known of it.

    Args:
        progress: What was told last.
        elapsed_s: Seconds since its phase began.
    """
    total = progress.size_total
    noun = _NOUNS.get(progress.phase, "file")
    parts = []
    if total:
        parts.append(f"{size(progress.size)} of {size(total)}")
    elif progress.size:
        parts.append(size(progress.size))
    if progress.files_total is not None:
        parts.append(f"{progress.files:,} of {counted(progress.files_total, noun)}")
    elif progress.files:
        parts.append(counted(progress.files, noun))
    if elapsed_s >= _SETTLED_S and progress.size:
        rate = progress.size / elapsed_s
        parts.append(f"{size(rate)}/s")
        if total and total > progress.size:
            parts.append(f"{duration((total - progress.size) / rate + 0.5)} left")
    if progress.existing:
        parts.append(f"{size(progress.existing)} already there")
    return parts
