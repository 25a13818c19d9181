"""What caches are told, and what they may ask (path gateway, ``Cache-Control``)."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import BlockNotFoundError
from jupyter_ipfs.node.gateway.messages import Refusal
from jupyter_ipfs.node.gateway.resolution import resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyter_ipfs.ipld.block import Block
    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.node.gateway.messages import Request
    from jupyter_ipfs.node.gateway.path import URLPath
    from jupyter_ipfs.protocols import Blocks

IMMUTABLE = "public, max-age=29030400, immutable"
# A generated listing changes with our versions: a week, and a month while it is asked for again.
LISTING = "public, max-age=604800, stale-while-revalidate=2678400"


class _Held:
    """Blocks that are here already; nothing is fetched."""

    def __init__(self, blocks: Blocks) -> None:
        self._blocks = blocks

    def get(self, cid: CID) -> Block:
        if not self.has(cid):
            raise BlockNotFoundError("it is not here")
        return self._blocks.get(cid)

    def get_many(self, cids: Iterable[CID]) -> Iterator[Block]:
        return map(self.get, cids)

    def has(self, cid: CID) -> bool:
        return self._blocks.has(cid)


def check_only_if_cached(request: Request, blocks: Blocks, path: URLPath) -> None:
    """Refuse what would have to be fetched, if the client wants only what is here.

    Raises:
        Refusal: 412.
    """
    if request.header("cache-control") != "only-if-cached":
        return
    held = _Held(blocks)
    try:
        is_here = held.has(resolve(held, path.root, path.segments).cid)
    except BlockNotFoundError:
        is_here = False
    if not is_here:
        raise Refusal(HTTPStatus.PRECONDITION_FAILED, "it is not here")
