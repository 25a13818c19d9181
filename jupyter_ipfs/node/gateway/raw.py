"""``application/vnd.ipld.raw``: one block, as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.ipld.block import Block
from jupyter_ipfs.node.gateway import disposition, etag, negotiation
from jupyter_ipfs.node.gateway.payload import Payload, serve

if TYPE_CHECKING:
    from jupyter_ipfs.node.gateway.messages import Request, Response
    from jupyter_ipfs.node.gateway.resolution import Resolved
    from jupyter_ipfs.protocols import Blocks


def respond(request: Request, blocks: Blocks, where: Resolved) -> Response:
    """Answer with the block that the path ends in."""
    cid = where.cid
    data = (Block.from_identity(cid) if cid.is_identity else blocks.get(cid)).data
    name = disposition.asked_name(request) or f"{cid}.bin"
    return serve(
        request,
        Payload.of_bytes(data, negotiation.RAW, etag.of_content(cid, negotiation.RAW)),
        {
            "Content-Disposition": disposition.header(disposition.ATTACHMENT, name),
            "X-Content-Type-Options": "nosniff",
        },
    )
