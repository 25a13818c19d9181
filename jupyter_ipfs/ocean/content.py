"""The content of an asset: what a session gives, and what of it an Ocean Node is to serve.

A single file whose bytes one of our import profiles turns back into its CID is served as
itself: who has the bytes can compute the CID. Anything else, a directory or a file of a foreign
layout, is served as a CAR of its DAG, parents first, each block once: the same root always
gives the same CAR.

What is priced must not be had by its CID, and the digest of what is served is public: the DDO
says it, and an Ocean Node tells it to whoever asks. The CID of a raw block is that digest. So a
priced file that is one raw block is served as a CAR too, and a priced asset's CAR is stored under
the older profile, whose leaves are not the bytes alone (``safety.md`` 15).
"""

from __future__ import annotations

import hashlib
import tempfile
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO, Protocol, cast

from jupyter_ipfs.errors import BlockNotFoundError, CIDError
from jupyter_ipfs.ipld.cid import CID, RAW
from jupyter_ipfs.unixfs import profiles, reader

if TYPE_CHECKING:
    import io
    from collections.abc import Sequence
    from pathlib import Path

    from jupyter_ipfs.node.archive import Exported, Imported
    from jupyter_ipfs.node.get import Written
    from jupyter_ipfs.node.paths import ContentPath
    from jupyter_ipfs.protocols import BackendStatus, NameVersion, ProgressCallback, Stored
    from jupyter_ipfs.store.copies import Copy
    from jupyter_ipfs.unixfs.profiles import Profile

FILE, CAR = "file", "car"
_IN_MEMORY = 8 * 1024 * 1024  # a smaller CAR needs no temporary file


_MOST_KNOWN = 100
_known: dict[tuple[str, CID, bool], Served] = {}
_knowing = threading.Lock()


class LocalRepo(Protocol):
    """Of the local repo: where it is, and what was handed over."""

    @property
    def path(self) -> Path:
        """Its directory."""

    def copies(self, root: CID) -> Sequence[Copy]:
        """Return where a root was copied to."""


class Content(Protocol):
    """What publishing and downloading need of a `Session`."""

    @property
    def repo(self) -> LocalRepo:
        """The local repo."""

    def path(self, path: str | CID | ContentPath) -> ContentPath:
        """Read what was typed."""

    def resolve(self, path: str | CID | ContentPath) -> reader.Node:
        """Return the node at a path."""

    def open(self, path: str | CID) -> io.BufferedReader:
        """Open a file."""

    def store(
        self,
        source: BinaryIO,
        *,
        name: str | None = None,
        pin: bool = True,
        profile: str | Profile = profiles.DEFAULT.name,
        only_hash: bool = False,
        progress: ProgressCallback | None = None,
    ) -> Stored:
        """Store a stream, or only compute its CID."""

    def export_car(
        self, path: str | CID, file: BinaryIO, *, progress: ProgressCallback | None = None
    ) -> Exported:
        """Write a DAG as a CAR."""

    def import_car(
        self,
        file: BinaryIO,
        *,
        name: str | None = None,
        pin: bool = True,
        progress: ProgressCallback | None = None,
    ) -> Imported:
        """Take in a CAR."""

    def get(
        self, path: str | CID, local_path: Path, *, progress: ProgressCallback | None = None
    ) -> Written:
        """Write a DAG to the disk."""

    def pin(self, path: str | CID, *, progress: ProgressCallback | None = None) -> CID:
        """Keep a DAG."""

    def names(self) -> list[NameVersion]:
        """Return the newest version of every name."""

    def status(self) -> BackendStatus:
        """Tell how the backend is."""


@dataclass(frozen=True, slots=True)
class Served:
    """What an Ocean Node is to serve.

    Attributes:
        form: ``file`` or ``car``.
        profile: The import profile that turns the bytes into ``root`` or into ``cid``.
        root: The content's CID, which a buyer checks.
        cid: The CID of the bytes that are served: ``root``, or a CAR's.
        size: Their number.
        sha256: Their digest, in hex.
        name: What to call it on the disk, or empty: its only name is its CID.
    """

    form: str
    profile: str
    root: CID
    cid: CID
    size: int
    sha256: str
    name: str


