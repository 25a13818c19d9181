"""dag-json, dag-cbor, json and cbor: the block under its own media type, never converted.

Conversion is for clients (IPIP-524): another codec than the block's is refused with 406.
"""

from __future__ import annotations

from html import escape
from http import HTTPStatus
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import IPFSError
from jupyter_ipfs.ipld import dag_cbor, dag_json
from jupyter_ipfs.ipld.block import Block
from jupyter_ipfs.ipld.cid import DAG_CBOR, DAG_JSON
from jupyter_ipfs.node.gateway import disposition, etag, negotiation, page
from jupyter_ipfs.node.gateway.cache import LISTING
from jupyter_ipfs.node.gateway.messages import Refusal, Response
from jupyter_ipfs.node.gateway.payload import Payload, serve

if TYPE_CHECKING:
    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.node.gateway.messages import Policy, Request
    from jupyter_ipfs.node.gateway.resolution import Resolved
    from jupyter_ipfs.protocols import Blocks

_CBOR, _JSON = 0x51, 0x0200
MEDIA_TYPES = {
    _JSON: negotiation.JSON,
    _CBOR: negotiation.CBOR,
    DAG_JSON: negotiation.DAG_JSON,
    DAG_CBOR: negotiation.DAG_CBOR,
}
_DECODERS = {DAG_JSON: dag_json.decode, DAG_CBOR: dag_cbor.decode}
# What may be asked for of a block: its own media type, or the plain one that it is as well.
_FITTING = {
    negotiation.JSON: {_JSON, DAG_JSON},
    negotiation.CBOR: {_CBOR, DAG_CBOR},
    negotiation.DAG_JSON: {DAG_JSON},
    negotiation.DAG_CBOR: {DAG_CBOR},
}


def respond(
    request: Request, blocks: Blocks, where: Resolved, wanted: str, policy: Policy
) -> Response:
    """Answer with the block that the path ends in.

    Raises:
        Refusal: It has another codec, or the path ends inside of it.
    """
    cid = where.cid
    if where.remainder:
        message = "the path ends inside of a block: ask for the block, and read it there"
        raise Refusal(HTTPStatus.NOT_IMPLEMENTED, message)
    media_type = wanted or MEDIA_TYPES[cid.codec]
    if cid.codec not in _FITTING[media_type]:
        message = "the block has another codec: fetch it with ?format=raw and convert it yourself"
        raise Refusal(HTTPStatus.NOT_ACCEPTABLE, message)
    data = (Block.from_identity(cid) if cid.is_identity else blocks.get(cid)).data
    downloads = disposition.wants_download(request) or not policy.pages
    if not wanted and not downloads and "text/html" in request.header("accept"):
        return _preview(request, cid, data)
    suffix = ".json" if media_type in {negotiation.JSON, negotiation.DAG_JSON} else ".cbor"
    kind = disposition.INLINE if suffix == ".json" and not downloads else disposition.ATTACHMENT
    name = disposition.asked_name(request) or f"{cid}{suffix}"
    headers = {
        "Content-Disposition": disposition.header(kind, name),
        "X-Content-Type-Options": "nosniff",
    }
    tag = etag.of_content(cid, media_type)
    return serve(request, Payload.of_bytes(data, media_type, tag), headers)


def _preview(request: Request, cid: CID, data: bytes) -> Response:
    """Show a document to a person, as dag-json where it can be read."""
    tag = etag.of_preview(cid)
    headers = {"ETag": tag, "Cache-Control": LISTING}
    if etag.is_unchanged(request, tag):
        return Response(HTTPStatus.NOT_MODIFIED, headers)
    try:
        text = (
            dag_json.encode(_DECODERS[cid.codec](data)).decode() if cid.codec in _DECODERS else ""
        )
    except IPFSError:
        text = ""
    body = f'<p><a href="/ipfs/{cid}?format=raw">the block</a></p><pre>{escape(text)}</pre>'
    headers |= {"Content-Type": "text/html; charset=utf-8", "X-Content-Type-Options": "nosniff"}
    whole = page.head(str(cid), body) + page.TAIL.encode()
    return Response(HTTPStatus.OK, headers, iter((whole,)))
