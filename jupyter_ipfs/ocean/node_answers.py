"""What an Ocean Node answers, read strictly: it may be anybody's. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from jupyter_ipfs.errors import OceanNodeError
from jupyter_ipfs.net import json_depth
from jupyter_ipfs.ocean.abi import plain_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyter_ipfs.net.client import Answer

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}", re.ASCII)
_BYTES = re.compile(r"0x([0-9a-fA-F]{2})*", re.ASCII)
_WHOLE = re.compile(r"[0-9]{1,78}", re.ASCII)  # 2**256 has 78 digits
_KEY_SIZE = 33
_MAX_UINT = 2**256
_HASH_SIZE = 32


@dataclass(frozen=True, slots=True)
class NodeRoot:
    """What the node says of itself.

    Attributes:
        node_id: Its peer id.
        chain_ids: The chains that it indexes and serves.
        provider_address: The address that signs its fees.
        public_key: What is encrypted to it, compressed.
    """

    node_id: str
    chain_ids: tuple[int, ...]
    provider_address: str
    public_key: bytes


@dataclass(frozen=True, slots=True)
class FileInfo:
    """What the node found when it fetched a file.

    Attributes:
        is_valid: Whether it says that it could; it says so of dead links too (size 0).
        size: Bytes, ``None`` if it does not know.
        content_type: As the file's own server has it.
        checksum: SHA-256 in hexadecimal, where it was asked for.
        kind: ``ipfs``, ``url`` …
    """

    is_valid: bool
    size: int | None
    content_type: str
    checksum: str | None
    kind: str


@dataclass(frozen=True, slots=True)
class Initialized:
    """What an order takes.

    Attributes:
        datatoken: The token that it costs one of.
        provider_fee: The node's signed fee, as contracts take it (never altered): address, token,
            amount, v, r, s, validUntil, providerData.
        nonce: The consumer's last nonce at the node.
    """

    datatoken: str
    provider_fee: tuple[str, str, int, int, bytes, bytes, int, bytes]
    nonce: int


@dataclass(frozen=True, slots=True)
class IndexState:
    """What became of a publication in the node's index.

    Attributes:
        is_valid: Whether the asset is listed.
        error: The node's reason if not.
        tx_hash: The transaction that it is about.
    """

    is_valid: bool
    error: str | None
    tx_hash: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of what was found.

    Attributes:
        documents: DDOs, as the node has them.
        total: How many there are in all.
    """

    documents: Sequence[Mapping[str, Any]]
    total: int


def parsed(data: bytes) -> object:
    """Return JSON as Python has it.

    Raises:
        OceanNodeError: It is none.
    """
    try:
        json_depth.check(data)
        # As text: json takes other encodings too, in which brackets hide.
        found: object = json.loads(data.decode(), parse_constant=_refuse_constant)
    except ValueError:
        raise OceanNodeError("the Ocean Node's answer is no JSON") from None
    return found


def words(answer: Answer) -> str:
    """Return what the node says of an error, in one line that no signature is in."""
    try:
        data = answer.read()
    except Exception:  # noqa: BLE001  (it broke off: then it says nothing)
        return ""
    try:
        found = parsed(data)
    except OceanNodeError:
        found = data.decode("utf-8", "replace")
    if isinstance(found, dict):
        found = found.get("error") or found.get("message") or ""
    if not isinstance(found, str) or found.lstrip().startswith("<"):
        return ""
    return plain_text(re.sub(r"0x[0-9a-fA-F]{100,}|\S+://\S+", "…", found))


def root(found: object) -> NodeRoot:
    """Read the document at the node's root."""
    document = _object(found)
    chain_ids = document.get("chainIds")
    public_key = _key(document.get("nodePublicKey"))
    if public_key is None or not isinstance(chain_ids, list):
        raise OceanNodeError("what answers there is no Ocean Node")
    return NodeRoot(
        plain_text(str(document.get("nodeId", ""))),
        tuple(_whole(each) for each in chain_ids),
        _address(document.get("providerAddress")),
        public_key,
    )


def nonce(found: object) -> int:
    """Read the nonce of an address."""
    value = _object(found).get("nonce")
    return 0 if value is None else _whole(value)


def files(found: object) -> Sequence[FileInfo]:
    """Read what was found of files; there is one at least."""
    if not isinstance(found, list) or not found:
        raise OceanNodeError("the Ocean Node says nothing of the file")
    return [_file(_object(each)) for each in found]


