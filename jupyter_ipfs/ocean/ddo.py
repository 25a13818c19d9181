"""Assets' descriptions (DDO 4.7.0): building, identity, canonical bytes. Pure; see `ddo_rules`."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import DDOError
from jupyter_ipfs.ocean import ddo_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

VERSION = "4.7.0"
_CONTEXT = ["https://w3id.org/did/v1"]

# Flags of setMetaData. LZMA (1) is broken in the Ocean Node and never used.
PLAIN = 0x00
ENCRYPTED = 0x02

# A whole number beyond this is another one after JavaScript has read it.
_MAX_SAFE = 2**53 - 1
_BREAK = re.compile("\r\n?|\u2028|\u2029")


def did(data_nft: str, chain_id: int) -> str:
    """Return the identifier of the asset of a data NFT: the hash of address and chain."""
    from eth_utils.address import to_checksum_address  # noqa: PLC0415

    text = f"{to_checksum_address(data_nft)}{chain_id}"
    return f"did:op:{hashlib.sha256(text.encode()).hexdigest()}"


def service_id(datatoken: str, encrypted_files: str) -> str:
    """Return the identifier of a service, as Ocean's market makes it."""
    return hashlib.sha256(f"{datatoken}{encrypted_files}".encode()).hexdigest()


def files_plaintext(data_nft: str, datatoken: str, files: Sequence[Mapping[str, Any]]) -> bytes:
    """Return what is encrypted to the Ocean Node: the files, bound to their asset."""
    document = {"nftAddress": data_nft, "datatokenAddress": datatoken, "files": list(files)}
    return canonical(document)


