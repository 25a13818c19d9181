"""Who signed: public-key recovery, and the digests that are signed (EIP-191, EIP-55)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from jupyter_ipfs.errors import SignatureError

if TYPE_CHECKING:
    from collections.abc import Callable

# Asks the chain whether a wallet that is a contract takes a signature as its own (EIP-1271):
# address, digest and signature in.
ContractCheck: TypeAlias = "Callable[[str, bytes, bytes], bool]"

SIGNATURE_LENGTH = 65  # r, s, and one byte that tells which of the two keys it is
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
_HEX = re.compile(r"0x(?:[0-9a-fA-F]{2})*")
V_OFFSET = 27  # most wallets write 27 or 28, some 0 or 1
_MAX_SIGNATURE = 8192  # bytes; contract wallets have long ones


def checksummed(address: str) -> str:
    """Return an address with its EIP-55 checksum.

    Raises:
        SignatureError: It is none.
    """
    if not _ADDRESS.fullmatch(address):
        raise SignatureError("no address: it takes 0x and forty hexadecimal digits")
    digits = address[2:].lower()
    digest = _keccak(digits.encode()).hex()
    pairs = zip(digits, digest, strict=False)
    return "0x" + "".join(char.upper() if nibble > "7" else char for char, nibble in pairs)


def is_address(text: str) -> bool:
    """Tell whether a text is an address with the right checksum."""
    return _ADDRESS.fullmatch(text) is not None and checksummed(text) == text


def message_digest(message: str | bytes) -> bytes:
    """Return what ``personal_sign`` signs for a message (EIP-191, version 0x45)."""
    data = message.encode() if isinstance(message, str) else message
    return _keccak(b"\x19Ethereum Signed Message:\n" + str(len(data)).encode() + data)


def ocean_digest(address: str, nonce: int, command: str) -> bytes:
    """Return the 32 bytes that a request to an Ocean Node signs, as a message.

    Source: Ocean Node 3.2, ``signature = personal_sign(keccak256(address + nonce + command))``.
    """
    return _keccak(f"{address}{nonce}{command}".encode())


def signature_bytes(signature: str) -> bytes:
    """Read a signature of any kind.

    Raises:
        SignatureError: It is not hexadecimal, or far too long.
    """
    if len(signature) > 2 * _MAX_SIGNATURE + 2 or not _HEX.fullmatch(signature):
        raise SignatureError("no signature: it takes 0x and hexadecimal digits")
    return bytes.fromhex(signature[2:])


def recover(message: str | bytes, signature: str) -> str:
    """Return the address, with checksum, whose key signed a message by ``personal_sign``.

    Args:
        message: The text, or the bytes.
        signature: ``0x`` and 65 bytes: r, s, and 0, 1, 27 or 28.

    Raises:
        SignatureError: It is no such signature.
    """
    from eth_keys.datatypes import Signature  # noqa: PLC0415  (when a signature is checked)
    from eth_keys.exceptions import BadSignature  # noqa: PLC0415
    from eth_utils.exceptions import ValidationError  # noqa: PLC0415

    raw = signature_bytes(signature)
    if len(raw) != SIGNATURE_LENGTH:
        raise SignatureError(f"no signature: {len(raw)} bytes instead of {SIGNATURE_LENGTH}")
    v = raw[64] - V_OFFSET if raw[64] >= V_OFFSET else raw[64]
    if v > 1:
        raise SignatureError("no signature: its last byte is none of 0, 1, 27 and 28")
    r, s = int.from_bytes(raw[:32]), int.from_bytes(raw[32:64])
    try:
        found = Signature(vrs=(v, r, s))
        key = found.recover_public_key_from_msg_hash(message_digest(message))
    except (BadSignature, ValidationError, ValueError):
        raise SignatureError("no signature: no key could have made it") from None
    return str(key.to_checksum_address())


def check(
    address: str,
    message: str | bytes,
    signature: str,
    contract: ContractCheck | None = None,
) -> None:
    """Check that an address signed a message by ``personal_sign``.

    Args:
        address: Who should have, with checksum.
        message: The text, or the bytes.
        signature: ``0x…``.
        contract: For wallets that are contracts (EIP-1271); without it theirs count as false.

    Raises:
        SignatureError: It did not.
    """
    try:
        signer = recover(message, signature)
    except SignatureError:
        if contract is None:
            raise
        signer = None
    if signer == address:
        return
    if contract is None or not contract(
        address, message_digest(message), signature_bytes(signature)
    ):
        raise SignatureError(f"this was not signed by {address}")


def _keccak(data: bytes) -> bytes:
    from eth_utils.crypto import keccak  # noqa: PLC0415  (only when something is signed)

    return keccak(data)
