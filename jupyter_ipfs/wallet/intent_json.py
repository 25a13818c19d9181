"""Intents as JSON, for the mailbox and the server: read strictly, since anybody may have written.

Bytes are ``{"bytes": "<hexadecimal>"}``; everything else is what JSON has.
"""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import RequestError
from jupyter_ipfs.net import json_depth
from jupyter_ipfs.wallet import vouch_text
from jupyter_ipfs.wallet.intents import ContractCall, Intent, OceanRequest, SignIn, Vouch
from jupyter_ipfs.wallet.recover import is_address

if TYPE_CHECKING:
    from jupyter_ipfs.wallet.intents import Argument

MAX_TEXT = 256 * 1024  # characters; a DDO that is published is some 10 KiB
_MAX_UINT = 2**256
_MAX_DEPTH = 8  # structs in lists in structs: the deepest of Ocean's has 3
_KINDS: dict[str, type[SignIn | OceanRequest | ContractCall | Vouch]] = {
    "sign-in": SignIn,
    "ocean-request": OceanRequest,
    "contract-call": ContractCall,
    "vouch": Vouch,
}


def kind_of(intent: Intent) -> str:
    """Return the word for a kind of intent: ``sign-in``, ``contract-call``, ``vouch`` and so on."""
    return next(word for word, kind in _KINDS.items() if isinstance(intent, kind))


def dumps(intent: Intent) -> str:
    """Return the one text that stands for an intent."""
    given = asdict(intent)
    if isinstance(intent, ContractCall):
        given["arguments"] = [_plain(value) for value in intent.arguments]
    return json.dumps({"kind": kind_of(intent), **given}, sort_keys=True, separators=(",", ":"))


def loads(text: str) -> Intent:
    """Read an intent.

    Raises:
        RequestError: It is none of those that there are.
    """
    try:
        given = strict_json(text) if len(text) <= MAX_TEXT else None
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise _refused("no JSON object")
    kind = _KINDS.get(str(given.pop("kind", None)))
    if kind is None or set(given) != {field.name for field in fields(kind)}:
        raise _refused("not one of the kinds that there are")
    if kind is SignIn:
        return SignIn(_count(given["chain_id"]))
    if kind is OceanRequest:
        node, command = _text(given["node_url"]), _text(given["command"])
        return OceanRequest(node, _count(given["nonce"]), command)
    if kind is Vouch:
        return _vouch(given)
    if not is_address(_text(given["to"])):
        raise _refused("no address")
    if not isinstance(given["arguments"], list):
        raise _refused("arguments that are no list")
    return ContractCall(
        chain_id=_count(given["chain_id"]),
        contract=_text(given["contract"]),
        to=given["to"],
        function=_text(given["function"]),
        arguments=tuple(_argument(value) for value in given["arguments"]),
        value_wei=_count(given["value_wei"]),
    )


def strict_json(text: str) -> object:
    """Read JSON of somebody else's that is not deep; `net.json_depth` has why.

    Raises:
        ValueError: It is none, or is too deep.
    """
    json_depth.check(text.encode(), _MAX_DEPTH + 2)
    return json.loads(text)


def _vouch(given: dict[str, Any]) -> Vouch:
    payload, role, title = (_text(given[name]) for name in ("payload", "role", "title"))
    found = Vouch(payload, role, _count(given["chain_id"]), title)
    vouch_text.check(found)
    return found


def _plain(value: Argument) -> object:
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _argument(value: object) -> Argument:
    if isinstance(value, list):
        return tuple(_argument(item) for item in value)
    if isinstance(value, dict) and set(value) == {"bytes"} and isinstance(value["bytes"], str):
        try:
            data = bytes.fromhex(value["bytes"])
        except ValueError:
            raise _refused("bytes that are none") from None
        if data.hex() == value["bytes"]:  # one way to write it
            return data
    if isinstance(value, str | bool):
        return value
    if isinstance(value, int) and abs(value) < _MAX_UINT:
        return value
    raise _refused("an argument of a kind that there is not")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _refused("no text")
    return value


def _count(value: object) -> int:
    if type(value) is not int or not 0 <= value < _MAX_UINT:
        raise _refused("no number")
    return value


def _refused(reason: str) -> RequestError:
    return RequestError(f"this is nothing that can be signed: {reason}")
