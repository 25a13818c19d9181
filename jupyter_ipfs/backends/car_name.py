"""What a CAR file is called that hands something over: ``<name>-<end of its CID>.car``.

A name in such a file name is somebody's word: it is shown and offered, and nothing is found or
checked by it.
"""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import ConfigError, IPFSError
from jupyter_ipfs.ipld import car
from jupyter_ipfs.net.scheme import is_web_address
from jupyter_ipfs.store import listing, names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.store.repo import Repo

SUFFIX = ".car"
_END = 8  # characters of the CID: 40 bits tell one lab's files apart
_MAX_BYTES = 180  # of the name; file systems take 255 in all
_UNSAFE = re.compile(r'^[.\-~]|[\\/:*?"<>|\x00-\x1f]')  # on Windows, or to a shell's tools
_MOST_FILES = 10_000  # of a folder that is looked through for a name


def of(root: CID, name: str | None) -> str:
    """Return the file name for a root: with its name, where that can stand in one."""
    if name is None or _UNSAFE.search(name) or len(name.encode()) > _MAX_BYTES:
        return f"{root}{SUFFIX}"
    return f"{name}-{str(root)[-_END:]}{SUFFIX}"


def newest_name(repo: Repo, root: CID) -> str | None:
    """Return the name that was last given to a root in this repo."""
    labels = repo.database.read(lambda connection: listing.one(connection, root)).labels
    return labels[0].name if labels else None


def is_of(file_name: str, root: CID) -> bool:
    """Tell whether a file is called as `of` calls that of ``root``."""
    stem = file_name.removesuffix(SUFFIX)
    return stem != file_name and (stem == str(root) or stem.endswith(f"-{str(root)[-_END:]}"))


def name_in(file_name: str, root: CID) -> str | None:
    """Return the name that a file's name gives ``root``, if it could be one in the repo."""
    stem = Path(file_name).name
    stem = stem[: -len(SUFFIX)] if stem.lower().endswith(SUFFIX) else stem
    try:
        return names.check(stem.removesuffix(f"-{str(root)[-_END:]}"))
    except ConfigError:
        return None


def free_name(repo: Repo, file_name: str, root: CID) -> str | None:
    """Return the name that a file's name gives ``root``, unless it is that of other content here.

    Whoever sends a file does not get to say what the reader's own names point at.
    """
    name = name_in(file_name, root)
    if name is None or (name in repo.names() and repo.log(name)[0].root != root):
        return None
    return name


def offered(root: CID, places: Iterable[str]) -> str | None:
    """Return what CAR files in these folders, or these CAR files, call ``root``."""
    for place in places:
        if is_web_address(place):
            continue
        for file in _files(Path(place), f"*-{str(root)[-_END:]}{SUFFIX}"):
            if _holds(file, root) and (name := name_in(file.name, root)) is not None:
                return name
    return None


def _files(place: Path, pattern: str) -> Iterable[Path]:
    try:
        if place.is_dir():
            return sorted(islice(place.glob(pattern), _MOST_FILES))
        return [place] if place.is_file() else []
    except OSError:
        return []


def _holds(file: Path, root: CID) -> bool:
    """Tell whether a file's header names ``root``."""
    try:
        with file.open("rb") as stream:
            return root in car.Reader(stream).roots
    except (IPFSError, OSError):
        return False
