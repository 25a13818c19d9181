"""CIDs (https://github.com/multiformats/cid): a fingerprint of bytes, and how to read them."""

from __future__ import annotations

import re
from base64 import b32encode
from dataclasses import dataclass

from jupyter_ipfs.errors import CIDError, CodecError
from jupyter_ipfs.ipld import multibase, multihash, varint
from jupyter_ipfs.ipld.multihash import SHA2_256

RAW = 0x55
DAG_PB = 0x70
DAG_CBOR = 0x71
DAG_JSON = 0x0129

CODECS = {"raw": RAW, "dag-pb": DAG_PB, "dag-cbor": DAG_CBOR, "dag-json": DAG_JSON}
CODEC_NAMES = {code: name for name, code in CODECS.items()}

# The longest CID there can be is v1 with a 128-byte identity in base 2; nobody
# writes that, so text past this is refused before it is decoded.
_MAX_TEXT = 1100
_LIBIPLD_MULTIHASH = 66  # the longest one that libipld takes: a 64-byte digest
_V0 = re.compile("Qm[1-9A-HJ-NP-Za-km-z]{44}")
_V0_PREFIX = bytes([multihash.SHA2_256, 32])
_RAW_PREFIX = b"\x01\x55"


@dataclass(frozen=True, slots=True)
class CID:
    """A content identifier.

    Attributes:
        version: 0 or 1.
        codec: How to read the bytes: `RAW`, `DAG_PB`, `DAG_CBOR`, `DAG_JSON` or another
            multicodec, whose blocks are carried but not interpreted.
        multihash: The self-describing digest, as bytes.

    Equality is of the whole triple: the CIDv0 and the CIDv1 of one block differ.
    """

    version: int
    codec: int
    multihash: bytes

    @classmethod
    def parse(cls, text: str) -> CID:
        """Read a CID's text: CIDv0, or CIDv1 in any multibase.

        Raises:
            CIDError: The text is no CID, or its digest proves too little.
        """
        if len(text) > _MAX_TEXT:
            raise CIDError(f"{_shown(text)} is too long to be a CID")
        try:
            if len(text) == 46 and text.startswith("Qm"):
                data = multibase.decode_base58(text)
            else:
                data = multibase.decode(text)
                if data[:2] == _V0_PREFIX:
                    raise CIDError("a CIDv0 is written without a multibase prefix")  # noqa: TRY301
            return cls.decode(data)
        except CIDError as error:
            hint = "a CID starts with 'bafy', 'bafk' or 'Qm'; was it cut off when it was copied?"
            raise CIDError(f"{_shown(text)} is not a CID: {error}", hint) from None

    @classmethod
    def decode(cls, data: bytes) -> CID:
        """Read a CID's bytes; nothing may follow them."""
        cid, end = cls.read(data)
        if end != len(data):
            raise CIDError(f"{len(data) - end} bytes follow the CID")
        return cid

    @classmethod
    def read(cls, buffer: bytes, offset: int = 0) -> tuple[CID, int]:
        """Read the CID at ``offset``; return it and the offset behind it.

        Raises:
            CIDError: The bytes there are no CID.
        """
        if buffer[offset : offset + 2] == _V0_PREFIX:
            end = offset + 34
            if end > len(buffer):
                raise CIDError("CID is cut off")
            return cls(0, DAG_PB, buffer[offset:end]), end
        try:
            version, at = varint.decode(buffer, offset)
            if version != 1:
                raise CIDError(f"CID version {version} is not supported")
            codec, at = varint.decode(buffer, at)
        except CodecError as error:
            raise CIDError(f"malformed CID: {error}") from None
        digest, end = multihash.decode(buffer, at)
        return cls(1, codec, digest), end

    @classmethod
    def of(cls, data: bytes, codec: int = RAW, *, function: int = SHA2_256) -> CID:
        """Return the CIDv1 of ``data`` (any size) under a codec and a hash function."""
        return cls(1, codec, multihash.digest(function, data))

    @property
    def function(self) -> int:
        """The code of the hash function, see `multihash.CODES`."""
        return multihash.function(self.multihash)

    @property
    def is_identity(self) -> bool:
        """Whether the CID holds the bytes themselves."""
        return self.multihash[0] == multihash.IDENTITY

    def to_v0(self) -> CID:
        """Return the same block's CIDv0.

        Raises:
            CIDError: Only a dag-pb block under sha2-256 has one.
        """
        if self.codec != DAG_PB or self.function != multihash.SHA2_256:
            raise CIDError(f"{self} has no version 0: that takes dag-pb and sha2-256")
        return CID(0, DAG_PB, self.multihash)

    def to_v1(self) -> CID:
        """Return the same block's CIDv1."""
        return CID(1, self.codec, self.multihash)

    def encode(self, base: str = "base32") -> str:
        """Return the text of a CIDv1 in a multibase; a CIDv0 is always base58btc."""
        if self.version == 0:
            return multibase.encode_base58(self.multihash)
        return multibase.encode(bytes(self), base)

    def __bytes__(self) -> bytes:
        """The binary form, as it stands in links and CARs."""
        if self.version == 0:
            return self.multihash
        if self.codec == RAW:
            return _RAW_PREFIX + self.multihash
        return b"\x01" + varint.encode(self.codec) + self.multihash

    def __str__(self) -> str:
        """The usual text: base58btc for version 0, base32 for version 1."""
        if self.version == 0:
            return multibase.encode_base58(self.multihash)
        if len(self.multihash) <= _LIBIPLD_MULTIHASH:
            # Nine times as fast, which a directory of 10,000 entries notices.
            from libipld import encode_cid  # noqa: PLC0415  (start-up counts)

            text: str = encode_cid(bytes(self))
            return text
        return "b" + b32encode(bytes(self)).decode().rstrip("=").lower()

    def __repr__(self) -> str:
        """``CID('bafy…')``."""
        return f"CID({str(self)!r})"


def looks_like_cid(text: str) -> bool:
    """Tell whether ``text`` has the shape of a CID, so that no name may have it."""
    if _V0.fullmatch(text):
        return True
    try:
        CID.parse(text)
    except CIDError:
        return False
    return True


def _shown(text: str) -> str:
    """Quote untrusted text for a message: short, and without control or bidi characters."""
    return ascii(text if len(text) <= 80 else text[:60] + "…")
