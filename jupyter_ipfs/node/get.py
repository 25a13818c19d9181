"""``get``: a DAG onto the local disk, and nothing of it outside of the target.

Names and symlinks come from whoever made the DAG. Everything is written into a fresh
directory beside the target, which is renamed into place when all of it is there: a
failure leaves nothing behind, and nothing that exists is overwritten.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import (
    ConfigError,
    DiskFullError,
    JupyterIPFSError,
    LimitError,
    PathExistsError,
    UnsafeContentError,
)
from jupyter_ipfs.ipld.cid import RAW
from jupyter_ipfs.node.extent import extent
from jupyter_ipfs.node.meter import Meter
from jupyter_ipfs.unixfs import reader

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.protocols import Blocks, ProgressCallback
    from jupyter_ipfs.unixfs.nodes import Metadata

MAX_DEPTH = 256
_RESERVE = 16 * 1024 * 1024  # bytes of disk that are left alone


@dataclass(frozen=True, slots=True)
class Written:
    """What `get` wrote: ``local_path`` and the files, symlinks and content bytes under it."""

    local_path: Path
    files: int
    size: int


def get(
    blocks: Blocks,
    node: reader.Node,
    local_path: Path,
    *,
    name: str,
    outside_symlinks: bool = False,
    progress: ProgressCallback | None = None,
) -> Written:
    """Write a file or a directory.

    Args:
        blocks: Where to read from.
        node: What to write.
        local_path: Where to. A directory that exists takes a file under ``name``; a DAG's
            directory is written to a path that does not exist yet, or to an empty directory.
        name: What the content is called if the target is a directory.
        outside_symlinks: Whether to write symlinks that point out of the DAG.
        progress: Told bytes and files.

    Raises:
        PathExistsError: Something stands there already.
        ConfigError: The target's parent does not exist.
        UnsafeContentError: An entry's name, or a symlink, would lead out of the target.
        LimitError: Directories nested deeper than `MAX_DEPTH`.
        DiskFullError: The content is larger than the free space.
    """
    target = _target(local_path, name, is_directory=node.kind == reader.DIRECTORY)
    staging = target.parent / f".{target.name[:100]}.{secrets.token_hex(6)}.partial"
    writing = _Writing(blocks, staging, Meter(progress, "writing"), outside=outside_symlinks)
    try:
        writing.write(node)
        if target.is_dir():
            target.rmdir()  # empty, as `_target` saw it; fails if it no longer is
        staging.rename(target)
    except BaseException as error:
        _remove(staging)
        if isinstance(error, OSError) and not isinstance(error, JupyterIPFSError):
            raise _translated(error) from None
        raise
    writing.meter.done()
    return Written(target, writing.meter.files, writing.meter.size)


def _translated(error: OSError) -> JupyterIPFSError:
    """Say in words what the file system refused, such as a name that is too long for it."""
    reason = error.strerror or str(error)
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DiskFullError(f"cannot write the content: {reason}", "nothing of it was kept")
    name = error.filename
    last = os.path.basename(os.fsencode(name))[:80] if isinstance(name, (str, bytes)) else b""  # noqa: PTH119
    return ConfigError(f"cannot write {os.fsdecode(last)!a}: {reason}", "nothing was written")


def check_name(name: bytes) -> None:
    """Refuse an entry name that means something to a file system.

    Raises:
        UnsafeContentError: It is empty, a dot or two, or holds a slash or a NUL.
    """
    if name in {b"", b".", b".."} or b"/" in name or b"\0" in name:
        shown = ascii(os.fsdecode(name))
        raise UnsafeContentError(
            f"the directory has an entry named {shown}, which cannot be written",
            "nothing was written; this content was made to harm, or by broken software",
        )


class _Writing:
    def __init__(self, blocks: Blocks, root: Path, meter: Meter, *, outside: bool) -> None:
        self._blocks = blocks
        self._root = os.fsencode(root)
        self._outside = outside
        self._links: list[tuple[bytes, reader.Node]] = []
        self._directories: list[tuple[bytes, Metadata]] = []
        self._left = 0  # bytes that may still be written
        self.meter = meter

    def write(self, root: reader.Node) -> None:
        size = extent(self._blocks, root, MAX_DEPTH)
        free = shutil.disk_usage(os.path.dirname(self._root)).free  # noqa: PTH120  (bytes)
        if size > free - _RESERVE:
            raise DiskFullError(
                f"{root.cid} unfolds to {size:,} bytes and {free:,} are free",
                "get the part that you need: %ipfs ls, then %ipfs get CID/part",
            )
        # Sizes in directories are claims, and some honest ones are 0.
        self._left = max(size, free // 2)
        self._node(root, self._root)
        # Links last: nothing can be written through one that is not there yet.
        for path, node in self._links:
            os.symlink(node.target, path)  # noqa: PTH211  (bytes)
            self.meter.file_done()
            _apply(path, node, follow=False)
        # A link may lead out by way of another one, which only the finished tree shows.
        top = os.path.realpath(self._root)
        for path, node in self._links:
            if not self._outside and not _is_under(os.path.realpath(path), top):
                raise _leads_out(node.target)
        for path, metadata in reversed(self._directories):
            _apply_metadata(path, metadata)

    def _node(self, root: reader.Node, root_path: bytes) -> None:
        stack: list[tuple[CID, bytes, int]] = self._step(root, root_path, 0)
        while stack:
            cid, path, depth = stack.pop()
            stack.extend(self._step(reader.get(self._blocks, cid), path, depth))

    def _step(self, node: reader.Node, path: bytes, depth: int) -> list[tuple[CID, bytes, int]]:
        """Write one node; return the children of a directory that are still to be written."""
        if node.kind == reader.DIRECTORY:
            return self._directory(node, path, depth)
        if node.kind == reader.SYMLINK:
            self._check_link(node, path)
            self._links.append((path, node))
        else:
            self._file(node, path)
        return []

    def _directory(
        self, node: reader.Node, path: bytes, depth: int
    ) -> list[tuple[CID, bytes, int]]:
        if depth == MAX_DEPTH:
            raise LimitError(f"directories are nested deeper than {MAX_DEPTH} levels")
        os.mkdir(path, 0o777)  # noqa: PTH102  (bytes)
        if node.metadata:
            self._directories.append((path, node.metadata))
        if repeated := reader.duplicates(node):
            shown = ascii(os.fsdecode(repeated[0]))
            raise UnsafeContentError(
                f"a directory has more than one entry named {shown}",
                "programs disagree on which one counts; see: %ipfs stat",
            )
        leaves: list[tuple[CID, bytes]] = []
        rest: list[tuple[CID, bytes, int]] = []
        for link in reader.entries(self._blocks, node):
            name = link.name or b""
            check_name(name)
            below = os.path.join(path, name)  # noqa: PTH118  (bytes)
            if link.cid.codec == RAW:
                leaves.append((link.cid, below))
            else:
                rest.append((link.cid, below, depth + 1))
        # Small files are read ahead in parallel, and only a few are in memory at a time.
        found = self._blocks.get_many(cid for cid, _ in leaves)
        for block, (_, below) in zip(found, leaves, strict=True):
            self._file(reader.interpret(block), below)
        return rest

    def _file(self, node: reader.Node, path: bytes) -> None:
        free = shutil.disk_usage(os.path.dirname(path)).free  # noqa: PTH120  (bytes)
        if node.size > free - _RESERVE:
            raise DiskFullError(
                f"{node.cid} claims {node.size:,} bytes and {free:,} are free",
                "read the part that you need: %ipfs cat --offset … --length …",
            )
        self._left -= node.size
        if self._left < 0:
            raise LimitError("the content is far larger than its directories claim")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
        with open(os.open(path, flags, 0o666), "wb", buffering=0) as out:  # noqa: PTH123
            for part in reader.read(self._blocks, node):
                view = memoryview(part)
                while view:
                    view = view[out.write(view) :]
                self.meter.advance(len(part))
        _apply(path, node)
        self.meter.file_done()

    def _check_link(self, node: reader.Node, path: bytes) -> None:
        target = node.target
        if b"\0" in target:
            raise UnsafeContentError("a symlink has a NUL in its target, which cannot be written")
        if self._outside:
            return
        inside = os.path.normpath(os.path.join(os.path.dirname(path), target))  # noqa: PTH118, PTH120
        if target[:1] == b"/" or not _is_under(inside, self._root):
            raise _leads_out(target)


def _is_under(path: bytes, top: bytes) -> bool:
    return (path + b"/").startswith(top + b"/")


def _leads_out(target: bytes) -> UnsafeContentError:
    return UnsafeContentError(
        f"a symlink points out of the content, to {os.fsdecode(target)!a}",
        "if you trust whoever made it, allow it with --outside-symlinks",
    )


def _target(local_path: Path, name: str, *, is_directory: bool) -> Path:
    target = local_path.absolute()
    if target.is_dir() and not (is_directory and not any(target.iterdir())):
        if is_directory:
            raise PathExistsError(
                f"{str(local_path)!r} exists and is not empty",
                "name a directory that does not exist yet; nothing is ever overwritten",
            )
        check_name(os.fsencode(name))
        target /= name
    if os.path.lexists(target) and not (is_directory and target.is_dir()):
        raise PathExistsError(
            f"{str(target)!r} exists", "name another file; nothing is ever overwritten"
        )
    if not target.parent.is_dir():
        raise ConfigError(f"there is no directory {str(target.parent)!r}", "make it first")
    return target


def _apply(path: bytes, node: reader.Node, *, follow: bool = True) -> None:
    if node.metadata:
        _apply_metadata(path, node.metadata, follow=follow)


def _apply_metadata(path: bytes, metadata: Metadata, *, follow: bool = True) -> None:
    """Set the mode and time that the DAG has; setuid, setgid and sticky bits are left out.

    Nor may others do more than the umask lets them: whoever made the content does not decide that.
    """
    if metadata.mode and follow:
        made = os.stat(path).st_mode  # noqa: PTH116  (bytes)
        # A file is made without x bits; who may not read it may not run it either.
        others = (made & 0o066) | (made & 0o044) >> 2
        os.chmod(path, metadata.mode & (0o700 | others))  # noqa: PTH101  (bytes)
    if metadata.mtime:
        seconds, nanoseconds = metadata.mtime
        stamp = seconds * 1_000_000_000 + nanoseconds
        with suppress(OverflowError, OSError):  # content claims any time, files have not all
            os.utime(path, ns=(stamp, stamp), follow_symlinks=follow)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
