"""Two texts side by side, in few lines."""

from __future__ import annotations

import difflib
from itertools import islice
from typing import TYPE_CHECKING

from jupyter_ipfs.words.foreign import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_DIFF = 20_000  # characters of a diff
_MAX_LINES, _MAX_LINE = 200, 300
_CONTEXT = 3


def unified(expected: str, actual: str) -> str:
    """Return a unified diff, as text that is safe to print; empty if they are equal.

    Only the stretch in which they differ is compared line by line, and only its first lines.
    """
    old, new = expected.split("\n"), actual.split("\n")
    begin = _common(old, new)
    if begin < min(len(old), len(new)):
        old[begin], new[begin] = _around(old[begin], new[begin])
    end = _common(old[begin:][::-1], new[begin:][::-1])
    first = max(begin - _CONTEXT, 0)
    last_old, last_new = len(old) - max(end - _CONTEXT, 0), len(new) - max(end - _CONTEXT, 0)
    cut = max(last_old, last_new) - first > _MAX_LINES
    lines = difflib.unified_diff(
        _short(old[first:last_old]), _short(new[first:last_new]), lineterm="", n=_CONTEXT
    )
    # After the names of files, a line that begins with @@ is a head: others have a mark before.
    told = ["…" if line.startswith("@@") else line for line in islice(lines, 2, None)][1:]
    if not told:
        return ""
    head = f"@@ line {first + 1} @@"
    text = plain("\n".join([head, *told, *(["… and more"] if cut else [])]))
    return text if len(text) <= MAX_DIFF else f"{text[: MAX_DIFF - 12]}\n… and more"


def first_difference(expected: str, actual: str) -> str:
    """Say where two texts begin to differ."""
    old, new = expected.split("\n"), actual.split("\n")
    at = _common(old, new)
    if at == len(old):
        return f"{len(new) - at} more lines from line {at + 1} on"
    if at == len(new):
        return f"ends after line {at}; {len(old) - at} lines are missing"
    return f"line {at + 1} differs"


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    return next(
        (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )


def _around(old: str, new: str) -> tuple[str, str]:
    """Return of two long lines what stands around the place where they begin to differ."""
    at = max(_common(old, new) - _MAX_LINE // 2, 0)
    head = "…" if at else ""
    return f"{head}{old[at:]}", f"{head}{new[at:]}"


def _short(lines: list[str]) -> list[str]:
    return [
        line if len(line) <= _MAX_LINE else f"{line[:_MAX_LINE]}…" for line in lines[:_MAX_LINES]
    ]
