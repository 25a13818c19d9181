"""dag-cbor (https://ipld.io/specs/codecs/dag-cbor/spec/): the strict, canonical CBOR of IPLD.

Values are ``None``, ``bool``, ``int`` (64 bits and a sign), ``float`` (finite), ``str``, ``bytes``,
``list``, ``dict`` with ``str`` keys, and `CID`.
"""

from __future__ import annotations

import math
import struct

from jupyter_ipfs.errors import CIDError, CodecError, LimitError
from jupyter_ipfs.ipld.cid import CID

MAX_DEPTH = 256
_UINT, _NINT, _BYTES, _TEXT, _LIST, _MAP, _TAG, _SIMPLE = range(8)
_LINK_TAG = 42
_FALSE, _TRUE, _NULL, _FLOAT64 = 20, 21, 22, 27


def encode(value: object) -> bytes:
    """Return the canonical encoding of ``value``.

    Raises:
        CodecError: It holds something that the data model does not have.
    """
    out = bytearray()
    _encode(value, out, 0)
    return bytes(out)


def decode(data: bytes) -> object:
    """Return the value that ``data`` encodes.

    Raises:
        CodecError: The encoding is malformed, not canonical, or followed by more bytes.
    """
    try:
        value, end = _decode(data, 0, 0)
    except RecursionError:
        raise LimitError("no room left on the stack to read dag-cbor") from None
    if end != len(data):
        raise CodecError(f"{len(data) - end} bytes follow the dag-cbor value")
    return value


def _head(major: int, argument: int) -> bytes:
    if argument < 24:
        return bytes([major << 5 | argument])
    for info, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if argument < 1 << 8 * size:
            return bytes([major << 5 | info]) + argument.to_bytes(size, "big")
    raise CodecError(f"integer {argument} is past 64 bits")


def _key_order(key: str) -> tuple[int, bytes]:
    encoded = _utf8(key)
    return len(encoded), encoded


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise CodecError(f"text is not valid Unicode: {error}") from None


def _encode(value: object, out: bytearray, depth: int) -> None:  # noqa: C901, PLR0912  (a flat table)
    if depth > MAX_DEPTH:
        raise CodecError(f"values nested deeper than {MAX_DEPTH} levels")
    if value is None or value is False or value is True:
        simple = _NULL if value is None else _TRUE if value else _FALSE
        out += bytes([_SIMPLE << 5 | simple])
    elif isinstance(value, int):
        out += _head(_UINT, value) if value >= 0 else _head(_NINT, -1 - value)
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise CodecError("dag-cbor has no NaN and no infinity")
        out += bytes([_SIMPLE << 5 | _FLOAT64]) + struct.pack(">d", value)
    elif isinstance(value, bytes):
        out += _head(_BYTES, len(value)) + value
    elif isinstance(value, str):
        text = _utf8(value)
        out += _head(_TEXT, len(text)) + text
    elif isinstance(value, CID):
        binary = b"\0" + bytes(value)
        out += _head(_TAG, _LINK_TAG) + _head(_BYTES, len(binary)) + binary
    elif isinstance(value, (list, tuple)):
        out += _head(_LIST, len(value))
        for item in value:
            _encode(item, out, depth + 1)
    elif isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise CodecError("dag-cbor maps have text keys only")
        out += _head(_MAP, len(value))
        for key in sorted(value, key=_key_order):
            _encode(key, out, depth + 1)
            _encode(value[key], out, depth + 1)
    else:
        raise CodecError(f"dag-cbor cannot hold a {type(value).__name__}")


def _read_head(data: bytes, at: int) -> tuple[int, int, int, int]:
    """Return major type, additional information, argument and the offset behind them."""
    if at >= len(data):
        raise CodecError("dag-cbor value is cut off")
    major, info = data[at] >> 5, data[at] & 31
    at += 1
    if info < 24:
        return major, info, info, at
    if info > 27:
        raise CodecError("dag-cbor has no indefinite lengths")
    size = 1 << info - 24
    argument = int.from_bytes(data[at : at + size], "big")
    if at + size > len(data):
        raise CodecError("dag-cbor value is cut off")
    if major != _SIMPLE and (argument < 24 or (size > 1 and argument < 1 << 4 * size)):
        raise CodecError("dag-cbor integer is not minimally encoded")
    return major, info, argument, at + size


def _decode(data: bytes, at: int, depth: int) -> tuple[object, int]:  # noqa: C901, PLR0911, PLR0912  (a flat table)
    if depth > MAX_DEPTH:
        raise CodecError(f"values nested deeper than {MAX_DEPTH} levels")
    major, info, argument, at = _read_head(data, at)
    if major == _UINT:
        return argument, at
    if major == _NINT:
        return -1 - argument, at
    if major == _SIMPLE:
        return _decode_simple(info, argument), at
    if major == _TAG:
        if argument != _LINK_TAG:
            raise CodecError(f"dag-cbor has no tag but 42, found {argument}")
        binary, at = _decode(data, at, depth + 1)
        if not isinstance(binary, bytes) or binary[:1] != b"\0":
            raise CodecError("a dag-cbor link is a byte string that starts with zero")
        try:
            return CID.decode(binary[1:]), at
        except CIDError as error:
            raise CodecError(f"dag-cbor link has a bad CID: {error}") from None
    if argument > len(data) - at:
        raise CodecError("dag-cbor value is cut off")
    if major == _BYTES:
        return data[at : at + argument], at + argument
    if major == _TEXT:
        return _decode_text(data[at : at + argument]), at + argument
    if major == _LIST:
        items = []
        for _ in range(argument):
            item, at = _decode(data, at, depth + 1)
            items.append(item)
        return items, at
    return _decode_map(data, at, depth, argument)


def _decode_map(data: bytes, at: int, depth: int, count: int) -> tuple[dict[str, object], int]:
    result: dict[str, object] = {}
    last: tuple[int, bytes] | None = None
    for _ in range(count):
        key, at = _decode(data, at, depth + 1)
        if not isinstance(key, str):
            raise CodecError("dag-cbor maps have text keys only")
        order = _key_order(key)
        if last is not None and order <= last:
            raise CodecError("dag-cbor map keys are repeated or out of order")
        last = order
        result[key], at = _decode(data, at, depth + 1)
    return result, at


def _decode_text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise CodecError(f"dag-cbor text is not UTF-8: {error}") from None


def _decode_simple(info: int, argument: int) -> object:
    if info == _FLOAT64:
        value: float = struct.unpack(">d", argument.to_bytes(8, "big"))[0]
        if not math.isfinite(value):
            raise CodecError("dag-cbor has no NaN and no infinity")
        return value
    simple = {_FALSE: False, _TRUE: True, _NULL: None}
    if info not in simple:
        raise CodecError("dag-cbor has only false, true, null and 64-bit floats")
    return simple[info]
