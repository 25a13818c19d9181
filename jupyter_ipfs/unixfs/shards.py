"""A sharded directory that can be changed: reads the shards it needs, makes those it changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from jupyter_ipfs.errors import CodecError
from jupyter_ipfs.ipld import dag_pb
from jupyter_ipfs.ipld.cid import DAG_PB
from jupyter_ipfs.unixfs import hamt, nodes
from jupyter_ipfs.unixfs.importer import Ref, build

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping

    from jupyter_ipfs.ipld.block import Block
    from jupyter_ipfs.ipld.dag_pb import PBLink
    from jupyter_ipfs.protocols import Blocks
    from jupyter_ipfs.unixfs.profiles import Profile


@dataclass(frozen=True, slots=True)
class _Unread:
    """A shard that has not been needed yet."""

    link: PBLink


class Shard:
    """One node of a HAMT: entries and shards by slot.

    Args:
        fanout: Its width.
        depth: How many shards stand above it.
        path: The first bits of the hashes of all that is under it.
    """

    __slots__ = ("_depth", "_fanout", "_made", "_path", "_slots")

    def __init__(self, fanout: int, depth: int = 0, path: int = 0) -> None:
        self._fanout = fanout
        self._depth = depth
        self._path = path
        self._slots: dict[int, _Slot] = {}
        # What its block is, while nothing under it has changed since.
        self._made: Ref | None = None

    @classmethod
    def read(
        cls,
        node: dag_pb.PBNode,
        data: nodes.Data,
        above: tuple[int, int] = (0, 0),
        made: Ref | None = None,
    ) -> Shard:
        """Take over the links of a shard's block.

        Args:
            node: The block's links.
            data: The block's message.
            above: Its depth and path, see the class.
            made: What it is, for one that need not be made again when nothing changes.

        Raises:
            CodecError: It is malformed, or an entry stands in the wrong bucket.
        """
        fanout = hamt.fanout_of(data)
        shard = cls(fanout, *above)
        shard._made = made
        width = len(f"{fanout - 1:X}")
        for slot, link in hamt.slots(node, data, fanout):
            name = (link.name or b"")[width:]
            if name and hamt.name_hash(name) >> hamt.HASH_BITS - shard._bits != shard._below(slot):
                raise CodecError("an entry of a sharded directory stands in the wrong bucket")
            plain = dag_pb.PBLink(link.cid, name, link.tsize or 0)
            shard._slots[slot] = plain if name else _Unread(plain)
        return shard

    @property
    def slots(self) -> Mapping[int, _Slot]:
        """What is in it, by slot."""
        return self._slots

    def get(self, blocks: Blocks, name: bytes, digest: int) -> PBLink | None:
        """Return the entry of a hashed name."""
        found = self._at(blocks, self._slot(digest))
        if isinstance(found, Shard):
            return found.get(blocks, name, digest)
        return found if found is not None and found.name == name else None

    def put(self, blocks: Blocks, link: PBLink, digest: int) -> None:
        """Set an entry; where another name has its slot, both go one shard deeper.

        Raises:
            CodecError: Two names have the same hash.
        """
        slot = self._slot(digest)
        found = self._at(blocks, slot)
        self._made = None
        if isinstance(found, Shard):
            found.put(blocks, link, digest)
        elif found is None or found.name == link.name:
            self._slots[slot] = link
        else:
            below = Shard(self._fanout, self._depth + 1, self._below(slot))
            below.put(blocks, found, hamt.name_hash(found.name or b""))
            below.put(blocks, link, digest)
            self._slots[slot] = below

    def remove(self, blocks: Blocks, name: bytes, digest: int) -> None:
        """Take an entry that is there away; a shard with one entry left becomes that entry."""
        slot = self._slot(digest)
        found = self._at(blocks, slot)
        self._made = None
        if not isinstance(found, Shard):
            del self._slots[slot]
            return
        found.remove(blocks, name, digest)
        rest = found.slots
        if not rest:
            del self._slots[slot]
        elif len(rest) == 1:
            (last,) = rest.values()
            if isinstance(last, dag_pb.PBLink):
                self._slots[slot] = last

    def entries(self, blocks: Blocks) -> Iterator[PBLink]:
        """Yield the entries under it, slot by slot; shards are read and not kept."""
        for slot in sorted(self._slots):
            found = self._slots[slot]
            if isinstance(found, dag_pb.PBLink):
                yield found
            elif isinstance(found, Shard):
                yield from found.entries(blocks)
            else:
                yield from self._child(blocks, slot, found).entries(blocks)

    def encode(
        self, profile: Profile, metadata: nodes.Metadata = nodes.NO_METADATA
    ) -> Generator[Block, None, Ref]:
        """Yield the blocks of what has changed, children first; return what it is now."""
        if self._made is not None:
            return self._made
        width = len(f"{self._fanout - 1:X}")
        links: list[PBLink] = []
        bitfield = 0
        for slot, found in self._slots.items():
            bitfield |= 1 << slot
            prefix = f"{slot:0{width}X}".encode()
            if isinstance(found, Shard):
                ref = yield from found.encode(profile)
                links.append(dag_pb.PBLink(ref.cid, prefix, ref.dag_size))
            elif isinstance(found, _Unread):
                links.append(dag_pb.PBLink(found.link.cid, prefix, found.link.tsize))
            else:
                links.append(dag_pb.PBLink(found.cid, prefix + (found.name or b""), found.tsize))
        message = nodes.Data(
            nodes.HAMT_SHARD,
            bitfield.to_bytes((bitfield.bit_length() + 7) // 8, "big"),
            hash_type=hamt.MURMUR3_X64_64,
            fanout=self._fanout,
            metadata=metadata,
        )
        data = dag_pb.encode(links, nodes.encode(message))
        block = build(data, DAG_PB, profile)
        yield block
        self._made = Ref(block.cid, 0, len(data) + sum(link.tsize or 0 for link in links))
        return self._made

    def _slot(self, digest: int) -> int:
        return hamt.bucket(digest, self._depth, self._fanout.bit_length() - 1)

    def _at(self, blocks: Blocks, slot: int) -> PBLink | Shard | None:
        found = self._slots.get(slot)
        if isinstance(found, _Unread):
            found = self._slots[slot] = self._child(blocks, slot, found)
        return found

    @property
    def _bits(self) -> int:
        """How many bits of a hash lead to one of its slots."""
        return (self._depth + 1) * (self._fanout.bit_length() - 1)

    def _below(self, slot: int) -> int:
        return self._path << (self._fanout.bit_length() - 1) | slot

    def _child(self, blocks: Blocks, slot: int, unread: _Unread) -> Shard:
        if (self._depth + 2) * (self._fanout.bit_length() - 1) > hamt.HASH_BITS:
            raise CodecError("sharded directory is too deep")
        node, data = hamt.child(blocks, unread.link, self._fanout)
        made = Ref(unread.link.cid, 0, unread.link.tsize or 0)
        return Shard.read(node, data, (self._depth + 1, self._below(slot)), made)


_Slot: TypeAlias = "dag_pb.PBLink | Shard | _Unread"
