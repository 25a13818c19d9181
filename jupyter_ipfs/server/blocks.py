"""``GET blocks/<cid>``: one block as the inspector shows it."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyter_ipfs.server.handler import IPFSHandler
from jupyter_ipfs.server.sessions import open_session
from jupyter_ipfs.server.threads import in_look_thread

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ipfs.ipld.block import Block
    from jupyter_ipfs.ipld.cid import CID

MAX_LINKS = 1000
MAX_TEXT = 64 * 1024  # characters
_DUMPED = 512  # bytes
_LINE = 16


class BlockHandler(IPFSHandler):
    """A block that is held; nothing is fetched to look at it."""

    @authenticated
    @authorized
    async def get(self, cid: str) -> None:
        """Answer with the block's codec, size, links and a readable text of it."""
        self.finish(json.dumps(await in_look_thread(lambda: inspect(cid))))


def inspect(name: str) -> dict[str, Any]:
    """Describe a block. One that is not held is described by its CID alone.

    Raises:
        CIDError: The text is no CID.
        VerificationError: It is held and damaged.
    """
    from jupyter_ipfs.errors import BlockNotFoundError  # noqa: PLC0415  (starts without)
    from jupyter_ipfs.ipld.cid import CID, CODEC_NAMES  # noqa: PLC0415
    from jupyter_ipfs.node.held import Held  # noqa: PLC0415

    cid = CID.parse(name)
    told: dict[str, Any] = {
        "cid": str(cid),
        "version": cid.version,
        "codec": CODEC_NAMES.get(cid.codec, hex(cid.codec)),
        "multihash": _multihash(cid),
        "size": None,
        "held": False,
        "kind": "unknown",
        "links": [],
        "links_total": 0,
        "text": None,
    }
    with open_session() as session:
        try:
            block = Held(session.repo, session.backend).get(cid)
        except BlockNotFoundError:
            return told
    return {**told, "size": len(block.data), "held": True, **_inside(block)}


def _inside(block: Block) -> dict[str, Any]:
    from jupyter_ipfs.errors import IPFSError  # noqa: PLC0415
    from jupyter_ipfs.ipld.cid import DAG_PB  # noqa: PLC0415
    from jupyter_ipfs.unixfs import reader  # noqa: PLC0415

    told: dict[str, Any] = {}
    try:
        told["kind"] = reader.interpret(block).kind
    except IPFSError:
        told["kind"] = "malformed" if block.cid.codec == DAG_PB else reader.OTHER
    try:
        found = list(_links(block))
        told["text"] = text(block)
    except IPFSError as error:
        told["kind"], told["text"] = "malformed", f"{error.message}\n\n{_dump(block.data)}"
        return told
    told["links"], told["links_total"] = found[:MAX_LINKS], len(found)
    return told


def _links(block: Block) -> Iterator[dict[str, Any]]:
    from jupyter_ipfs.ipld import dag_pb  # noqa: PLC0415
    from jupyter_ipfs.ipld.cid import DAG_PB  # noqa: PLC0415
    from jupyter_ipfs.node.walk import links  # noqa: PLC0415
    from jupyter_ipfs.server.shown import shown  # noqa: PLC0415

    if block.cid.codec != DAG_PB:
        for cid in links(block):
            yield {"name": "", "cid": str(cid), "dag_size": None}
        return
    for link in dag_pb.decode(block.data).links:
        name = shown(os.fsdecode(link.name or b""))
        yield {"name": name, "cid": str(link.cid), "dag_size": link.tsize}


def text(block: Block) -> str | None:
    """Return what a person reads of a block.

    Raises:
        IPFSError: It is malformed.
    """
    from jupyter_ipfs.ipld import dag_cbor, dag_json  # noqa: PLC0415
    from jupyter_ipfs.ipld.cid import DAG_CBOR, DAG_JSON, DAG_PB  # noqa: PLC0415

    codec = block.cid.codec
    if codec == DAG_PB:
        return _unixfs(block)
    if codec in {DAG_CBOR, DAG_JSON}:
        read = dag_cbor.decode if codec == DAG_CBOR else dag_json.decode
        value = json.loads(dag_json.encode(read(block.data)))
        return _indented(value)
    return _content(block.data)


def _indented(value: object) -> str:
    """Return JSON for people, made only as far as it is shown: indentation can multiply it."""
    parts: list[str] = []
    left = MAX_TEXT
    for part in json.JSONEncoder(indent=2).iterencode(value):
        if len(part) > left:
            return "".join([*parts, part[:left], "\n…"])
        parts.append(part)
        left -= len(part)
    return "".join(parts)


def _unixfs(block: Block) -> str:
    """Summarise a UnixFS node in words."""
    from jupyter_ipfs.ipld import dag_pb  # noqa: PLC0415
    from jupyter_ipfs.unixfs import nodes  # noqa: PLC0415

    node = dag_pb.decode(block.data)
    data = nodes.decode(node.data or b"")
    lines = [f"UnixFS {nodes.TYPE_NAMES[data.type]}", f"links: {len(node.links):,}"]
    if data.filesize is not None:
        lines.append(f"file size: {data.filesize:,} bytes")
    if data.fanout is not None:
        lines.append(f"fanout: {data.fanout}")
    if data.metadata.mode is not None:
        lines.append(f"mode: {data.metadata.mode & 0o7777:04o}")
    if data.metadata.mtime is not None:
        lines.append(f"mtime: {data.metadata.mtime[0]} s, {data.metadata.mtime[1]} ns")
    if data.data and data.type != nodes.HAMT_SHARD:
        lines += [f"own bytes: {len(data.data):,}", "", _content(data.data)]
    return "\n".join(lines)


def _content(data: bytes) -> str:
    """Return text as it is, anything else as a hex dump."""
    from jupyter_ipfs.node import sniff  # noqa: PLC0415

    head = sniff.text(data[:MAX_TEXT], whole=len(data) <= MAX_TEXT)
    if head is None:
        return _dump(data)
    return head if len(data) <= MAX_TEXT else f"{head}\n…"


def _dump(data: bytes) -> str:
    """Return the first bytes as a hex dump."""
    lines = []
    for at in range(0, min(len(data), _DUMPED), _LINE):
        part = data[at : at + _LINE]
        shown = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in part)  # noqa: PLR2004
        lines.append(f"{at:08x}  {part.hex(' '):<{3 * _LINE}} {shown}")
    if len(data) > _DUMPED:
        lines.append(f"… {len(data) - _DUMPED:,} more bytes")
    return "\n".join(lines)


def _multihash(cid: CID) -> str:
    from jupyter_ipfs.ipld import multihash  # noqa: PLC0415

    name = multihash.NAMES.get(cid.function, hex(cid.function))
    return f"{name}: {multihash.content(cid.multihash).hex()}"
