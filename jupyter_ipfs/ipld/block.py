"""Blocks: bytes that have been checked against their CID."""

from __future__ import annotations

from jupyter_ipfs.errors import VerificationError
from jupyter_ipfs.ipld import multihash, varint
from jupyter_ipfs.ipld.cid import CID, RAW

# Kubo and every public peer carry blocks of at most 2 MiB.
MAX_SIZE = 2 * 1024 * 1024


class Block:
    """Bytes with the CID they were checked against or computed from.

    There are two ways to one, and both are proof: `verified` for bytes from
    outside, `build` for bytes that were just made here. The constructor is private.
    """

    __slots__ = ("cid", "data")

    cid: CID
    data: bytes

    def __init__(self) -> None:
        raise TypeError("use Block.verified(cid, data) or Block.build(data, …)")

    @classmethod
    def verified(cls, cid: CID, data: bytes) -> Block:
        """Check ``data`` against ``cid``.

        Raises:
            VerificationError: These are other bytes.
        """
        if cid.is_identity:
            actual = b"\0" + varint.encode(len(data)) + data
        else:
            actual = multihash.digest(cid.function, data)
        if actual != cid.multihash:
            raise VerificationError(f"the bytes received for {cid} are not those of that CID")
        return cls._make(cid, data)

    @classmethod
    def build(
        cls,
        data: bytes,
        codec: int = RAW,
        *,
        function: int = multihash.SHA2_256,
        version: int = 1,
    ) -> Block:
        """Compute the CID of ``data``."""
        cid = CID(1, codec, multihash.digest(function, data))
        return cls._make(cid.to_v0() if version == 0 else cid, data)

    @classmethod
    def from_identity(cls, cid: CID) -> Block:
        """Return the block that an identity CID holds in itself."""
        return cls._make(cid, multihash.content(cid.multihash))

    @classmethod
    def _make(cls, cid: CID, data: bytes) -> Block:
        block = cls.__new__(cls)
        block.cid = cid
        block.data = data
        return block

    def __repr__(self) -> str:
        """CID and size; never the bytes."""
        return f"Block({str(self.cid)!r}, {len(self.data)} bytes)"
