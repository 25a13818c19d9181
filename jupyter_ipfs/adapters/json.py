"""JSON values ↔ ``data.json``, sorted keys, so that equal values give equal bytes.

What would come back as something else (tuples, integer keys, NaN, numpy scalars) is
refused with the line that makes it storable. The order of a dict's keys is not kept; it
does not count for ``==`` either.
"""

from __future__ import annotations

import json as codec
import math
from typing import TYPE_CHECKING, BinaryIO, NoReturn

from jupyter_ipfs.adapters.limits import parsing
from jupyter_ipfs.errors import AdapterError, UnsupportedTypeError
from jupyter_ipfs.net import json_depth

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

name = "json"

_FILE = "data.json"
_MAX_DEPTH = 200  # Python's own parser gives up somewhere under 1,000
_MAX_READ_DEPTH = 400  # of what others wrote
_HINTS: dict[type, str] = {
    tuple: "put list(x): JSON has no tuples",
    set: "put sorted(x): JSON has no sets",
    frozenset: "put sorted(x): JSON has no sets",
    bytes: "put bytes on their own, or base64.b64encode(x).decode()",
}


def matches(obj: object) -> bool:
    """Take JSON's own types; text has an adapter of its own."""
    return obj is None or type(obj) in (dict, list, int, float, bool)


def dump(obj: object) -> dict[str, bytes]:
    """Return ``data.json``."""
    _check(obj)
    try:
        text = codec.dumps(
            obj, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
        )
        return {_FILE: text.encode()}
    except UnicodeEncodeError:
        raise UnsupportedTypeError(
            "a text in it has half of a surrogate pair; UTF-8 cannot hold it"
        ) from None
    except ValueError as error:  # an integer of more than 4,300 digits
        raise UnsupportedTypeError(f"JSON cannot hold it: {error}") from None


def recognises(names: Collection[str]) -> bool:
    """Read one ``.json`` file."""
    return len(names) == 1 and next(iter(names)).lower().endswith(".json")


def load(
    files: Mapping[str, Callable[[], BinaryIO]],
    *,
    trusted: Sequence[str] = (),  # noqa: ARG001  (the protocol's)
) -> object:
    """Return the value."""
    ((label, opener),) = files.items()
    with opener() as file, parsing(label):
        data = file.read()
        json_depth.check(data, _MAX_READ_DEPTH)
        return codec.loads(
            data.decode("utf-8-sig"),
            parse_constant=_refuse_constant,
            object_pairs_hook=_object,
        )


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise AdapterError("it is ambiguous JSON: a key appears twice in one object")
    return found


def _refuse_constant(text: str) -> NoReturn:
    raise AdapterError(f"{text} is not JSON", "session.cat(…) returns its bytes")


def _check(obj: object) -> None:
    """Refuse what would not come back equal; walks without recursion, for depth is content's."""
    todo: list[tuple[object, str, int]] = [(obj, "x", 0)]
    while todo:
        value, where, depth = todo.pop()
        if depth > _MAX_DEPTH:
            message = f"it is nested more than {_MAX_DEPTH} deep, or contains itself"
            raise UnsupportedTypeError(message)
        if type(value) is dict:
            for key, item in value.items():
                if type(key) is not str:
                    _refuse_key(key, where)
                todo.append((item, f"{where}[{key!r}]", depth + 1))
        elif type(value) is list:
            todo += [(item, f"{where}[{i}]", depth + 1) for i, item in enumerate(value)]
        elif type(value) is float:
            if not math.isfinite(value):
                raise UnsupportedTypeError(
                    f"{where} is {value}, which JSON cannot hold",
                    "put None in its place, or numpy.array(…)",
                )
        elif value is not None and type(value) not in (str, int, bool):
            _refuse(value, where)


def _refuse_key(key: object, where: str) -> NoReturn:
    message = f"{where} has the key {key!r} ({type(key).__name__}); JSON's keys are text"
    raise UnsupportedTypeError(message, "put {str(key): value for key, value in x.items()}")


def _refuse(value: object, where: str) -> NoReturn:
    kind = type(value)
    message = f"{where} is a {kind.__module__}.{kind.__qualname__}, which is not JSON"
    hint = next((text for base, text in _HINTS.items() if isinstance(value, base)), None)
    if kind.__module__ == "numpy":
        hint = f"use {where}.tolist()"
    elif hint is None and isinstance(value, dict):
        hint = f"use dict({where})"
    elif hint is None:
        hint = "put it on its own: %ipfs put " + where
    raise UnsupportedTypeError(message, hint)
