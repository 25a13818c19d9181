"""A working copy: the notebook and its inputs in their places, in a folder of its own.

Written beside its place and made harmless there: what tools act on is left out, no cell is
trusted, nothing that exists is overwritten (``safety.md`` 7 and 20).
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ipfs.bundles.format.manifest import NOTEBOOK
from jupyter_ipfs.bundles.opening import opening
from jupyter_ipfs.errors import ConfigError, DiskFullError, NotABundleError
from jupyter_ipfs.ipld.cid import CID
from jupyter_ipfs.net import json_depth
from jupyter_ipfs.node import get, open_copy
from jupyter_ipfs.unixfs import reader

if TYPE_CHECKING:
    from jupyter_ipfs.bundles.content import Content
    from jupyter_ipfs.bundles.opening.opening import Opened
    from jupyter_ipfs.protocols import ProgressCallback

_RESERVE = 64 * 1024 * 1024  # bytes of disk that are left alone


@dataclass(frozen=True, slots=True)
class CopiedBundle:
    """A working copy.

    Attributes:
        local_path: Its folder.
        notebook: The notebook in it.
        skipped: What was left out, relative to the folder, and why.
    """

    local_path: Path
    notebook: Path
    skipped: dict[str, str] = field(default_factory=dict)


def copy(
    content: Content,
    opened: Opened,
    folder: Path,
    *,
    progress: ProgressCallback | None = None,
) -> CopiedBundle:
    """Write a working copy into ``folder``, under the notebook's name; numbered if it is taken.

    Raises:
        ConfigError: The folder is not there or cannot be written to.
        DiskFullError: It does not fit.
        NotABundleError: The notebook cannot be made harmless.
    """
    if not folder.is_dir():
        raise ConfigError(f"there is no folder {str(folder)!a}", "make it first")
    manifest = opened.manifest
    name = open_copy.clean(Path(manifest.name).stem)
    with open_copy.written_aside(folder) as inside:
        skipped = _write(content, opened, inside, progress)
        copied = open_copy.take_in(inside, folder, name)
    notebook = copied.local_path / _shown(opening.own_path(manifest))
    return CopiedBundle(copied.local_path, notebook, skipped | copied.skipped)


def _write(
    content: Content, opened: Opened, inside: Path, progress: ProgressCallback | None
) -> dict[str, str]:
    manifest, backend = opened.manifest, content.backend
    skipped: dict[str, str] = {}
    chosen: list[tuple[str, CID]] = []
    for each in manifest.inputs:
        if each.cid is None:
            skipped[each.path] = each.where or "it is not in the bundle"
        elif each.how != "content":  # which is read by its CID, wherever the notebook runs
            chosen.append((each.path, CID.parse(each.cid)))
    own = opening.own_path(manifest)
    own_cid = content.resolve(f"{opened.payload}/{NOTEBOOK}").cid
    for part in own.split("/"):
        if open_copy.is_refused(part):
            raise NotABundleError(f"the notebook stands at {own[:80]!a}, which tools act on")
    _check_room(content, [*chosen, (own, own_cid)], inside.parent)
    inside.mkdir()
    for path, cid in [*chosen, (own, own_cid)]:
        target = inside.joinpath(*path.split("/"))
        target.parent.mkdir(parents=True, exist_ok=True)
        node = reader.get(backend, cid)
        get.get(backend, node, target, name=target.name, progress=progress)
    written = inside.joinpath(*own.split("/"))
    if not own.casefold().endswith(".ipynb") or not _is_notebook(written.read_bytes()):
        raise NotABundleError(
            f"the notebook {manifest.name[:80]!a} cannot be made untrusted, so it is not copied",
            "read it from the ipfs: drive",
        )
    return skipped


def _is_notebook(data: bytes) -> bool:
    """Tell whether `open_copy` can make it untrusted: what it cannot, it leaves out."""
    if len(data) > open_copy.MAX_NOTEBOOK or open_copy.has_too_many_values(data):
        return False
    try:
        json_depth.parse_notebook(data)
    except (ValueError, RecursionError):
        return False
    return True


def _check_room(content: Content, chosen: list[tuple[str, CID]], folder: Path) -> None:
    size = sum(reader.get(content.backend, cid).size for _, cid in chosen)
    free = shutil.disk_usage(folder).free
    if size > free - _RESERVE:
        raise DiskFullError(
            f"the copy takes {size:,} bytes and {free:,} are free",
            "read single inputs from the ipfs: drive",
        )


def _shown(path: str) -> str:
    return "/".join(open_copy.clean_inside(part) for part in path.split("/"))
