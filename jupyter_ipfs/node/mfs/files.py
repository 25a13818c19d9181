"""The mutable files as one object: read, changed one by one, or many at once in a batch."""

from __future__ import annotations

import io
import tempfile
from contextlib import ExitStack, closing, contextmanager
from typing import IO, TYPE_CHECKING, BinaryIO, Protocol, TypeVar, cast

from jupyter_ipfs.errors import BlockNotFoundError, LimitError, RepoBusyError
from jupyter_ipfs.node import add as adding
from jupyter_ipfs.node import cat, paths
from jupyter_ipfs.node import ls as listing
from jupyter_ipfs.node.mfs import content, operations
from jupyter_ipfs.node.mfs.paths import FilePath
from jupyter_ipfs.node.mfs.paths import source as content_path
from jupyter_ipfs.node.mfs.tree import Overlay, Tree, taken
from jupyter_ipfs.unixfs import profiles, reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyter_ipfs.ipld.block import Block
    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.node.ls import Entry, Stat
    from jupyter_ipfs.protocols import Batch, Blocks

T = TypeVar("T")

MAX_READ = 1 << 30  # bytes that `read` returns at once; `stream` has no limit
_ATTEMPTS = 256  # each one that is lost is another process's success
_IN_MEMORY = 8 * 1024 * 1024
_COPY = 1024 * 1024


class Home(Protocol):
    """Where the files' root is kept, and their blocks."""

    blocks: Blocks

    def root(self) -> CID | None:
        """Return the root; ``None`` if nothing has been written yet."""

    def begin(self) -> Batch:
        """Start an atomic store."""

    def bring(self, batch: Batch, cid: CID) -> None:
        """See to it that content from elsewhere is there when the batch is committed."""

    def settle(self, batch: Batch, tree: Tree, before: CID | None, root: CID) -> bool:
        """Let the files go from ``before`` to ``root``; ``False`` if they are elsewhere by now."""

    def flush(self) -> None:
        """Make durable what is not yet."""


