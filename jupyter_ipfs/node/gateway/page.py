"""The few pages that are made here, and how names from outside are shown in them."""

from __future__ import annotations

import os
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from jupyter_ipfs.node.gateway.path import URLPath

TAIL = "</body></html>\n"

_STYLE = """body{font:16px/1.5 system-ui,sans-serif;margin:2rem;color-scheme:light dark}
h1{font-size:1.3rem;overflow-wrap:anywhere}td{padding:0 1rem 0 0;unicode-bidi:isolate}
.size{text-align:right}.ipfs-hash,code,pre{font-family:monospace;opacity:.8}
pre{white-space:pre-wrap;overflow-wrap:anywhere}"""


def head(title: str, body: str) -> bytes:
    """Return a page up to and including ``body``, which is HTML; ``title`` is text."""
    text = shown(title)
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{text}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><h1>{text}</h1>{body}\n"
    ).encode()


def breadcrumbs(path: URLPath) -> str:
    """Return a path as HTML, each part of it a link."""
    at = f"/ipfs/{path.text}"
    parts = [f'/ipfs/<a href="{at}">{path.text}</a>']
    for segment in path.segments:
        at += "/" + quote(segment, safe="")
        parts.append(f'<a href="{at}">{shown(os.fsdecode(segment))}</a>')
    return "/".join(parts)


def shown(name: str) -> str:
    """Make text safe to show: no markup, no line breaks, nothing that turns text around."""
    return escape("".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name))
