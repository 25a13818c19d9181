"""What tells an address of the web from a path on this computer."""

from __future__ import annotations


def is_web_address(text: str) -> bool:
    """Tell whether ``text``, which may also be a path, is an http(s) address."""
    return text.startswith(("http://", "https://"))
