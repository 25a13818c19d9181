"""The files as a tree in memory: read where they are looked at, written where they changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from jupyter_ipfs.errors import InvalidPathError, NotADirectoryPathError, PathNotFoundError
from jupyter_ipfs.ipld.cid import DAG_PB, RAW
from jupyter_ipfs.node.mfs.paths import FilePath
from jupyter_ipfs.unixfs import reader
from jupyter_ipfs.unixfs.importer import Ref
from jupyter_ipfs.unixfs.mutation import MutableDirectory

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyter_ipfs.ipld.block import Block
    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.ipld.dag_pb import PBLink
    from jupyter_ipfs.protocols import Blocks
    from jupyter_ipfs.unixfs.profiles import Profile


class Pack(Protocol):
    """What a tree needs of a `Batch`."""

    def put(self, block: Block) -> bool:
        """Take a block."""

    def get(self, cid: CID) -> Block | None:
        """Return a block that was put, if it still has it."""


class Overlay:
    """Blocks, and in front of them those of a batch that is not committed."""

    def __init__(self, pack: Pack, blocks: Blocks) -> None:
        self._pack = pack
        self._blocks = blocks

    def get(self, cid: CID) -> Block:
        """See `protocols.Blocks`."""
        return self._pack.get(cid) or self._blocks.get(cid)

    def get_many(self, cids: Iterable[CID]) -> Iterator[Block]:
        """See `protocols.Blocks`."""
        wanted = list(cids)
        own = [self._pack.get(cid) for cid in wanted]
        rest = iter(
            self._blocks.get_many(
                cid for cid, block in zip(wanted, own, strict=True) if block is None
            )
        )
        for block in own:
            yield next(rest) if block is None else block

    def has(self, cid: CID) -> bool:
        """See `protocols.Blocks`."""
        return self._pack.get(cid) is not None or self._blocks.has(cid)


@dataclass(frozen=True, slots=True)
class Change:
    """An entry that is another one than before, or no longer there."""

    path: FilePath
    before: PBLink | None
    now: PBLink | None


class Folder:
    """One directory of the tree.

    Args:
        tree: What it is in.
        entries: Its entries.
        parent: The one above; ``None`` for the root.
        made: What it is, where nothing has changed yet.
    """

    def __init__(
        self,
        tree: Tree,
        entries: MutableDirectory,
        parent: Folder | None,
        made: Ref | None = None,
    ) -> None:
        self._tree = tree
        self._entries = entries
        self.parent = parent
        self._open: dict[bytes, Folder] = {}
        self._before: dict[bytes, PBLink | None] = {}
        self._made = made
        self.is_changed = False  # since the beginning
        self.is_dirty = False  # since it was made last

    def get(self, name: bytes) -> Folder | Ref | None:
        """Return a directory, or what else stands under a name.

        Raises:
            BlockNotFoundError, CodecError: What stands there cannot be read.
        """
        if name in self._open:
            return self._open[name]
        link = self._entries.get(name)
        if link is None:
            return None
        if link.cid.codec == RAW and link.tsize is not None:
            return Ref(link.cid, link.tsize, link.tsize)
        node = reader.get(self._tree.blocks, link.cid)
        if node.kind != reader.DIRECTORY:
            return Ref(node.cid, node.size, node.dag_size)
        return self._opened(name, node)

    def has(self, name: bytes) -> bool:
        """Tell whether there is such an entry, without reading it."""
        return self._entries.get(name) is not None

    def put(self, name: bytes, ref: Ref) -> None:
        """Set an entry, whatever was there."""
        self._note(name)
        self._open.pop(name, None)
        self._entries.put(name, ref)
        self._touch()

    def make(self, name: bytes) -> Folder:
        """Add an empty directory where nothing stands."""
        self._note(name)
        folder = Folder(self._tree, MutableDirectory(self._tree.blocks, self._tree.profile), self)
        self._entries.put(name, folder.flush())
        self._open[name] = folder
        self._touch()
        return folder

    def remove(self, name: bytes) -> bool:
        """Take an entry away; ``False`` if there is none."""
        if not self.has(name):
            return False
        self._note(name)
        self._open.pop(name, None)
        self._entries.remove(name)
        self._touch()
        return True

    def flush(self) -> Ref:
        """Put the blocks of what has changed; return what it is now."""
        if self._made is not None and not self.is_dirty:
            return self._made
        for name, folder in self._open.items():
            if folder.is_changed:
                self._entries.put(name, folder.flush())
        steps = self._entries.encode()
        while True:
            try:
                self._tree.pack.put(next(steps))
            except StopIteration as stop:
                made: Ref = stop.value
                self._made, self.is_dirty = made, False
                return made

    def changes(self, path: FilePath) -> Iterator[Change]:
        """Yield what is other than it was in the beginning; to be asked after `flush`."""
        for name, before in self._before.items():
            now = self._entries.get(name)
            if now != before:
                yield Change(path.child(name), before, now)
        for name, folder in self._open.items():
            if name not in self._before:
                yield from folder.changes(path.child(name))

    def _opened(self, name: bytes, node: reader.Node) -> Folder:
        entries = MutableDirectory.read(self._tree.blocks, node, self._tree.profile)
        folder = Folder(self._tree, entries, self, Ref(node.cid, 0, node.dag_size))
        self._open[name] = folder
        return folder

    def _note(self, name: bytes) -> None:
        if name not in self._before:
            self._before[name] = self._entries.get(name)

    def _touch(self) -> None:
        at: Folder | None = self
        while at is not None and not at.is_dirty:
            at.is_dirty = at.is_changed = True
            at = at.parent


class Tree:
    """All of the files, under one root.

    Args:
        blocks: Where they are read from; knows what was put into ``pack``.
        pack: Takes new blocks.
        profile: How what is new is made.
        root: The root to begin with; ``None`` for an empty one.
    """

    def __init__(self, blocks: Blocks, pack: Pack, profile: Profile, root: CID | None) -> None:
        self.blocks = blocks
        self.pack = pack
        self.profile = profile
        entries = MutableDirectory(blocks, profile)
        made = None
        if root is not None:
            node = reader.get(blocks, root)
            entries = MutableDirectory.read(blocks, node, profile)
            made = Ref(root, 0, node.dag_size)
        self.top = Folder(self, entries, None, made)

    def find(self, path: FilePath) -> Folder | Ref:
        """Return what stands at a path.

        Raises:
            PathNotFoundError: Nothing.
            NotADirectoryPathError: Something on the way is no directory.
        """
        at: Folder | Ref = self.top
        for depth, name in enumerate(path.segments):
            if not isinstance(at, Folder):
                upto = FilePath(path.segments[:depth])
                raise NotADirectoryPathError(f"{str(upto)!r} is not a directory")
            found = at.get(name)
            if found is None:
                upto = FilePath(path.segments[: depth + 1])
                raise PathNotFoundError(f"there is no {str(upto)!r} in the files")
            at = found
        return at

    def folder(self, path: FilePath) -> Folder:
        """Return the directory at a path; see `find`."""
        found = self.find(path)
        if not isinstance(found, Folder):
            raise NotADirectoryPathError(f"{str(path)!r} is not a directory")
        return found

    def node(self, path: FilePath) -> reader.Node:
        """Return what stands at a path, as a node to read."""
        return reader.get(self.blocks, self.ref(self.find(path)).cid)

    def ref(self, found: Folder | Ref) -> Ref:
        """Return what was found as an entry to set."""
        return found.flush() if isinstance(found, Folder) else found


def taken(blocks: Blocks, cid: CID) -> Ref:
    """Return content as an entry to set.

    Raises:
        InvalidPathError: It is neither a file, a directory nor a symlink.
    """
    if cid.codec not in {RAW, DAG_PB}:
        raise InvalidPathError(f"{cid} is neither a file nor a directory")
    node = reader.get(blocks, cid)
    return Ref(cid, node.size, node.dag_size)
