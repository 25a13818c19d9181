"""Numbers in strangers' texts."""

from __future__ import annotations

# The largest that JavaScript counts to.
MAX_SAFE = 2**53 - 1


def whole_number(text: str) -> int | None:
    """Return a decimal number, ``None`` if it has a sign, a leading zero, or is too large."""
    if not (text.isascii() and text.isdigit()) or (len(text) > 1 and text.startswith("0")):
        return None
    number = int(text) if len(text) <= len(str(MAX_SAFE)) else MAX_SAFE + 1
    return number if number <= MAX_SAFE else None
