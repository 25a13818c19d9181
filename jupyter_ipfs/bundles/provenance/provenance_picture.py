"""The graph of what came from what as a picture: inputs, cells and results in three columns.

The same graph gives the same SVG. What would make it too long to look at is folded: files of one
folder, outputs of one cell, cells that only print.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING

from jupyter_ipfs.bundles.provenance.provenance import (
    CELL,
    FILE,
    HOST,
    INPUT,
    OUTPUT,
    WROTE,
    Edge,
    Node,
)
from jupyter_ipfs.words.figures import counted
from jupyter_ipfs.words.foreign import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jupyter_ipfs.bundles.provenance.provenance import Graph

_COLUMN = {INPUT: 0, HOST: 0, CELL: 1, FILE: 2, OUTPUT: 2}
_HEADS = ("Inputs", "Cells", "Results")
_WIDTHS, _GAP = (230, 150, 230), 80
_HEIGHT, _SPACE, _TOP, _MARGIN = 34, 12, 40, 10
_MOST = 24  # boxes in a column
_LETTERS = {0: 30, 1: 19, 2: 30}

STYLE = (
    "svg{font:13px system-ui,sans-serif}"
    ".p-box{fill:#f6f7f9;stroke:#59636e}.p-input,.p-host{stroke:#0a5f73}.p-cell{stroke:#5b4bb5}"
    ".p-output,.p-file{stroke:#8a4b00}.p-missing{stroke-dasharray:4 3}.p-name{fill:#1c2128}"
    ".p-more{fill:#59636e;font-size:11px}.p-head{fill:#59636e;font-weight:600}"
    ".p-edge{fill:none;stroke:#59636e;stroke-width:1.2}.p-back{stroke-dasharray:5 3}"
    "@media (prefers-color-scheme:dark){.p-box{fill:#1b1f26;stroke:#9aa5b1}"
    ".p-input,.p-host{stroke:#5cc5dc}.p-cell{stroke:#b1a6f5}.p-output,.p-file{stroke:#f0b36a}"
    ".p-name{fill:#e3e7ec}.p-more,.p-head{fill:#9aa5b1}.p-edge{stroke:#9aa5b1}}"
)


@dataclass(frozen=True, slots=True)
class _Box:
    node: Node
    x: int
    y: int
    width: int


def svg(graph: Graph, *, style: bool = True) -> str:
    """Return the picture.

    Args:
        graph: What came from what.
        style: Whether its style sheet is in it; a page may have `STYLE` itself.
    """
    nodes, edges = _folded(graph)
    columns: list[list[Node]] = [[], [], []]
    for node in nodes:
        columns[_COLUMN[node.kind]].append(node)
    boxes: dict[str, _Box] = {}
    x = _MARGIN
    lefts = []
    for width, column in zip(_WIDTHS, _ordered(columns, edges), strict=True):
        lefts.append(x)
        for row, node in enumerate(column):
            boxes[node.id] = _Box(node, x, _TOP + row * (_HEIGHT + _SPACE), width)
        x += width + _GAP
    rows = max((len(column) for column in columns), default=0)
    wide, high = x - _GAP + _MARGIN, _TOP + max(rows, 1) * (_HEIGHT + _SPACE) + _MARGIN
    title = escape(one_line(graph.title))
    about = f'role="img" aria-label="What came from what in {title}"'
    size = f'viewBox="0 0 {wide} {high}" width="{wide}" height="{high}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {about}>',
        f"<title>What came from what in {title}</title>",
        f"<style>{STYLE}</style>" if style else "",
        *(f'<text class="p-head" x="{left}" y="24">{head}</text>'
          for left, head in zip(lefts, _HEADS, strict=True)),
        *(_line(boxes[edge.source], boxes[edge.target]) for edge in edges),
        *(_drawn(box) for box in boxes.values()),
        "</svg>",
    ]  # fmt: skip
    return "\n".join(part for part in parts if part) + "\n"


def _folded(graph: Graph) -> tuple[list[Node], list[Edge]]:
    """Return few enough nodes to look at, and their edges, each once."""
    into = _outputs_of_a_cell(graph)
    nodes = _merged(graph.nodes, into)
    if sum(node.kind in {INPUT, HOST} for node in nodes) > _MOST:
        into |= _folders(nodes)
        nodes = _merged(graph.nodes, into)
    cells = [node for node in nodes if node.kind == CELL]
    if len(cells) > _MOST:
        reading = {edge.target for edge in graph.edges} | {
            edge.source for edge in graph.edges if edge.what == WROTE
        }
        plain = [cell for cell in cells if cell.id not in reading]
        busy = [cell for cell in cells if cell.id in reading]
        hidden = plain + busy[_MOST - 1 :]
        into |= dict.fromkeys((cell.id for cell in hidden), f"{CELL}:*")
        outputs = {edge.target for edge in graph.edges if into.get(edge.source) == f"{CELL}:*"}
        into |= dict.fromkeys(outputs, f"{OUTPUT}:*")
        nodes = _merged(graph.nodes, into)
    for kinds, key in (((INPUT, HOST), f"{INPUT}:*"), ((FILE, OUTPUT), f"{OUTPUT}:*")):
        column = [node for node in nodes if node.kind in kinds]
        for node in column[_MOST - 1 :] if len(column) > _MOST else ():
            into |= {each: key for each, target in into.items() if target == node.id}
            into[node.id] = key
    nodes = _merged(graph.nodes, into)
    edges = dict.fromkeys(
        Edge(into.get(edge.source, edge.source), into.get(edge.target, edge.target), edge.what)
        for edge in graph.edges
    )
    return nodes, list(edges)


def _outputs_of_a_cell(graph: Graph) -> dict[str, str]:
    """Fold the outputs of each cell that has several."""
    cells = {node.id: node.id.rpartition("/")[0] for node in graph.nodes if node.kind == OUTPUT}
    counts = Counter(cells.values())
    return {key: f"{cell}/*" for key, cell in cells.items() if counts[cell] > 1}


def _folders(nodes: Iterable[Node]) -> dict[str, str]:
    into = {}
    for node in nodes:
        if node.kind == INPUT and "/" in node.label:
            into[node.id] = f"{INPUT}:{node.label.rpartition('/')[0]}/*"
    return into


def _merged(nodes: Iterable[Node], into: dict[str, str]) -> list[Node]:
    made: dict[str, list[Node]] = {}
    for node in nodes:
        made.setdefault(into.get(node.id, node.id), []).append(node)
    return [_one(key, members) for key, members in made.items()]


_NOUNS = {INPUT: "input", HOST: "input", CELL: "cell", OUTPUT: "result", FILE: "result"}


def _one(key: str, members: Sequence[Node]) -> Node:
    first = members[0]
    if len(members) == 1:
        return replace(first, id=key)
    if first.kind == OUTPUT and key != f"{OUTPUT}:*":
        label = ", ".join(sorted({node.label for node in members}))
        return Node(key, OUTPUT, label, None, counted(len(members), "output"))
    place = key.partition(":")[2].removesuffix("*")
    words = f"{counted(len(members), _NOUNS[first.kind])}"
    return Node(key, first.kind, f"{words} in {place}" if place else f"{words} more", None, "")


def _ordered(columns: list[list[Node]], edges: Iterable[Edge]) -> list[list[Node]]:
    """Put inputs and results beside the cells that have to do with them: fewer lines cross."""
    rows = {node.id: row for row, node in enumerate(columns[1])}
    first: dict[str, int] = {}
    for edge in edges:
        for other, cell in ((edge.source, edge.target), (edge.target, edge.source)):
            if cell in rows and other not in rows:
                first[other] = min(first.get(other, len(rows)), rows[cell])
    side = [
        [
            node
            for _, _, node in sorted(
                ((first.get(node.id, len(rows)), n, node) for n, node in enumerate(column)),
                key=lambda each: each[:2],
            )
        ]
        for column in (columns[0], columns[2])
    ]
    return [side[0], columns[1], side[1]]


def _line(source: _Box, target: _Box) -> str:
    y1, y2 = source.y + _HEIGHT // 2, target.y + _HEIGHT // 2
    if source.x < target.x:
        x1, x2 = source.x + source.width, target.x
        return f'<path class="p-edge" d="M{x1} {y1}C{x1 + 45} {y1} {x2 - 45} {y2} {x2} {y2}"/>'
    # A file that a cell wrote and a later one reads: back to the cells.
    x1, x2 = source.x, target.x + target.width
    return f'<path class="p-edge p-back" d="M{x1} {y1}C{x1 - 45} {y1} {x2 + 45} {y2} {x2} {y2}"/>'


def _drawn(box: _Box) -> str:
    node = box.node
    missing = " p-missing" if node.kind == HOST or "not included" in node.detail else ""
    name, whole = _short(one_line(node.label), _LETTERS[_COLUMN[node.kind]]), one_line(node.label)
    lines = (18, 29) if node.detail else (22, 0)
    more = (
        f'<text class="p-more" x="{box.x + 10}" y="{box.y + lines[1]}">{escape(node.detail)}</text>'
        if node.detail
        else ""
    )
    tip = escape(f"{whole} {node.cid or ''}".strip())
    return (
        f"<g><title>{tip}</title>"
        f'<rect class="p-box p-{node.kind}{missing}" x="{box.x}" y="{box.y}" width="{box.width}" '
        f'height="{_HEIGHT}" rx="5"/>'
        f'<text class="p-name" x="{box.x + 10}" y="{box.y + lines[0] - 3 * bool(node.detail)}">'
        f"{escape(name)}</text>{more}</g>"
    )


def _short(text: str, most: int) -> str:
    """Return a text that fits, with its end, which tells files apart."""
    if len(text) <= most:
        return text
    return f"{text[: most // 3]}…{text[-(most - most // 3 - 1) :]}"
