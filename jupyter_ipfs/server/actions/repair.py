"""``repair``: set the local repo right, fetch what is damaged, confirm what was recovered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import RequestError
from jupyter_ipfs.server.health import told

if TYPE_CHECKING:
    from jupyter_ipfs.protocols import ProgressCallback
    from jupyter_ipfs.server.actions import Arguments
    from jupyter_ipfs.server.workspace import Workspace
    from jupyter_ipfs.session import Session


def prepare(arguments: Arguments, workspace: Workspace) -> Arguments:
    """Check what is to be done with recovered roots.

    Raises:
        RequestError: It is neither ``keep`` nor ``drop``.
    """
    del workspace
    recovered = arguments.get("recovered", "keep")
    if recovered not in ("keep", "drop"):
        raise RequestError("recovered has to be 'keep' or 'drop'", "left out, they are kept")
    return {"recovered": recovered}


def run(session: Session, arguments: Arguments, progress: ProgressCallback) -> dict[str, Any]:
    """Repair; ``recovered`` says whether recovered roots stay pinned; they were seen by now."""
    from jupyter_ipfs.backends.repair import repair  # noqa: PLC0415  (when needed)
    from jupyter_ipfs.node import health  # noqa: PLC0415

    mended = repair(session.repo, session.config, progress)
    if mended.health.unconfirmed:
        session.repo.confirm_recovery(keep=arguments["recovered"] == "keep")
    return {
        **told(health.known(session.repo)),
        "quarantined": mended.quarantined,
        "adopted": mended.adopted,
        "fetched": mended.fetched,
    }
