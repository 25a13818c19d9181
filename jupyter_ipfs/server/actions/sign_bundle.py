"""``sign-bundle``: vouch for a share or a report with the wallet; makes another root."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import RequestError
from jupyter_ipfs.server.arguments import text

if TYPE_CHECKING:
    from jupyter_ipfs.server.actions import Arguments, Notes
    from jupyter_ipfs.server.workspace import Workspace
    from jupyter_ipfs.session import Session

SIGNS = True
_ROLES = ("author", "reviewer")


def prepare(arguments: Arguments, workspace: Workspace) -> Arguments:  # noqa: ARG001  (the table's)
    """Check what is signed, and as whom."""
    role = text(arguments, "role")
    if role not in _ROLES:
        raise RequestError(f"there is no role {role[:40]!a}", "author or reviewer")
    return {"path": text(arguments, "path"), "role": role}


def key(arguments: Arguments) -> str:
    """Return what a second click is known by."""
    return f"{arguments['role']} {arguments['path']}"


def run(session: Session, arguments: Arguments, notes: Notes) -> dict[str, Any]:  # noqa: ARG001
    """Ask the wallet, and store the share with its signature."""
    return {"root": str(session.bundles.sign(arguments["path"], arguments["role"]))}
