"""Where something came from: inputs → cells → outputs, as a graph, as text, and by CID.

It tells what was *seen*: which files a cell read and wrote, and what it gave. What cells hand on in
the kernel's memory is seen by nobody, so every earlier cell may have had a part.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.bundles.format.manifest import INPUTS, NOTEBOOK, OUTPUTS
from jupyter_ipfs.words.figures import size
from jupyter_ipfs.words.foreign import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_ipfs.bundles.format.manifest import Cell, Manifest

NAME = "provenance.json"
INPUT, HOST, CELL, OUTPUT, FILE = "input", "host", "cell", "output", "file"
READ, WROTE, GAVE = "read", "wrote", "gave"


@dataclass(frozen=True, slots=True)
class Node:
    """Something that has a part in a notebook's run.

    Attributes:
        id: ``input:data/a.csv``, ``cell:<id>``, ``output:<id>/0``, ``file:out.csv``, ``host:…``.
        kind: ``input``, ``host``, ``cell``, ``output`` or ``file`` (that a cell wrote).
        label: For people: ``data/a.csv``, ``cell 3``, ``image/png``.
        cid: Its CID, where the bundle has it.
        detail: More about it, in words: its size, that it is not included.
    """

    id: str
    kind: str
    label: str
    cid: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """What one had to do with another: ``source`` went into ``target``.

    Attributes:
        source: A node's id.
        target: A node's id.
        what: ``read``, ``wrote``, ``gave`` or ``asked``.
    """

    source: str
    target: str
    what: str


@dataclass(frozen=True, slots=True)
class Graph:
    """What came from what in a notebook's run.

    Attributes:
        title: Of the notebook.
        nodes: Inputs, hosts, cells in their order, what they wrote, what they gave.
        edges: In the order of the cells.
    """

    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def text(self) -> str:
        """Return it as a tree of text: each cell with what it read and made."""
        nodes = {node.id: node for node in self.nodes}
        lines = [one_line(self.title)]
        cells = [node for node in self.nodes if node.kind == CELL]
        for number, cell in enumerate(cells):
            last = number == len(cells) - 1
            lines.append(f"{'└─' if last else '├─'} {_line(cell)}")
            edges = [each for each in self.edges if cell.id in {each.source, each.target}]
            for place, edge in enumerate(edges):
                other = nodes[edge.source if edge.target == cell.id else edge.target]
                branch = "└─" if place == len(edges) - 1 else "├─"
                lines.append(f"{'  ' if last else '│ '} {branch} {edge.what} {_line(other)}")
        lines.extend(f"   {_line(node)}" for node in self.nodes if node.kind == HOST)
        return "\n".join(lines) + "\n"

    def as_json(self) -> dict[str, Any]:
        """Return what the server and ``--json`` tell."""
        from jupyter_ipfs.bundles.provenance import provenance_picture  # noqa: PLC0415  (it needs `Graph`)

        return {
            "text": self.text(),
            "svg": provenance_picture.svg(self),
            "nodes": [_flat(node) for node in self.nodes],
            "edges": [_flat(edge) for edge in self.edges],
        }


@dataclass(frozen=True, slots=True)
class Origin:
    """One place that something is known from.

    Attributes:
        bundle: The key of the bundle: its root or payload.
        title: The notebook's title.
        kind: ``input``, ``output``, ``file`` (that a cell wrote) or ``notebook``.
        path: In the bundle.
        cell: The place of the cell that made it among all cells, from 0, or ``None``.
        cell_id: That cell's id.
        sources: The inputs that went into it, as far as files tell: paths below ``inputs/``.
        readers: The places of the cells that read it, from 0.
    """

    bundle: str
    title: str
    kind: str
    path: str
    cell: int | None = None
    cell_id: str | None = None
    sources: tuple[str, ...] = ()
    readers: tuple[int, ...] = ()

    def text(self) -> str:
        """Return it as a sentence."""
        title = one_line(self.title)
        if self.kind == INPUT:
            cells = ", ".join(str(index + 1) for index in self.readers)
            used = f"read by cell {cells} of {title}" if cells else f"an input of {title}"
            return f"{one_line(self.path)}: {used}, in {self.bundle}"
        if self.cell is None:
            return f"{one_line(self.path)}: the notebook {title}, in {self.bundle}"
        sources = ", ".join(one_line(each) for each in self.sources) or "no file that was seen"
        made = f"made by cell {self.cell + 1} of {title} from {sources}"
        return f"{one_line(self.path)}: {made}, in {self.bundle}"


def graph(manifest: Manifest) -> Graph:
    """Return what came from what, as a manifest tells it."""
    nodes: dict[str, Node] = {}
    edges: list[Edge] = []
    for each in manifest.inputs:
        detail = size(each.size) if each.included else f"{size(each.size)}, not included"
        key = f"{INPUT}:{each.path}"
        nodes[key] = Node(key, INPUT, each.path, each.cid or None, detail)
    for host in manifest.hosts:
        nodes[f"{HOST}:{host}"] = Node(f"{HOST}:{host}", HOST, host, None, "another computer")
    written: set[str] = set()
    for cell in manifest.cells:
        if not (cell.reads or cell.writes or cell.outputs):
            continue
        key = f"{CELL}:{cell.id}"
        count = "never run" if cell.number is None else f"[{cell.number}]"
        nodes[key] = Node(key, CELL, f"cell {cell.index + 1}", None, count)
        for path in cell.reads:
            was_written = path in written
            source = f"{FILE if was_written else INPUT}:{path}"
            if source not in nodes:
                nodes[source] = Node(source, INPUT, path, None, "not included")
            edges.append(Edge(source, key, READ))
        for path in _places(manifest, cell):
            written.add(path)
            target = f"{FILE}:{path}"
            nodes.setdefault(target, Node(target, FILE, path))
            edges.append(Edge(key, target, WROTE))
        for number, output in enumerate(cell.outputs):
            target = f"{OUTPUT}:{cell.id}/{number}"
            label = "error" if output.kind == "error" else ", ".join(output.mime_types)
            nodes[target] = Node(target, OUTPUT, label, output.cid)
            edges.append(Edge(key, target, GAVE))
    return Graph(manifest.title or manifest.name, tuple(nodes.values()), tuple(edges))


def document(manifest: Manifest) -> bytes:
    """Return ``provenance.json``: the graph's nodes and edges."""
    made = graph(manifest)
    value = {
        "nodes": [_flat(node) for node in made.nodes],
        "edges": [_flat(edge) for edge in made.edges],
    }
    text = json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False)
    return text.encode(errors="replace") + b"\n"


