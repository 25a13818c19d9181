"""Sharded directories (https://specs.ipfs.tech/unixfs/#dag-pb-hamtdirectory)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.errors import CodecError
from jupyter_ipfs.ipld import dag_pb
from jupyter_ipfs.ipld.cid import DAG_PB
from jupyter_ipfs.unixfs import nodes
from jupyter_ipfs.unixfs.importer import Ref, build

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

    from jupyter_ipfs.ipld.block import Block
    from jupyter_ipfs.protocols import Blocks
    from jupyter_ipfs.unixfs.profiles import Profile

MURMUR3_X64_64 = 0x22
MAX_FANOUT = 1024
HASH_BITS = 64


def name_hash(name: bytes) -> int:
    """Return the first 64 bits of murmur3-x64-128 of a name, most significant bit first."""
    import mmh3  # noqa: PLC0415  (loaded only when a directory is sharded)

    return mmh3.hash64(name, 0, x64arch=True, signed=False)[0]


def bucket(digest: int, depth: int, bits: int) -> int:
    """Return the slot of a hashed name in the shard at ``depth`` (0 is the root).

    Raises:
        CodecError: The hash has no bits left ("sharded directory too deep" in Kubo).
    """
    shift = HASH_BITS - (depth + 1) * bits
    if shift < 0:
        raise CodecError("sharded directory is too deep")
    return digest >> shift & (1 << bits) - 1


def shard(
    entries: Iterable[tuple[bytes, Ref]],
    profile: Profile,
    metadata: nodes.Metadata = nodes.NO_METADATA,
) -> Generator[Block, None, Ref]:
    """Lay entries (unique names) out as a HAMT; yield its blocks, children first."""
    rows = [(name_hash(name), name, ref) for name, ref in entries]
    rows.sort(key=lambda row: row[:2])
    return (yield from _shard(rows, profile, 0, metadata))


def _shard(
    rows: list[tuple[int, bytes, Ref]],
    profile: Profile,
    depth: int,
    metadata: nodes.Metadata,
) -> Generator[Block, None, Ref]:
    fanout = profile.hamt_fanout
    bits, width = fanout.bit_length() - 1, len(f"{fanout - 1:X}")
    links: list[dag_pb.PBLink] = []
    bitfield = at = 0
    while at < len(rows):
        slot, start = bucket(rows[at][0], depth, bits), at
        while at < len(rows) and bucket(rows[at][0], depth, bits) == slot:
            at += 1
        prefix = f"{slot:0{width}X}".encode()
        if at - start == 1:
            _, name, ref = rows[start]
            label = prefix + name
        else:
            below = rows[start:at]
            ref = yield from _shard(below, profile, depth + 1, nodes.NO_METADATA)
            label = prefix
        bitfield |= 1 << slot
        links.append(dag_pb.PBLink(ref.cid, label, ref.dag_size))
    message = nodes.Data(
        nodes.HAMT_SHARD,
        bitfield.to_bytes((bitfield.bit_length() + 7) // 8, "big"),
        hash_type=MURMUR3_X64_64,
        fanout=fanout,
        metadata=metadata,
    )
    data = dag_pb.encode(links, nodes.encode(message))
    block = build(data, DAG_PB, profile)
    yield block
    total = len(data) + sum(link.tsize or 0 for link in links)
    return Ref(block.cid, 0, total)


def entries(blocks: Blocks, node: dag_pb.PBNode, data: nodes.Data) -> Iterator[dag_pb.PBLink]:
    """Yield a sharded directory's entries, in the order of the shards.

    A name that stands in another bucket than its hash says is refused. That, and that no
    shard below the root may be empty, keeps a crafted HAMT from unfolding without end.

    Raises:
        CodecError: A shard is malformed, or an entry stands in the wrong bucket.
    """
    fanout = fanout_of(data)
    bits, width = fanout.bit_length() - 1, len(f"{fanout - 1:X}")
    # One level at a time per stack entry: (links with their slots, hash prefix, depth).
    stack = [(iter(slots(node, data, fanout)), 0, 0)]
    while stack:
        rows, path, depth = stack[-1]
        row = next(rows, None)
        if row is None:
            stack.pop()
            continue
        slot, link = row
        label = link.name or b""
        below = path << bits | slot
        if len(label) > width:
            name = label[width:]
            if name_hash(name) >> HASH_BITS - (depth + 1) * bits != below:
                raise CodecError("an entry of a sharded directory stands in the wrong bucket")
            yield dag_pb.PBLink(link.cid, name, link.tsize)
            continue
        if (depth + 2) * bits > HASH_BITS:
            raise CodecError("sharded directory is too deep")
        inner = child(blocks, link, fanout)
        stack.append((iter(slots(*inner, fanout)), below, depth + 1))


def lookup(
    blocks: Blocks, node: dag_pb.PBNode, data: nodes.Data, name: bytes
) -> dag_pb.PBLink | None:
    """Find one entry, reading only the shards on its path.

    Raises:
        CodecError: A shard on the path is malformed.
    """
    fanout = fanout_of(data)
    bits, width = fanout.bit_length() - 1, len(f"{fanout - 1:X}")
    digest, depth = name_hash(name), 0
    while True:
        slot = bucket(digest, depth, bits)
        link = next((link for at, link in slots(node, data, fanout) if at == slot), None)
        if link is None:
            return None
        label = link.name or b""
        if len(label) > width:
            found = label[width:]
            return dag_pb.PBLink(link.cid, found, link.tsize) if found == name else None
        node, data = child(blocks, link, fanout)
        depth += 1


def fanout_of(data: nodes.Data) -> int:
    """Return a shard's width, checked."""
    fanout = data.fanout or 0
    if data.hash_type != MURMUR3_X64_64:
        raise CodecError(f"sharded directory uses an unknown hash 0x{data.hash_type or 0:x}")
    if not 8 <= fanout <= MAX_FANOUT or fanout & fanout - 1:
        raise CodecError(f"sharded directory has an impossible fanout of {fanout}")
    return fanout


