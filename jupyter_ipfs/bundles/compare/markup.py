"""HTML and SVG as a list of tags and texts: no parser of entities, no tree, no script run.

`html.parser` and `xml` take quadratic time, or expand entities, on input that is made for it;
this reads each character once, and what is malformed is a text like any other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_TAG = re.compile(r"<(/?)([A-Za-z][^\s/<>\"'=]*+)((?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+)>")
_ATTRIBUTE = re.compile(r"([^\s=\"'/>]++)(?:\s*+=\s*+(\"[^\"]*+\"|'[^']*+'|[^\s\"'>]++))?+")
_BEGINS = re.compile(r"</?[A-Za-z]")
_BLANK = re.compile(r"\s++")
_RAW = ("script", "style")  # what stands in them is no markup


@dataclass(frozen=True, slots=True)
class Tag:
    """``<name …>`` or, with ``is_end``, ``</name>``; attributes sorted, as they were written."""

    name: str
    attributes: tuple[tuple[str, str], ...] = ()
    is_end: bool = False

    def get(self, name: str) -> str:
        """Return an attribute's value, or an empty text."""
        return next((value for key, value in self.attributes if key == name), "")


@dataclass(frozen=True, slots=True)
class Text:
    """What stands between tags, blanks as one; raw within ``<script>`` and ``<style>``."""

    text: str


Token = Tag | Text


def tokens(markup: str) -> Iterator[Token]:
    """Yield tags and texts; comments and declarations are left out."""
    at = start = 0  # where to look on, and where the text begins that is not yielded yet
    find = _finder(markup)
    while (begin := find("<", at)) >= 0:
        if markup.startswith(("<!", "<?"), begin):
            end = "-->" if markup.startswith("<!--", begin) else ">"
            stop = find(end, begin)
            if stop < 0:
                break
            yield from _text(markup[start:begin])
            at = start = stop + len(end)
            continue
        match = _TAG.match(markup, begin)
        if match is None:
            if _BEGINS.match(markup, begin):  # a tag without an end: nothing is one after it
                break
            at = begin + 1
            continue
        yield from _text(markup[start:begin])
        name = match[2].lower()
        yield Tag(name, _attributes(match[3]), is_end=bool(match[1]))
        at = start = match.end()
        if name in _RAW and not match[1]:
            stop = find(f"</{name}", at)
            at = start = len(markup) if stop < 0 else stop
            yield from _text(markup[match.end() : at])
    yield from _text(markup[start:])


def lines(found: list[Token], *, attributes: bool = True) -> str:
    """Write tokens one a line, in one form; without ``attributes``, what looks are is left out."""
    written: list[str] = []
    is_style = False
    for token in found:
        if isinstance(token, Tag) and token.name == "style" and not attributes:
            is_style = not token.is_end
        elif isinstance(token, Text):
            written += [] if is_style else [token.text]
        else:
            pairs = token.attributes if attributes else ()
            told = "".join(f" {key}={value}" for key, value in pairs)
            written.append(f"<{'/' * token.is_end}{token.name}{told}>")
    return "\n".join(written)


def _finder(markup: str) -> Callable[[str, int], int]:
    """Return ``markup.find``, which does not look again for what is nowhere behind."""
    nowhere: dict[str, int] = {}

    def find(what: str, at: int) -> int:
        if what in nowhere:
            return -1
        found = markup.find(what, at)
        if found < 0:
            nowhere[what] = at
        return found

    return find


def _text(text: str) -> Iterator[Text]:
    text = _BLANK.sub(" ", text).strip()
    if text:
        yield Text(text)


def _attributes(text: str) -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(text):
        value = match[2] or ""
        value = value[1:-1] if value[:1] in {'"', "'"} else value
        found.setdefault(match[1].lower(), _BLANK.sub(" ", value).strip())
    return tuple(sorted(found.items()))
