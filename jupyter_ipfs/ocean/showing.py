"""How values of the market show themselves: plain text, and HTML without scripts or links.

Titles, names and descriptions come from strangers: every text is made harmless here.
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from jupyter_ipfs.words import foreign

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PASSED_ON = "A buyer can pass the bytes on: what is sold is access, not secrecy."

_BOX = (
    "color: var(--jp-ui-font-color1, inherit); font-family: var(--jp-ui-font-family, sans-serif); "
    "border: 1px solid var(--jp-border-color2, rgba(128, 128, 128, 0.5)); border-radius: 4px; "
    "padding: 8px 12px; margin: 4px 0; max-width: 60em; text-align: left; line-height: 1.5"
)
_CELL = "text-align: left; padding: 1px 16px 1px 0; border: none; background: none"


def one_line(text: str, most: int = 500) -> str:
    """Return foreign text as one harmless line."""
    line = foreign.one_line(text)
    return line if len(line) <= most else line[: most - 1] + "…"


def escape(text: str) -> str:
    """Return foreign text for a page."""
    return html.escape(one_line(text), quote=True)


def bundle(title: str, lines: Iterable[str]) -> dict[str, str]:
    """Return a card as text and as HTML."""
    told = list(lines)
    body = "".join(f'<div style="overflow-wrap: anywhere">{escape(each)}</div>' for each in told)
    head = f'<div style="font-weight: 600">{escape(title)}</div>'
    return {
        "text/plain": "\n".join([one_line(title), *(one_line(each) for each in told)]),
        "text/html": f'<div style="{_BOX}">{head}{body}</div>',
    }


def table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], empty: str
) -> dict[str, str]:
    """Return a table as text and as HTML; ``title`` stands above it."""
    cells = [[one_line(cell, 80) for cell in row] for row in rows]
    if not cells:
        return bundle(title, [empty])
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in [list(columns), *cells]
    ]
    heads = "".join(f'<th scope="col" style="{_CELL}">{escape(each)}</th>' for each in columns)
    body = "".join(
        "<tr>" + "".join(f'<td style="{_CELL}">{escape(cell)}</td>' for cell in row) + "</tr>"
        for row in cells
    )
    inner = f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
    head = f'<div style="font-weight: 600">{escape(title)}</div>'
    return {
        "text/plain": "\n".join([one_line(title), *lines]),
        "text/html": f'<div style="{_BOX}">{head}{inner}</div>',
    }


class Shown:
    """What a notebook displays of a value; a mix-in for value types."""

    __slots__ = ()

    def shown(self) -> dict[str, str]:
        """Return the MIME bundle."""
        raise NotImplementedError

    def __repr__(self) -> str:
        """The plain text."""
        return self.shown()["text/plain"]

    def _repr_mimebundle_(
        self,
        include: object = None,  # noqa: ARG002  (IPython's protocol)
        exclude: object = None,  # noqa: ARG002
    ) -> dict[str, str]:
        return self.shown()
