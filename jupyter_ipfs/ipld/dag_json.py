"""dag-json (https://ipld.io/specs/codecs/dag-json/spec/): IPLD's data model as JSON."""

from __future__ import annotations

import base64
import binascii
import json
import math
import re

from jupyter_ipfs.errors import CIDError, CodecError, LimitError
from jupyter_ipfs.ipld.cid import CID

MAX_DEPTH = 256
_RESERVED = "/"
# A bracket, or a string with the brackets in it; one without an end goes on to the end.
_TOKEN = re.compile(rb'[][{}]|"(?:[^"\\]++|\\.)*+"?', re.DOTALL)


def encode(value: object) -> bytes:
    """Return the canonical encoding of ``value`` (types as in `dag_cbor`)."""
    try:
        text = json.dumps(
            _to_json(value),
            ensure_ascii=False,
            allow_nan=False,
            separators=(",", ":"),
        )
        return text.encode()
    except RecursionError:
        raise LimitError("no room left on the stack to write dag-json") from None
    except (ValueError, TypeError) as error:
        raise CodecError(f"dag-json cannot hold this value: {error}") from None


def decode(data: bytes) -> object:
    """Return the value that ``data`` encodes.

    Raises:
        CodecError: It is no JSON, repeats a key, or misuses the reserved key ``/``.
    """
    _check_depth(data)
    try:
        value = json.loads(
            data.decode(),
            object_pairs_hook=_from_pairs,
            parse_constant=_refuse,
            parse_float=_finite,
        )
    except RecursionError:
        raise LimitError("no room left on the stack to read dag-json") from None
    except ValueError as error:
        raise CodecError(f"malformed dag-json: {error}") from None
    if b"\\ud" in data.lower():
        encode(value)  # refuses half a surrogate pair, which JSON can write and Unicode lacks
    return value


def _check_depth(data: bytes) -> None:
    """Refuse deep nesting, wherever it is read.

    Python gives up at a depth that depends on who called; what one call reads, another one
    (a gc, say) must not take for malformed, and so for a block without links.
    """
    if data.count(b"[") + data.count(b"{") <= MAX_DEPTH:
        return
    depth = 0
    for token in _TOKEN.finditer(data):
        if token.group() in b"[{":
            depth += 1
        elif token.group() in b"]}":
            depth -= 1
        if depth > MAX_DEPTH:
            raise CodecError(f"values nested deeper than {MAX_DEPTH} levels")


def _refuse(constant: str) -> object:
    raise CodecError(f"dag-json has no {constant}")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise CodecError(f"dag-json number {text[:20]} is past 64 bits")
    return value


def _to_json(value: object, depth: int = 0) -> object:
    if depth > MAX_DEPTH:
        raise CodecError(f"values nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, CID):
        return {_RESERVED: str(value)}
    if isinstance(value, bytes):
        return {_RESERVED: {"bytes": base64.b64encode(value).rstrip(b"=").decode()}}
    if isinstance(value, float) and not math.isfinite(value):
        raise CodecError("dag-json has no NaN and no infinity")
    if isinstance(value, (list, tuple)):
        return [_to_json(item, depth + 1) for item in value]
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise CodecError("dag-json maps have text keys only")
        if _RESERVED in value:
            raise CodecError("the key '/' is reserved in dag-json")
        return {key: _to_json(value[key], depth + 1) for key in sorted(value, key=str.encode)}
    return value


def _from_pairs(pairs: list[tuple[str, object]]) -> object:
    mapping = dict(pairs)
    if len(mapping) != len(pairs):
        raise CodecError("dag-json map keys are repeated")
    if _RESERVED not in mapping:
        return mapping
    inner = mapping[_RESERVED]
    if len(mapping) == 1 and isinstance(inner, str):
        try:
            return CID.parse(inner)
        except CIDError as error:
            raise CodecError(f"dag-json link has a bad CID: {error}") from None
    if len(mapping) == 1 and isinstance(inner, dict) and list(inner) == ["bytes"]:
        text = inner["bytes"]
        if isinstance(text, str):
            return _from_base64(text)
    raise CodecError("the key '/' is reserved in dag-json")


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise CodecError(f"dag-json bytes are not base64: {error}") from None