class FilesBatch:
    """Many changes, of which nobody sees anything before all of them. Made by `Files.batch`.

    It reads what it has written. For one thread.
    """

    def __init__(self, home: Home, pack: Batch) -> None:
        self._home = home
        self._pack = pack
        self._blocks = Overlay(pack, home.blocks)
        self._steps: list[Callable[[Tree], object]] = []
        self._spools = ExitStack()
        self._begin()

    def read(self, path: str, offset: int = 0, length: int | None = None) -> bytes:
        """See `Files.read`."""
        return _read(self._tree.node(FilePath.parse(path)), self._blocks, offset, length)

    def ls(self, path: str = "/") -> list[Entry]:
        """See `Files.ls`."""
        return _ls(self._tree, path)

    def stat(self, path: str) -> Stat:
        """See `Files.stat`."""
        return listing.stat(self._tree.node(FilePath.parse(path)))

    def write(
        self,
        path: str,
        data: bytes | BinaryIO,
        *,
        offset: int = 0,
        create: bool = True,
        parents: bool = False,
        truncate: bool = True,
    ) -> None:
        """See `Files.write`."""
        where = FilePath.parse(path)
        if offset < 0:
            raise ValueError("offset is not negative")
        old = operations.file_at(self._tree, where, create=create, parents=parents)
        if offset == 0 and (truncate or old is None):
            stream = io.BytesIO(data) if isinstance(data, bytes) else data
            ref = adding.add_stream(self._pack, stream, self._tree.profile)

            def put(tree: Tree) -> None:
                operations.file_at(tree, where, create=create, parents=parents)
                operations.put(tree, where, ref, parents=parents)

            self._do(put)
            return
        spool, size = _spooled(data)
        self._spools.callback(spool.close)

        def change(tree: Tree) -> None:
            found = operations.file_at(tree, where, create=create, parents=parents)
            cid = None if found is None or truncate else found.cid
            made = content.patch(tree, cid, spool, size, offset)
            operations.put(tree, where, made, parents=parents)

        self._do(change)

    def mkdir(self, path: str, *, parents: bool = False) -> None:
        """See `Files.mkdir`."""
        where = FilePath.parse(path)
        self._do(lambda tree: operations.mkdir(tree, where, parents=parents))

    def cp(self, source: str, target: str, *, parents: bool = False, force: bool = False) -> None:
        """See `Files.cp`."""
        to = FilePath.parse(target)
        if (outside := content_path(source)) is None:
            where = FilePath.parse(source)
            self._do(
                lambda tree: operations.cp(
                    tree, where, to, name=where.name, parents=parents, force=force
                )
            )
            return
        place = paths.parse(outside, _no_names)
        node = reader.resolve(self._blocks, place.root, place.segments)
        ref = taken(self._blocks, node.cid)
        self._home.bring(self._pack, node.cid)
        name = place.segments[-1] if place.segments else str(place.root).encode()
        self._do(lambda tree: operations.cp(tree, ref, to, name=name, parents=parents, force=force))

    def mv(self, source: str, target: str) -> None:
        """See `Files.mv`."""
        where, to = FilePath.parse(source), FilePath.parse(target)
        self._do(lambda tree: operations.mv(tree, where, to))

    def rm(self, path: str, *, recursive: bool = False, force: bool = False) -> None:
        """See `Files.rm`."""
        where = FilePath.parse(path)
        self._do(lambda tree: operations.rm(tree, where, recursive=recursive, force=force))

    def commit(self) -> CID:
        """Do it; where others were faster, on top of what they did. `Files.batch` calls it.

        Raises:
            RepoBusyError: Others were faster again and again.
            PathNotFoundError, PathExistsError …: What they did leaves no place for a change.
        """
        is_late = False
        for _ in range(_ATTEMPTS):
            try:
                if is_late:
                    self._begin()
                    for step in self._steps:
                        step(self._tree)
                root = self._tree.top.flush().cid
                if root == self._before or not self._steps:
                    return root
                if self._home.settle(self._pack, self._tree, self._before, root):
                    return root
            except BlockNotFoundError:  # a gc took what only an older root needed
                if not self.is_overtaken():
                    raise
            is_late = True
        raise RepoBusyError("others kept changing the files", "try again when it is quieter")

    def is_overtaken(self) -> bool:
        """Tell whether others have changed the files since this began to read them."""
        return self._home.root() != self._before

    def close(self) -> None:
        """Let go of what waited to be written."""
        self._spools.close()

    def _begin(self) -> None:
        self._before = self._home.root()
        self._tree = Tree(self._blocks, self._pack, profiles.DEFAULT, self._before)

    def _do(self, step: Callable[[Tree], object]) -> None:
        step(self._tree)
        self._steps.append(step)


