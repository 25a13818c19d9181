"""``add``: from files, streams and named bytes to blocks in a batch, with constant memory."""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, Protocol, Self

from jupyter_ipfs.errors import ConfigError, JupyterIPFSError
from jupyter_ipfs.node import scan
from jupyter_ipfs.node.meter import Meter
from jupyter_ipfs.unixfs import importer, nodes
from jupyter_ipfs.unixfs.directories import directory
from jupyter_ipfs.unixfs.importer import Ref

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
    from concurrent.futures import Future

    from jupyter_ipfs.ipld.block import Block
    from jupyter_ipfs.protocols import ProgressCallback
    from jupyter_ipfs.unixfs.profiles import Profile

_WORKERS = min(4, os.cpu_count() or 1)
# Chunks in flight: enough to keep the workers busy, little enough to be constant memory.
_WINDOW = 2 * _WORKERS + 2
_PERMISSIONS = 0o777
_OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class Added:
    """One finished file, symlink or directory; ``path`` begins with the root's own name."""

    path: str
    ref: Ref
    is_directory: bool = False


class Sink(Protocol):
    """What `add` needs of a `Batch`."""

    def put(self, block: Block) -> bool:
        """Take a block; ``False`` if it was already there."""


class OnlyHash:
    """A sink that keeps nothing, for ``--only-hash``."""

    def put(self, block: Block) -> bool:  # noqa: ARG002
        """Forget the block."""
        return True


@dataclass(frozen=True, slots=True)
class Attributes:
    """Which mode and mtime go into the DAG: those of the disk, or fixed ones."""

    preserve_mode: bool = False
    preserve_mtime: bool = False
    mode: int | None = None
    mtime: tuple[int, int] | None = None

    def __bool__(self) -> bool:
        """Whether any is asked for."""
        return bool(
            self.preserve_mode or self.preserve_mtime or self.mode or self.mtime is not None
        )


NO_ATTRIBUTES = Attributes()


@dataclass(frozen=True, slots=True)
class Options:
    """How to take what lies on the disk.

    Attributes:
        wrap: Put the source into a new directory, under its own name.
        hidden: Take entries whose names begin with a dot.
        attributes: Modes and times to put into the DAG.
        on_added: Told every finished file and directory, children first.
    """

    wrap: bool = False
    hidden: bool = False
    attributes: Attributes = NO_ATTRIBUTES
    on_added: Callable[[Added], None] | None = None


DEFAULTS = Options()


def add_paths(
    sink: Sink,
    trees: Sequence[scan.Scan],
    profile: Profile,
    *,
    options: Options = DEFAULTS,
    progress: ProgressCallback | None = None,
) -> Ref:
    """Add scanned trees; return the root: the one tree's, or the directory that wraps them.

    Raises:
        ConfigError: A file cannot be read.
    """
    meter = Meter(
        progress,
        "storing",
        files_total=sum(tree.files for tree in trees),
        size_total=sum(tree.size for tree in trees),
    )
    with _Adding(sink, profile, options, meter) as adding:
        refs = [(tree.root.name, adding.tree(tree.root)) for tree in trees]
        root = refs[0][1]
        if options.wrap:
            root = adding.directory(refs, nodes.NO_METADATA)
            if options.on_added is not None:
                options.on_added(Added("", root, is_directory=True))
    meter.done()
    return root


def add_stream(
    sink: Sink,
    stream: BinaryIO,
    profile: Profile,
    *,
    options: Options = DEFAULTS,
    progress: ProgressCallback | None = None,
) -> Ref:
    """Add everything that ``stream`` gives, as one file; return its root."""
    meter = Meter(progress, "storing", files_total=1)
    with _Adding(sink, profile, options, meter) as adding:
        chunks = _chunks(stream.read, profile.chunk_size)
        ref = adding.file(chunks, _fixed(options.attributes))
    meter.done()
    return ref


