"""Markdown as HTML for the page of a bundle: what notebooks use of it, and no raw HTML.

Ours and small, since the bytes of the page are part of the payload's CID: a library would make
other ones with each of its versions. Every line is looked at a fixed number of times.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING

from jupyter_ipfs.bundles.page import markdown_inline
from jupyter_ipfs.bundles.page.safe_html import reduced
from jupyter_ipfs.words.foreign import plain

if TYPE_CHECKING:
    from jupyter_ipfs.bundles.page.markdown_inline import Links

_FENCE = re.compile(r" {0,3}(`{3,20}|~{3,20})\s{0,9}([\w+#.-]{0,30})")
_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+|$)(.*?)(?:[ \t]#{1,20})?[ \t]*$")
_RULE = re.compile(r" {0,3}(?:\*[ \t]*){3,99}$|^ {0,3}(?:-[ \t]*){3,99}$|^ {0,3}(?:_[ \t]*){3,99}$")
_ITEM = re.compile(r"( {0,12})([-*+]|[0-9]{1,9}[.)])(?:[ \t]+(.*)|$)")
_QUOTE = re.compile(r" {0,3}> ?(.*)$")
_DELIMITERS = re.compile(r" {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*){0,99}\|?[ \t]*$")
_HTML = re.compile(r" {0,3}</?[A-Za-z][A-Za-z0-9-]*(?=[\s/>])|^ {0,3}<!--")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_MATH = re.compile(r" {0,3}(\$\$|\\begin\{)")
_MAX_DEPTH = 8  # of lists and quotes in one another


def html(source: str, links: Links) -> str:
    """Return a Markdown text as HTML."""
    lines = plain(source.expandtabs(4)).split("\n")
    return "\n".join(_blocks(lines, links, 0))


def _blocks(lines: list[str], links: Links, depth: int) -> list[str]:
    made: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        if not line.strip():
            at += 1
        elif _RULE.match(line):
            made.append("<hr>")
            at += 1
        elif depth < _MAX_DEPTH and (_QUOTE.match(line) or _ITEM.match(line)):
            text, at = (_quote if _QUOTE.match(line) else _list)(lines, at, links, depth)
            made.append(text)
        elif "|" in line and at + 1 < len(lines) and _is_table(lines[at + 1]):
            text, at = _table(lines, at, links)
            made.append(text)
        else:
            read = next((read for begins, read in _READERS if begins.match(line)), _paragraph)
            text, at = read(lines, at, links)
            made.append(text)
    return made


def _title(level: int, text: str, links: Links) -> str:
    # The page's own title is the only heading of the first level.
    level = min(level + 1, 6)
    return f"<h{level}>{markdown_inline.html(text, links)}</h{level}>"


def _heading(lines: list[str], at: int, links: Links) -> tuple[str, int]:
    match = _HEADING.match(lines[at])
    marks, text = match.groups() if match else ("#", "")
    return _title(len(marks), text, links), at + 1


def _fenced(lines: list[str], at: int, _links: Links) -> tuple[str, int]:
    match = _FENCE.match(lines[at])
    fence = match[1] if match else "```"
    start = at = at + 1
    while at < len(lines) and not lines[at].strip().startswith(fence):
        at += 1
    return _preformatted(lines[start:at]), at + 1


def _indented(lines: list[str], at: int, _links: Links) -> tuple[str, int]:
    start = at
    while at < len(lines) and (lines[at].startswith("    ") or not lines[at].strip()):
        at += 1
    return _preformatted([line[4:] for line in lines[start:at]]), at


def _preformatted(lines: list[str]) -> str:
    text = "\n".join(lines).rstrip()
    return f"<pre><code>{escape(text)}</code></pre>"


def _math(lines: list[str], at: int, _links: Links) -> tuple[str, int]:
    start = at
    closing = "$$" if lines[at].strip().startswith("$$") else "\\end{"
    if closing not in lines[at].strip()[2:]:
        at += 1
        while at < len(lines) and lines[at].strip() and closing not in lines[at]:
            at += 1
    text = "\n".join(lines[start : at + 1]).strip()
    return f'<pre class="math">{escape(text)}</pre>', at + 1


def _html(lines: list[str], at: int, links: Links) -> tuple[str, int]:
    start = at
    while at < len(lines) and lines[at].strip():
        at += 1
    return reduced("\n".join(lines[start:at]), links.address), at


def _quote(lines: list[str], at: int, links: Links, depth: int) -> tuple[str, int]:
    inner = []
    while at < len(lines) and lines[at].strip():
        match = _QUOTE.match(lines[at])
        inner.append(match[1] if match else lines[at])
        at += 1
    return "<blockquote>" + "\n".join(_blocks(inner, links, depth + 1)) + "</blockquote>", at


def _list(lines: list[str], at: int, links: Links, depth: int) -> tuple[str, int]:
    first = _ITEM.match(lines[at])
    if first is None:
        raise AssertionError
    ordered = first[2][0].isdigit()
    margin = len(first[1])
    items: list[list[str]] = []
    content = 0
    while at < len(lines):
        line = lines[at]
        match = _ITEM.match(line)
        indent = len(line) - len(line.lstrip(" "))
        is_ours = match and indent <= margin + 1 and match[2][0].isdigit() == ordered
        if match and is_ours and not (_RULE.match(line) and not ordered):
            content = min(match.start(3), indent + 6) if match[3] else indent + 2
            items.append([line[content:]])
        elif not line.strip():
            following = lines[at + 1] if at + 1 < len(lines) else ""
            next_indent = len(following) - len(following.lstrip(" "))
            if not following.strip() or (next_indent < content and not _ITEM.match(following)):
                break
            items[-1].append("")
        elif indent > margin + 1 or (items[-1][-1] and not match and not _begins_block(line)):
            items[-1].append(line[min(indent, content) :])
        else:
            break
        at += 1
    body = "".join(f"<li>{_item(item, links, depth)}</li>" for item in items)
    start = int(first[2][:-1]) if ordered else 1
    number = f' start="{start}"' if start != 1 else ""
    return (f"<ol{number}>{body}</ol>" if ordered else f"<ul>{body}</ul>"), at


def _item(lines: list[str], links: Links, depth: int) -> str:
    made = _blocks(lines, links, depth + 1)
    if made and made[0].startswith("<p>") and "" not in lines:  # a tight list has no paragraphs
        made[0] = made[0].removeprefix("<p>").removesuffix("</p>")
    return "\n".join(made)


def _is_table(line: str) -> bool:
    return "|" in line and bool(_DELIMITERS.match(line))


def _table(lines: list[str], at: int, links: Links) -> tuple[str, int]:
    head, columns = _row(lines[at]), len(_row(lines[at + 1]))
    at += 2
    rows = []
    while at < len(lines) and "|" in lines[at] and lines[at].strip():
        rows.append(_row(lines[at])[:columns])
        at += 1

    def cells(row: list[str], tag: str) -> str:
        return "".join(f"<{tag}>{markdown_inline.html(each, links)}</{tag}>" for each in row)

    body = "".join(f"<tr>{cells(row, 'td')}</tr>" for row in rows)
    top = f"<thead><tr>{cells(head, 'th')}</tr></thead>"
    return f"<table>{top}<tbody>{body}</tbody></table>", at


def _row(line: str) -> list[str]:
    text = line.strip().removeprefix("|")
    if text.endswith("|") and not text.endswith("\\|"):
        text = text[:-1]
    return [each.strip().replace("\\|", "|") for each in re.split(r"(?<!\\)\|", text)]


def _begins_block(line: str) -> bool:
    return any(
        pattern.match(line) for pattern in (_FENCE, _HEADING, _RULE, _QUOTE, _ITEM, _MATH, _HTML)
    )


def _paragraph(lines: list[str], at: int, links: Links) -> tuple[str, int]:
    start = at
    at += 1
    while at < len(lines) and lines[at].strip():
        underline = _UNDERLINE.match(lines[at])
        if underline:
            text = " ".join(line.strip() for line in lines[start:at])
            return _title(1 if underline[1][0] == "=" else 2, text, links), at + 1
        if _begins_block(lines[at]):
            break
        at += 1
    text = "\n".join(
        line.strip(" ") if n else line.lstrip(" ") for n, line in enumerate(lines[start:at])
    )
    return f"<p>{markdown_inline.html(text, links)}</p>", at


_Read = Callable[[list[str], int, "Links"], tuple[str, int]]
_READERS: tuple[tuple[re.Pattern[str], _Read], ...] = (
    (_FENCE, _fenced),
    (_HEADING, _heading),
    (_MATH, _math),
    (_HTML, _html),
    (re.compile("    "), _indented),
)
