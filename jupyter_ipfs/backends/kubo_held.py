"""What one Kubo itself holds, asked block by block; neither its network nor we help out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.backends.kubo_rpc import RPC
from jupyter_ipfs.errors import (
    BackendError,
    BackendUnavailableError,
    BlockNotFoundError,
    FetchError,
)
from jupyter_ipfs.ipld.block import MAX_SIZE, Block
from jupyter_ipfs.net.client import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

    from jupyter_ipfs.backends.settings import Settings
    from jupyter_ipfs.ipld.cid import CID

_BLOCK = Limits(connect_s=3.0, idle_s=5.0, total_s=10.0, rate=0, size=MAX_SIZE)


class HeldByKubo:
    """A `jupyter_ipfs.protocols.Source` of a Kubo's own blocks.

    Args:
        rpc: Its RPC; closed by `close`.
    """

    def __init__(self, rpc: RPC) -> None:
        self.label = f"Kubo at {rpc.url}"
        self._rpc = rpc

    @classmethod
    def create(cls, settings: Settings) -> Self:
        """Make it for the Kubo that the settings name."""
        return cls(RPC(settings.kubo_url, settings.kubo_token))

    def get(self, cid: CID) -> Block:
        """Return one verified block.

        Raises:
            FetchError: Kubo does not answer.
            BlockNotFoundError: It does not have it.
            VerificationError: It sent other bytes.
        """
        try:
            data = self._rpc.data("block/get", {"arg": str(cid), "offline": "true"}, limits=_BLOCK)
        except BackendUnavailableError as error:
            raise FetchError(error.message, error.hint) from None
        except BackendError as error:
            raise BlockNotFoundError(f"{self.label} does not have {cid}: {error.message}") from None
        return Block.verified(cid, data)

    def dag(self, root: CID) -> Iterator[Block]:  # noqa: ARG002  (the protocol's)
        """Yield nothing: it is asked for a few blocks only."""
        return iter(())

    def close(self) -> None:
        """Close the connections."""
        self._rpc.close()
