"""``import``: take in a CAR file, of the workspace or from a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import RequestError
from jupyter_ipfs.server.actions import consent, store
from jupyter_ipfs.server.actions.place import place_of
from jupyter_ipfs.server.arguments import text

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ipfs.protocols import ProgressCallback
    from jupyter_ipfs.server.actions import Arguments
    from jupyter_ipfs.server.workspace import Workspace
    from jupyter_ipfs.session import Session


def prepare(arguments: Arguments, workspace: Workspace) -> Arguments:
    """Turn ``path`` into a local file; ``by_file_name`` lets its name name what is in it."""
    file = workspace.existing(text(arguments, "path"))
    if not file.is_file():
        raise RequestError(f"{file.name!a} is no file", "choose a .car file")
    return {
        "file": file,
        "name": store.name(arguments),
        "called": file.name if arguments.get("by_file_name") is True else None,
        "agree": consent.given(arguments),
    }


def title(arguments: Arguments) -> str:
    """Name the file."""
    return str(arguments["file"].name)


def run(session: Session, arguments: Arguments, progress: ProgressCallback) -> dict[str, Any]:
    """Take it in; roots that are not whole are told, and not kept."""
    consent.record(session, arguments)
    return take_in(
        session,
        arguments["file"],
        name=arguments["name"],
        called=arguments["called"],
        progress=progress,
    )


def take_in(
    session: Session,
    file: Path,
    *,
    name: str | None,
    called: str | None,
    progress: ProgressCallback,
) -> dict[str, Any]:
    """Take in a file, and say what came of it.

    Args:
        session: Where to.
        file: The CAR.
        name: For its root; one that is taken gets another version.
        called: The file's own name, which names the root where nothing else is called so.
        progress: Told bytes.
    """
    if name is None and called is not None:
        name = _name_of(session, file, called)
    done = session.import_car(file, name=name, progress=progress)
    root = str(done.roots[0]) if len(done.roots) == 1 else None
    return {
        "root": root,
        "name": name if root else None,
        "place": place_of(session.backend),
        "roots": [str(root) for root in done.roots],
        "incomplete": {str(root): missing for root, missing in done.incomplete.items()},
        "blocks": done.blocks,
        "size": done.size,
    }


def _name_of(session: Session, file: Path, called: str) -> str | None:
    from jupyter_ipfs.backends import car_name  # noqa: PLC0415  (the server starts without it)
    from jupyter_ipfs.ipld import car  # noqa: PLC0415

    with file.open("rb") as stream:
        roots = set(car.Reader(stream).roots)
    return car_name.free_name(session.repo, called, roots.pop()) if len(roots) == 1 else None
