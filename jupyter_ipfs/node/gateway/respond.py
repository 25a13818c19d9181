"""One request, one response: who of this package answers what."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import (
    BlockNotFoundError,
    CodecError,
    FetchError,
    IPFSError,
    LimitError,
    PathNotFoundError,
    VerificationError,
)
from jupyter_ipfs.ipld.cid import DAG_PB, RAW
from jupyter_ipfs.node.gateway import car, codec, directory, file, negotiation, raw, tar
from jupyter_ipfs.node.gateway import path as paths
from jupyter_ipfs.node.gateway.cache import check_only_if_cached
from jupyter_ipfs.node.gateway.messages import Policy, Refusal, Response
from jupyter_ipfs.node.gateway.resolution import resolve
from jupyter_ipfs.unixfs import reader

if TYPE_CHECKING:
    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.node.gateway.messages import Request
    from jupyter_ipfs.node.gateway.path import URLPath
    from jupyter_ipfs.protocols import Blocks

DEFAULT_POLICY = Policy()
# The same words whether a block is here and not served, or not here at all (safety.md 9).
NOT_FOUND = "not found"

_STATUS: tuple[tuple[type[IPFSError], HTTPStatus, str | None], ...] = (
    (PathNotFoundError, HTTPStatus.NOT_FOUND, None),
    (FetchError, HTTPStatus.BAD_GATEWAY, "no source could serve it"),
    (BlockNotFoundError, HTTPStatus.NOT_FOUND, NOT_FOUND),
    (VerificationError, HTTPStatus.INTERNAL_SERVER_ERROR, "it is damaged here"),
    (LimitError, HTTPStatus.GONE, None),
    (CodecError, HTTPStatus.UNPROCESSABLE_ENTITY, "it is malformed"),
    (IPFSError, HTTPStatus.UNPROCESSABLE_ENTITY, None),
)


def respond(request: Request, blocks: Blocks, policy: Policy = DEFAULT_POLICY) -> Response:
    """Answer a request out of ``blocks``.

    Nothing is raised for what is asked for; the body may raise when it is iterated. Its first
    bytes are read already where an early failure can still be told by the status.
    """
    headers: dict[str, str] = {}
    try:
        if request.method not in {"GET", "HEAD"}:
            allow = {"Allow": "GET, HEAD"}
            raise Refusal(HTTPStatus.METHOD_NOT_ALLOWED, "this is read-only", allow)  # noqa: TRY301
        if request.header("service-worker"):
            # It would be in charge of every page under its path (safety.md 8).
            raise Refusal(HTTPStatus.BAD_REQUEST, "no service workers from here")  # noqa: TRY301
        path = paths.parse(request.path)
        headers = path.headers()
        response = _respond(request, blocks, path, policy)
    except Refusal as refusal:
        response = _told(refusal.status, refusal.message, refusal.headers)
    except IPFSError as error:
        status, words = next((s, w) for kind, s, w in _STATUS if isinstance(error, kind))
        response = _told(status, words or error.message)
    body = iter(()) if request.method == "HEAD" else response.body
    return Response(response.status, {**headers, **response.headers}, body)


def _respond(request: Request, blocks: Blocks, path: URLPath, policy: Policy) -> Response:
    if path.root.is_identity and not blocks.has(path.root):
        # Its bytes are in the URL itself; whoever serves says whether it echoes them.
        raise BlockNotFoundError(NOT_FOUND)
    check_only_if_cached(request, blocks, path)
    chosen = negotiation.negotiate(request)
    location = negotiation.content_location(request, chosen)
    extra = {"Content-Location": location} if location else {}
    if chosen.media_type == negotiation.CAR:
        found = car.respond(request, blocks, path, chosen, policy)
        return Response(found.status, {**extra, **found.headers}, found.body)
    where = resolve(blocks, path.root, path.segments)
    extra["X-Ipfs-Roots"] = ",".join(map(str, where.roots))
    wanted = chosen.media_type
    is_document = where.cid.codec in codec.MEDIA_TYPES and wanted != negotiation.TAR
    if wanted == negotiation.RAW:
        found = raw.respond(request, blocks, where)
    elif is_document or wanted in {negotiation.DAG_JSON, negotiation.DAG_CBOR}:
        found = codec.respond(request, blocks, where, wanted, policy)
    elif wanted == negotiation.TAR:
        found = tar.respond(request, blocks, _unixfs(blocks, where.cid), policy)
    else:
        found = _page(request, blocks, path, _unixfs(blocks, where.cid), policy)
    return Response(found.status, {**extra, **found.headers}, found.body)


def _unixfs(blocks: Blocks, cid: CID) -> reader.Node:
    if cid.codec not in {RAW, DAG_PB}:
        message = "it is not UnixFS: ask for the block with ?format=raw"
        raise Refusal(HTTPStatus.NOT_ACCEPTABLE, message)
    return reader.get(blocks, cid)


def _page(
    request: Request, blocks: Blocks, path: URLPath, node: reader.Node, policy: Policy
) -> Response:
    if node.kind == reader.DIRECTORY:
        return directory.respond(request, blocks, node, path, policy)
    name = path.segments[-1].decode(errors="replace") if path.segments else ""
    return file.respond(request, blocks, node, policy, name=name, tagged=node.cid)


def _told(status: HTTPStatus, message: str, headers: dict[str, str] | None = None) -> Response:
    """Answer with a line of text; nothing in it comes from content without being escaped."""
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in message)
    data = f"{status.value} {status.phrase}: {shown}\n".encode()
    fields = {
        "Content-Type": "text/plain; charset=utf-8",
        "X-Content-Type-Options": "nosniff",
        "Content-Length": str(len(data)),
    }
    return Response(status, {**fields, **(headers or {})}, iter((data,)))