def prepared(
    content: Content, path: str | CID, *, priced: bool, progress: ProgressCallback | None = None
) -> Served:
    """Do as `prepare` for a form that changes as one types: content is read once.

    Remembered by root, in this process: content does not change under its CID.
    """
    where = content.path(path)
    key = str(content.repo.path), content.resolve(where).cid, priced
    with _knowing:
        known = _known.get(key)
    if known is not None:
        try:
            content.resolve(known.cid)  # a CAR that nothing keeps yet may have been swept
        except BlockNotFoundError:
            known = None
    if known is None:
        known = prepare(content, path, pin=False, priced=priced, progress=progress)
        with _knowing:
            while len(_known) >= _MOST_KNOWN:
                del _known[next(iter(_known))]
            _known[key] = known
    return replace(known, name=_name(where))


def prepare(
    content: Content,
    path: str | CID,
    *,
    pin: bool,
    priced: bool = False,
    progress: ProgressCallback | None = None,
) -> Served:
    """Find out what is to be served, reading all of it once; a CAR is made and stored.

    Args:
        content: The session.
        path: What is to be published.
        pin: Keep it: what was published has to stay.
        priced: Its CIDs must not follow from the digest of what is served.
        progress: Told bytes.

    Raises:
        BlockNotFoundError: A part of it is not to be had.
        ConsentRequiredError: The backend announces publicly what is put there.
    """
    where = content.path(path)
    node = content.resolve(where)
    name = _name(where) or _known_name(content, node.cid)
    is_digest = node.cid.codec == RAW or node.cid.is_identity
    if node.kind == reader.FILE and not (priced and is_digest):
        profile = profiles.UNIXFS_V0_2015 if node.cid.version == 0 else profiles.UNIXFS_V1_2025
        with content.open(node.cid) as file:
            told = Hashing(file)
            stream = cast("BinaryIO", told)
            again = content.store(stream, profile=profile, only_hash=True, progress=progress)
        if again.root == node.cid:
            if pin:
                content.pin(node.cid)
            return Served(FILE, profile.name, node.cid, node.cid, told.size, told.sha256, name)
    with tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=str(_workshop(content))) as archive:
        content.export_car(node.cid, cast("BinaryIO", archive), progress=progress)
        archive.seek(0)
        told = Hashing(archive)
        profile = profiles.UNIXFS_V0_2015 if priced else profiles.DEFAULT
        stored = content.store(cast("BinaryIO", told), pin=pin, profile=profile, progress=progress)
    if pin:
        content.pin(node.cid)
    return Served(CAR, profile.name, node.cid, stored.root, told.size, told.sha256, name)


class Readable(Protocol):
    """A binary stream."""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to ``size`` bytes, none only at the end."""


class Hashing:
    """A stream that counts and hashes what is read of it.

    Attributes:
        size: Bytes read.
    """

    def __init__(self, stream: Readable) -> None:
        self.size = 0
        self._stream = stream
        self._digest = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """The digest of what was read, in hex."""
        return self._digest.hexdigest()

    def read(self, size: int = -1, /) -> bytes:
        """Read on."""
        data = self._stream.read(size)
        self._digest.update(data)
        self.size += len(data)
        return data


def _workshop(content: Content) -> Path:
    """Where large temporary files go: beside the repo's, not on a small /tmp."""
    place = content.repo.path / "ocean"
    place.mkdir(mode=0o700, exist_ok=True)
    return place


def _name(where: ContentPath) -> str:
    """The name that the path gives; a CID is no name, and must not get into a priced asset."""
    try:
        CID.parse(where.name)
    except CIDError:
        return where.name
    return ""


def _known_name(content: Content, root: CID) -> str:
    """The name that the root was stored under: people are to get ``birds.csv`` as that."""
    return next((each.name for each in content.names() if each.root == root), "")
