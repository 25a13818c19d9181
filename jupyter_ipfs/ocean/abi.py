"""Encoding and decoding by a contract's interface: calls, results, events, reasons of a revert.

Plain eth_abi: web3's contract objects would cost the server's process web3's import.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import OceanError
from jupyter_ipfs.ocean import artifacts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ERROR = bytes.fromhex("08c379a0")  # Error(string)
_PANIC = bytes.fromhex("4e487b71")  # Panic(uint256)
# https://docs.soliditylang.org/en/latest/control-structures.html#panic-via-assert-and-error-via-require
_PANICS = {
    0x01: "an assertion failed",
    0x11: "a number became too large or negative",
    0x12: "a division by zero",
    0x32: "an index out of range",
}
_REASON_SIZE = 200


@dataclass(frozen=True, slots=True)
class Function:
    """One function of a contract's interface.

    Attributes:
        name: Its name.
        inputs: Its parameters, as the ABI has them.
        input_types: The canonical types of its parameters.
        output_types: … of its results.
        is_payable: Whether money can be sent along.
        selector: The first four bytes of a call.
    """

    name: str
    inputs: Sequence[Mapping[str, Any]]
    input_types: tuple[str, ...]
    output_types: tuple[str, ...]
    is_payable: bool
    selector: bytes


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a contract has noted on the chain.

    Attributes:
        name: The event's name.
        address: Of the contract.
        fields: Its parameters by name; bytes as bytes, addresses with checksum.
        block_number: The block.
        tx_hash: The transaction.
        log_index: Its place in the block.
    """

    name: str
    address: str
    fields: Mapping[str, Any]
    block_number: int
    tx_hash: str
    log_index: int


@cache
def function(contract: str, name: str, count: int | None = None) -> Function:
    """Return a function by its name, and the count of its parameters where it is overloaded."""
    from eth_utils.crypto import keccak  # noqa: PLC0415

    for entry in artifacts.abi(contract):
        if entry["type"] != "function" or entry["name"] != name:
            continue
        if count is not None and len(entry["inputs"]) != count:
            continue
        types = tuple(_type(each) for each in entry["inputs"])
        return Function(
            name,
            entry["inputs"],
            types,
            tuple(_type(each) for each in entry["outputs"]),
            entry["stateMutability"] == "payable",
            keccak(text=f"{name}({','.join(types)})")[:4],
        )
    raise OceanError(f"{contract} has no function {name}")


def encode_call(contract: str, name: str, arguments: Sequence[object]) -> bytes:
    """Return the calldata of a call.

    Raises:
        OceanError: The arguments are not those of the function.
    """
    from eth_abi.abi import encode  # noqa: PLC0415
    from eth_abi.exceptions import EncodingError  # noqa: PLC0415

    wanted = function(contract, name, len(arguments))
    try:
        return wanted.selector + encode(wanted.input_types, arguments)
    except (EncodingError, TypeError, ValueError, OverflowError):
        raise OceanError(f"{contract}.{name} does not take these arguments") from None


def decode_call(contract: str, name: str, count: int, data: bytes) -> tuple[Any, ...]:
    """Return the arguments that calldata has, addresses with their checksums.

    Raises:
        OceanError: It calls something else.
    """
    wanted = function(contract, name, count)
    values = _decode(wanted.input_types, data[4:]) if data[:4] == wanted.selector else None
    if values is None:
        raise OceanError(f"that is no call of {contract}.{name}")
    return values


def decode_result(contract: str, name: str, count: int, data: bytes) -> Any:  # noqa: ANN401
    """Return what a call gave back: one value, or a tuple of several.

    Raises:
        OceanError: It is not what the function returns.
    """
    types = function(contract, name, count).output_types
    values = _decode(types, data)
    if values is None:
        raise OceanError(f"what answers {name} is no {contract}")
    return values[0] if len(values) == 1 else values