class Seekable(Protocol):
    """What a `Slice` is a part of."""

    def seek(self, offset: int, /) -> int:
        """Go on reading at ``offset``."""

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes, none only at the end."""


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a seekable file that is a file of its own; ``offset`` and ``size`` in bytes."""

    source: Seekable
    offset: int
    size: int

    def chunks(self, size: int) -> Iterator[bytes]:
        """Yield the content in full chunks.

        Raises:
            ConfigError: The source has become shorter.
        """
        self.source.seek(self.offset)
        left = self.size
        while left:
            wanted = min(size, left)
            chunk = next(_chunks(self.source.read, wanted), b"")
            if len(chunk) < wanted:
                raise ConfigError("a file has become shorter while it was read")
            left -= wanted
            yield chunk


def add_slice(
    sink: Sink,
    content: Slice,
    profile: Profile,
    *,
    progress: ProgressCallback | None = None,
) -> Ref:
    """Add a part of a file as one file; return its root."""
    meter = Meter(progress, "storing", files_total=1, size_total=content.size)
    with _Adding(sink, profile, DEFAULTS, meter) as adding:
        ref = adding.file(content.chunks(profile.chunk_size), nodes.NO_METADATA)
    meter.done()
    return ref


def add_files(
    sink: Sink,
    files: Mapping[str, bytes | os.PathLike[str] | Slice | Ref],
    profile: Profile,
    *,
    size_total: int | None = None,
    progress: ProgressCallback | None = None,
) -> Ref:
    """Add named contents as a directory; ``a/b`` makes a sub-directory. Return its root.

    A `Ref` stands for content whose blocks the sink has already.

    Raises:
        ConfigError: A name cannot be one, or stands for a file and a directory.
    """
    tree: dict[str, object] = {}
    for name, content in files.items():
        _plant(tree, name, content)
    meter = Meter(progress, "storing", files_total=len(files), size_total=size_total)
    with _Adding(sink, profile, DEFAULTS, meter) as adding:
        ref = adding.mapping(tree)
    meter.done()
    return ref


