"""A notebook in its one form: what ran and what came of it, without what varies by itself.

Dropped are the times of cells, the state of widgets, trust, and what front ends note about
themselves; renumbered are the ids that pandas' Styler and matplotlib's SVG draw at random
(``safety.md`` 19). Tags stay: a cell's rule is in them.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.bundles.format.manifest import Rule
from jupyter_ipfs.bundles.format.manifest_json import relative_of
from jupyter_ipfs.bundles.format.outputs import as_text
from jupyter_ipfs.errors import NotABundleError
from jupyter_ipfs.net import json_depth
from jupyter_ipfs.node.open_copy import has_too_many_values

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_SIZE = 200 * 1024 * 1024  # bytes of a notebook
_FORMAT = 4
_WITH_IDS = 5  # the minor version that has ids of cells
_DROPPED = ("widgets", "papermill", "signature", "trusted", "vscode", "colab", "execution")
_DROPPED_OF_CELL = (
    "execution", "ExecuteTime", "trusted", "papermill", "collapsed", "scrolled", "vscode",
    "colab", "outputId", "_sphinx_cell_id",
)  # fmt: skip
_WIDGET = "application/vnd.jupyter.widget-view+json"
_CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_TOLERANCE = "ipfs-tolerance="
_SKIPS = frozenset({"ipfs-skip", "nondeterministic"})
_MAX_REASON = 300
# Within a line: over lines, blank ones take the square of their number.
_SHARES = re.compile(
    r"^[ \t]*+(?:\w+[ \t]*+=[ \t]*+)?%ipfs[ \t]++(?:share|reproduce)\b", re.MULTILINE
)
# As pandas' Styler and matplotlib's SVG backend make them.
_STYLER = re.compile(r"(?<![A-Za-z0-9])T_([0-9a-f]{5})(?![0-9a-f])")
_SVG_ID = re.compile(
    r"(?<![A-Za-z0-9])([mph]|C[0-9a-f]{1,4}_[0-9a-f]{1,4}_)([0-9a-f]{10})(?![0-9a-f])"
)
_SVG_DATE = re.compile(r"<dc:date>[^<]{0,100}</dc:date>")


@dataclass(frozen=True, slots=True)
class CodeCell:
    """A code cell of a notebook.

    Attributes:
        id: Its id.
        index: Its place among all cells, from 0.
        source: Its source, as one text.
        number: The execution count, or ``None``.
        outputs: As nbformat has them.
        rule: How it is to be compared.
    """

    id: str
    index: int
    source: str
    number: int | None
    outputs: tuple[dict[str, Any], ...]
    rule: Rule

    @property
    def source_sha256(self) -> str:
        """The digest of its source, in hex."""
        return hashlib.sha256(self.source.encode(errors="surrogatepass")).hexdigest()


def parse(data: bytes, name: str = "the notebook") -> dict[str, Any]:
    """Read a notebook of any version into the newest one's shape, cells in their one form.

    Raises:
        NotABundleError: It is no notebook.
    """
    if len(data) > MAX_SIZE:
        raise NotABundleError(f"{name} has {len(data):,} bytes, and {MAX_SIZE:,} are read")
    if has_too_many_values(data):
        raise NotABundleError(f"{name} has too many values to be read")
    try:
        return normalised(_modern(json_depth.parse_notebook(data)))
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, NotABundleError):
            raise
        raise NotABundleError(f"{name} is no notebook: {type(error).__name__}") from None


def canonical(nb: dict[str, Any]) -> bytes:
    """Return a notebook's canonical bytes."""
    notebook = _split(normalised(nb))
    text = json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return text.encode(errors="backslashreplace") + b"\n"


def code_cells(nb: dict[str, Any]) -> list[CodeCell]:
    """Return the code cells of a notebook as `parse` gives it."""
    return [
        CodeCell(
            id=cell["id"],
            index=index,
            source=cell["source"],
            number=cell["execution_count"],
            outputs=tuple(cell["outputs"]),
            rule=rule_of(cell),
        )
        for index, cell in enumerate(nb["cells"])
        if cell["cell_type"] == "code"
    ]


