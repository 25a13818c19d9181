"""What sharing and opening need of a `Session`."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Protocol

if TYPE_CHECKING:
    import io
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.node.archive import Exported
    from jupyter_ipfs.node.get import Written
    from jupyter_ipfs.node.ls import Entry
    from jupyter_ipfs.node.paths import ContentPath
    from jupyter_ipfs.node.verify import Verification
    from jupyter_ipfs.protocols import Backend, NameVersion, ProgressCallback, Stored
    from jupyter_ipfs.store.repo import Repo
    from jupyter_ipfs.unixfs import reader


class Content(Protocol):
    """A session, as far as bundles know it."""

    repo: Repo

    @property
    def backend(self) -> Backend:
        """Where blocks and pins live."""

    def path(self, path: str | CID | ContentPath) -> ContentPath:
        """Read what was typed."""

    def resolve(self, path: str | CID | ContentPath) -> reader.Node:
        """Return the node at a path."""

    def cat(self, path: str | CID, offset: int = 0, length: int | None = None) -> bytes:
        """Return a file's bytes."""

    def open(self, path: str | CID) -> io.BufferedReader:
        """Open a file."""

    def iter_ls(self, path: str | CID) -> Iterator[Entry]:
        """Yield a directory's entries."""

    def store(
        self,
        source: Path | bytes,
        *,
        name: str | None = None,
        pin: bool = True,
        only_hash: bool = False,
        progress: ProgressCallback | None = None,
    ) -> Stored:
        """Store a file, a directory or bytes."""

    def store_files(
        self,
        files: Mapping[str, bytes | Path],
        *,
        name: str | None = None,
        pin: bool = True,
        progress: ProgressCallback | None = None,
    ) -> Stored:
        """Store named contents as a directory."""

    def get(
        self, path: str | CID, local_path: Path, *, progress: ProgressCallback | None = None
    ) -> Written:
        """Write a file or directory to the disk."""

    def verify(self, path: str | CID, *, progress: ProgressCallback | None = None) -> Verification:
        """Read everything under a path."""

    def export_car(
        self, path: str | CID, file: BinaryIO, *, progress: ProgressCallback | None = None
    ) -> Exported:
        """Write everything under a path as a CAR."""

    def names(self) -> list[NameVersion]:
        """Return the newest version of every name."""

    def log(self, name: str) -> list[NameVersion]:
        """Return a name's versions."""
