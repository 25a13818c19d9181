"""``ipfs://`` for fsspec: verified, read-only, and only the blocks that are needed.

pandas, pyarrow, DuckDB, zarr, Dask and Hugging Face `datasets` read through it::

    pd.read_parquet("ipfs://bafy…/train.parquet")
    pd.read_csv("ipfs://survey/a.csv")                      # a name in the local repo
    fsspec.open("simplecache::ipfs://bafy…/big.nc")

Importing this module makes ``ipfs://`` mean it in this process, see `register`.
"""
# ruff: noqa: ANN401  (what fsspec hands over and takes back has no types)

from __future__ import annotations

import contextlib
import datetime as dt
import os
import posixpath
import secrets
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import fsspec
from fsspec.callbacks import DEFAULT_CALLBACK
from fsspec.spec import AbstractBufferedFile, AbstractFileSystem
from fsspec.utils import isfilelike, stringify_path, tokenize

from jupyter_ipfs.errors import (
    CIDError,
    NameNotFoundError,
    NotAFileError,
    PathNotFoundError,
    ReadOnlyError,
)
from jupyter_ipfs.ipld.cid import looks_like_cid
from jupyter_ipfs.node import get as writer
from jupyter_ipfs.node import ls as listing
from jupyter_ipfs.node import parallel
from jupyter_ipfs.node.cat import RecentBlocks
from jupyter_ipfs.unixfs import reader

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ipfs.protocols import Blocks
    from jupyter_ipfs.session import Session

PROTOCOL = "ipfs"

_MAX_LINKS = 40  # symlinks followed, as Linux does
_LISTINGS = 64  # directories whose listings are kept
_READ_AHEAD = 1024 * 1024  # bytes that fsspec's caches fetch at a time, if one is asked for
# Small reads are served from an aligned window. Leaves are larger powers of two in every
# profile, so a window reaches into no leaf that was not needed anyway.
_WINDOW = 64 * 1024
_LINE = 8 * 1024  # bytes looked through for the end of a line at a time


def register() -> None:
    """Make ``ipfs://`` mean this file system in this process.

    ipfsspec, which does not verify what it reads, declares the same protocol; of two entry
    points the last one found wins, so what is explicit has to win over both.
    """
    fsspec.register_implementation(PROTOCOL, IPFSFileSystem, clobber=True)


def registered() -> str:
    """Return what ``ipfs://`` means in this process, as ``module.Class``."""
    found = fsspec.get_filesystem_class(PROTOCOL)
    return f"{found.__module__}.{found.__qualname__}"


