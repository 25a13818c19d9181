"""What stands in an output, whatever its writer put there."""

from __future__ import annotations

import hashlib
import json

from jupyter_ipfs.bundles.compare import sizes

_NEVER_LINES = ("json",)  # these MIME types hold JSON itself, so a list is no list of lines


def text(value: object) -> str:
    """Return a text; nbformat may hold it as a list of lines."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "".join(value)
    return canonical(value)


def canonical(value: object) -> str:
    """Return JSON as text, always the same for the same value; of what is too deep, its digest."""
    if not sizes.is_deep(value):
        try:
            return json.dumps(value, sort_keys=True, ensure_ascii=False)
        except (ValueError, TypeError):  # keys of several types; numbers beyond all digits
            pass
    return f"({type(value).__name__} {digest(value).hex()})"


def digest(value: object) -> bytes:
    """Return what only an equal JSON value has too, however deep it is."""
    found = hashlib.sha256()
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            found.update(b"{%d" % len(item))
            for key in sorted(item, key=str, reverse=True):
                stack += [item[key], key]
        elif isinstance(item, list):
            found.update(b"[%d" % len(item))
            stack += reversed(item)
        else:
            told = item if isinstance(item, str) else _written(item)
            data = told.encode("utf-8", "surrogatepass")
            found.update(b"%s%d:" % (type(item).__name__.encode(), len(data)))
            found.update(data)
    return found.digest()


def _written(value: object) -> str:
    # Whole numbers of more than 4,300 digits have no decimal text.
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return f"{value:x}" if is_whole else repr(value)


def data(output: dict[str, object]) -> dict[str, object]:
    """Return a display's data by MIME type, each as text unless it is JSON."""
    bundle = output.get("data")
    if not isinstance(bundle, dict):
        return {}
    return {
        mime: value if mime.endswith(_NEVER_LINES) else text(value)
        for mime, value in bundle.items()
        if isinstance(mime, str)
    }
