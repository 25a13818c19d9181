"""A directory as a browser wants it: ``index.html``, or a plain listing."""

from __future__ import annotations

import os
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from jupyter_ipfs.node.gateway import etag, file, page
from jupyter_ipfs.node.gateway.cache import LISTING
from jupyter_ipfs.node.gateway.messages import Refusal, Response
from jupyter_ipfs.unixfs import reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ipfs.node.gateway.messages import Policy, Request
    from jupyter_ipfs.node.gateway.path import URLPath
    from jupyter_ipfs.protocols import Blocks

_INDEX = b"index.html"
_ROWS = 500  # of a listing, sent together


def respond(
    request: Request, blocks: Blocks, node: reader.Node, path: URLPath, policy: Policy
) -> Response:
    """Answer with ``index.html`` or a listing; send a path without a slash to that with one.

    Raises:
        Refusal: Pages are not allowed here, or ``index.html`` is no file.
    """
    if not policy.pages:
        message = "this is a directory: ask for it with ?format=car or ?format=tar"
        raise Refusal(HTTPStatus.NOT_ACCEPTABLE, message)
    if not path.is_slashed:
        query = f"?{request.query}" if request.query else ""
        target = (
            quote(path.content_path, safe="/") + "/" + quote(query, safe="?&=%+~-._!$'()*,;:@/")
        )
        return Response(HTTPStatus.MOVED_PERMANENTLY, {"Location": target, "Content-Length": "0"})
    index = reader.lookup(blocks, node, _INDEX)
    if index is not None:
        found = reader.get(blocks, index)
        if found.kind not in {reader.FILE, reader.SYMLINK}:
            raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "index.html is not a file")
        return file.respond(request, blocks, found, policy, name=_INDEX.decode(), tagged=node.cid)
    tag = etag.of_listing(node.cid)
    headers = {"ETag": tag, "Cache-Control": LISTING}
    if etag.is_unchanged(request, tag):
        return Response(HTTPStatus.NOT_MODIFIED, headers)
    headers |= {"Content-Type": "text/html", "X-Content-Type-Options": "nosniff"}
    return Response(HTTPStatus.OK, headers, _listing(blocks, node, path))


def _listing(blocks: Blocks, node: reader.Node, path: URLPath) -> Iterator[bytes]:
    title = f"Index of {path.content_path.decode(errors='replace')}"
    yield page.head(title, f"<p>{page.breadcrumbs(path)}</p><p><code>{node.cid}</code></p><table>")
    base = quote(path.content_path, safe="/")
    if path.segments:
        yield f'<tr><td><a href="{base}..">..</a></td></tr>\n'.encode()
    rows: list[str] = []
    for link in reader.entries(blocks, node):
        name = link.name or b""
        # An absolute path: a name such as "javascript:x" is no scheme then.
        rows.append(
            f'<tr><td><a href="{base}{quote(name, safe="")}">{page.shown(os.fsdecode(name))}</a>'
            f'</td><td class="size">{link.tsize or 0:,}</td><td><a class="ipfs-hash" '
            f'translate="no" href="/ipfs/{link.cid}?filename={quote(quote(name, safe=""))}">'
            f"{link.cid}</a></td></tr>\n"
        )
        if len(rows) >= _ROWS:
            yield "".join(rows).encode()
            rows.clear()
    yield ("".join(rows) + "</table>" + page.TAIL).encode()
