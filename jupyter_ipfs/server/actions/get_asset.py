"""``get-asset``: order it if need be, download it into the workspace, and check its bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import RequestError
from jupyter_ipfs.server.actions import asset
from jupyter_ipfs.server.actions.buy import key, title
from jupyter_ipfs.server.arguments import text

if TYPE_CHECKING:
    from jupyter_ipfs.server.actions import Arguments, Notes
    from jupyter_ipfs.server.workspace import Workspace
    from jupyter_ipfs.session import Session

__all__ = ["SIGNS", "key", "prepare", "run", "title"]

SIGNS = True

_MOST_NAMES = 5  # that are told of what was left out


def prepare(arguments: Arguments, workspace: Workspace) -> Arguments:
    """Check which asset, what it may cost, and the folder.

    Raises:
        RequestError: There is no such folder in the workspace.
    """
    to = arguments.get("to") or ""
    folder = workspace.existing(to)
    if not folder.is_dir():
        raise RequestError(f"{to!a} is no folder", "choose one in the file browser")
    return {
        "did": text(arguments, "did"),
        "at_most": asset.optional(arguments, "at_most"),
        "folder": folder,
        "workspace": workspace,
    }


def run(session: Session, arguments: Arguments, notes: Notes) -> dict[str, Any]:
    """Get it, as every copy for the workspace: what could run by itself is left out.

    Raises:
        VerificationError: The Ocean Node sent something else; nothing of it is kept.
    """
    from jupyter_ipfs.node.copy_staging import staging  # noqa: PLC0415  (starts without it)
    from jupyter_ipfs.node.open_copy import take_in  # noqa: PLC0415

    did, folder, steps = arguments["did"], arguments["folder"], notes.steps
    session.ocean.buy(did, at_most=arguments["at_most"], steps=steps)
    with staging(folder) as place:
        done = session.ocean.download(did, place, progress=notes, steps=steps)
        copied = take_in(done.path, folder, done.path.name)
    told = done.as_json() | {"path": arguments["workspace"].relative(copied.local_path)}
    if copied.skipped:
        names = ", ".join(ascii(name)[1:-1] for name in list(copied.skipped)[:_MOST_NAMES])
        told["checked"] += f" Left out of the copy, since tools act on it by themselves: {names}."
    return told
