"""JSON-RPC's envelope: what a request's body becomes, one call or a batch of them."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.net import strict_json
from jupyter_ipfs.sandbox.failure import INTERNAL_ERROR, INVALID_REQUEST, PARSE_ERROR, RPCError

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_CALLS = 1000

_LOG = logging.getLogger(__name__)


def answer(body: bytes, call: Callable[[str, object], Any]) -> bytes:
    """Return the answer to a request (JSON-RPC 2.0, sections 4 to 6)."""
    try:
        asked = strict_json.parse(body)
    except ValueError:
        return _encoded(_failure(None, RPCError(PARSE_ERROR, "the body is no JSON")))
    if not isinstance(asked, list):
        result = _one(asked, call)
        return b"" if result is None else _encoded(result)
    if not 0 < len(asked) <= MOST_CALLS:
        return _encoded(_failure(None, RPCError(INVALID_REQUEST, f"1 to {MOST_CALLS} calls")))
    results = [result for each in asked if (result := _one(each, call)) is not None]
    return _encoded(results) if results else b""


def _one(asked: object, call: Callable[[str, object], Any]) -> dict[str, Any] | None:
    """Return the answer to one call; ``None`` to one that wants none."""
    if not isinstance(asked, dict) or not isinstance(asked.get("method"), str):
        return _failure(None, RPCError(INVALID_REQUEST, "a call is an object with a method"))
    name = asked.get("id")
    if not isinstance(name, (str, int, float, type(None))):
        return _failure(None, RPCError(INVALID_REQUEST, "an id is a text or a number"))
    try:
        result = call(asked["method"], asked.get("params", []))
    except RPCError as error:
        answered = _failure(name, error)
    except Exception:  # noqa: BLE001  (the client must hear that it failed)
        # Nothing of the call goes into the log: a method's name is enough to find it by.
        _LOG.exception("a call of %.40r has failed", asked["method"])
        answered = _failure(name, RPCError(INTERNAL_ERROR, "internal error"))
    else:
        answered = {"jsonrpc": "2.0", "id": name, "result": result}
    return answered if "id" in asked else None


def _failure(name: object, error: RPCError) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": name, "error": error.as_json()}


def _encoded(answered: object) -> bytes:
    return json.dumps(answered, separators=(",", ":")).encode()