def service(
    *,
    datatoken: str,
    files: str,
    node_url: str,
    timeout_s: int = 0,
    name: str | None = None,
    description: str | None = None,
    identifier: str | None = None,
    credentials: Mapping[str, Any] | None = None,
    parameters: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """Return an access service.

    Args:
        datatoken: The address of the token that one order costs.
        files: The encrypted files, ``0x…``.
        node_url: The Ocean Node that serves them.
        timeout_s: How long an order lasts; 0 for ever.
        name: Of the service, where there are several.
        description: Of the service.
        identifier: Its own of before, when it is edited.
        credentials: Who may order it.
        parameters: What a consumer is asked for (``consumerParameters``).
    """
    made: dict[str, Any] = {
        "id": identifier or service_id(datatoken, files),
        "type": "access",
        "files": files,
        "datatokenAddress": datatoken,
        "serviceEndpoint": node_url,
        "timeout": timeout_s,
    }
    if name:
        made["name"] = name
    if description:
        made["description"] = description
    if credentials:
        made["credentials"] = dict(credentials)
    if parameters:
        made["consumerParameters"] = [dict(each) for each in parameters]
    return made


def build(
    *,
    data_nft: str,
    chain_id: int,
    metadata: Mapping[str, Any],
    services: Sequence[Mapping[str, Any]],
    credentials: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return a DDO; it is not validated, see `validate`.

    Args:
        data_nft: The address of the data NFT, with checksum.
        chain_id: The chain that it is on.
        metadata: ``created, updated, type, name, description, author, license, tags …``;
            what is ``None`` is left out. Line breaks of the description become newlines, since
            the schema takes no others.
        services: One or more of `service`.
        credentials: Who may order any of them.
    """
    kept = {key: value for key, value in metadata.items() if value is not None}
    if isinstance(kept.get("description"), str):
        kept["description"] = _BREAK.sub("\n", kept["description"])
    made: dict[str, Any] = {
        "@context": list(_CONTEXT),
        "id": did(data_nft, chain_id),
        "version": VERSION,
        "chainId": chain_id,
        "nftAddress": data_nft,
        "metadata": kept,
        "services": [dict(each) for each in services],
    }
    if credentials:
        made["credentials"] = dict(credentials)
    return made


def allow_addresses(addresses: Sequence[str]) -> dict[str, Any]:
    """Return credentials that let only these addresses order."""
    return {"allow": [{"type": "address", "values": list(addresses)}], "deny": []}


def allow_access_list(chain_id: int, access_list: str) -> dict[str, Any]:
    """Return credentials that let only the members of an access list order.

    Ocean Node's SHACL rules ask for ``values`` on every item, or the asset is never indexed.
    """
    item = {
        "type": "accessList", "chainId": chain_id, "accessList": access_list,
        "values": [access_list],
    }  # fmt: skip
    return {"allow": [item], "deny": []}


def validate(document: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong: a sentence for each field, by its path; empty if nothing is.

    An invalid DDO is accepted by the chain and never indexed, so this comes before any
    transaction.
    """
    problems = ddo_rules.problems(document)
    for path, sentence in _unprintable(document, ""):
        problems.setdefault(path, sentence)
    if not problems and "did:op:" + _expected_digest(document) != document["id"]:
        problems["id"] = "The identifier does not belong to this data NFT on this chain."
    return problems


def require_valid(document: Mapping[str, Any]) -> None:
    """Do nothing if a DDO is valid.

    Raises:
        DDOError: It is not; its ``problems`` say for each field why.
    """
    problems = validate(document)
    if problems:
        first = next(iter(problems.values()))
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise DDOError(f"{first}{more}", "correct it and try again", problems)


def canonical(document: Mapping[str, Any]) -> bytes:
    """Return the bytes that are hashed: as ``JSON.stringify(JSON.parse(text))`` has them.

    Raises:
        DDOError: It holds what JavaScript would write otherwise.
    """
    for path, sentence in _unprintable(document, ""):
        raise DDOError(sentence, problems={path: sentence})
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def metadata_hash(data: bytes, *, flags: int = ENCRYPTED) -> bytes:
    """Return what ``setMetaData`` takes as hash, of the canonical bytes.

    Args:
        data: See `canonical`.
        flags: A plain document's hash is that of its hexadecimal text.
    """
    return hashlib.sha256(("0x" + data.hex()).encode() if flags == PLAIN else data).digest()


def _expected_digest(document: Mapping[str, Any]) -> str:
    try:
        return did(document["nftAddress"], document["chainId"]).removeprefix("did:op:")
    except ValueError:
        return ""


def _unprintable(value: object, path: str) -> list[tuple[str, str]]:
    """Return what JavaScript would write in another way, so that the hash would not fit."""
    found: list[tuple[str, str]] = []
    if isinstance(value, Mapping):
        for key, each in value.items():
            inner = f"{path}.{key}" if path else str(key)
            sentence = _of_key(key)
            found += [(ascii(inner)[1:-1], sentence)] if sentence else []
            found += _unprintable(each, inner)
    elif isinstance(value, list | tuple):
        for index, each in enumerate(value):
            found += _unprintable(each, f"{path}[{index}]")
    else:
        sentence = _of_value(value)
        found += [(path, sentence)] if sentence else []
    return found


def _of_key(key: object) -> str | None:
    if not isinstance(key, str) or not _is_unicode(key) or key == "__proto__":
        return "A name in it is not one that can be written."
    if _is_index(key):
        return "A name in it is a number, which would change its order."
    return None


def _of_value(value: object) -> str | None:
    if isinstance(value, float):
        return "It takes whole numbers; write others as text."
    if isinstance(value, str):
        return None if _is_unicode(value) else "It holds half a character, which cannot be written."
    if isinstance(value, int):
        return None if abs(value) <= _MAX_SAFE else "The number is too large."
    return None if value is None else "It is neither text, number, list nor object."


def _is_index(key: str) -> bool:
    # https://tc39.es/ecma262/#integer-index: those come first in a JavaScript object.
    return key.isascii() and key.isdigit() and (key == "0" or not key.startswith("0"))


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