def rule_of(cell: dict[str, Any]) -> Rule:
    """Return the rule that a cell's tags say; a tolerance that is no number counts as none."""
    metadata = cell.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    tags = metadata.get("tags")
    tags = [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []
    tolerances = [
        relative_of(tag.removeprefix(_TOLERANCE)) for tag in tags if tag.startswith(_TOLERANCE)
    ]
    ours = metadata.get("jupyter-ipfs")
    reason = ours.get("reason") if isinstance(ours, dict) else None
    skip = not _SKIPS.isdisjoint(tags)
    if not skip and _SHARES.search(as_text(cell.get("source"))):
        # What shares the notebook cannot come out the same where somebody else runs it.
        skip, reason = True, "it shares or reproduces a notebook"
    return Rule(
        skip=skip,
        relative=next((each for each in tolerances if each is not None), None),
        reason=reason[:_MAX_REASON] if isinstance(reason, str) else "",
    )


def title_of(nb: dict[str, Any]) -> str:
    """Return the first heading, or nothing."""
    for cell in nb["cells"]:
        if cell["cell_type"] != "markdown":
            continue
        for line in cell["source"].splitlines():
            if line.startswith("#") and line.strip("# \t"):
                return str(line.strip("# \t"))[:200]
    return ""


def normalised(nb: dict[str, Any]) -> dict[str, Any]:
    """Return a copy without what varies by itself; doing it twice changes nothing."""
    cells = nb.get("cells")
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise NotABundleError("the notebook has no cells")
    minor = nb.get("nbformat_minor")
    renumber = _Renumbering()
    return {
        "cells": _with_ids([_cell(cell, renumber) for cell in cells]),
        "metadata": _without(nb.get("metadata"), _DROPPED),
        "nbformat": _FORMAT,
        "nbformat_minor": max(minor if isinstance(minor, int) else 0, _WITH_IDS),
    }


class _Renumbering:
    """Gives ids that were drawn at random numbers in the order of their appearance."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def text(self, text: str, mime_type: str) -> str:
        if mime_type == "text/html" and "T_" in text:
            return _STYLER.sub(self._numbered(5, r"T_", 1), text)
        if mime_type == "image/svg+xml":
            return _SVG_DATE.sub("", _SVG_ID.sub(self._numbered(10, "", 2), text))
        return text

    def _numbered(self, width: int, head: str, group: int) -> Callable[[re.Match[str]], str]:
        def replaced(match: re.Match[str]) -> str:
            first = head or match.group(1)
            key = f"{first}:{match.group(group)}"
            number = self._known.setdefault(key, f"{len(self._known):0{width}x}"[-width:])
            return first + number

        return replaced


def _modern(value: object) -> dict[str, Any]:
    if not isinstance(value, dict) or not isinstance(value.get("nbformat"), int):
        raise NotABundleError("the notebook does not say its format")
    if value["nbformat"] > _FORMAT:
        raise NotABundleError("the notebook is of a newer format than version 4")
    if value["nbformat"] < _FORMAT:
        import nbformat  # noqa: PLC0415  (for old notebooks only)

        library: Any = nbformat  # untyped
        made: dict[str, Any] = library.convert(library.from_dict(value), _FORMAT)
        for cell in made["cells"]:
            cell.pop("id", None)  # drawn at random
        return made
    return value


def _cell(cell: dict[str, Any], renumber: _Renumbering) -> dict[str, Any]:
    kind = cell.get("cell_type")
    if kind not in {"code", "markdown", "raw"}:
        raise NotABundleError("a cell is neither code, markdown nor raw")
    made: dict[str, Any] = {
        "cell_type": kind,
        "id": cell.get("id"),
        "metadata": _without(cell.get("metadata"), _DROPPED_OF_CELL),
        "source": as_text(cell.get("source")),
    }
    if isinstance(cell.get("attachments"), dict):
        made["attachments"] = cell["attachments"]
    if kind == "code":
        number = cell.get("execution_count")
        is_number = isinstance(number, int) and not isinstance(number, bool) and number >= 0
        made["execution_count"] = number if is_number else None
        made["outputs"] = _outputs(cell.get("outputs"), renumber)
    return made


def _outputs(outputs: object, renumber: _Renumbering) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for output in outputs if isinstance(outputs, list) else ():
        if not isinstance(output, dict):
            raise NotABundleError("an output is no object")
        kind = output.get("output_type")
        if kind == "stream":
            name, text = as_text(output.get("name")) or "stdout", as_text(output.get("text"))
            last = made[-1] if made else {}
            # Where a stream was cut depends on when the kernel flushed it.
            if last.get("output_type") == "stream" and last["name"] == name:
                last["text"] += text
            else:
                made.append({"output_type": "stream", "name": name, "text": text})
        elif kind == "error":
            lines = output.get("traceback")
            lines = [each for each in lines if isinstance(each, str)] if lines else []
            error = {key: as_text(output.get(key)) for key in ("ename", "evalue")}
            made.append({"output_type": "error", **error, "traceback": lines})
        elif kind in {"display_data", "execute_result"}:
            made.append(_display(output, renumber))
        else:
            raise NotABundleError("an output is of no kind that notebooks have")
    return made


def _display(output: dict[str, Any], renumber: _Renumbering) -> dict[str, Any]:
    data = output.get("data")
    data = dict(data) if isinstance(data, dict) else {}
    if len(data) > 1:  # its model is gone with the widgets' state, and its id was random
        data.pop(_WIDGET, None)
    metadata = output.get("metadata")
    made: dict[str, Any] = {
        "output_type": output["output_type"],
        "data": {key: _value(key, value, renumber) for key, value in data.items()},
        "metadata": _without(metadata, ("trusted",)),
    }
    if output["output_type"] == "execute_result":
        number = output.get("execution_count")
        made["execution_count"] = number if isinstance(number, int) else None
    return made


def _value(mime_type: str, value: object, renumber: _Renumbering) -> object:
    if mime_type.endswith("json") and not isinstance(value, str):
        return value
    is_lines = isinstance(value, list) and all(isinstance(each, str) for each in value)
    if isinstance(value, str) or is_lines:
        return renumber.text(as_text(value), mime_type)
    return value


def _with_ids(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give every cell an id of its own; one that has none gets that of its place."""
    taken: set[str] = set()
    for index, cell in enumerate(cells):
        wanted = cell["id"]
        if not isinstance(wanted, str) or not _CELL_ID.fullmatch(wanted) or wanted in taken:
            wanted = f"cell-{index}"
            while wanted in taken:
                wanted = f"{wanted[:60]}-x"
        taken.add(wanted)
        cell["id"] = wanted
    return cells


def _without(value: object, keys: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(value, dict):
        return {}
    return {key: each for key, each in value.items() if key not in keys}


def _split(nb: dict[str, Any]) -> dict[str, Any]:
    """Write texts of many lines as lists, as every Jupyter does."""
    for cell in nb["cells"]:
        cell["source"] = cell["source"].splitlines(keepends=True)
        for output in cell.get("outputs", ()):
            if output["output_type"] == "stream":
                output["text"] = output["text"].splitlines(keepends=True)
            for mime_type, value in output.get("data", {}).items():
                if isinstance(value, str) and _is_text(mime_type):
                    output["data"][mime_type] = value.splitlines(keepends=True)
    return nb


def _is_text(mime_type: str) -> bool:
    return mime_type.startswith("text/") or mime_type in {
        "image/svg+xml", "application/javascript", "application/x-latex",
    }  # fmt: skip
