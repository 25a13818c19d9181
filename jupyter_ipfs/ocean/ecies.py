"""Encryption to an Ocean Node's public key, so that it alone can read what is published.

ECIES on secp256k1 as eciesjs does it by default: a 65-byte ephemeral key, HKDF-SHA256,
AES-256-GCM with a 16-byte nonce.
"""

from __future__ import annotations

from jupyter_ipfs.errors import OceanNodeError

_PUBLIC_KEY_SIZE = 33


def encrypt(public_key: bytes, data: bytes) -> str:
    """Return the ciphertext (``0x…``) of ``data`` for the holder of a compressed public key.

    Raises:
        OceanNodeError: That is no public key.
    """
    import ecies  # noqa: PLC0415

    if len(public_key) != _PUBLIC_KEY_SIZE:
        raise OceanNodeError("the Ocean Node has no public key to encrypt to")
    try:
        return "0x" + ecies.encrypt(public_key.hex(), data).hex()
    except ValueError:
        raise OceanNodeError("the Ocean Node's public key is no point of the curve") from None
