"""JSON of strangers: no key twice, no NaN, and not so deep that reading it ends the process.

py-evm and py_ecc, on which all of Ethereum's Python stands, raise Python's recursion limit to
100,000 when they are imported; json's scanner, written in C, then overflows its stack (tried on
Python 3.11: 100,000 brackets, SIGSEGV) instead of raising RecursionError.
"""

from __future__ import annotations

import json
import re
from typing import Any

_DEPTH = 100
_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_BRACKET = re.compile(rb"[][{}]")
_OPENING = frozenset({b"[", b"{"})


def parse(data: bytes) -> Any:  # noqa: ANN401  (JSON)
    """Return what a text holds.

    Raises:
        ValueError: It is no JSON, or holds what is refused here.
    """
    _check_depth(data)
    # As text: json would take bytes in other encodings too, in which brackets hide.
    text = data.decode()
    return json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)


def _check_depth(data: bytes) -> None:
    if data.count(b"[") + data.count(b"{") <= _DEPTH:
        return
    # Outside of strings only; in time that is proportional to the size, whatever it holds.
    outside = b"".join(_ESCAPE.sub(b"", data).split(b'"')[::2])
    depth = 0
    for bracket in _BRACKET.finditer(outside):
        depth += 1 if bracket[0] in _OPENING else -1
        if depth > _DEPTH:
            raise ValueError("nested too deeply")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key twice")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(name)
