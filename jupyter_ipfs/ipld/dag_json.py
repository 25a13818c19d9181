"""dag-json (https://ipld.io/specs/codecs/dag-json/spec/): IPLD's data model as JSON."""

from __future__ import annotations

import base64
import binascii
import json
import math

from jupyter_ipfs.errors import CIDError, CodecError
from jupyter_ipfs.ipld.cid import CID

_RESERVED = "/"


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
    except (ValueError, RecursionError, TypeError) as error:
        raise CodecError(f"dag-json cannot hold this value: {error}") from None


def decode(data: bytes) -> object:
    """Return the value that ``data`` encodes.

    Raises:
        CodecError: It is no JSON, repeats a key, or misuses the reserved key ``/``.
    """
    try:
        value = json.loads(
            data.decode(),
            object_pairs_hook=_from_pairs,
            parse_constant=_refuse,
            parse_float=_finite,
        )
    except (ValueError, RecursionError) as error:
        raise CodecError(f"malformed dag-json: {error}") from None
    if b"\\ud" in data.lower():
        encode(value)  # refuses half a surrogate pair, which JSON can write and Unicode lacks
    return value


def _refuse(constant: str) -> object:
    raise CodecError(f"dag-json has no {constant}")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise CodecError(f"dag-json number {text[:20]} is past 64 bits")
    return value


def _to_json(value: object) -> object:
    if isinstance(value, CID):
        return {_RESERVED: str(value)}
    if isinstance(value, bytes):
        return {_RESERVED: {"bytes": base64.b64encode(value).rstrip(b"=").decode()}}
    if isinstance(value, float) and not math.isfinite(value):
        raise CodecError("dag-json has no NaN and no infinity")
    if isinstance(value, (list, tuple)):
        return [_to_json(item) for item in value]
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise CodecError("dag-json maps have text keys only")
        if _RESERVED in value:
            raise CodecError("the key '/' is reserved in dag-json")
        return {key: _to_json(value[key]) for key in sorted(value, key=str.encode)}
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
