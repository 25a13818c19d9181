"""``share``: a notebook of the workspace becomes one CID, with what it read and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ipfs.server.actions import consent, store
from jupyter_ipfs.server.bundles.planning import Wanted

if TYPE_CHECKING:
    from jupyter_ipfs.protocols import ProgressCallback
    from jupyter_ipfs.server.actions import Arguments
    from jupyter_ipfs.server.workspace import Workspace
    from jupyter_ipfs.session import Session


def prepare(arguments: Arguments, workspace: Workspace) -> Arguments:
    """Find the notebook; ``secrets`` agrees to what looks like one."""
    return {
        "wanted": Wanted.of(arguments, workspace),
        "name": store.name(arguments),
        "sign": arguments.get("sign") is True,
        "secrets": arguments.get("secrets") is True,
        "agree": consent.given(arguments),
    }


def title(arguments: Arguments) -> str:
    """Name the notebook."""
    wanted: Wanted = arguments["wanted"]
    return wanted.notebook.name


def signs(arguments: Arguments) -> bool:
    """Tell whether its user's wallet is asked."""
    return bool(arguments["sign"])


def run(session: Session, arguments: Arguments, progress: ProgressCallback) -> dict[str, Any]:
    """Share it.

    Raises:
        SecretsFoundError: There is something like a key in it; the finding says where.
    """
    consent.record(session, arguments)
    wanted: Wanted = arguments["wanted"]
    shared = session.bundles.share(
        wanted.plan(session),
        name=arguments["name"],
        sign=arguments["sign"],
        secrets=arguments["secrets"],
        progress=progress,
    )
    return {
        "root": str(shared.root),
        "payload": str(shared.payload),
        "name": shared.name,
        "version": shared.version,
        "unchanged": shared.unchanged,
        "size": shared.size,
        "link": shared.link,
    }
