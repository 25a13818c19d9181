"""JSON, and what libraries write as JSON: plotly's and vega's figures, tables, maps."""

from __future__ import annotations

import array
import base64
import binascii
import math
import sys

from jupyter_ipfs.bundles.compare import numbers, rules, text
from jupyter_ipfs.bundles.compare.verdict import DIFFERS, SAME, TOLERANCE, OutputVerdict
from jupyter_ipfs.words.foreign import one_line

STRUCTURE = "structure and values"
_MAX_TOLD, _MAX_VALUE, _MAX_PATH = 40, 80, 200
_MAX_DIFFERENCES = 1000  # after so many, nobody counts
_RANDOM = frozenset({"uid"})  # plotly names its traces at random
# plotly's arrays: numpy's kinds, little-endian.
_TYPES = {
    "i1": "b", "u1": "B", "i2": "h", "u2": "H", "i4": "i", "u4": "I", "f4": "f", "f8": "d",
}  # fmt: skip
_MISSING = object()
_NONE = "nothing"

Pair = tuple[str, object, object]


class _Found:
    """What a comparison has come to."""

    def __init__(self, relative: float) -> None:
        self.relative = relative
        self.largest = 0.0
        self.noise: set[str] = set()
        self.differences: list[str] = []

    def differ(self, path: str, old: object, new: object) -> None:
        self.differences.append(f"{one_line(path) or 'all'}: {_told(old)} → {_told(new)}")


def compare(expected: object, actual: object, mime_type: str, relative: float) -> OutputVerdict:
    """Compare two JSON values, however deep they are."""
    found = _Found(relative)
    stack: list[Pair] = [("", expected, actual)]
    while stack and len(found.differences) < _MAX_DIFFERENCES:
        path, old, new = stack.pop()
        stack += reversed(_compared(found, path, old, new))
    noise = text.without(sorted(found.noise))
    if not found.differences:
        if found.largest:
            rule = f"{STRUCTURE}; {numbers.rule(relative)}{noise}"
            return OutputVerdict(TOLERANCE, mime_type, rule, text.largest(found.largest))
        return OutputVerdict(SAME, mime_type, f"{STRUCTURE}{noise}")
    told = found.differences[:_MAX_TOLD]
    count = len(found.differences)
    if count > _MAX_TOLD:
        told.append(f"… and {'more' if stack else f'{count - _MAX_TOLD} more'}")
    rule = f"{STRUCTURE}; {numbers.rule(relative)}{noise}"
    return OutputVerdict(DIFFERS, mime_type, rule, found.differences[0], "\n".join(told))


def _compared(found: _Found, path: str, old: object, new: object) -> list[Pair]:
    """Compare two values; return what of them is still to be compared."""
    if isinstance(old, dict) and isinstance(new, dict):
        return _of_objects(old, new, path)
    if isinstance(old, list) and isinstance(new, list):
        if len(old) != len(new):
            found.differ(path, f"{len(old)} values", f"{len(new)} values")
            return []
        return [
            (_at(path, f"[{at}]"), a, b) for at, (a, b) in enumerate(zip(old, new, strict=True))
        ]
    if _is_number(old) and _is_number(new):
        _numbers(found, path, old, new)
    elif isinstance(old, str) and isinstance(new, str):
        _texts(found, path, old, new)
    elif old is not new and (type(old) is not type(new) or old != new):
        found.differ(path, old, new)
    return []


def _of_objects(old: dict[str, object], new: dict[str, object], path: str) -> list[Pair]:
    arrays = _array(old), _array(new)
    if arrays[0] is not None and arrays[1] is not None:
        rest = [
            (_at(path, f".{key}"), old.get(key, _MISSING), new.get(key, _MISSING))
            for key in sorted({*old, *new} - {"bdata"}, key=str)
        ]
        return [(path, arrays[0], arrays[1]), *rest]
    return [
        (_at(path, f".{key}" if path else str(key)), old.get(key, _MISSING), new.get(key, _MISSING))
        for key in sorted({*old, *new} - _RANDOM, key=str)
    ]


def _at(path: str, step: str) -> str:
    """Return where a value stands; what is deep inside is named by its first steps."""
    return path if len(path) > _MAX_PATH else f"{path}{step[:_MAX_VALUE]}"


def _numbers(found: _Found, path: str, old: object, new: object) -> None:
    if old == new:
        return
    if isinstance(old, int) and isinstance(new, int):
        found.differ(path, old, new)
        return
    try:
        apart = numbers.apart(float(old), float(new))  # type: ignore[arg-type]
    except OverflowError:  # a whole number beyond all doubles
        apart = math.inf
    if apart <= found.relative:
        found.largest = max(found.largest, apart)
    else:
        found.differ(path, old, new)


def _texts(found: _Found, path: str, old: str, new: str) -> None:
    if old == new:
        return
    plain = rules.plain(old), rules.plain(new)
    if plain[0].text == plain[1].text:
        found.noise.update(rules.used(*plain))
    else:
        found.differ(path, plain[0].text, plain[1].text)


def _array(value: dict[str, object]) -> list[object] | None:
    """Return the numbers of one of plotly's arrays."""
    kind, data = value.get("dtype"), value.get("bdata")
    if not isinstance(kind, str) or not isinstance(data, str) or kind not in _TYPES:
        return None
    values = array.array(_TYPES[kind])
    try:
        values.frombytes(base64.b64decode(data, validate=True))
    except (binascii.Error, ValueError):
        return None
    if sys.byteorder == "big":
        values.byteswap()
    return list(values)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _told(value: object) -> str:
    if value is _MISSING:
        return _NONE
    if isinstance(value, (dict, list)):
        return f"{'an object' if isinstance(value, dict) else 'a list'} of {len(value)}"
    try:
        told = one_line(value if isinstance(value, str) else repr(value))
    except ValueError:  # a whole number too long to be written
        told = "a number"
    return told if len(told) <= _MAX_VALUE else f"{told[:_MAX_VALUE]}…"
