"""One display or result: its richest comparable MIME type."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from jupyter_ipfs.bundles.compare import html, image, json, read, sizes, svg, text
from jupyter_ipfs.bundles.compare.verdict import DIFFERS, SAME, SKIPPED, OutputVerdict
from jupyter_ipfs.words.figures import size

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

WIDGET = "application/vnd.jupyter.widget-view+json"
_WIDGET_RULE = "widgets are not compared: what they show lives in the kernel"

# From richest to poorest; what is not named comes between the two lists.
_VENDORS = ("application/vnd.plotly.", "application/vnd.vega", "application/vnd.dataresource")
_ORDER = (
    "application/json",
    "application/geo+json",
    "image/svg+xml",
    "image/png",
    "image/jpeg",
    "text/html",
    "text/markdown",
    "text/latex",
    "application/javascript",
    "text/plain",
)
_FAMILIES: dict[str, Callable[[str, str, float], OutputVerdict]] = {
    html.MIME_TYPE: html.compare,
    svg.MIME_TYPE: svg.compare,
    **{mime: partial(image.compare, mime) for mime in image.FORMATS},
}
_BYTES = ("image/", "audio/", "video/", "application/pdf", "application/octet-stream")
# Bokeh loads its scripts by these: they hold nothing themselves.
_EMPTY = ("application/vnd.bokehjs_",)


def compare(
    expected: dict[str, object], actual: dict[str, object], relative: float
) -> OutputVerdict:
    """Compare two displays or results by the richest MIME type that both have."""
    old, new = read.data(expected), read.data(actual)
    if WIDGET in old and WIDGET in new:  # one that is only there now excuses nothing
        return OutputVerdict(SKIPPED, WIDGET, _WIDGET_RULE, "a widget was not compared")
    wanted = richest(old)
    if wanted is None:
        verdict = DIFFERS if new else SAME
        return OutputVerdict(verdict, "no data", text.EXACT, "it was empty before" if new else "")
    if wanted not in new:
        there = ", ".join(sorted(new)) or "nothing"
        detail = f"{wanted} is missing now; there is {there}"
        return OutputVerdict(DIFFERS, wanted, "the same MIME types", detail[:500])
    return by_bytes(old[wanted], new[wanted], wanted) or _by_type(
        wanted, old[wanted], new[wanted], relative
    )


def richest(mime_types: Collection[str]) -> str | None:
    """Return the MIME type that says most, or ``None`` if there is none."""
    return min(mime_types, key=_rank, default=None)


def by_bytes(expected: object, actual: object, mime_type: str) -> OutputVerdict | None:
    """Compare what is too large to look into; ``None`` if it is not.

    Equal digests are the only question then.
    """
    is_text = isinstance(expected, str) and isinstance(actual, str)
    limit = sizes.MAX_TEXT if is_text and mime_type not in image.FORMATS else sizes.MAX_OUTPUT
    if max(sizes.weight(expected), sizes.weight(actual)) <= limit:
        return None
    rule = f"byte by byte, being larger than {size(limit)}"
    if read.digest(expected) == read.digest(actual):
        return OutputVerdict(SAME, mime_type, rule)
    return OutputVerdict(DIFFERS, mime_type, rule, "its bytes are others; it was not looked into")


def _by_type(mime: str, expected: object, actual: object, relative: float) -> OutputVerdict:
    if not (isinstance(expected, str) and isinstance(actual, str)):
        if mime.endswith("json"):
            return json.compare(expected, actual, mime, relative)
        return text.compare(read.text(expected), read.text(actual), relative, mime)
    if expected == actual:
        return OutputVerdict(SAME, mime, text.EXACT)
    if mime in _FAMILIES:
        return _FAMILIES[mime](expected, actual, relative)
    if mime.startswith(_BYTES):
        return OutputVerdict(DIFFERS, mime, "byte by byte", "its bytes are others")
    return text.compare(expected, actual, relative, mime)


def _rank(mime: str) -> tuple[int, str]:
    if mime in _ORDER:
        return 2 + _ORDER.index(mime), mime
    if mime.startswith(_VENDORS):
        return 0, mime
    # What is not known here says more than the text that stands beside it.
    return (2 + len(_ORDER) if mime.startswith(_EMPTY) else 1), mime
