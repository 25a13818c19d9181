"""``text/plain``, streams and whatever else is text."""

from __future__ import annotations

from jupyter_ipfs.bundles.compare import diffs, numbers, rules
from jupyter_ipfs.bundles.compare.verdict import DIFFERS, SAME, TOLERANCE, OutputVerdict

EXACT = "exactly the same"


def compare(
    expected: str, actual: str, relative: float, mime_type: str = "text/plain"
) -> OutputVerdict:
    """Compare two texts: as they are, without known noise, then number by number."""
    if expected == actual:
        return OutputVerdict(SAME, mime_type, EXACT)
    old, new = rules.plain(expected), rules.plain(actual)
    noise = rules.used(old, new)
    if _trimmed(old.text) == _trimmed(new.text):
        return OutputVerdict(SAME, mime_type, f"text{without(noise)}")
    close = numbers.compare(_trimmed(old.text), _trimmed(new.text), relative)
    rule = f"{numbers.rule(relative)}{without(noise)}"
    if close.within:
        return OutputVerdict(TOLERANCE, mime_type, rule, largest(close.largest))
    detail = diffs.first_difference(old.text, new.text)
    return OutputVerdict(DIFFERS, mime_type, rule, detail, diffs.unified(old.text, new.text))


def largest(distance: float) -> str:
    """Say how far numbers are apart."""
    return f"the largest relative difference is {distance:.2g}"


def without(noise: list[str]) -> str:
    """Say what was left out."""
    return f", without {', '.join(noise)}" if noise else ""


def _trimmed(text: str) -> str:
    """Drop blanks at the ends of lines, and empty lines at the end."""
    return "\n".join(line.rstrip() for line in text.split("\n")).rstrip("\n")
