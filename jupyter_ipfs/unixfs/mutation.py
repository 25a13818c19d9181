"""Changing a directory entry by entry, with the CIDs that Kubo's MFS comes to.

A directory turns into a sharded one when an entry that is added takes it over the threshold,
and back when one that is removed, or gets smaller, takes it to the threshold or below
(boxo, ``ipld/unixfs/io/directory.go``). Nothing but the shards on the way to an entry is read.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import CodecError, NotADirectoryPathError
from jupyter_ipfs.ipld import dag_pb
from jupyter_ipfs.ipld.cid import DAG_PB
from jupyter_ipfs.unixfs import hamt, nodes, reader
from jupyter_ipfs.unixfs.importer import Ref, build
from jupyter_ipfs.unixfs.shards import Shard

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from jupyter_ipfs.ipld.block import Block
    from jupyter_ipfs.ipld.dag_pb import PBLink
    from jupyter_ipfs.protocols import Blocks
    from jupyter_ipfs.unixfs.profiles import Profile


class MutableDirectory:
    """One directory's entries, to be changed; `encode` gives its blocks.

    Args:
        blocks: Where its shards are read from.
        profile: Threshold, estimate and fanout; version and hash of its own CIDs.
        metadata: Mode and mtime, which stay as they are.
    """

    __slots__ = ("_basic", "_blocks", "_looks", "_metadata", "_profile", "_shard", "_size")

    def __init__(
        self, blocks: Blocks, profile: Profile, metadata: nodes.Metadata = nodes.NO_METADATA
    ) -> None:
        self._blocks = blocks
        self._profile = profile
        self._metadata = metadata
        self._basic: dict[bytes, PBLink] | None = {}
        # The estimate: of a basic directory as it is, of a sharded one at least so much.
        self._size = self._own_size()
        self._looks = 0
        self._shard: Shard | None = None

    @classmethod
    def read(cls, blocks: Blocks, node: reader.Node, profile: Profile) -> MutableDirectory:
        """Take over a directory that is there; its CIDs keep their version and hash.

        Of a name that it has more than once only the first is kept: the others cannot be reached.

        Raises:
            NotADirectoryPathError: It is no directory.
            CodecError: It is malformed.
        """
        if node.kind != reader.DIRECTORY or node.pb is None or node.data is None:
            raise NotADirectoryPathError(f"{node.cid} is a {node.kind}, not a directory")
        if not node.cid.is_identity:
            profile = replace(
                profile, cid_version=node.cid.version, hash_function=node.cid.function
            )
        directory = cls(blocks, profile, node.data.metadata)
        if node.data.type == nodes.HAMT_SHARD:
            directory._basic, directory._shard = None, Shard.read(node.pb, node.data)
            return directory
        for link in reader.entries(blocks, node):
            name = link.name or b""
            directory._add(dag_pb.PBLink(link.cid, name, link.tsize or 0))
        return directory

    @property
    def is_sharded(self) -> bool:
        """Whether it is more than one block now."""
        return self._shard is not None

    def get(self, name: bytes) -> PBLink | None:
        """Return an entry."""
        if self._shard is not None:
            return self._shard.get(self._blocks, name, hamt.name_hash(name))
        return (self._basic or {}).get(name)

    def entries(self) -> Iterator[PBLink]:
        """Yield the entries: sorted by name, or as the shards have them."""
        if self._shard is not None:
            return self._shard.entries(self._blocks)
        basic = self._basic or {}
        return (basic[name] for name in sorted(basic))

    def put(self, name: bytes, ref: Ref) -> None:
        """Set an entry, whatever was there before.

        Raises:
            CodecError: A shard is malformed, or two names have the same hash.
        """
        link = dag_pb.PBLink(ref.cid, name, ref.dag_size)
        old = self.get(name)
        if old == link:
            # Kubo sets it again, and by that alone may shard a directory that is over its
            # threshold; one that somebody else has made so large stays as it is here.
            return
        change = self._estimate(link) - (0 if old is None else self._estimate(old))
        if self._shard is not None:
            if change < 0 and self._fits(change):
                self._unshard()
            else:
                self._shard.put(self._blocks, link, hamt.name_hash(name))
                self._size += change
                return
        elif self._size + change > self._profile.hamt_threshold:
            self._to_shards()
            self.put(name, ref)
            return
        self._add(link)

    def remove(self, name: bytes) -> bool:
        """Take an entry away; ``False`` if there is none."""
        old = self.get(name)
        if old is None:
            return False
        if self._shard is not None:
            if not self._fits(-self._estimate(old)):
                self._shard.remove(self._blocks, name, hamt.name_hash(name))
                self._size -= self._estimate(old)
                return True
            self._unshard()
        if self._basic is None:
            raise CodecError("a directory is neither one block nor sharded")
        del self._basic[name]
        self._size -= self._estimate(old)
        return True

    def encode(self) -> Generator[Block, None, Ref]:
        """Yield the blocks that are new, children first; return the directory as it is now."""
        if self._shard is not None:
            return (yield from self._shard.encode(self._profile, self._metadata))
        links = list((self._basic or {}).values())
        data = dag_pb.encode(links, self._data())
        block = build(data, DAG_PB, self._profile)
        yield block
        return Ref(block.cid, 0, len(data) + sum(link.tsize or 0 for link in links))

    def _add(self, link: PBLink) -> None:
        if self._basic is None:
            raise CodecError("a directory is neither one block nor sharded")
        old = self._basic.get(link.name or b"")
        self._size += self._estimate(link) - (0 if old is None else self._estimate(old))
        self._basic[link.name or b""] = link

    def _to_shards(self) -> None:
        shard = Shard(self._profile.hamt_fanout)
        for link in (self._basic or {}).values():
            shard.put(self._blocks, link, hamt.name_hash(link.name or b""))
        self._basic, self._shard = None, shard

    def _unshard(self) -> None:
        links = list(self.entries())
        self._basic, self._shard = {}, None
        self._size = self._own_size()
        for link in links:
            self._add(link)

    def _fits(self, change: int) -> bool:
        """Tell whether one block would do after a change; looks no further than it has to.

        When it has to look again it looks twice as far, so that many changes cost no more
        than a few looks at everything.
        """
        room = self._profile.hamt_threshold - change
        if self._size > room:
            return False
        enough = room << self._looks
        self._looks += 1
        self._size = self._own_size()
        for link in self.entries():
            self._size += self._estimate(link)
            if self._size > enough:
                return False
        return self._size <= room

    def _estimate(self, link: PBLink) -> int:
        name, cid = len(link.name or b""), len(bytes(link.cid))
        if self._profile.hamt_estimate != "block":
            return name + cid
        inner = 3 + _varint(cid) + cid + _varint(name) + name + _varint(link.tsize or 0)
        return 1 + _varint(inner) + inner

    def _own_size(self) -> int:
        data = len(self._data())
        return 1 + _varint(data) + data if self._profile.hamt_estimate == "block" else 0

    def _data(self) -> bytes:
        return nodes.encode(nodes.Data(nodes.DIRECTORY, metadata=self._metadata))


def _varint(value: int) -> int:
    """Return how many bytes a varint takes."""
    return max(1, (value.bit_length() + 6) // 7)
