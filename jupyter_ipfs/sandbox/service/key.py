"""The service's own key: random per repo, for provider fees and what is encrypted to the node."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eth_keys.datatypes import PrivateKey
from eth_utils.crypto import keccak

from jupyter_ipfs.errors import SandboxError
from jupyter_ipfs.ipld import multibase

if TYPE_CHECKING:
    from pathlib import Path

_SIZE = 32
_FILE = "node.key"
# EIP-191, for a message of 32 bytes.
_PREFIX = b"\x19Ethereum Signed Message:\n32"
# A libp2p key of type secp256k1 with 33 bytes, and the identity multihash of those 37 bytes:
# https://github.com/libp2p/specs/blob/master/peer-ids/peer-ids.md
_PEER_ID = bytes.fromhex("0025" + "08021221")


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature as contracts take it.

    Attributes:
        v: 27 or 28.
        r: 32 bytes.
        s: 32 bytes.
    """

    v: int
    r: bytes
    s: bytes


class NodeKey:
    """The key; it never leaves the process.

    Args:
        secret: 32 bytes.
    """

    def __init__(self, secret: bytes) -> None:
        self._key = PrivateKey(secret)
        self.public_key: bytes = self._key.public_key.to_compressed_bytes()
        self.address: str = self._key.public_key.to_checksum_address()

    @classmethod
    def open(cls, directory: Path) -> NodeKey:
        """Read the key of a directory, made when there is none; only its owner can read it.

        Raises:
            SandboxError: The file holds no key.
        """
        file = directory / _FILE
        if not file.exists():
            _write(file, secrets.token_bytes(_SIZE))
        secret = file.read_bytes()
        if len(secret) != _SIZE:
            raise SandboxError(f"{file} holds no key", "move it away; another one is made")
        file.chmod(0o600)
        return cls(secret)

    @property
    def peer_id(self) -> str:
        """The key's libp2p id (``16Uiu2HA…``), which is the name of an Ocean Node."""
        return multibase.encode_base58(_PEER_ID + self.public_key)

    def secret_for(self, purpose: str) -> bytes:
        """Return 32 secret bytes for another purpose; the key can't be told from them."""
        return keccak(self._key.to_bytes() + purpose.encode())

    def sign(self, digest: bytes) -> Signature:
        """Sign 32 bytes as ``personal_sign`` does."""
        made = self._key.sign_msg_hash(keccak(_PREFIX + digest))
        r, s = (number.to_bytes(_SIZE, "big") for number in (made.r, made.s))
        return Signature(made.v + 27, r, s)

    def decrypt(self, data: bytes) -> bytes:
        """Return what was encrypted to the public key.

        Raises:
            ValueError: It was not, or has been changed.
        """
        import ecies  # noqa: PLC0415  (starting counts)

        try:
            return ecies.decrypt(self._key.to_hex(), data)
        except Exception:  # noqa: BLE001  (of three libraries; none says more)
            raise ValueError("not encrypted to this key") from None


def _write(file: Path, secret: bytes) -> None:
    """Write so that the file is there as a whole or not at all."""
    temporary = file.with_suffix(".new")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(secret)
        out.flush()
        os.fsync(out.fileno())
    temporary.replace(file)
