"""``upload``: what a browser has sent becomes one root, in one pack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import ConflictError
from jupyter_ipfs.server.actions import store
from jupyter_ipfs.server.sessions import open_session
from jupyter_ipfs.server.uploads.staging import Staged

if TYPE_CHECKING:
    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.node.add import Sink
    from jupyter_ipfs.protocols import ProgressCallback
    from jupyter_ipfs.server.actions import Arguments
    from jupyter_ipfs.server.workspace import Workspace
    from jupyter_ipfs.session import Session


def title(arguments: Arguments) -> str:
    """Name the file or folder that was dropped, or the first of several."""
    staged: Staged = arguments["staged"]
    return staged.listing.name


def prepare(arguments: Arguments, _workspace: Workspace) -> Arguments:
    """Find the upload.

    Raises:
        GoneError: There is none.
        ConflictError: Not all of it has arrived, or somebody is at it.
    """
    name = store.name(arguments)
    with open_session() as session:
        staged = Staged.find(session.repo.path, str(arguments.get("id")))
    with staged.held():
        if staged.received < staged.size:
            raise ConflictError(
                f"{staged.received:,} of {staged.size:,} bytes are here",
                "send the rest, then commit it",
            )
    return {"staged": staged, "name": name}


def run(session: Session, arguments: Arguments, progress: ProgressCallback) -> dict[str, Any]:
    """Store the staged bytes; the staging stays until they are kept, for another try."""
    staged: Staged = arguments["staged"]
    with staged.held(), session.repo.quota.replacing(staged.size):
        with session.backend.batch(size_hint=staged.size) as batch:
            root = _write(batch, staged, progress)
            stored = batch.commit(root, pin=True, name=arguments["name"])
        staged.remove()
    return store.told(stored)


def _write(sink: Sink, staged: Staged, progress: ProgressCallback) -> CID:
    from jupyter_ipfs.node import add  # noqa: PLC0415  (when needed)
    from jupyter_ipfs.unixfs import profiles  # noqa: PLC0415

    listing = staged.listing
    staged.data.touch(mode=0o600)  # nothing was sent for files that are all empty
    with staged.data.open("rb", buffering=0) as data:
        slices: dict[str, add.Slice] = {}
        offset = 0
        for path, file in zip(listing.stored_paths(), listing.files, strict=True):
            slices[path] = add.Slice(data, offset, file.size)
            offset += file.size
        profile = profiles.DEFAULT
        if listing.is_one_file:
            (only,) = slices.values()
            return add.add_slice(sink, only, profile, progress=progress).cid
        return add.add_files(sink, slices, profile, size_total=listing.size, progress=progress).cid
