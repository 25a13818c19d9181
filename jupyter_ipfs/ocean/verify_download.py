"""Checking what an Ocean Node sent, against what was published: before anything is kept of it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, cast

from jupyter_ipfs.errors import CodecError, VerificationError
from jupyter_ipfs.ipld import car
from jupyter_ipfs.ocean.content import CAR
from jupyter_ipfs.unixfs import profiles
from jupyter_ipfs.words.figures import counted, size

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.ocean.content import Content
    from jupyter_ipfs.ocean.published import Published
    from jupyter_ipfs.protocols import ProgressCallback

_HINT = "nothing of it was kept; tell the publisher, or ask another Ocean Node"


@dataclass(frozen=True, slots=True)
class Received:
    """A file that came, beside its final place.

    Attributes:
        file: Where it lies for now.
        size: Bytes that came.
        sha256: Their digest, in hex.
    """

    file: Path
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What was checked.

    Attributes:
        root: The content's CID; ``None`` if there was nothing to check against.
        words: What exactly was compared with what, in a sentence.
    """

    root: CID | None
    words: str


def check(
    content: Content,
    received: Received,
    published: Published | None,
    target: Path,
    *,
    progress: ProgressCallback | None = None,
) -> Checked:
    """Compare what came with what was published, and put the content at ``target``.

    Args:
        content: The session.
        received: What came.
        published: What the asset says of its bytes.
        target: A place where nothing is.
        progress: Told bytes.

    Raises:
        VerificationError: It is something else; nothing is at ``target`` then.
    """
    if published is None:
        shutil.move(received.file, target)
        words = (
            f"Not checked: the asset does not say what its bytes are. {received.size:,} bytes came "
            f"as the Ocean Node sent them (sha256 {received.sha256})."
        )
        return Checked(None, words)
    if received.size != published.size or received.sha256 != published.sha256:
        raise VerificationError(
            f"the Ocean Node sent other bytes than were published ({received.size:,}, "
            f"and {published.size:,} were)" if received.size != published.size
            else "the Ocean Node sent other bytes than were published", _HINT,
        )  # fmt: skip
    if published.form == CAR:
        return _unpacked(content, received, published, target, progress)
    with received.file.open("rb") as file:
        root = content.store(
            file, profile=profiles.by_name(published.profile), only_hash=True, progress=progress
        ).root
    if not published.is_root(root):
        raise VerificationError("the bytes do not give the CID that was published", _HINT)
    received.file.rename(target)
    words = (
        f"All {counted(received.size, 'byte')} came, and they give the CID that was published"
        f"{_named(published, root)} (profile {published.profile})."
    )
    return Checked(root, words)


def _unpacked(
    content: Content,
    received: Received,
    published: Published,
    target: Path,
    progress: ProgressCallback | None,
) -> Checked:
    with received.file.open("rb") as file:
        try:
            roots = car.Reader(file).roots
        except CodecError as error:
            raise VerificationError(f"what came is no CAR: {error}", _HINT) from None
    if len(roots) != 1 or not published.is_root(roots[0]):
        raise VerificationError("the CAR is of another CID than was published", _HINT)
    root = roots[0]
    with received.file.open("rb") as file:
        try:
            found = content.import_car(cast("BinaryIO", file), pin=False, progress=progress)
        except CodecError as error:
            raise VerificationError(f"the CAR is damaged: {error}", _HINT) from None
    if root not in found.roots:
        raise VerificationError("the CAR does not hold all of what was published", _HINT)
    written = content.get(root, target, progress=progress)
    words = (
        f"All {found.blocks:,} blocks came ({size(received.size)}), each matches its CID, and they "
        f"are all of what was published{_named(published, root)}: "
        f"{counted(written.files, 'file')}, {size(written.size)}."
    )
    return Checked(root, words)


def _named(published: Published, root: CID) -> str:
    if published.root is not None:
        return f", {root}"
    return f", {root}, of which the asset says the sha256"
