"""Blocks in memory, and content on disk to make them from: what the comparisons share."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import BlockNotFoundError
from jupyter_ipfs.ipld import car
from jupyter_ipfs.node import add, scan
from jupyter_ipfs.unixfs import profiles

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from jupyter_ipfs.ipld.block import Block
    from jupyter_ipfs.ipld.cid import CID


class Memory:
    """A dict of blocks that an add can write to and a reader can read from."""

    def __init__(self, blocks: Iterable[Block] = ()) -> None:
        self.held: dict[bytes, Block] = {}
        self.touched: list[CID] = []
        for block in blocks:
            self.put(block)

    @classmethod
    def from_car(cls, file: Path) -> tuple[Memory, tuple[CID, ...]]:
        """Read a CAR, verified; return its blocks and roots."""
        with file.open("rb") as stream:
            reader = car.Reader(stream)
            return cls(reader.blocks()), reader.roots

    def put(self, block: Block) -> bool:
        """Take a block."""
        is_new = block.cid.multihash not in self.held
        self.held[block.cid.multihash] = block
        return is_new

    def get(self, cid: CID) -> Block:
        """Return a block, under the CID that was asked for."""
        from jupyter_ipfs.ipld.block import Block  # noqa: PLC0415  (a cycle for type checkers only)

        self.touched.append(cid)
        if cid.is_identity:
            return Block.from_identity(cid)
        try:
            return Block.verified(cid, self.held[cid.multihash].data)
        except KeyError:
            raise BlockNotFoundError(f"{cid} is not here") from None

    def get_many(self, cids: Iterable[CID]) -> Iterator[Block]:
        """Yield blocks in order."""
        return map(self.get, cids)

    def has(self, cid: CID) -> bool:
        """Tell whether a block is here."""
        return cid.multihash in self.held


def our_add(
    local_path: Path | str,
    sink: Memory | None = None,
    *,
    profile: profiles.Profile = profiles.DEFAULT,
    hidden: bool = False,
    wrap: bool = False,
    attributes: add.Attributes | None = None,
) -> str:
    """Add with our importer, as the node does it; return the root's text."""
    tree = scan.scan(local_path, hidden=hidden)
    to = Memory() if sink is None else sink
    options = add.Options(wrap=wrap, hidden=hidden, attributes=attributes or add.Attributes())
    return str(add.add_paths(to, [tree], profile, options=options).cid)


def write_varied_tree(root: Path) -> Path:
    """Write a small tree with one of everything that an import has a rule for."""
    rng = random.Random(7)
    (root / "sub" / "deep" / "er").mkdir(parents=True)
    (root / "empty-directory").mkdir()
    (root / ".hidden-directory").mkdir()
    (root / ".hidden-directory" / "inside").write_bytes(b"h")
    (root / "sub" / ".hidden").write_bytes(b"hidden")
    (root / "empty").write_bytes(b"")
    (root / "short").write_bytes(b"x")
    (root / "thirty-two").write_bytes(b"i" * 32)
    (root / "thirty-three").write_bytes(b"i" * 33)
    (root / "sub" / "kilobyte").write_bytes(rng.randbytes(1024))
    (root / "sub" / "chunk").write_bytes(rng.randbytes(262_144))
    (root / "sub" / "chunks").write_bytes(rng.randbytes(262_145))
    (root / "sub" / "deep" / "er" / "zeros").write_bytes(bytes(1_300_000))  # repeated leaves
    (root / "link").symlink_to("sub/kilobyte")
    (root / "sub" / "dangling").symlink_to("../nowhere/at all")
    (root / "sub" / "directory-link").symlink_to("deep")
    for name in ("B", "a", "Z", "é", "日本", "a b", "%41", "a\nb", "~", "\U0001f600"):
        (root / "sub" / "deep" / name).write_bytes(name.encode())
    raw = os.path.join(os.fsencode(root), b"sub", b"\xff\xfe not utf-8")  # noqa: PTH118  (bytes)
    with open(raw, "wb") as file:  # noqa: PTH123
        file.write(b"raw name")
    return root


def write_random_tree(root: Path, seed: int) -> Path:
    """Write a tree that nobody chose."""
    rng = random.Random(seed)
    places = [root]
    root.mkdir(exist_ok=True)
    for _ in range(rng.randrange(1, 12)):
        place = rng.choice(places) / f"d{rng.randrange(10**6)}"
        place.mkdir(exist_ok=True)
        places.append(place)
    alphabet = "abcXYZ019 _-.~%#?&=+é日\u202e\x01"
    for _ in range(rng.randrange(1, 40)):
        name = "f" + "".join(rng.choices(alphabet, k=rng.randrange(1, 40)))
        size = rng.choice([0, 1, rng.randrange(100), rng.randrange(5000), rng.randrange(400_000)])
        (rng.choice(places) / name).write_bytes(rng.randbytes(size))
    return root
