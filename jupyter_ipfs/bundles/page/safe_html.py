"""HTML of others, reduced to text, tables and lists: no script, no style, nothing fetched."""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from jupyter_ipfs.words.foreign import plain

if TYPE_CHECKING:
    from collections.abc import Callable

_KEPT = frozenset({
    "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "p", "b", "strong", "i", "em",
    "u", "s", "del", "code", "pre", "kbd", "samp", "sub", "sup", "small", "mark", "ul", "ol", "li",
    "dl", "dt", "dd", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6",
})  # fmt: skip
_VOID = frozenset({"br", "hr"})
_BREAKS = frozenset({"div", "section", "article", "figure", "details", "summary", "center"})
# What they have between their tags is no text for people.
_DROPPED = frozenset({
    "script", "style", "template", "iframe", "object", "embed", "svg", "math", "head", "title",
    "noscript", "select", "textarea", "audio", "video", "canvas", "applet", "noembed", "noframes",
    "xmp", "plaintext",
})  # fmt: skip
_SPANS = ("colspan", "rowspan")
_MAX_DEPTH = 48
_DECLARATION = re.compile(r"<[!?][^<>]*>")
_NO_TAG = re.compile(r"<(?!/?[A-Za-z][^<>]*>)")
_SPAN = re.compile(r"[1-9][0-9]{0,2}")


def reduced(html: str, link: Callable[[str], str | None] | None = None) -> str:
    """Return what is left of some HTML, as well-formed HTML.

    Args:
        html: Anything.
        link: Returns the address that a link may have, or ``None``; without it there are no links.
    """
    parser = _Reducer(link)
    parser.feed(_complete(html))
    parser.close()
    return parser.result()


def _complete(html: str) -> str:
    """Return it without comments, and each ``<`` that begins no whole tag as text.

    The library reads those again and again: it takes the square of their number.
    """
    parts, at = [], 0
    while (start := html.find("<!--", at)) >= 0:
        parts.append(html[at:start])
        end = html.find("-->", start)
        at = len(html) if end < 0 else end + 3
    text = _DECLARATION.sub("", "".join([*parts, html[at:]]))
    return _NO_TAG.sub("&lt;", text)


class _Reducer(HTMLParser):
    def __init__(self, link: Callable[[str], str | None] | None) -> None:
        super().__init__(convert_charrefs=True)
        self._link = link
        self._parts: list[str] = []
        self._open: list[str] = []
        self._dropping: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _DROPPED:
            if len(self._dropping) < _MAX_DEPTH:
                self._dropping.append(tag)
        elif self._dropping:
            return
        elif tag in _VOID:
            self._parts.append(f"<{tag}>")
        elif tag in _BREAKS:
            self._parts.append("\n")
        elif tag == "img":
            self._parts.append(escape(plain(dict(attrs).get("alt") or "")))
        elif tag == "a":
            self._start_link(dict(attrs).get("href") or "")
        elif tag in _KEPT and len(self._open) < _MAX_DEPTH:
            self._open.append(tag)
            self._parts.append(f"<{tag}{_spans(attrs)}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._dropping:
            if tag in self._dropping:
                while self._dropping.pop() != tag:
                    pass
        elif tag in self._open:
            while True:
                closed = self._open.pop()
                self._parts.append(f"</{closed}>")
                if closed == tag:
                    break

    def handle_data(self, data: str) -> None:
        if not self._dropping:
            self._parts.append(escape(plain(data)))

    def result(self) -> str:
        return "".join(self._parts + [f"</{tag}>" for tag in reversed(self._open)])

    def _start_link(self, href: str) -> None:
        address = self._link(href) if self._link else None
        if address is not None and len(self._open) < _MAX_DEPTH and "a" not in self._open:
            self._open.append("a")
            self._parts.append(anchor(address))


def anchor(address: str) -> str:
    """Return the tag that opens a link to an address which may be linked to."""
    return f'<a href="{escape(address)}" rel="noopener noreferrer nofollow">'


def _spans(attrs: list[tuple[str, str | None]]) -> str:
    return "".join(
        f' {name}="{value}"'
        for name, value in attrs
        if name in _SPANS and _SPAN.fullmatch(value or "")
    )
