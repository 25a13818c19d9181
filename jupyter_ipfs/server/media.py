"""Media types by a file's name: those that viewers key on, and none that a browser would run.

HTML and SVG are plain text here and nothing else (safety.md 7 and 8).
"""

from __future__ import annotations

PLAIN = "text/plain"
_TEXT = {
    ".csv": "text/csv",
    ".json": "application/json",
    ".md": "text/markdown",
    ".py": "text/x-python",
    ".tsv": "text/tab-separated-values",
}
_IMAGES = {
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
}


def of_text(extension: str) -> str:
    """Return the type of a file that is text; ``extension`` as `sniff.extension` gives it."""
    return _TEXT.get(extension, PLAIN)


def of_name(extension: str) -> str:
    """Return the type that a file's name claims, text or picture."""
    return _IMAGES.get(extension) or of_text(extension)