def child(blocks: Blocks, link: dag_pb.PBLink, fanout: int) -> tuple[dag_pb.PBNode, nodes.Data]:
    """Read the shard behind a link, which has to fit its parent."""
    if link.cid.codec != DAG_PB:
        raise CodecError("a shard of a directory is not dag-pb")
    node = dag_pb.decode(blocks.get(link.cid).data)
    data = nodes.decode(node.data or b"")
    if data.type != nodes.HAMT_SHARD or data.fanout != fanout or fanout_of(data) != fanout:
        raise CodecError("a shard of a directory does not fit its parent")
    if not node.links:
        raise CodecError("a shard of a directory is empty")
    return node, data


def slots(node: dag_pb.PBNode, data: nodes.Data, fanout: int) -> list[tuple[int, dag_pb.PBLink]]:
    """Pair each link with its slot, checked against the bitfield."""
    field = data.data or b""
    width = len(f"{fanout - 1:X}")
    if len(field) > fanout // 8:
        raise CodecError("sharded directory has a bitfield wider than its fanout")
    bitfield, rows, claimed = int.from_bytes(field, "big"), [], 0
    for link in node.links:
        prefix = (link.name or b"")[:width]
        try:
            slot = int(prefix, 16)
        except ValueError:
            slot = -1
        # "-1" is a number too, and written like itself.
        if not 0 <= slot < fanout or f"{slot:0{width}X}".encode() != prefix:
            raise CodecError("sharded directory has a link without a slot")
        if claimed >> slot & 1:
            raise CodecError("sharded directory has two links for one slot")
        claimed |= 1 << slot
        rows.append((slot, link))
    if claimed != bitfield:
        raise CodecError("sharded directory's bitfield does not match its links")
    return rows