def _flat(each: Node | Edge) -> dict[str, Any]:
    """Return the fields of one of many; `asdict` would look below each of them."""
    return {field.name: getattr(each, field.name) for field in fields(each)}


def where_from(wanted: str, manifests: Mapping[str, Manifest]) -> list[Origin]:
    """Say which bundles know something, which cell made it, and from what.

    Args:
        wanted: A CID of an input or an output, or a path: ``data/a.csv``, ``outputs/<cell>/0``.
        manifests: By the bundle's root.
    """
    found = []
    for bundle, manifest in manifests.items():
        found.extend(_in_bundle(wanted, bundle, manifest))
    return found


def _in_bundle(wanted: str, bundle: str, manifest: Manifest) -> list[Origin]:
    title = manifest.title or manifest.name
    found = []
    if wanted in {manifest.name, NOTEBOOK}:
        found.append(Origin(bundle, title, "notebook", NOTEBOOK))
    for each in manifest.inputs:
        if wanted in {each.cid, each.path, f"{INPUTS}/{each.path}"}:
            readers = tuple(cell.index for cell in manifest.cells if each.path in cell.reads)
            found.append(Origin(bundle, title, INPUT, f"{INPUTS}/{each.path}", readers=readers))
    for cell in manifest.cells:
        for number, output in enumerate(cell.outputs):
            path = f"{OUTPUTS}/{cell.id}/{number}"
            if wanted in {output.cid, path} or wanted.startswith(f"{path}/"):
                sources = _sources(manifest, cell)
                found.append(Origin(bundle, title, OUTPUT, path, cell.index, cell.id, sources))
        for path, name in zip(_places(manifest, cell), cell.writes, strict=True):
            if wanted in {path, name}:
                sources = _sources(manifest, cell)
                found.append(Origin(bundle, title, FILE, path, cell.index, cell.id, sources))
    return found


def _sources(manifest: Manifest, wanted: Cell) -> tuple[str, ...]:
    """Return the inputs that went into a cell: its own, and of the cells whose files it read."""
    makers: dict[str, Cell] = {}
    reads: dict[str, set[str]] = {}
    for cell in manifest.cells:
        mine: set[str] = set()
        for path in cell.reads:
            maker = makers.get(path)
            mine |= reads[maker.id] if maker is not None and maker.id in reads else {path}
        reads[cell.id] = mine
        if cell is wanted:
            break
        makers |= dict.fromkeys(_places(manifest, cell), cell)
    return tuple(sorted(reads.get(wanted.id, ())))


def _places(manifest: Manifest, cell: Cell) -> list[str]:
    """Return what a cell wrote, as paths below ``inputs/``."""
    return [f"{manifest.folder}/{path}" if manifest.folder else path for path in cell.writes]


def _line(node: Node) -> str:
    more = ", ".join(part for part in (node.detail, node.cid or "") if part)
    name = one_line(node.label)
    return f"{name} {node.detail}" if node.kind == CELL else f"{name} ({more})" if more else name
