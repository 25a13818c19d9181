"""``push``: send everything under a path to a folder or to a Kubo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ipfs.server.arguments import text

if TYPE_CHECKING:
    from jupyter_ipfs.protocols import ProgressCallback
    from jupyter_ipfs.server.actions import Arguments
    from jupyter_ipfs.server.workspace import Workspace
    from jupyter_ipfs.session import Session

_HTTP = ("http://", "https://")


def prepare(arguments: Arguments, workspace: Workspace) -> Arguments:
    """Turn ``target`` into an address or a local folder; a relative one is the workspace's."""
    target = text(arguments, "target")
    if not target.startswith((*_HTTP, "/", "~")):
        target = str(workspace.existing(target))
    return {
        "path": text(arguments, "path"),
        "target": target,
        "agree": arguments.get("agree") is True,
    }


def run(session: Session, arguments: Arguments, progress: ProgressCallback) -> dict[str, Any]:
    """Send it. A Kubo that announces publicly is asked for once: `ConsentRequiredError`."""
    target = arguments["target"]
    if arguments["agree"] and target.startswith(_HTTP):
        agree(session, target)
    return {"place": session.push(arguments["path"], target, progress=progress)}


def agree(session: Session, url: str) -> None:
    """Note that the user agreed to publish what is put on this Kubo."""
    from jupyter_ipfs.config import agree_to_announce  # noqa: PLC0415  (rarely needed)

    agree_to_announce(session.repo.path, url)