class IPFSFileSystem(AbstractFileSystem):  # type: ignore[misc]  # (fsspec has no types)
    """Content by CID or name, read from the local repo or from wherever the session fetches.

    A path is ``<cid>/a/b`` or ``<name>/a/b``, with or without ``ipfs://``; a name is
    looked up each time it is used. Every byte has been checked against its CID. It can be
    pickled and used after a fork: each process opens the repo for itself.

    Args:
        repo: The repo's directory, see `jupyter_ipfs.connect`.
        backend: The backend's name, see `jupyter_ipfs.connect`.
    """

    protocol = PROTOCOL
    root_marker = ""

    def __init__(
        self,
        repo: str | os.PathLike[str] | None = None,
        backend: str | None = None,
        **storage_options: object,
    ) -> None:
        # Listings are kept by CID and cannot go stale; fsspec's options for them apply.
        super().__init__(**{"max_paths": _LISTINGS, **storage_options})
        self._place = (backend, None if repo is None else os.fspath(repo))

    @property
    def session(self) -> Session:
        """The session of this process on the repo; shared by all that asked for the same."""
        return _connected(*self._place)

    @property
    def fsid(self) -> str:
        """What tells this file system from another one."""
        return f"{PROTOCOL}-{tokenize(*self._place)}"

    @classmethod
    def _strip_protocol(cls, path: Any) -> Any:
        if isinstance(path, list):
            return [cls._strip_protocol(item) for item in path]
        text: str = stringify_path(path)
        for prefix in (f"{PROTOCOL}://", f"{PROTOCOL}::"):
            text = text.removeprefix(prefix)
        return text.removeprefix("/ipfs/").strip("/")

    # — reading —

    def info(self, path: str, **_: object) -> dict[str, Any]:
        """Return ``name``, ``type``, ``size`` and ``CID`` of a path (a symlink's is ``link``)."""
        path = self._strip_protocol(path)
        return _info(path, self._node(path))

    def ls(self, path: str, detail: bool = True, **_: object) -> list[Any]:  # noqa: FBT001, FBT002  (fsspec's signature)
        """List a directory; a file is listed as itself."""
        path = self._strip_protocol(path)
        node = self._node(path)
        if node.kind != reader.DIRECTORY:
            entries = [_info(path, node)]
        else:
            entries = self._entries(path, node)
        return list(entries) if detail else [entry["name"] for entry in entries]

    def _entries(self, path: str, node: reader.Node) -> list[dict[str, Any]]:
        key = f"{node.cid}/{path}"
        with contextlib.suppress(KeyError):  # absent, expired, or switched off
            known: list[dict[str, Any]] = self.dircache[key]
            return known
        found = list(listing.ls(self.session.blocks, node))
        entries = [_listed(path, entry) for entry in found]
        if all(entry.kind != listing.UNKNOWN for entry in found):
            self.dircache[key] = entries
        return entries

    def exists(self, path: str, **_: object) -> bool:
        """Tell whether the path names something.

        Raises:
            FetchError: That could not be found out.
        """
        return self._kind(path) is not None

    def isdir(self, path: str) -> bool:
        """Tell whether the path is a directory; see `exists`."""
        return self._kind(path) == reader.DIRECTORY

    def isfile(self, path: str) -> bool:
        """Tell whether the path is a file; see `exists`."""
        return self._kind(path) == reader.FILE

    def ukey(self, path: str) -> str:
        """Return the CID: it changes when, and only when, the bytes do."""
        return str(self._node(self._strip_protocol(path)).cid)

    def checksum(self, path: str) -> int:
        """Return the CID as a number."""
        return int(tokenize(self.ukey(path)), 16)

    def modified(self, path: str) -> dt.datetime:
        """Return the time in the content, or when a name came to point at it.

        What has neither (a CID whose DAG has no times) is as old as can be: it never changes.
        """
        path = self._strip_protocol(path)
        node = self._node(path)
        if node.metadata.mtime is not None:
            seconds = node.metadata.mtime[0]
            try:
                return dt.datetime.fromtimestamp(seconds, tz=dt.UTC)
            except (OSError, OverflowError, ValueError):  # content may claim any time
                if seconds < 0:
                    return dt.datetime.min.replace(tzinfo=dt.UTC)
                return dt.datetime.max.replace(tzinfo=dt.UTC)
        root = self.session.path(path).root
        name = path.partition("/")[0].partition("@")[0]
        versions = () if looks_like_cid(name) else self.session.log(name)
        times = [version.created_at for version in versions if version.root == root]
        return dt.datetime.fromtimestamp(max(times, default=0), tz=dt.UTC)

    def cat_file(
        self, path: str, start: int | None = None, end: int | None = None, **_: object
    ) -> bytes:
        """Return a file's bytes from ``start`` to ``end``; negative ones count from its end."""
        node = self._file(self._strip_protocol(path))
        return _range(self.session.blocks, node, start, end)

    def cat_ranges(
        self,
        paths: list[str],
        starts: int | list[int | None] | None,
        ends: int | list[int | None] | None,
        max_gap: int | None = None,  # noqa: ARG002  (nothing is gained by reading the gaps)
        on_error: str = "return",
        **_: object,
    ) -> list[Any]:
        """Return many ranges, several at once; what failed is in its place as an exception."""
        if not isinstance(paths, list):
            raise TypeError("paths is a list")
        starts = starts if isinstance(starts, list) else [starts] * len(paths)
        ends = ends if isinstance(ends, list) else [ends] * len(paths)
        if not len(paths) == len(starts) == len(ends):
            raise ValueError("paths, starts and ends differ in length")
        # Each file is looked up once, however many ranges of it are wanted.
        names = list(dict.fromkeys(paths))
        nodes = dict(zip(names, parallel.ordered_map(_caught(self._found), names), strict=True))
        blocks = self.session.blocks

        def read(item: tuple[str, int | None, int | None]) -> object:
            node = nodes[item[0]]
            return node if isinstance(node, Exception) else _range(blocks, node, *item[1:])

        items = zip(paths, starts, ends, strict=True)
        results = list(parallel.ordered_map(_caught(read), items))
        if on_error == "raise":
            for result in results:
                if isinstance(result, Exception):
                    raise result
        return results

    def cat(
        self,
        path: Any,
        recursive: bool = False,  # noqa: FBT001, FBT002  (fsspec's signature)
        on_error: str = "raise",
        **kwargs: Any,
    ) -> Any:
        """Return a file's bytes, or those of several files by path, several read at once."""
        paths = self.expand_path(path, recursive=recursive)
        if isinstance(path, str) and paths == [self._strip_protocol(path)]:
            return self.cat_file(paths[0], **kwargs)
        if recursive:
            paths = [found for found in paths if not self.isdir(found)]
        found = self.cat_ranges(paths, kwargs.get("start"), kwargs.get("end"), on_error="return")
        result = dict(zip(paths, found, strict=True))
        for name, value in list(result.items()):
            if isinstance(value, Exception):
                if on_error == "raise":
                    raise value
                if on_error == "omit":
                    del result[name]
        return result

    def get_file(
        self,
        rpath: str,
        lpath: Any,
        callback: Any = DEFAULT_CALLBACK,
        outfile: Any = None,
        **_: object,
    ) -> None:
        """Copy a file to disk: it stands under its name only when it is whole and verified."""
        if outfile is None and isfilelike(lpath):
            outfile = lpath
        path = self._strip_protocol(rpath)
        node = self._node(path)
        if outfile is None and node.kind == reader.DIRECTORY:
            Path(lpath).mkdir(parents=True, exist_ok=True)
            return
        node = self._file(path)
        if node.kind == reader.DIRECTORY:
            hint = "session.get(path, local_path) writes symlinks as symlinks"
            raise NotAFileError(f"{path} is a symlink to a directory", hint)
        callback.set_size(node.size)
        blocks = self.session.blocks
        if outfile is not None:
            for part in reader.read(blocks, node):
                outfile.write(part)
                callback.relative_update(len(part))
            return
        target = Path(lpath)
        target.parent.mkdir(parents=True, exist_ok=True)
        staging = target.with_name(f".{target.name[:100]}.{secrets.token_hex(6)}")
        try:
            written = writer.get(blocks, node, staging, name=target.name)
            staging.replace(target)
        except BaseException:
            staging.unlink(missing_ok=True)
            raise
        callback.relative_update(written.size)

    def _open(
        self,
        path: str,
        mode: str = "rb",
        block_size: int | None = None,
        autocommit: bool = True,  # noqa: ARG002, FBT001, FBT002  (fsspec's signature)
        cache_options: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> IPFSFile:
        if mode != "rb":
            _refuse_writing()
        # Caching blocks is the file's own business; a cache of bytes on top is by choice.
        kwargs.setdefault("cache_type", "none")
        return IPFSFile(
            self, path, block_size=block_size or _READ_AHEAD, cache_options=cache_options, **kwargs
        )

    def _kind(self, path: str) -> str | None:
        try:
            return self._node(self._strip_protocol(path)).kind
        except (FileNotFoundError, NotADirectoryError):
            return None

    def _found(self, path: str) -> reader.Node:
        return self._file(self._strip_protocol(path))

    def _file(self, path: str) -> reader.Node:
        """Look up what is to be read, following symlinks that stay within their root."""
        node = self._node(path)
        self.session.path(path).noted()
        for _ in range(_MAX_LINKS):
            if node.kind != reader.SYMLINK:
                return node
            root = path.partition("/")[0]
            target = posixpath.join(posixpath.dirname(path), os.fsdecode(node.target))
            path = posixpath.normpath(target)
            if path != root and not path.startswith(f"{root}/"):
                raise PathNotFoundError(
                    f"a symlink points out of {root}, to {os.fsdecode(node.target)!a}",
                    "it means something only where it was made",
                )
            node = self._node(path)
        raise PathNotFoundError(f"symlinks at {path!r} lead round in a circle")

    def _node(self, path: str) -> reader.Node:
        """Look a path up; whatever is no path is a file that is not there, as fsspec has it."""
        try:
            return self.session.resolve(f"{path}/")  # a space at the end is part of a name
        except (CIDError, NameNotFoundError) as error:
            raise PathNotFoundError(error.message, error.hint) from error

    # — writing, which there is not: content cannot change under its CID —

    def open(self, path: str, mode: str = "rb", *args: Any, **kwargs: Any) -> Any:  # noqa: D102
        if "r" not in mode or "+" in mode:
            _refuse_writing()
        return super().open(path, mode, *args, **kwargs)

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        """Say what to do instead of writing."""
        _refuse_writing()

    mkdir = makedirs = rmdir = rm = rm_file = _rm = mv = touch = _refuse
    pipe = pipe_file = put = put_file = copy = cp_file = _refuse


class IPFSFile(AbstractBufferedFile):  # type: ignore[misc]  # (fsspec has no types)
    """A file open for reading. What is read is checked; it stays the same while names move."""

    def __init__(self, fs: IPFSFileSystem, path: str, **kwargs: Any) -> None:
        self._node = fs._file(path)  # noqa: SLF001  (of its own kind)
        if self._node.kind == reader.DIRECTORY:
            raise NotAFileError(f"{path} is a directory", f"list it: fs.ls({path!r})")
        self._blocks = RecentBlocks(fs.session.blocks)
        self._window, self._window_at = b"", -1
        self._lock = threading.Lock()
        kwargs.setdefault("size", self._node.size)
        super().__init__(fs, path, **kwargs)

    def _fetch_range(self, start: int, end: int) -> bytes:
        parts: list[bytes] = []
        with self._lock:
            if end - start >= _WINDOW:
                return b"".join(reader.read(self._blocks, self._node, start, end))
            while start < end:
                base = start - start % _WINDOW
                if base != self._window_at:
                    read = reader.read(self._blocks, self._node, base, base + _WINDOW)
                    self._window, self._window_at = b"".join(read), base
                part = self._window[start - base : end - base]
                if not part:
                    break
                parts.append(part)
                start += len(part)
        return b"".join(parts)

    def readuntil(self, char: bytes = b"\n", blocks: int | None = None) -> bytes:
        """Read up to and including ``char``, looking through ``blocks`` bytes at a time."""
        found: bytes = super().readuntil(char, blocks or _LINE)
        return found


def _info(path: str, node: reader.Node) -> dict[str, Any]:
    return _record(path, node.kind, node.size, str(node.cid))


def _listed(directory: str, entry: listing.Entry) -> dict[str, Any]:
    return _record(f"{directory}/{entry.name}", entry.kind, entry.size, str(entry.cid))


def _record(path: str, kind: str, size: int | None, cid: str) -> dict[str, Any]:
    # The key is written as ipfsspec writes it.
    return {"name": path, "type": _TYPES.get(kind, "other"), "size": size, "CID": cid}


_TYPES = {reader.FILE: "file", reader.DIRECTORY: "directory", reader.SYMLINK: "link"}


def _range(blocks: Blocks, node: reader.Node, start: int | None, end: int | None) -> bytes:
    low = 0 if start is None else start if start >= 0 else max(node.size + start, 0)
    high = node.size if end is None else end if end >= 0 else node.size + end
    return b"".join(reader.read(blocks, node, low, max(high, low)))


def _caught(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Make errors results."""

    def caught(item: Any) -> Any:
        try:
            return function(item)
        except Exception as error:  # noqa: BLE001  (fsspec hands it to the caller)
            return error

    return caught


def _refuse_writing() -> NoReturn:
    raise ReadOnlyError(
        "ipfs:// is read-only: content cannot change under its CID",
        "store new content instead: jupyter_ipfs.connect().add(…), %ipfs put or jupyter ipfs add",
    )


# A session of each process: SQLite's connections must not cross a fork.
_sessions: dict[tuple[str | None, str | None], Session] = {}
_sessions_lock = threading.Lock()


def _connected(backend: str | None, repo: str | None) -> Session:
    with _sessions_lock:
        session = _sessions.get((backend, repo))
        if session is None:
            from jupyter_ipfs.session import connect  # noqa: PLC0415  (first use)

            session = _sessions[backend, repo] = connect(backend, repo)
        return session


def _forget_sessions() -> None:
    """After a fork: the parent's sessions, and a lock that one of its threads may have held."""
    global _sessions, _sessions_lock
    _sessions, _sessions_lock = {}, threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_sessions)

register()
