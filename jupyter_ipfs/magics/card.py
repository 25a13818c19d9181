"""The HTML of results: self-contained, without scripts, readable on light and dark pages.

A front end without our renderer (VS Code, Colab, nbconvert, GitHub) shows this. There is
nothing to click that would need a server. Every text passes through `escape`.
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from jupyter_ipfs.words import foreign

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Fallbacks are the page's own colours and translucent greys: right on white and on black.
_TEXT = "color: var(--jp-ui-font-color1, inherit)"
_FAINT = "color: var(--jp-ui-font-color2, inherit)"
_BORDER = "1px solid var(--jp-border-color2, rgba(128, 128, 128, 0.5))"
_FONT = "font-family: var(--jp-ui-font-family, system-ui, sans-serif)"
_SIZE = "font-size: var(--jp-ui-font-size1, 13px); line-height: 1.5"
_CODE = "font-family: var(--jp-code-font-family, ui-monospace, monospace); font-size: 0.95em"
_CELL = "text-align: left; padding: 1px 16px 1px 0; border: none; background: none"


def escape(text: str) -> str:
    """Make foreign text harmless in a page, attributes included."""
    return html.escape(foreign.one_line(text), quote=True)


def code(text: str) -> str:
    """Return text that is to be copied: one click selects it as a whole."""
    style = f"{_CODE}; user-select: all; overflow-wrap: anywhere; background: none; color: inherit"
    style += "; padding: 0; border: none"
    return f'<code style="{style}">{escape(text)}</code>'


def box(title: str, body: Iterable[str]) -> str:
    """Return a card; ``title`` and ``body`` are HTML, made by the functions here."""
    style = (
        f"{_TEXT}; {_FONT}; {_SIZE}; border: {_BORDER}; border-radius: 4px; "
        "padding: 8px 12px; margin: 4px 0; max-width: 60em; text-align: left"
    )
    head = f'<div style="font-weight: 600">{title}</div>' if title else ""
    return f'<div style="{style}">{head}{"".join(body)}</div>'


def line(text: str, *, faint: bool = False) -> str:
    """Return one line; ``text`` is HTML."""
    return f'<div style="{_FAINT}">{text}</div>' if faint else f"<div>{text}</div>"


def folded(summary: str, body: str) -> str:
    """Return something that the reader opens, in plain HTML; ``body`` is HTML."""
    style = "cursor: pointer; padding: 2px 0"
    return f'<details><summary style="{style}">{escape(summary)}</summary>{body}</details>'


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, cids: Sequence[int]) -> str:
    """Return a table of texts; the columns numbered in ``cids`` hold CIDs."""
    heads = "".join(f'<th scope="col" style="{_CELL}; {_FAINT}">{escape(c)}</th>' for c in columns)
    lines = []
    for row in rows:
        cells = (code(c) if at in cids else escape(c) for at, c in enumerate(row))
        lines.append("<tr>" + "".join(f'<td style="{_CELL}">{c}</td>' for c in cells) + "</tr>")
    style = f"border: none; border-collapse: collapse; {_SIZE}; {_TEXT}; margin: 4px 0"
    body = "".join(lines)
    return f'<table style="{style}"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'
