"""``save-bundle``: a share as one file, to hand over: ``.car``, or ``.zip`` for everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import RequestError
from jupyter_ipfs.server.arguments import text

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ipfs.protocols import ProgressCallback
    from jupyter_ipfs.server.actions import Arguments
    from jupyter_ipfs.server.workspace import Workspace
    from jupyter_ipfs.session import Session

_FORMS = ("car", "zip")


def prepare(arguments: Arguments, workspace: Workspace) -> Arguments:
    """Check where it goes to: a name with the form's ending, in a folder that is there."""
    form = text(arguments, "form")
    if form not in _FORMS:
        raise RequestError(f"there is no form {form[:40]!a}", "car or zip")
    to = workspace.place(text(arguments, "to"))
    if to.suffix.lower() != f".{form}" or _is_taken(to):
        raise RequestError(f"{to.name[:80]!a} is no name for it", f"such as survey.{form}")
    return {
        "path": text(arguments, "path"),
        "form": form,
        "to": to,
        "shown": workspace.relative(to),
        "overwrite": arguments.get("overwrite") is True,
    }


def _is_taken(place: Path) -> bool:
    """Tell whether no file can be there: a folder is, or the name is too long for any."""
    try:
        return place.is_dir()
    except OSError:
        return True


def run(session: Session, arguments: Arguments, progress: ProgressCallback) -> dict[str, Any]:
    """Write it; the file appears when it is whole."""
    path, to, overwrite = arguments["path"], arguments["to"], arguments["overwrite"]
    if arguments["form"] == "car":
        session.export_car(path, to, overwrite=overwrite, progress=progress)
    else:
        session.bundles.save_zip(path, to, overwrite=overwrite, progress=progress)
    return {"path": arguments["shown"], "size": to.stat().st_size}
