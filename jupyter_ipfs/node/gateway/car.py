"""``application/vnd.ipld.car``: the blocks that prove a path and what it ends in.

https://specs.ipfs.tech/http-gateways/trustless-gateway/#car-responses-application-vnd-ipld-car.
The blocks on the way come first, then those of the scope, depth first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import LimitError
from jupyter_ipfs.ipld import car
from jupyter_ipfs.node.gateway import disposition, etag, negotiation, traversal
from jupyter_ipfs.node.gateway.cache import IMMUTABLE
from jupyter_ipfs.node.gateway.messages import Refusal, Response
from jupyter_ipfs.node.gateway.resolution import Resolved, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ipfs.ipld.block import Block
    from jupyter_ipfs.node.gateway.messages import Policy, Request
    from jupyter_ipfs.node.gateway.negotiation import Format
    from jupyter_ipfs.node.gateway.path import URLPath
    from jupyter_ipfs.protocols import Blocks

# Whoever reads on where a section should begin comes upon this: its first bytes are no CID.
TRUNCATED = b"\n\n[Gateway Error: CAR stream truncated, response is incomplete]"

_FIRST_PART = 64 * 1024  # sections are gathered up to this size: not one write a small block
_NUMBER = re.compile(r"-?\d{1,19}")
_INT64 = range(-(1 << 63), 1 << 63)


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a CAR is to hold.

    Attributes:
        scope: ``block``, ``entity`` or ``all``.
        span: ``entity-bytes``: first and last byte, negative ones from the end; ``None`` for ``*``.
        order: ``dfs`` or ``unk``; it is always depth first.
        duplicates: Whether a block stands there as often as it is met.
    """

    scope: str
    span: tuple[int, int | None] | None
    order: str
    duplicates: bool

    @property
    def media_type(self) -> str:
        """The ``Content-Type``, with what was agreed on."""
        dups = "y" if self.duplicates else "n"
        return f"{negotiation.CAR}; version=1; order={self.order}; dups={dups}"


def respond(
    request: Request, blocks: Blocks, path: URLPath, chosen: Format, policy: Policy
) -> Response:
    """Answer with a CAR; a block that is missing on the way makes it unreadable from there on.

    Raises:
        Refusal: The parameters make no sense.
        PathNotFoundError: The path leads nowhere.
        BlockNotFoundError: A block on the way, or the one it ends in, is not to be had.
    """
    wanted = parameters(request, chosen)
    where = resolve(blocks, path.root, path.segments)
    if not where.cid.is_identity:
        blocks.get(where.cid)  # so that its absence is told by the status
    tag = etag.of_car(path.root, path.content_path, repr(wanted))
    headers = {"ETag": tag, "Cache-Control": IMMUTABLE}
    if etag.is_unchanged(request, tag):
        return Response(HTTPStatus.NOT_MODIFIED, headers)
    last = path.segments[-1].decode(errors="replace") if path.segments else ""
    name = disposition.asked_name(request) or "_".join(filter(None, [path.text, last])) + ".car"
    headers |= {
        "Content-Type": wanted.media_type,
        "Content-Disposition": disposition.header(disposition.ATTACHMENT, name),
        "X-Content-Type-Options": "nosniff",
        "Accept-Ranges": "none",
        "X-Ipfs-Roots": ",".join(map(str, where.roots)),
    }
    return Response(HTTPStatus.OK, headers, _body(blocks, where, wanted, policy))


def parameters(request: Request, chosen: Format) -> Parameters:
    """Read the CAR parameters; the query's stand before those in ``Accept`` (IPIP-523).

    Raises:
        Refusal: One of them is of no value that there is.
    """
    fields, accepted = request.fields, chosen.parameters
    version = fields.get("car-version") or accepted.get("version", "")
    order = fields.get("car-order") or accepted.get("order") or "dfs"
    dups = fields.get("car-dups") or accepted.get("dups") or "n"
    span = _span(fields["entity-bytes"]) if "entity-bytes" in fields else None
    # The spec: "it implies" the scope of an entity.
    scope = fields.get("dag-scope", "all" if span is None else "entity")
    for value, allowed, what in (
        (version, {"", "1"}, "version"),
        (order, {"dfs", "unk"}, "order"),
        (dups, {"y", "n"}, "dups"),
        (scope, {"block", "entity", "all"}, "dag-scope"),
    ):
        if value not in allowed:
            raise Refusal(HTTPStatus.BAD_REQUEST, f"unsupported {what} of a CAR")
    return Parameters(scope, span, order, dups == "y")


def _span(text: str) -> tuple[int, int | None]:
    """Read ``from:to`` or ``from:*``."""
    first, _, last = text.partition(":")
    numbers = [first] if last == "*" else [first, last]
    if not all(_NUMBER.fullmatch(n) and int(n) in _INT64 for n in numbers):
        raise Refusal(HTTPStatus.BAD_REQUEST, "entity-bytes is not FROM:TO or FROM:*")
    start, stop = int(first), None if last == "*" else int(last)
    if stop is not None and (start < 0) == (stop < 0) and start > stop:
        raise Refusal(HTTPStatus.BAD_REQUEST, "entity-bytes ends before it begins")
    return start, stop


def _body(blocks: Blocks, where: Resolved, wanted: Parameters, policy: Policy) -> Iterator[bytes]:
    parts: list[bytes] = [car.encode_header([where.cid])]
    size = len(parts[0])
    try:
        for block in _blocks(blocks, where, wanted, policy):
            parts += car.encode_section_header(bytes(block.cid), len(block.data)), block.data
            size += len(block.data)
            if size >= _FIRST_PART:
                yield b"".join(parts)
                parts, size = [], 0
    except Exception:
        yield b"".join([*parts, TRUNCATED])
        raise
    yield b"".join(parts)


def _blocks(blocks: Blocks, where: Resolved, wanted: Parameters, policy: Policy) -> Iterator[Block]:
    """Yield the blocks of the path and of the scope: all of them, or each once."""
    sent: set[bytes] = set()
    count = 0
    for block in _path_and_scope(blocks, where, wanted, policy):
        count += 1
        if count > policy.max_blocks:
            raise LimitError(f"a response has at most {policy.max_blocks:,} blocks")
        if block.cid.is_identity:
            continue
        if not wanted.duplicates:
            if block.cid.multihash in sent:
                continue
            sent.add(block.cid.multihash)
        yield block


def _path_and_scope(
    blocks: Blocks, where: Resolved, wanted: Parameters, policy: Policy
) -> Iterator[Block]:
    for cid in where.visited:
        if cid != where.cid:  # a path that ends inside of the block has read it already
            yield blocks.get(cid)
    if wanted.scope == "block":
        yield from traversal.block(blocks, where.cid)
    elif wanted.scope == "entity":
        yield from traversal.entity(blocks, where.cid, wanted.span)
    else:
        yield from traversal.everything(
            blocks, where.cid, duplicates=wanted.duplicates, max_depth=policy.max_depth
        )