class _Adding:
    """One running add: hashes in threads, hands blocks to the sink in order."""

    def __init__(self, sink: Sink, profile: Profile, options: Options, meter: Meter) -> None:
        self._sink = sink
        self._profile = profile
        self._attributes = options.attributes
        self._on_added = options.on_added
        self._pool: ThreadPoolExecutor | None = None
        self._meter = meter

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def tree(self, root: scan.Item) -> Ref:
        """Add an item with everything under it, children first, without recursion."""
        results: list[list[tuple[bytes, Ref]]] = [[]]
        stack: list[tuple[scan.Item, bool]] = [(root, False)]
        above = len(root.path) - len(root.path.rstrip(b"/").rpartition(b"/")[2])
        while stack:
            item, is_complete = stack.pop()
            if item.kind != scan.DIRECTORY:
                results[-1].append((item.name, self._item(item)))
                self._tell(item, above, results[-1][-1][1])
            elif is_complete:
                entries = results.pop()
                metadata = self._metadata(item.path) if self._attributes else nodes.NO_METADATA
                results[-1].append((item.name, self.directory(entries, metadata)))
                self._tell(item, above, results[-1][-1][1])
            else:
                results.append([])
                stack.append((item, True))
                stack.extend((child, False) for child in item.children)
        return results[0][0][1]

    def _tell(self, item: scan.Item, above: int, ref: Ref) -> None:
        if self._on_added is not None:
            path = os.fsdecode(item.path[above:] or item.name)
            self._on_added(Added(path, ref, item.kind == scan.DIRECTORY))

    def mapping(self, tree: Mapping[str, object]) -> Ref:
        """Add nested names and contents (a few levels, by our own hand)."""
        entries = []
        for name, content in tree.items():
            if isinstance(content, dict):
                ref = self.mapping(content)
            elif isinstance(content, Ref):
                ref = content
            elif isinstance(content, Slice):
                ref = self.file(content.chunks(self._profile.chunk_size), nodes.NO_METADATA)
            elif isinstance(content, bytes):
                size = self._profile.chunk_size
                parts = range(0, max(len(content), 1), size)
                ref = self.file((content[at : at + size] for at in parts), nodes.NO_METADATA)
            else:
                ref = self.tree(scan.scan(str(content)).root)
            entries.append((os.fsencode(name), ref))
        return self.directory(entries, nodes.NO_METADATA)

    def directory(self, entries: list[tuple[bytes, Ref]], metadata: nodes.Metadata) -> Ref:
        return self._drain(directory(entries, self._profile, metadata))

    def file(self, chunks: Iterator[bytes], metadata: nodes.Metadata) -> Ref:
        """Add the chunks as one file; a single one is hashed here, more in threads."""
        first = next(chunks, b"")
        second = next(chunks, None)
        if second is None:
            block, ref = importer.leaf(first, self._profile, metadata)
            self._keep(block, ref)
        else:
            leaves = self._hashed(_chain(first, second, chunks))
            ref = self._drain(importer.file(leaves, self._profile, metadata))
        self._meter.file_done()
        return ref

    def _item(self, item: scan.Item) -> Ref:
        self._meter.label = os.fsdecode(item.name)
        metadata = self._metadata(item.path) if self._attributes else nodes.NO_METADATA
        try:
            if item.kind == scan.SYMLINK:
                target = os.readlink(item.path)  # noqa: PTH115  (bytes)
                block, ref = importer.symlink(target, self._profile, metadata)
                self._keep(block, ref)
                self._meter.file_done()
                return ref
            fd = os.open(item.path, _OPEN_FLAGS)
            try:
                chunks = _chunks(partial(os.read, fd), self._profile.chunk_size)
                return self.file(chunks, metadata)
            finally:
                os.close(fd)
        except OSError as error:
            if isinstance(error, JupyterIPFSError) or error.filename is None:
                raise
            reason = error.strerror or str(error)
            raise ConfigError(f"cannot read {os.fsdecode(item.path)!r}: {reason}") from None

    def _hashed(self, chunks: Iterator[bytes]) -> Iterator[Ref]:
        """Hash ahead in threads (hashlib lets go of the GIL), keep blocks in order."""
        if self._pool is None:
            self._pool = ThreadPoolExecutor(_WORKERS, "ipfs-add")
        window: deque[Future[tuple[Block, Ref]]] = deque()
        for chunk in chunks:
            window.append(self._pool.submit(importer.leaf, chunk, self._profile))
            if len(window) == _WINDOW:
                yield self._keep(*window.popleft().result())
        while window:
            yield self._keep(*window.popleft().result())

    def _keep(self, block: Block, ref: Ref) -> Ref:
        self._meter.advance(ref.size, existing=not self._sink.put(block))
        return ref

    def _drain(self, blocks: Generator[Block, None, Ref]) -> Ref:
        while True:
            try:
                self._sink.put(next(blocks))
            except StopIteration as stop:
                ref: Ref = stop.value
                return ref

    def _metadata(self, path: bytes) -> nodes.Metadata:
        wanted = self._attributes
        found = os.lstat(path)
        fixed = _fixed(wanted)
        mode, mtime = fixed.mode, fixed.mtime
        if wanted.preserve_mode:
            mode = found.st_mode & 0o7777
        if wanted.preserve_mtime:
            mtime = divmod(found.st_mtime_ns, 1_000_000_000)
        return nodes.Metadata(mode, mtime)


def _fixed(attributes: Attributes) -> nodes.Metadata:
    mode = None if attributes.mode is None else attributes.mode & _PERMISSIONS
    # A time of 0 seconds cannot be set: Kubo takes it for "none".
    mtime = attributes.mtime if attributes.mtime and attributes.mtime[0] else None
    return nodes.Metadata(mode, mtime)


def _chunks(read: Callable[[int], bytes], size: int) -> Iterator[bytes]:
    """Cut what ``read`` gives into full chunks; pipes and ttys give what they have."""
    while chunk := read(size):
        while len(chunk) < size and (more := read(size - len(chunk))):
            chunk += more
        yield chunk


def _chain(first: bytes, second: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield second
    yield from rest


def _plant(tree: dict[str, object], name: str, content: object) -> None:
    *parents, leaf = name.split("/")
    if not leaf or any(part in {"", ".", ".."} or "\0" in part for part in [*parents, leaf]):
        raise ConfigError(f"{name!r} cannot be a file's name")
    for parent in parents:
        below = tree.setdefault(parent, {})
        if not isinstance(below, dict):
            raise ConfigError(f"{name!r} needs a directory where a file stands")
        tree = below
    if leaf in tree:
        raise ConfigError(f"{name!r} is there twice")
    tree[leaf] = content