def initialized(found: object) -> Initialized:
    """Read what an order takes."""
    document = _object(found)
    fee = _object(document.get("providerFee"))
    return Initialized(
        _address(document.get("datatoken")),
        (
            _address(fee.get("providerFeeAddress")),
            _address(fee.get("providerFeeToken")),
            _whole(fee.get("providerFeeAmount")),
            _whole(fee.get("v")),
            _bytes(fee.get("r"), _HASH_SIZE),
            _bytes(fee.get("s"), _HASH_SIZE),
            _whole(fee.get("validUntil")),
            _bytes(fee.get("providerData")),
        ),
        nonce(document),
    )


def index_state(found: object) -> IndexState:
    """Read the state of a publication."""
    document = _object(found)
    error, tx_hash = document.get("error"), document.get("txId")
    return IndexState(
        document.get("valid") is True,
        plain_text(error) if isinstance(error, str) and error.strip() else None,
        tx_hash if isinstance(tx_hash, str) and _BYTES.fullmatch(tx_hash) else None,
    )


def page(found: object) -> Page:
    """Read a page of search results, in any of the shapes that there are.

    Typesense gives one list of hits per version of the schema, Elasticsearch one for all; the
    newest nodes give bare documents.
    """
    parts = found if isinstance(found, list) else [found]
    documents: list[Mapping[str, Any]] = []
    total = 0
    for part in parts:
        if not isinstance(part, dict):
            continue
        hits, count = part.get("hits"), part.get("found")
        if isinstance(hits, dict):  # Elasticsearch
            count = hits.get("total")
            count = count.get("value") if isinstance(count, dict) else count
            hits = hits.get("hits")
        found_here: list[Mapping[str, Any]]
        if not isinstance(hits, list):
            found_here = [part] if isinstance(part.get("id"), str) else []
            total += len(found_here)
        else:
            found_here = [_document(each) for each in hits]
            total += count if isinstance(count, int) and 0 <= count < _MAX_UINT else len(hits)
        documents += [each for each in found_here if each]
    return Page(documents, max(total, len(documents)))


def _key(found: object) -> bytes | None:
    # A Uint8Array as JavaScript's JSON has it: an object of places.
    if not isinstance(found, dict):
        return None
    try:
        return bytes(found[str(place)] for place in range(_KEY_SIZE))
    except (KeyError, TypeError, ValueError):
        return None


def _document(hit: object) -> Mapping[str, Any]:
    if not isinstance(hit, dict):
        return {}
    inner = hit.get("document") or hit.get("_source") or hit
    return inner if isinstance(inner, dict) and isinstance(inner.get("id"), str) else {}


def _file(found: Mapping[str, Any]) -> FileInfo:
    size, checksum = found.get("contentLength"), found.get("checksum")
    known = str(size) if isinstance(size, str | int) and not isinstance(size, bool) else ""
    return FileInfo(
        found.get("valid") is True,
        int(known) if re.fullmatch(r"[0-9]{1,18}", known, re.ASCII) else None,
        plain_text(str(found.get("contentType") or "")),
        checksum if isinstance(checksum, str) and checksum.isalnum() else None,
        plain_text(str(found.get("type") or "")),
    )


def _object(found: object) -> Mapping[str, Any]:
    if not isinstance(found, dict):
        raise OceanNodeError("the Ocean Node's answer is not of the form that was agreed")
    return found


def _whole(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MAX_UINT:
        return value
    if isinstance(value, str) and _WHOLE.fullmatch(value) and int(value) < _MAX_UINT:
        return int(value)
    raise OceanNodeError("the Ocean Node's answer has something else where a number should be")


def _address(value: object) -> str:
    from eth_utils.address import to_checksum_address  # noqa: PLC0415

    if not isinstance(value, str) or not _ADDRESS.fullmatch(value):
        raise OceanNodeError(
            "the Ocean Node's answer has something else where an address should be"
        )
    return str(to_checksum_address(value))


def _bytes(value: object, size: int | None = None) -> bytes:
    if isinstance(value, str) and _BYTES.fullmatch(value):
        data = bytes.fromhex(value[2:])
        if size is None or len(data) == size:
            return data
    raise OceanNodeError("the Ocean Node's answer has something else where bytes should be")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)
