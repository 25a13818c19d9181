"""``index.html`` of a bundle: the notebook to be read by whoever has nothing but a browser.

No script, no raw HTML of outputs, nothing that is fetched from elsewhere; it works from the disk
and from any gateway. It says what it is and that it checks nothing: a page cannot vouch for itself.
"""

from __future__ import annotations

import base64
import binascii
import posixpath
import re
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from jupyter_ipfs.bundles.format.manifest import INPUTS
from jupyter_ipfs.bundles.format.outputs import as_text
from jupyter_ipfs.bundles.page import highlight, markdown, page_facts, page_output
from jupyter_ipfs.bundles.page.page_style import STYLE, policy
from jupyter_ipfs.bundles.page.page_words import FOOTER, HEAD, WAYS
from jupyter_ipfs.bundles.papers import licenses
from jupyter_ipfs.bundles.provenance import provenance_picture
from jupyter_ipfs.words.figures import counted
from jupyter_ipfs.words.foreign import one_line, plain

if TYPE_CHECKING:
    from jupyter_ipfs.bundles.format.manifest import Cell, Manifest

NAME = "index.html"
_OUTSIDE = re.compile(
    r"(?:https?|ipfs|ipns)://[^\s\"'<>\\]+|mailto:[^\s\"'<>\\]+|https?:[^\s\"'<>\\]+"
)
_FRAGMENT = re.compile(r"#[^\s\"'<>]*")
_ATTACHED = re.compile(r"image/(?:png|jpeg|gif|webp)")
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg")
_MOST_ATTACHED = 4 << 20  # bytes of one picture in a cell
_TOP = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<div class="page">"""


def page(nb: dict[str, Any], manifest: Manifest) -> bytes:
    """Return the page.

    Args:
        nb: The notebook, as `notebook.parse` gives it.
        manifest: Of its bundle.
    """
    title = escape(one_line(manifest.title or manifest.name))
    style = STYLE + provenance_picture.STYLE
    parts = [
        _TOP.format(title=title, policy=escape(policy(style)), style=style),
        f"<header>\n<h1>{title}</h1>\n{_head(manifest)}\n</header>\n<main>",
        *_cells(nb, manifest),
        "</main>",
        page_facts.inputs(manifest),
        page_facts.origin(manifest),
        page_facts.environment(manifest),
        WAYS,
        FOOTER.format(name=escape(one_line(manifest.name))),
        "</div>\n</body>\n</html>\n",
    ]
    return "\n".join(parts).encode(errors="replace")


class _Links:
    """Where a notebook's links may lead: elsewhere by http(s) and ipfs, and to its inputs."""

    def __init__(self, manifest: Manifest, attachments: dict[str, str]) -> None:
        self._folder = manifest.folder
        self._inputs = {each.path for each in manifest.inputs if each.included}
        self._attachments = attachments

    def address(self, href: str) -> str | None:
        if _OUTSIDE.fullmatch(href) or _FRAGMENT.fullmatch(href):
            return href
        return self._inside(href)

    def picture(self, src: str) -> str | None:
        if src.startswith("attachment:"):
            return self._attachments.get(unquote(src.removeprefix("attachment:")))
        found = self._inside(src)
        return found if found and found.lower().endswith(_PICTURES) else None

    def _inside(self, href: str) -> str | None:
        path = posixpath.normpath(posixpath.join(self._folder, unquote(href).partition("#")[0]))
        return f"{INPUTS}/{quote(path)}" if path in self._inputs else None


def _head(manifest: Manifest) -> str:
    by = [one_line(", ".join(manifest.authors)), manifest.created_at[:10]]
    said = "".join(f"<span>{escape(each)}</span>" for each in by if each) + _licence(manifest)
    about = f"<p>{escape(one_line(manifest.description))}</p>" if manifest.description else ""
    return f'<p class="by">{said}</p>{about}\n{HEAD}'


def _licence(manifest: Manifest) -> str:
    if not manifest.license:
        return "<span>no licence: all rights reserved</span>"
    address = licenses.url(manifest.license)
    name = escape(one_line(manifest.license))
    if address:
        name = f'<a href="{escape(address)}" rel="license noopener noreferrer">{name}</a>'
    return f"<span>{name}</span>"


def _cells(nb: dict[str, Any], manifest: Manifest) -> list[str]:
    known = {cell.index: cell for cell in manifest.cells}
    language = _language(nb)
    heading = re.compile(rf"\s*#[ \t]+{re.escape(manifest.title)}[ \t#]*(?:\n|$)")
    made: list[str] = []
    for index, cell in enumerate(nb["cells"]):
        source = as_text(cell.get("source"))
        if not made and cell["cell_type"] == "markdown":  # the page has said its title
            source = heading.sub("", source, count=1) if heading.match(source) else source
        if cell["cell_type"] == "markdown":
            links = _Links(manifest, _attachments(cell))
            made.append(f"<section>{markdown.html(source, links)}</section>")
        elif cell["cell_type"] == "code" and (source.strip() or cell.get("outputs")):
            made.append(_code(cell, source, known.get(index), is_python=language == "python"))
        elif source.strip() and cell["cell_type"] == "raw":
            made.append(f"<pre>{escape(plain(source))}</pre>")
    return made


def _code(cell: dict[str, Any], source: str, told: Cell | None, *, is_python: bool) -> str:
    number = cell.get("execution_count")
    words = [f"[{number}]" if isinstance(number, int) else "never run"]
    if told is not None and told.reads:
        words.append(f"reads {counted(len(told.reads), 'input')}")
    if told is not None and told.rule.skip:
        words.append("the author says: cannot be the same twice")
    elif told is not None and told.rule.relative is not None:
        words.append(f"the author says: numbers within {told.rule.relative:g}")
    count = "".join(f"<span>{escape(each)}</span>" for each in words)
    text = plain(source)
    code = highlight.python(text) if is_python and not text.startswith("%%") else escape(text)
    name = escape(str(cell.get("id", "")))
    outputs = [
        page_output.shown(str(cell.get("id", "")), n, output)
        for n, output in enumerate(cell.get("outputs", ()))
    ]
    return (
        f'<section class="cell" id="cell-{name}"><div class="count">{count}</div>'
        f'<pre tabindex="0"><code>{code}</code></pre>{"".join(outputs)}</section>'
    )


def _language(nb: dict[str, Any]) -> str:
    metadata = nb.get("metadata")
    info = metadata.get("language_info") if isinstance(metadata, dict) else None
    name = info.get("name") if isinstance(info, dict) else None
    return name if isinstance(name, str) else "python"


def _attachments(cell: dict[str, Any]) -> dict[str, str]:
    """Return the pictures that a cell carries, as addresses with the data in them."""
    found = {}
    attachments = cell.get("attachments")
    for name, bundle in attachments.items() if isinstance(attachments, dict) else ():
        for mime_type, content in bundle.items() if isinstance(bundle, dict) else ():
            if not _ATTACHED.fullmatch(mime_type) or not isinstance(content, str):
                continue
            try:
                data = base64.b64decode(content, validate=False)
            except (binascii.Error, ValueError):
                continue
            if len(data) <= _MOST_ATTACHED:
                found[name] = f"data:{mime_type};base64,{base64.b64encode(data).decode()}"
    return found