class Files:
    """The mutable files of a backend; see `jupyter_ipfs.protocols.MFS`. Safe to share.

    New directories and contents are made by the profile ``unixfs-v1-2025``, and a content is
    always laid out as ``ipfs add`` would (where ``ipfs files write`` makes a trickle DAG).
    """

    def __init__(self, home: Home) -> None:
        self._home = home

    def read(self, path: str, offset: int = 0, length: int | None = None) -> bytes:
        """Return ``length`` bytes of a file from ``offset``, at most 1 GiB at once.

        Raises:
            PathNotFoundError, NotAFileError: There is no such file.
            LimitError: It is more; use `stream`.
        """
        return _read(self._looked_up(path), self._home.blocks, offset, length)

    def stream(self, path: str, offset: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Yield a file's bytes in parts, with constant memory."""
        return cat.stream(self._home.blocks, self._looked_up(path), offset, length)

    def ls(self, path: str = "/") -> list[Entry]:
        """Return a directory's entries, sorted by name, or the one entry that a file is."""
        return _ls(self._tree(), path)

    def stat(self, path: str) -> Stat:
        """Tell what a path is, and how large."""
        return listing.stat(self._looked_up(path))

    def root(self) -> CID:
        """Return the CID of everything."""
        return self._tree().top.flush().cid

    def flush(self, path: str = "/") -> CID:
        """Make durable what is not yet (only a Kubo has such), and return the CID of a path."""
        self._home.flush()
        return self._looked_up(path).cid

    def write(
        self,
        path: str,
        data: bytes | BinaryIO,
        *,
        offset: int = 0,
        create: bool = True,
        parents: bool = False,
        truncate: bool = True,
    ) -> None:
        """Write a file.

        Args:
            path: Where.
            data: What; a stream is read to its end.
            offset: Where in the file; what is skipped past its end is zeros.
            create: Make it if it is not there.
            parents: Make the directories above it.
            truncate: Let go of what was in it; ``False`` changes only the bytes written.

        Raises:
            PathNotFoundError: It is not there and may not be made.
            NotAFileError, NotADirectoryPathError: A directory is there, or a file above it.
            DiskFullError: Nothing was written.
        """

        def write(batch: FilesBatch) -> None:
            batch.write(
                path, data, offset=offset, create=create, parents=parents, truncate=truncate
            )

        if isinstance(data, bytes):
            self._once(write)
            return
        with self.batch() as batch:  # a stream is read once
            write(batch)

    def mkdir(self, path: str, *, parents: bool = False) -> None:
        """Make a directory; with ``parents`` those above it too, and it may be there already."""
        self._once(lambda batch: batch.mkdir(path, parents=parents))

    def cp(self, source: str, target: str, *, parents: bool = False, force: bool = False) -> None:
        """Copy, which is only to name: no content is stored twice.

        Args:
            source: A path of the files, or ``/ipfs/<cid>/…``.
            target: Where to; with a slash at the end: into that directory.
            parents: Make the directories above the target.
            force: Replace a file that stands there.
        """
        self._once(lambda batch: batch.cp(source, target, parents=parents, force=force))

    def mv(self, source: str, target: str) -> None:
        """Move; into ``target`` if that is a directory, else in its place."""
        self._once(lambda batch: batch.mv(source, target))

    def rm(self, path: str, *, recursive: bool = False, force: bool = False) -> None:
        """Take away a file, with ``recursive`` a directory; with ``force`` whatever may be there.

        The content stays until gc, and for good where something else keeps it.
        """
        self._once(lambda batch: batch.rm(path, recursive=recursive, force=force))

    @contextmanager
    def batch(self) -> Iterator[FilesBatch]:
        """Make many changes in one step: one pack, one new root, or nothing on an error.

        Another process that changes other files meanwhile loses nothing: its changes and
        these are both there afterwards.
        """
        with self._home.begin() as pack:
            changes = FilesBatch(self._home, pack)
            with closing(changes):
                yield changes
                changes.commit()

    def _once(self, change: Callable[[FilesBatch], None]) -> None:
        """Make one change; again if what it read was taken away by others meanwhile."""
        while True:
            with self._home.begin() as pack, closing(FilesBatch(self._home, pack)) as changes:
                try:
                    change(changes)
                    changes.commit()
                except BlockNotFoundError:
                    if not changes.is_overtaken():
                        raise
                else:
                    return

    def _tree(self) -> Tree:
        scratch = _Scratch()
        blocks = Overlay(scratch, self._home.blocks)
        return Tree(blocks, scratch, profiles.DEFAULT, self._home.root())

    def _looked_up(self, path: str) -> reader.Node:
        return self._tree().node(FilePath.parse(path))


class _Scratch:
    """Takes the few blocks that only reading makes: those of a root that nobody has written."""

    def __init__(self) -> None:
        self._blocks: dict[CID, Block] = {}

    def put(self, block: Block) -> bool:
        self._blocks[block.cid] = block
        return True

    def get(self, cid: CID) -> Block | None:
        return self._blocks.get(cid)


def _read(node: reader.Node, blocks: Blocks, offset: int, length: int | None) -> bytes:
    wanted = max(node.size - offset, 0) if length is None else min(length, node.size)
    if wanted > MAX_READ:
        raise LimitError(f"{wanted:,} bytes are too many at once", "read it in parts")
    return b"".join(cat.stream(blocks, node, offset, length))


def _ls(tree: Tree, path: str) -> list[Entry]:
    where = FilePath.parse(path)
    name = where.name.decode(errors="surrogateescape")
    entries = list(listing.ls(tree.blocks, tree.node(where), name))
    return sorted(entries, key=lambda entry: entry.name.encode(errors="surrogateescape"))


def _spooled(data: bytes | BinaryIO) -> tuple[BinaryIO, int]:
    """Keep what is to be written, so that it can be written once more on another root."""
    if isinstance(data, bytes):
        return io.BytesIO(data), len(data)
    spool: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  (the step's)
    while chunk := data.read(_COPY):
        spool.write(chunk)
    return cast("BinaryIO", spool), spool.tell()


def _no_names(name: str) -> CID:
    from jupyter_ipfs.errors import CIDError  # noqa: PLC0415

    raise CIDError(f"{name[:60]!a} is not a CID", "a name is no path: give /ipfs/<cid>")
