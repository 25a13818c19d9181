"""What stands in an output, whatever its writer put there."""

from __future__ import annotations

import json

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
    """Return JSON as text, always the same for the same value."""
    try:
        return json.dumps(value, sort_keys=True, ensure_ascii=False)
    except (RecursionError, ValueError, TypeError):
        return f"({type(value).__name__} that cannot be written)"


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
