"""``push``: send everything under a path to a folder or to a Kubo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ipfs.net.scheme import is_web_address
from jupyter_ipfs.server.actions import consent
from jupyter_ipfs.server.arguments import text

if TYPE_CHECKING:
    from jupyter_ipfs.protocols import ProgressCallback
    from jupyter_ipfs.server.actions import Arguments
    from jupyter_ipfs.server.workspace import Workspace
    from jupyter_ipfs.session import Session


def prepare(arguments: Arguments, workspace: Workspace) -> Arguments:
    """Turn ``target`` into an address or a local folder; a relative one is the workspace's."""
    target = text(arguments, "target")
    if not (is_web_address(target) or target.startswith(("/", "~"))):
        target = str(workspace.existing(target))
    return {
        "path": text(arguments, "path"),
        "target": target,
        "agree": consent.given(arguments),
    }


def run(session: Session, arguments: Arguments, progress: ProgressCallback) -> dict[str, Any]:
    """Send it. A Kubo that announces publicly is asked for once: `ConsentRequiredError`."""
    target = arguments["target"]
    if is_web_address(target):
        consent.record(session, arguments, target)
    return {"place": session.push(arguments["path"], target, progress=progress)}