def topic(contract: str, name: str) -> bytes:
    """Return the first topic of an event's logs."""
    from eth_utils.crypto import keccak  # noqa: PLC0415

    entry = _event(contract, name)
    return keccak(text=f"{name}({','.join(_type(each) for each in entry['inputs'])})")


def decode_event(contract: str, name: str, log: Mapping[str, Any]) -> Event | None:
    """Return a log as an event, ``None`` if it is another one or malformed."""
    topics = [bytes(each) for each in log["topics"]]
    if not topics or topics[0] != topic(contract, name):
        return None
    inputs = _event(contract, name)["inputs"]
    indexed = [each for each in inputs if each["indexed"]]
    plain = [each for each in inputs if not each["indexed"]]
    if len(topics) != len(indexed) + 1:
        return None
    values = _decode(tuple(_type(each) for each in plain), bytes(log["data"]))
    if values is None:
        return None
    fields = dict(zip((each["name"] for each in plain), values, strict=True))
    for each, word in zip(indexed, topics[1:], strict=True):
        kind = _type(each)
        # Of text, bytes, lists and structs a topic holds the hash alone.
        is_hashed = kind in {"string", "bytes"} or kind.endswith(("]", ")"))
        decoded = (word,) if is_hashed else _decode((kind,), word)
        if decoded is None:
            return None
        fields[each["name"]] = decoded[0]
    return Event(
        name,
        _checksum(log["address"]),
        fields,
        int(log["blockNumber"]),
        "0x" + bytes(log["transactionHash"]).hex(),
        int(log["logIndex"]),
    )


def reason(data: bytes) -> str | None:
    """Return the words of a contract that reverted, ``None`` if it gave none."""
    if data[:4] == _ERROR:
        values = _decode(("string",), data[4:])
        return plain_text(str(values[0])) if values else None
    if data[:4] == _PANIC:
        values = _decode(("uint256",), data[4:])
        return _PANICS.get(values[0], f"panic {values[0]}") if values else None
    return None


def plain_text(text: str) -> str:
    """Return a stranger's text in one short line of printable characters."""
    words = "".join(char if char.isprintable() else " " for char in text)
    words = re.sub(r"\s+", " ", words).strip()
    return words if len(words) <= _REASON_SIZE else words[: _REASON_SIZE - 1] + "…"


@cache
def _event(contract: str, name: str) -> Mapping[str, Any]:
    for entry in artifacts.abi(contract):
        if entry["type"] == "event" and entry["name"] == name:
            return entry
    raise OceanError(f"{contract} has no event {name}")


def _type(entry: Mapping[str, Any]) -> str:
    kind: str = entry["type"]
    if not kind.startswith("tuple"):
        return kind
    inner = ",".join(_type(each) for each in entry["components"])
    return f"({inner}){kind.removeprefix('tuple')}"


def _decode(types: Sequence[str], data: bytes) -> tuple[Any, ...] | None:
    from eth_abi.abi import decode  # noqa: PLC0415
    from eth_abi.exceptions import DecodingError  # noqa: PLC0415

    try:
        values = decode(list(types), data)
    except (DecodingError, UnicodeDecodeError, OverflowError):
        return None
    return tuple(_with_checksums(kind, value) for kind, value in zip(types, values, strict=True))


def _with_checksums(kind: str, value: Any) -> Any:  # noqa: ANN401
    if "address" not in kind:
        return value
    from eth_abi.grammar import TupleType, parse  # noqa: PLC0415

    parsed = parse(kind)
    if parsed.is_array:
        inner = parsed.item_type.to_type_str()
        return tuple(_with_checksums(inner, each) for each in value)
    if isinstance(parsed, TupleType):
        kinds = [each.to_type_str() for each in parsed.components]
        return tuple(map(_with_checksums, kinds, value))
    return _checksum(value)


def _checksum(address: Any) -> str:  # noqa: ANN401
    from eth_utils.address import to_checksum_address  # noqa: PLC0415

    return str(to_checksum_address(address))
