"""Inputs and environment on the page of a bundle."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from jupyter_ipfs.bundles.format.manifest import INPUTS, LOCK
from jupyter_ipfs.bundles.page.page_words import INPUTS_HEAD, INPUTS_TAIL
from jupyter_ipfs.bundles.provenance import provenance, provenance_picture
from jupyter_ipfs.words.figures import counted, size
from jupyter_ipfs.words.foreign import one_line

if TYPE_CHECKING:
    from jupyter_ipfs.bundles.format.manifest import Input, Manifest

_HOW = {
    "seen": "read while it ran",
    "guessed": "named in its source",
    "added": "added by the author",
    "content": "read by ipfs://",
}


def inputs(manifest: Manifest) -> str:
    """Return what the notebook read, and what of it is not there, as HTML."""
    rows = "".join(_input(each) for each in manifest.inputs)
    missing = sum(not each.included for each in manifest.inputs)
    words = [] if manifest.recorded else ["No run was recorded: these are named in its source."]
    if missing:
        words.append(f"{counted(missing, 'input')} not included.")
    if manifest.hosts:
        hosts = ", ".join(escape(one_line(host)) for host in manifest.hosts)
        words.append(f"It talked to {hosts}: what came from there is not in the bundle.")
    if not manifest.inputs:
        words.append("None that was seen." if manifest.recorded else "None.")
    table = f"{INPUTS_HEAD}{rows}{INPUTS_TAIL}" if rows else ""
    said = "".join(f"<p>{each}</p>" for each in words)
    return f'<h2 id="inputs">Inputs</h2>\n{said}{table}'


def _input(each: Input) -> str:
    name = escape(one_line(each.path))
    if each.included:
        name = f'<a href="{INPUTS}/{escape(quote(each.path))}">{name}</a>'
        last = f"<code>{escape(each.cid or '')}</code>"
    else:
        where = f": {escape(one_line(each.where))}" if each.where else ""
        last = f"<strong>not included</strong>{where}"
    how = escape(_HOW.get(each.how, each.how))
    cells = f'<td>{name}</td><td class="size">{size(each.size)}</td><td>{how}</td><td>{last}</td>'
    return f"<tr>{cells}</tr>"


def origin(manifest: Manifest) -> str:
    """Return what came from what, as a picture in HTML; nothing if nothing is known of it."""
    graph = provenance.graph(manifest)
    if not graph.edges:
        return ""
    picture = provenance_picture.svg(graph, style=False)
    head = '<h2 id="origin">What came from what</h2>'
    return (
        f'{head}\n<div class="scroll" tabindex="0" role="region" aria-label="Graph">{picture}</div>'
    )


def environment(manifest: Manifest) -> str:
    """Return what ran the notebook, as HTML."""
    python = manifest.environment
    head = '<h2 id="environment">Environment</h2>'
    if not python.python:
        return f"{head}\n<p>Nothing is known of what ran it.</p>"
    rows = [
        ("Python", f"{python.python} ({python.implementation})"),
        ("System", f"{python.platform}, {python.machine}"),
        ("Packages", f"{python.packages:,} locked with their hashes"),
    ]
    if python.unlocked:
        names = ", ".join(f"{each.name} {each.version} ({each.why})" for each in python.unlocked)
        rows.append(("Not locked", names))
    listed = "".join(f"<dt>{name}</dt><dd>{escape(one_line(text))}</dd>" for name, text in rows)
    lock = f'<p><a href="{LOCK}">pylock.toml</a></p>' if python.packages else ""
    return f"{head}\n<dl>{listed}</dl>{lock}"
