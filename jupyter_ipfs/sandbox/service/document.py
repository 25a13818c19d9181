"""From what a publication has on the chain to a DDO, or to the reason why it is none."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import DDOError
from jupyter_ipfs.net import strict_json
from jupyter_ipfs.ocean import ddo as rules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_ipfs.sandbox.service.key import NodeKey

Document = dict[str, Any]


def read(key: NodeKey, event: Mapping[str, Any], data_nft: str, chain_id: int) -> Document:
    """Return the DDO that a metadata event holds, valid and as it was hashed.

    Args:
        key: The service's.
        event: The event's fields.
        data_nft: The contract that emitted it.
        chain_id: The chain.

    Raises:
        DDOError: It is encrypted to another node, changed or invalid.
    """
    flags = int.from_bytes(event["flags"], "big")
    text = decrypted(key, flags, event["data"])
    document = _parsed(text)
    did = rules.did(data_nft, chain_id)
    if document.get("id") != did:
        raise DDOError("Decrypted DDO ID does not match generated DID.")
    if not has_hash(text, document, flags, event["metaDataHash"]):
        raise DDOError(
            "Hash check failed: the decrypted DDO does not match the metadata hash."
            if flags & rules.ENCRYPTED
            else "Unencrypted DDO hash does not match metadata hash."
        )
    problems = rules.validate(document)
    if problems:
        field, sentence = next(iter(problems.items()))
        version = str(document.get("version"))[:16]
        raise DDOError(
            f"Validation of DDO with schema version {version} failed: {field}: {sentence}",
            problems=problems,
        )
    return document


def decrypted(key: NodeKey, flags: int, data: bytes) -> bytes:
    """Return a document's text.

    Raises:
        DDOError: It is not encrypted to this key, or packed.
    """
    if flags & ~rules.ENCRYPTED:
        raise DDOError("Decrypt DDO: Failed to lzma decompress")
    if not flags:
        return data
    try:
        return key.decrypt(data)
    except ValueError:
        raise DDOError("Decrypt DDO: Failed to decrypt") from None


def has_hash(text: bytes, document: Document, flags: int, expected: bytes) -> bool:
    """Tell whether a document has the hash that was published.

    Of an encrypted one it is that of the text. Of a plain one Ocean Node 3.2 takes that of the
    hexadecimal text of the document as JavaScript writes it.
    """
    if flags & rules.ENCRYPTED and hashlib.sha256(text).digest() == expected:
        return True
    try:
        canonical = rules.canonical(document)
    except DDOError:
        return False
    return rules.metadata_hash(canonical, flags=flags & rules.ENCRYPTED) == expected


def _parsed(text: bytes) -> Document:
    try:
        document = strict_json.parse(text)
    except ValueError:
        raise DDOError("The decrypted DDO is no JSON.") from None
    if not isinstance(document, dict):
        raise DDOError("The decrypted DDO is no object.")
    # Whoever edits an asset may send back what the index had added.
    document.pop("indexedMetadata", None)
    return document
