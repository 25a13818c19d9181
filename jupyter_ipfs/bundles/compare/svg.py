"""SVG: as text in one form, without what names its writer and the hour."""

from __future__ import annotations

import re
from dataclasses import replace

from jupyter_ipfs.bundles.compare import markup, sizes, text
from jupyter_ipfs.bundles.compare.verdict import DIFFERS, SAME, OutputVerdict

MIME_TYPE = "image/svg+xml"
_SIZE = ("width", "height", "viewbox")
# `M10,20L3` has no blanks between commands and numbers.
_COMMAND = re.compile(r"([A-DF-Za-df-z])")
_PATHS = frozenset({"d", "points", "transform"})


def compare(expected: str, actual: str, relative: float) -> OutputVerdict:
    """Compare two drawings; neither is drawn, and no entity is looked up."""
    if max(len(expected), len(actual)) > sizes.MAX_MARKUP:
        return text.compare(expected, actual, relative, MIME_TYPE)
    old, new = (_drawing(one) for one in (expected, actual))
    before, now = _size(old), _size(new)
    if before != now:
        return OutputVerdict(DIFFERS, MIME_TYPE, "SVG: size", f"{before} before, {now} now"[:500])
    found = text.compare(markup.lines(old), markup.lines(new), relative, MIME_TYPE)
    if found.verdict == SAME and found.rule == text.EXACT:
        return replace(found, rule="SVG, without its metadata")
    return replace(found, rule=f"SVG: {found.rule}")


def _drawing(svg: str) -> list[markup.Token]:
    kept: list[markup.Token] = []
    is_metadata = False
    for token in markup.tokens(svg):
        if isinstance(token, markup.Tag) and token.name == "metadata":
            is_metadata = not token.is_end
        elif not is_metadata:
            kept.append(_spaced(token) if isinstance(token, markup.Tag) else token)
    return kept


def _spaced(tag: markup.Tag) -> markup.Tag:
    return replace(
        tag,
        attributes=tuple(
            (key, _COMMAND.sub(r" \1 ", value) if key in _PATHS else value)
            for key, value in tag.attributes
        ),
    )


def _size(drawing: list[markup.Token]) -> str:
    for token in drawing:
        if isinstance(token, markup.Tag) and token.name == "svg":
            width, height, box = map(token.get, _SIZE)
            return f"{width} x {height}" if width or height else box or "of no size"
    return "of no size"
