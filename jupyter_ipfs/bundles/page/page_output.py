"""Outputs of cells on the page of a bundle: text, safe tables, pictures by link; nothing active."""

from __future__ import annotations

import re
from html import escape
from typing import Any
from urllib.parse import quote

from jupyter_ipfs.bundles.format.manifest import OUTPUTS
from jupyter_ipfs.bundles.format.outputs import ERROR, as_text, file_name
from jupyter_ipfs.bundles.page.safe_html import reduced
from jupyter_ipfs.words.foreign import plain

_ANSI = re.compile(r"\x1b(?:\[[0-9;:?]{0,40}[ -/]{0,4}[@-~]|\][^\x07\x1b]{0,500}(?:\x07|\x1b\\)?)")
_PICTURES = ("image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp")
_MOST_TEXT = 20_000  # characters of one output that are shown
_MOST_HTML = 200_000
_FULL = "the whole of it"


def shown(cell_id: str, index: int, output: dict[str, Any]) -> str:
    """Return an output as HTML."""
    folder = f"{OUTPUTS}/{quote(cell_id, safe='')}/{index}"
    kind = output.get("output_type")
    if kind == "stream":
        is_error = output.get("name") == "stderr"
        text = _text(as_text(output.get("text")), f"{folder}/text.txt")
        return _box(text, "stderr" if is_error else "")
    if kind == "error":
        return _box(_text(_traceback(output), f"{folder}/{ERROR}"), "error")
    data = output.get("data")
    return _display(data if isinstance(data, dict) else {}, folder)


def _display(data: dict[str, Any], folder: str) -> str:
    described = as_text(data.get("text/plain"))
    for mime_type in _PICTURES:
        if mime_type in data:
            source = f"{folder}/{file_name(mime_type)}"
            words = escape(plain(described)[:300]) or "An output"
            return _box(f'<img class="plot" src="{source}" alt="{words}" loading="lazy">')
    if "text/html" in data:
        left = reduced(as_text(data["text/html"])[:_MOST_HTML])
        if "<table" in left or (not described or described.startswith("<IPython.")):
            whole = f"{folder}/{file_name('text/html')}"
            cut = _more(whole) if len(as_text(data["text/html"])) > _MOST_HTML else ""
            if left.strip():
                return _box(left + cut)
    for mime_type in ("text/markdown", "text/latex"):
        if mime_type in data:
            source = f"{folder}/{file_name(mime_type)}"
            return _box(_text(as_text(data[mime_type]), source))
    if described and not _is_opaque(described, data):
        return _box(_text(described, f"{folder}/{file_name('text/plain')}"))
    kinds = ", ".join(escape(plain(each)[:100]) for each in sorted(data)) or "nothing"
    return _box(f'<p class="quiet">Not shown here: {kinds} (in <code>{escape(folder)}</code>)</p>')


def _is_opaque(described: str, data: dict[str, Any]) -> bool:
    """Tell a text that only stands for something: a figure that needs its program."""
    return described.startswith("<IPython.") or any(
        mime_type.startswith("application/vnd.plotly") for mime_type in data
    )


def _text(text: str, source: str) -> str:
    text = _overwritten(_ANSI.sub("", text))
    cut = _more(source) if len(text) > _MOST_TEXT else ""
    return f"<pre>{escape(plain(text[:_MOST_TEXT]))}</pre>{cut}"


def _overwritten(text: str) -> str:
    """Return what a terminal would show of lines that were written over, as progress bars are."""
    if "\r" not in text:
        return text
    lines = (line.rstrip("\r") for line in text.split("\n"))
    return "\n".join(line[line.rfind("\r") + 1 :] for line in lines)


def _traceback(output: dict[str, Any]) -> str:
    lines = output.get("traceback")
    text = "\n".join(each for each in lines if isinstance(each, str)) if lines else ""
    return text or f"{as_text(output.get('ename'))}: {as_text(output.get('evalue'))}"


def _more(source: str) -> str:
    return f'<p class="quiet">… and more: <a href="{escape(source)}">{_FULL}</a></p>'


def _box(body: str, kind: str = "") -> str:
    return f'<div class="{f"output {kind}".strip()}">{body}</div>'
