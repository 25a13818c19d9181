"""The session: what magics, commands, file systems and handlers hold on to."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Self, TypeAlias

from jupyter_ipfs import config as settings
from jupyter_ipfs import plugins
from jupyter_ipfs.errors import ConfigError
from jupyter_ipfs.ipld.cid import CID
from jupyter_ipfs.node import add as adding
from jupyter_ipfs.node import archive, cat, get, ls, paths, scan, verify
from jupyter_ipfs.node.paths import ContentPath
from jupyter_ipfs.protocols import Stored
from jupyter_ipfs.store.repo import Repo
from jupyter_ipfs.unixfs import profiles, reader

if TYPE_CHECKING:
    import io
    from collections.abc import Iterator, Mapping, Sequence

    from jupyter_ipfs.bundles.door import Bundles
    from jupyter_ipfs.config import Config
    from jupyter_ipfs.node.add import Options
    from jupyter_ipfs.node.archive import Exported, Imported
    from jupyter_ipfs.node.forget import Forgotten
    from jupyter_ipfs.node.get import Written
    from jupyter_ipfs.node.ls import Entry, Stat
    from jupyter_ipfs.node.scan import LocalPath
    from jupyter_ipfs.node.verify import Verification
    from jupyter_ipfs.ocean.door import Ocean
    from jupyter_ipfs.protocols import (
        MFS,
        Backend,
        BackendStatus,
        Blocks,
        NameVersion,
        Pin,
        ProgressCallback,
        Removed,
    )
    from jupyter_ipfs.unixfs.profiles import Profile
    from jupyter_ipfs.wallet.door import Wallet

Source: TypeAlias = "LocalPath | bytes | BinaryIO | list[LocalPath] | tuple[LocalPath, ...]"


def connect(backend: str | None = None, repo: LocalPath | None = None) -> Session:
    """Open a session.

    Args:
        backend: ``"embedded"``, ``"kubo"`` or a plug-in's name; by default what the
            environment and ``config.toml`` say.
        repo: The local repo's directory; made when it does not exist.

    Raises:
        ConfigError: A setting cannot be used.
        RepoError: The repo cannot be opened.
    """
    return Session(backend, repo)


class Session:
    """One connection to a backend and the local repo. Thread-safe; cheap to make.

    A *path* is a CID, ``/ipfs/…``, ``ipfs://…``, a gateway's link or a name (``fig-3``,
    ``fig-3@2``), each with ``/sub/path``.
    """

    def __init__(self, backend: str | None = None, repo: LocalPath | None = None) -> None:
        self._arguments = (backend, repo)
        self._config = settings.load(backend, repo)
        self.repo = Repo.open(self._config.repo)
        self._backend = self._make_backend()
        self._wallet: Wallet | None = None
        self._ocean: Ocean | None = None
        self._bundles: Bundles | None = None

    # — what it is made of —

    @property
    def config(self) -> Config:
        """The settings, read again when the file has changed."""
        self._refresh()
        return self._config

    @property
    def backend(self) -> Backend:
        """Where blocks and pins live, by the settings of this moment."""
        self._refresh()
        return self._backend

    @property
    def blocks(self) -> Blocks:
        """Verified blocks: ``get``, ``get_many``, ``has``."""
        return self.backend

    @property
    def mfs(self) -> MFS:
        """The mutable files: ``read``, ``write``, ``mkdir``, ``cp``, ``mv``, ``rm``, ``batch``."""
        return self.backend.mfs()

    def status(self) -> BackendStatus:
        """Tell how the backend is, without raising."""
        return self.backend.status()

    # — storing —

    def add(
        self,
        source: Source,
        *,
        name: str | None = None,
        pin: bool = True,
        profile: str | Profile = profiles.DEFAULT.name,
        only_hash: bool = False,
        progress: ProgressCallback | None = None,
        options: Options = adding.DEFAULTS,
    ) -> CID:
        """Store a file, a directory, bytes or a stream; return the root's CID. See `store`."""
        return self.store(
            source,
            name=name,
            pin=pin,
            profile=profile,
            only_hash=only_hash,
            progress=progress,
            options=options,
        ).root

    def store(
        self,
        source: Source,
        *,
        name: str | None = None,
        pin: bool = True,
        profile: str | Profile = profiles.DEFAULT.name,
        only_hash: bool = False,
        progress: ProgressCallback | None = None,
        options: Options = adding.DEFAULTS,
    ) -> Stored:
        """Store a file, a directory, bytes or a stream, and tell what that did.

        Args:
            source: A local path, bytes, a binary file object, or several local paths, which
                are then wrapped into one directory.
            name: Point this name at the root; unchanged content adds no version.
            pin: Keep the content until it is unpinned.
            profile: ``"unixfs-v1-2025"``, ``"unixfs-v0-2015"`` or a `Profile`.
            only_hash: Compute the CID and store nothing; ``blocks`` and ``size`` are 0 then.
            progress: Told files and bytes, ten times a second at most.
            options: Wrapping, hidden files, modes and times.

        Raises:
            PathNotFoundError: There is no such local file.
            ConfigError: Something cannot be read or is no file, or the profile is unknown.
            DiskFullError: It does not fit.
            ConsentRequiredError: It would be announced publicly.
        """
        chosen = profiles.by_name(profile) if isinstance(profile, str) else profile
        stream, trees = scan.opened(
            source, wrap=options.wrap, hidden=options.hidden, excluded=self.repo.excluded
        )

        def write(sink: adding.Sink) -> CID:
            if stream is not None:
                ref = adding.add_stream(sink, stream, chosen, options=options, progress=progress)
            else:
                ref = adding.add_paths(sink, trees, chosen, options=options, progress=progress)
            return ref.cid

        if only_hash:
            return Stored(write(adding.OnlyHash()), 0, 0)
        hint = sum(tree.size for tree in trees) if trees else None
        with self.backend.batch(size_hint=hint) as batch:
            return batch.commit(write(batch), pin=pin, name=name)

    def put(
        self,
        value: object,
        *,
        name: str | None = None,
        pin: bool = True,
        progress: ProgressCallback | None = None,
    ) -> CID:
        """Store any object; return the root's CID. See `store_object`."""
        return self.store_object(value, name=name, pin=pin, progress=progress).root

    def store_object(
        self,
        value: object,
        *,
        name: str | None = None,
        pin: bool = True,
        progress: ProgressCallback | None = None,
    ) -> Stored:
        """Store any object that an adapter takes; `load` gives it back.

        A ``Path`` and ``bytes`` are stored as they are (see `store`), anything else as a
        directory of the files that its adapter writes.

        Raises:
            AdapterError: No adapter takes it, or a library is missing.
        """
        if isinstance(value, (os.PathLike, bytes)):
            return self.store(value, name=name, pin=pin, progress=progress)
        from jupyter_ipfs import adapters  # noqa: PLC0415  (loaded only when used)

        return self.store_files(adapters.dump(value), name=name, pin=pin, progress=progress)

    def store_files(
        self,
        files: Mapping[str, bytes | Path],
        *,
        name: str | None = None,
        pin: bool = True,
        progress: ProgressCallback | None = None,
    ) -> Stored:
        """Store named contents as a directory; ``a/b`` makes a sub-directory."""
        with self.backend.batch() as batch:
            ref = adding.add_files(batch, files, profiles.DEFAULT, progress=progress)
            return batch.commit(ref.cid, pin=pin, name=name)

    # — reading —

    def resolve(self, path: str | CID | ContentPath) -> reader.Node:
        """Return the node at a path; see `reader.resolve` for errors."""
        where = self.path(path)
        return reader.resolve(self.backend, where.root, where.segments)

    def path(self, path: str | CID | ContentPath) -> ContentPath:
        """Read what was typed; names are looked up in the local repo."""
        if isinstance(path, str):
            return paths.parse(path, self.repo.resolve)
        return ContentPath(path) if isinstance(path, CID) else path

    def cat(self, path: str | CID, offset: int = 0, length: int | None = None) -> bytes:
        """Return ``length`` bytes of a file from ``offset``, at most 1 GiB at once.

        Raises:
            LimitError: It is more; use `open` or `stream`.
        """
        return cat.read(self.backend, self.resolve(self.path(path).noted()), offset, length)

    def stream(
        self, path: str | CID, offset: int = 0, length: int | None = None
    ) -> Iterator[bytes]:
        """Yield a file's bytes in parts, with constant memory."""
        return cat.stream(self.backend, self.resolve(self.path(path).noted()), offset, length)

    def open(self, path: str | CID) -> io.BufferedReader:
        """Open a file for reading, seekable; only what is read is fetched, all of it verified."""
        return cat.open_file(self.backend, self.resolve(self.path(path).noted()))

    def get(
        self,
        path: str | CID,
        local_path: LocalPath,
        *,
        outside_symlinks: bool = False,
        progress: ProgressCallback | None = None,
    ) -> Written:
        """Write a file or directory to the local disk; see `jupyter_ipfs.node.get.get`."""
        where = self.path(path).noted()
        return get.get(
            self.backend,
            self.resolve(where),
            Path(local_path),
            name=where.name,
            outside_symlinks=outside_symlinks,
            progress=progress,
        )

    def ls(self, path: str | CID) -> list[Entry]:
        """Return a directory's entries, or the one entry that a file is."""
        return list(self.iter_ls(path))

    def iter_ls(self, path: str | CID) -> Iterator[Entry]:
        """Yield a directory's entries; for directories that are too large for a list."""
        where = self.path(path)
        return ls.ls(self.backend, self.resolve(where), where.name)

    def stat(self, path: str | CID) -> Stat:
        """Tell what a path is, and how large."""
        return ls.stat(self.resolve(path))

    def load(self, path: str | CID, *, trusted: Sequence[str] = ()) -> object:
        """Return the object that an adapter stored; never runs code from the content.

        A bare file that no adapter knows by its name comes back as bytes; a stored cell
        (``%%ipfs put``) gives its last value.

        Args:
            path: What to load.
            trusted: Fully qualified type names that a stored model may use.

        Raises:
            UnsupportedTypeError: It is a directory that no adapter wrote.
            UntrustedTypesError: A model needs types that are not in ``trusted``.
        """
        from jupyter_ipfs.adapters import stored  # noqa: PLC0415  (loaded only when used)

        where = self.path(path).noted()
        return stored.load(self.backend, self.resolve(where), where, trusted)

    def verify(
        self,
        path: str | CID,
        local_path: LocalPath | None = None,
        *,
        progress: ProgressCallback | None = None,
    ) -> Verification:
        """Read everything under a path, and compare it with ``local_path`` if that is given."""
        local = None if local_path is None else os.fspath(local_path)
        return verify.verify(self.backend, self.resolve(path), local, progress=progress)

    # — keeping —

    def pin(self, path: str | CID, *, progress: ProgressCallback | None = None) -> CID:
        """Keep everything under a path, fetching what is missing; return its CID."""
        cid = self.resolve(path).cid
        self.backend.pin(cid, progress=progress)
        return cid

    def unpin(self, path: str | CID) -> list[CID]:
        """Let go; a name without ``@version`` lets go of all its versions.

        The bytes stay until `gc`. Returns the CIDs that were kept and no longer are.
        """
        text = str(path)
        if not isinstance(path, CID) and text in self.repo.names():
            roots = [version.root for version in self.repo.log(text)]
        else:
            roots = [self.resolve(path).cid]
        return [root for root in dict.fromkeys(roots) if self.backend.unpin(root)]

    def pins(self) -> list[Pin]:
        """Return what is kept, oldest first."""
        return list(self.backend.pins())

    def names(self) -> list[NameVersion]:
        """Return the newest version of every name."""
        return [self.repo.log(name)[0] for name in self.repo.names()]

    def log(self, name: str) -> list[NameVersion]:
        """Return a name's versions, newest first.

        Raises:
            NameNotFoundError: There is no such name.
        """
        return self.repo.log(name)

    def gc(self) -> Removed:
        """Drop what no pin and no name reaches."""
        return self.backend.gc()

    # — handing over —

    def export_car(
        self,
        path: str | CID,
        file: LocalPath | BinaryIO,
        *,
        overwrite: bool = False,
        progress: ProgressCallback | None = None,
    ) -> Exported:
        """Write everything under a path as a CAR, to a file or a binary stream."""
        root = self.resolve(path).cid
        if isinstance(file, (str, os.PathLike)):
            target = Path(file).absolute()
            done = archive.export_file(
                self.backend, root, target, overwrite=overwrite, progress=progress
            )
            self.repo.record_copy(root, str(target))
            return done
        return archive.export_car(self.backend, root, file, progress=progress)

    def import_car(
        self,
        file: LocalPath | BinaryIO,
        *,
        name: str | None = None,
        pin: bool = True,
        progress: ProgressCallback | None = None,
    ) -> Imported:
        """Take in a CAR; its roots are kept if they are complete. See `archive.import_car`."""
        with archive.opened(file) as stream:
            return archive.import_car(stream, self.backend, name=name, pin=pin, progress=progress)

    def push(
        self,
        path: str | CID,
        target: LocalPath,
        *,
        progress: ProgressCallback | None = None,
    ) -> str:
        """Send everything under a path to a folder or to a Kubo; return where it now is.

        Args:
            path: What to send.
            target: A directory (it becomes a CAR file there), or the address of a Kubo's RPC.
            progress: Told bytes.

        Raises:
            ConfigError: The folder does not exist.
            ConsentRequiredError: The Kubo announces publicly, and nobody has agreed to that.
        """
        from jupyter_ipfs.backends import push  # noqa: PLC0415  (loads httpx)

        root, to_kubo = self.resolve(path).cid, self.config.at_kubo
        return push.push(
            self.backend, root, os.fspath(target), self.repo, to_kubo, progress=progress
        )

    def forget(self, path: str | CID) -> Forgotten:
        """Take content away from this computer, now; see `jupyter_ipfs.node.forget`."""
        from jupyter_ipfs.node.forget import forget  # noqa: PLC0415  (rarely needed)

        where = self.path(path)
        if where.segments:
            raise ConfigError(
                f"only a whole root can be forgotten, and {where} is a part of one",
                f"forget all of it ({where.root}), or store what is to stay under its own name",
            )
        return forget(self.repo, where.root)

    # — owning —

    @property
    def wallet(self) -> Wallet:
        """Who signs, and how: ``login``, ``open``, ``practice``, ``signer``, ``sign_out``."""
        if self._wallet is None:
            from jupyter_ipfs.wallet.door import Wallet  # noqa: PLC0415  (when needed)

            self._wallet = Wallet(self.repo.path)
        return self._wallet

    @property
    def ocean(self) -> Ocean:
        """Assets: ``publish``, ``search``, ``show``, ``buy``, ``download``, ``edit``, ``mine``."""
        if self._ocean is None:
            from jupyter_ipfs.ocean.door import Ocean  # noqa: PLC0415  (when needed)

            self._ocean = Ocean(self, self.wallet, lambda: self.config)
        return self._ocean

    @property
    def bundles(self) -> Bundles:
        """Shares: ``plan``, ``share``, ``open``, ``check``, ``copy``, ``reproduce``, ``diff``."""
        if self._bundles is None:
            from jupyter_ipfs.bundles.door import Bundles  # noqa: PLC0415  (when needed)

            self._bundles = Bundles(self, lambda: self.wallet, lambda: self.config)
        return self._bundles

    # — life —

    def close(self) -> None:
        """Let go of connections and files; idempotent."""
        if self._ocean is not None:
            self._ocean.close()
        if self._wallet is not None:
            self._wallet.close()
        self._backend.close()
        self.repo.close()

    def __enter__(self) -> Self:
        """Use as a context manager."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    # — inside —

    def _refresh(self) -> None:
        """Follow ``config.toml``: another process may have switched the backend."""
        if self._config.is_stale():
            self._config = settings.load(*self._arguments)
            self._backend.close()
            self._backend = self._make_backend()

    def _make_backend(self) -> Backend:
        factory = plugins.load(settings.BACKEND_GROUP, self._config.backend)
        backend: Backend = factory.create(self.repo, self._config)
        self.repo.quota.limit = self._config.quota
        return backend
