"""How much of an output is looked into."""

from __future__ import annotations

MAX_OUTPUT = 20_000_000  # characters; beyond, equal bytes are the only question
MAX_TEXT = 5_000_000  # the same, of a text, whose every character is looked at several times
MAX_DEPTH = 200  # beyond, nothing recursive may touch a value: see net/json_depth.py
MAX_MARKUP = 4_000_000  # characters of HTML or SVG that are taken apart


def weight(value: object, limit: int = MAX_OUTPUT) -> int:
    """Return about how many characters a JSON value takes; stops soon after ``limit``.

    Iterative: nesting that ends a recursive walk is normal input.
    """
    total = 0
    stack = [value]
    while stack and total <= limit:
        item = stack.pop()
        if isinstance(item, str):
            total += len(item)
        elif isinstance(item, dict):
            total += len(item)
            stack.extend(item.keys())
            stack.extend(item.values())
        elif isinstance(item, list):
            total += len(item)
            stack.extend(item)
        else:
            total += 8
    return total


def is_deep(value: object) -> bool:
    """Tell whether a JSON value is nested more than `MAX_DEPTH` deep."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [below for item in level for below in _below(item)]
        if not level:
            return False
    return True


def _below(item: object) -> list[object]:
    if isinstance(item, dict):
        return list(item.values())
    return item if isinstance(item, list) else []
