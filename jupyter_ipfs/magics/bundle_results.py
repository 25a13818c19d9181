"""What the magics about shares give back: values that also show themselves; nothing in it runs."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from jupyter_ipfs.bundles import in_words
from jupyter_ipfs.bundles.compare.verdict import DIFFERS, FAILED
from jupyter_ipfs.magics import card
from jupyter_ipfs.words import foreign

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

T = TypeVar("T")
_SHOWN_DIFF = 20_000  # characters


@dataclass(frozen=True)
class Told(Generic[T]):
    """Lines about a share, and the value behind them. As a condition: whether all is well.

    Attributes:
        title: What it is about.
        cid: What is to be copied, or empty.
        lines: A sentence each; from content, so they are made harmless here.
        value: The value.
        ok: Whether all is well.
        picture: An SVG, shown as an image: a picture runs nothing and loads nothing.
    """

    title: str
    cid: str
    lines: Sequence[str]
    value: T
    ok: bool = True
    picture: str = ""

    def __repr__(self) -> str:
        """The same in plain text."""
        head = f"{self.title}: {self.cid}" if self.cid else self.title
        return "\n".join(foreign.one_line(line) for line in [head, *self.lines])

    def __bool__(self) -> bool:
        """Whether all is well."""
        return self.ok

    def _repr_html_(self) -> str:
        body = [card.line(card.code(self.cid))] if self.cid else []
        body += [_indented(line) for line in self.lines]
        if self.picture:
            data = base64.b64encode(self.picture.encode()).decode()
            source = f"data:image/svg+xml;base64,{data}"
            body.append(f'<img alt="{card.escape(self.title)}" src="{source}">')
        return card.box(card.escape(self.title), body)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: ANN401, ARG002, FBT001
        printer.text(repr(self))


@dataclass(frozen=True)
class Reproduced:
    """What came of running a share again. As a condition: nothing differs, nothing failed.

    Attributes:
        cid: The report's.
        report: All of it, as JSON has it.
    """

    cid: str
    report: Mapping[str, Any]

    def __bool__(self) -> bool:
        """Whether no cell differs and none failed."""
        counts = self.report["counts"]
        return not (counts.get(DIFFERS) or counts.get(FAILED))

    def __repr__(self) -> str:
        """The same in plain text."""
        lines = [self._summary()]
        for cell in self.report["cells"]:
            lines += in_words.cell(cell)
        lines += [*self.report["explanations"], f"report: {self.cid}"]
        return "\n".join(foreign.one_line(line) for line in lines)

    def _repr_html_(self) -> str:
        rows = [
            (str(cell["index"] + 1), cell["verdict"], in_words.why(cell))
            for cell in self.report["cells"]
        ]
        body = [card.line(card.escape(self._summary()))]
        body.append(card.table(("Cell", "Verdict", "Why"), rows, cids=[]))
        for cell in self.report["cells"]:
            for output in cell["outputs"]:
                if output["diff"]:
                    title = f"Cell {cell['index'] + 1}: {output['mime_type']}, {output['rule']}"
                    body.append(card.folded(title, _lines(output["diff"][:_SHOWN_DIFF])))
        body += [card.line(card.escape(each)) for each in self.report["explanations"]]
        body.append(card.line(f"Report: {card.code(self.cid)}", faint=True))
        return card.box("Reproduced on this computer", body)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: ANN401, ARG002, FBT001
        printer.text(repr(self))

    def _summary(self) -> str:
        return in_words.counts(self.report["counts"], self.report["claimed"])


def _indented(line: str) -> str:
    text = card.escape(line.lstrip(" "))
    depth = len(line) - len(line.lstrip(" "))
    if not depth:
        return card.line(text)
    return f'<div style="padding-left: {min(depth, 8)}ch">{text}</div>'


def _lines(text: str) -> str:
    """Return a text of several lines, as code."""
    escaped = "\n".join(card.escape(line) for line in text.splitlines())
    return f'<pre style="overflow: auto; max-height: 30em">{escaped}</pre>'
