"""Emphasis, code, links and pictures within a paragraph of Markdown, as HTML."""

from __future__ import annotations

import re
from html import escape
from typing import Protocol

from jupyter_ipfs.bundles.page.safe_html import anchor

_TOKEN = re.compile(
    r"(?P<escape>\\[!-/:-@\[-`{-~])"
    r"|(?P<ticks>`{1,9}+)"
    r"|(?P<math>\$\$[^$]{1,2000}+\$\$|\$(?! )[^$\n]{1,500}+(?<! )\$(?![0-9]))"
    r"|(?P<image>!\[(?P<alt>[^\[\]]{0,500}+)\]\(\s{0,9}<?(?P<src>(?:[^\s()<>]|\([^\s()<>]{0,200}\)){0,2000}+)>?"
    r"(?:\s{1,9}(?:\"[^\"]{0,300}+\"|'[^']{0,300}+'))?\s{0,9}\))"
    r"|(?P<link>\[(?P<text>(?:[^\[\]]|!?\[[^\[\]]{0,200}+\](?:\([^()\s]{0,500}+\))?){1,1000}+)\]"
    r"\(\s{0,9}<?(?P<href>(?:[^\s()<>]|\([^\s()<>]{0,200}\)){0,2000}+)>?"
    r"(?:\s{1,9}(?:\"[^\"]{0,300}+\"|'[^']{0,300}+'))?\s{0,9}\))"
    r"|(?P<auto><(?:https?://|mailto:)[^\s<>]{1,1000}+>|(?<![\w/])https?://[^\s<>\"'`\\]{1,1000}+)"
    r"|(?P<break>(?: {2,9}+|\\)\n|<br\s?/?>)"
    r"|(?P<tag></?[A-Za-z][^<>]{0,1000}+>|<!--[^<>]{0,1000}+-->)"
    r"|(?P<run>\*{1,3}+|_{1,3}+|~~)"
)
_NAMES = {1: ("em",), 2: ("strong",), 3: ("strong", "em")}
_MAX_OPEN = 16
_MAX_DEPTH = 3
_TRAILING = ".,;:!?)'\"*_"


class Links(Protocol):
    """Where links and pictures may lead."""

    def address(self, href: str) -> str | None:
        """Return the address that a link may have, or ``None``."""

    def picture(self, src: str) -> str | None:
        """Return the address of a picture in the bundle, or ``None``."""


def html(text: str, links: Links, depth: int = 0) -> str:
    """Return a text as HTML."""
    if depth > _MAX_DEPTH:
        return escape(text)
    line = _Line(links, depth)
    at = 0
    while match := _TOKEN.search(text, at):
        line.text(text[at : match.start()])
        at = line.token(match, text)
    line.text(text[at:])
    return line.result()


class _Line:
    def __init__(self, links: Links, depth: int) -> None:
        self._links = links
        self._depth = depth
        self._parts: list[str] = []
        self._open: list[tuple[str, int]] = []  # the run, and its place among the parts

    def text(self, text: str) -> None:
        self._parts.append(escape(text))

    def token(self, match: re.Match[str], text: str) -> int:
        """Take what was found; return where to go on."""
        kind = match.lastgroup  # the outermost one
        if kind == "ticks":
            return self._code(match, text)
        if kind == "escape":
            self.text(match[0][1:])
        elif kind == "math":
            self._parts.append(f'<span class="math">{escape(match[0])}</span>')
        elif kind == "image":
            self._picture(match["src"], match["alt"])
        elif kind == "link":
            inner = html(match["text"], self._links, self._depth + 1)
            address = self._links.address(match["href"])
            self._parts.append(inner if address is None else f"{anchor(address)}{inner}</a>")
        elif kind == "auto":
            return self._auto(match)
        elif kind == "break":
            self._parts.append("<br>")
        elif kind == "run":
            self._run(match, text)
        return match.end()

    def result(self) -> str:
        return "".join(self._parts)

    def _code(self, match: re.Match[str], text: str) -> int:
        ticks = match[0]
        end = text.find(ticks, match.end(), match.end() + 2000)
        while end >= 0 and text[end + len(ticks) : end + len(ticks) + 1] == "`":
            end = text.find(ticks, end + len(ticks) + 1, match.end() + 2000)
        if end < 0:
            self.text(ticks)
            return match.end()
        self._parts.append(f"<code>{escape(text[match.end() : end].strip())}</code>")
        return end + len(ticks)

    def _picture(self, src: str, alt: str) -> None:
        address = self._links.picture(src)
        if address is not None:
            self._parts.append(f'<img src="{escape(address)}" alt="{escape(alt)}" loading="lazy">')
            return
        elsewhere = self._links.address(src)
        words = escape(alt or "picture")
        if elsewhere is None or self._depth:
            self._parts.append(words)
        else:  # nothing is fetched by looking at the page
            self._parts.append(f"{anchor(elsewhere)}{words} (a picture elsewhere)</a>")

    def _auto(self, match: re.Match[str]) -> int:
        found = match[0].strip("<>")
        end = match.end()
        if not match[0].startswith("<"):
            kept = found.rstrip(_TRAILING)
            end -= len(found) - len(kept)
            found = kept
        address = self._links.address(found)
        words = escape(found.removeprefix("mailto:"))
        is_plain = address is None or self._depth > 0
        self._parts.append(words if is_plain else f"{anchor(address or '')}{words}</a>")
        return end

    def _run(self, match: re.Match[str], text: str) -> None:
        run = match[0]
        before = text[match.start() - 1] if match.start() else " "
        after = text[match.end()] if match.end() < len(text) else " "
        within = run[0] == "_" and before.isalnum() and after.isalnum()
        places = [place for name, place in self._open if name == run]
        if places and not before.isspace() and not within:
            self._close(run)
        elif not after.isspace() and not within and len(self._open) < _MAX_OPEN:
            self._open.append((run, len(self._parts)))
            self.text(run)
        else:
            self.text(run)

    def _close(self, run: str) -> None:
        while self._open:
            name, place = self._open.pop()
            if name == run:
                tags = ("s",) if run == "~~" else _NAMES[len(run)]
                self._parts[place] = "".join(f"<{tag}>" for tag in tags)
                self._parts.append("".join(f"</{tag}>" for tag in reversed(tags)))
                return
