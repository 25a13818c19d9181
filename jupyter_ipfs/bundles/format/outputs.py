"""An output of a cell as files, one for each MIME type, as ``outputs/<cell>/<index>/`` has them."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Any

# MIME types whose files have a name that other programs know.
_NAMES = {
    "text/plain": "text.txt",
    "text/html": "text.html",
    "text/markdown": "text.md",
    "text/latex": "text.tex",
    "image/png": "image.png",
    "image/jpeg": "image.jpg",
    "image/gif": "image.gif",
    "image/webp": "image.webp",
    "image/svg+xml": "image.svg",
    "application/json": "application.json",
    "application/pdf": "application.pdf",
    "application/javascript": "application.js",
}
_BASE64 = re.compile(r"image/(?!svg\+xml)|application/pdf|application/octet-stream|audio/|video/")
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
ERROR = "error.txt"


def files(output: dict[str, Any]) -> dict[str, bytes]:
    """Return an output's files by name; what a hostile notebook has in it is taken as text."""
    kind = output.get("output_type")
    if kind == "stream":
        return {"text.txt": as_text(output.get("text")).encode(errors="replace")}
    if kind == "error":
        return {ERROR: _error(output).encode(errors="replace")}
    data = output.get("data")
    found: dict[str, bytes] = {}
    for mime_type, value in sorted((data if isinstance(data, dict) else {}).items()):
        name = file_name(mime_type)
        while name in found:  # two types that no honest output has
            name = f"x-{name}"
        found[name] = _bytes(mime_type, value)
    return found or {"text.txt": b""}


def mime_types(output: dict[str, Any]) -> tuple[str, ...]:
    """Return an output's MIME types, sorted; a stream and an error are plain text."""
    data = output.get("data")
    if output.get("output_type") in {"stream", "error"} or not isinstance(data, dict) or not data:
        return ("text/plain",)
    return tuple(sorted(data))


def file_name(mime_type: str) -> str:
    """Return the file's name for a MIME type: what it is, and nothing that leads elsewhere."""
    known = _NAMES.get(mime_type)
    if known is not None:
        return known
    plain = re.sub(r"[^a-z0-9.+-]", "-", mime_type.lower().replace("/", "-"))[:100].strip(".-")
    suffix = ".json" if mime_type.endswith("json") else ".txt"
    if _BASE64.match(mime_type):
        suffix = ".bin"
    return f"{plain or 'data'}{suffix}"


def as_text(value: object) -> str:
    """Return a multi-line text of nbformat, which is a text or a list of lines."""
    if isinstance(value, list):
        return "".join(each for each in value if isinstance(each, str))
    return value if isinstance(value, str) else ""


def _bytes(mime_type: str, value: object) -> bytes:
    if not isinstance(value, str) and not (
        isinstance(value, list) and all(isinstance(each, str) for each in value)
    ):
        return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"
    text = as_text(value)
    if _BASE64.match(mime_type):
        try:
            return base64.b64decode(text, validate=False)
        except (binascii.Error, ValueError):
            return text.encode(errors="replace")
    return text.encode(errors="replace")


def _error(output: dict[str, Any]) -> str:
    lines = output.get("traceback")
    text = "\n".join(each for each in lines if isinstance(each, str)) if lines else ""
    head = f"{as_text(output.get('ename'))}: {as_text(output.get('evalue'))}"
    return f"{head}\n\n{_ANSI.sub('', text)}\n" if text else f"{head}\n"
