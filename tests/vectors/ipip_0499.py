"""The reference CIDs of IPIP-499, as in the IPIP and Kubo's ``test/cli/cid_profiles_test.go``.

Inputs are made from ``stream(size, seed)``: the first ``size`` bytes of the ChaCha20 keystream
with key = sha256(seed), a zero nonce and counter 0.
"""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import ChaCha20

if TYPE_CHECKING:
    from pathlib import Path

V0 = "unixfs-v0-2015"
V1 = "unixfs-v1-2025"

HELLO = {
    V0: "Qmf412jQZiuVUtdgnB36FXFX7xg5V6KEbSJ4dpQuhkLyfD",
    V1: "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e",
}
# Each row: profile, size, seed, CID.
FILES = [
    (V0, 262144, "chunk-v0-seed", "QmWmRj3dFDZdb6ABvbmKhEL6TmPbAfBZ1t5BxsEyJrcZhE"),
    (V0, 262145, "chunk-v0-seed", "QmYyLxtzZyW22zpoVAtKANLRHpDjZtNeDjQdJrcQNWoRkJ"),
    (V0, 174 * 262144, "v0-seed", "QmUbBALi174SnogsUzLpYbD4xPiBSFANF4iztWCsHbMKh2"),
    (V0, 174 * 262144 + 1, "v0-seed", "QmV81WL765sC8DXsRhE5fJv2rwhS4icHRaf3J9Zk5FdRnW"),
    (
        V1, 1048576, "chunk-v1-seed",
        "bafkreiacndfy443ter6qr2tmbbdhadvxxheowwf75s6zehscklu6ezxmta",
    ),
    (
        V1, 1048577, "chunk-v1-seed",
        "bafybeigmix7t42i6jacydtquhet7srwvgpizfg7gjbq7627d35mjomtu64",
    ),
    (
        V1, 1024 * 1048576, "v1-2025-seed",
        "bafybeihmf37wcuvtx4hpu7he5zl5qaf2ineo2lqlfrapokkm5zzw7zyhvm",
    ),
    (
        V1, 1024 * 1048576 + 1, "v1-2025-seed",
        "bafybeibdsi225ugbkmpbdohnxioyab6jsqrmkts3twhpvfnzp77xtzpyhe",
    ),
]  # fmt: skip
# Each row: profile, entries, name length, last name's length, seed, whether it is sharded, CID.
DIRECTORIES = [
    (
        V0, 4096, 30, 30, "hamt-unixfs-v0-2015", False,
        "QmX5GtRk3TSSEHtdrykgqm4eqMEn3n2XhfkFAis5fjyZmN",
    ),
    (
        V0, 4033, 31, 31, "hamt-unixfs-v0-2015", True,
        "QmeMiJzmhpJAUgynAcxTQYek5PPKgdv3qEvFsdV3XpVnvP",
    ),
    (
        V1, 4766, 11, 21, "hamt-unixfs-v1-2025", False,
        "bafybeic3h7rwruealwxkacabdy45jivq2crwz6bufb5ljwupn36gicplx4",
    ),
    (
        V1, 4766, 11, 22, "hamt-unixfs-v1-2025", True,
        "bafybeiegvuterwurhdtkikfhbxcldohmxp566vpjdofhzmnhv6o4freidu",
    ),
]  # fmt: skip

_ALPHABET = b"abcdefghijklmnopqrstuvwxyz01234567890-_"


class Stream(io.RawIOBase):
    """``stream(size, seed)`` as a file that holds nothing in memory."""

    def __init__(self, size: int, seed: str) -> None:
        key = hashlib.sha256(seed.encode()).digest()
        self._encryptor = Cipher(ChaCha20(key, bytes(16)), None).encryptor()
        self._left = size

    def readable(self) -> bool:
        """It is."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        size = self._left if size < 0 else min(size, self._left)
        self._left -= size
        return self._encryptor.update(bytes(size))


def write_directory(root: Path, count: int, length: int, last: int, seed: str) -> Path:
    """Write ``dir(count, length, last, seed)``: files of one byte whose names are slices."""
    root.mkdir()
    letters = Stream(1024 * 1024, seed).read().translate(
        bytes(_ALPHABET[byte % len(_ALPHABET)] for byte in range(256))
    )  # fmt: skip
    for n in range(count):
        size = last if n == count - 1 else length
        (root / letters[n * length : n * length + size].decode()).write_bytes(b"x")
    return root
