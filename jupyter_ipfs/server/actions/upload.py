"""``upload``: what a browser has sent becomes one root, in one pack; or is taken in as a CAR."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import ConflictError, RequestError
from jupyter_ipfs.server.actions import consent, import_, store
from jupyter_ipfs.server.sessions import open_session
from jupyter_ipfs.server.uploads.ahead import Ahead
from jupyter_ipfs.server.uploads.importing import import_staged
from jupyter_ipfs.server.uploads.staging import Staged
from jupyter_ipfs.store.failures import translated

if TYPE_CHECKING:
    from jupyter_ipfs.protocols import ProgressCallback, Stored
    from jupyter_ipfs.server.actions import Arguments
    from jupyter_ipfs.server.workspace import Workspace
    from jupyter_ipfs.session import Session


def title(arguments: Arguments) -> str:
    """Name the file or folder that was dropped, or the first of several."""
    staged: Staged = arguments["staged"]
    return staged.listing.name


def key(arguments: Arguments) -> str:
    """Return the upload's id: a commit of it that is repeated means the same job."""
    staged: Staged = arguments["staged"]
    return staged.id


def prepare(arguments: Arguments, _workspace: Workspace) -> Arguments:
    """Find the upload.

    Raises:
        GoneError: There is none.
        ConflictError: Not all of it has arrived, or somebody is at it.
        RequestError: Several files, or something unknown, are to be taken in.
    """
    name = store.name(arguments)
    form = arguments.get("as")
    with open_session() as session:
        staged = Staged.find(session.repo.path, str(arguments.get("id")))
    if form not in {None, "car"} or (form == "car" and len(staged.listing.files) != 1):
        raise RequestError("this cannot be taken in so", 'as: "car" takes one file')
    with staged.held():
        if staged.received < staged.size:
            raise ConflictError(
                f"{staged.received:,} of {staged.size:,} bytes are here",
                "send the rest, then commit it",
            )
    return {
        "staged": staged,
        "name": name,
        "is_car": form == "car",
        "agree": consent.given(arguments),
    }


def run(session: Session, arguments: Arguments, progress: ProgressCallback) -> dict[str, Any]:
    """Store the staged bytes; the staging stays until they are kept, for another try.

    Raises:
        ConsentRequiredError: They would be announced publicly, and nobody has agreed to that.
        DiskFullError: There is no space left, be it for what is staged.
    """
    consent.record(session, arguments)
    staged: Staged = arguments["staged"]
    with translated(session.repo.path), staged.held():
        if arguments["is_car"]:
            told = _as_car(session, staged, arguments["name"], progress)
            staged.remove()
            return told
        stored = _from_ahead(session, staged, arguments["name"], progress)
        if stored is None:
            stored = _from_start(session, staged, arguments["name"], progress)
        staged.remove()
    return store.told(stored, session.backend)


def _as_car(
    session: Session, staged: Staged, name: str | None, progress: ProgressCallback
) -> dict[str, Any]:
    """Take in the one file that was sent, each block checked (safety.md 5)."""
    ahead = Ahead.take(staged)
    if ahead is not None:
        ahead.close()  # it would have stored the file itself
    with session.repo.quota.replacing(staged.size):
        return import_.take_in(
            session, staged.data, name=name, called=staged.listing.name, progress=progress
        )


def _from_ahead(
    session: Session, staged: Staged, name: str | None, progress: ProgressCallback
) -> Stored | None:
    """Keep what was imported while it arrived, if that has worked."""
    ahead = Ahead.take(staged)
    if ahead is None:
        return None
    with closing(ahead):
        if session.config.backend != "embedded":
            return None  # the backend was switched meanwhile: what is stored now goes there
        root = ahead.root(progress)
        return None if root is None else ahead.commit(root, name)


def _from_start(
    session: Session, staged: Staged, name: str | None, progress: ProgressCallback
) -> Stored:
    staged.data.touch(mode=0o600)  # nothing was sent for files that are all empty
    with (
        staged.data.open("rb", buffering=0) as data,
        session.repo.quota.replacing(staged.size),
        session.backend.batch(size_hint=staged.size) as batch,
    ):
        root = import_staged(batch, staged.listing, data, progress)
        return batch.commit(root, pin=True, name=name)
