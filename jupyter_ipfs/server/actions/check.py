"""``check``: read every block of the local repo and tell what is damaged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ipfs.server.health import told

if TYPE_CHECKING:
    from jupyter_ipfs.protocols import ProgressCallback
    from jupyter_ipfs.server.actions import Arguments
    from jupyter_ipfs.session import Session


def run(session: Session, arguments: Arguments, progress: ProgressCallback) -> dict[str, Any]:
    """Check; there are no arguments."""
    from jupyter_ipfs.node import health  # noqa: PLC0415  (when needed)

    del arguments
    return told(health.check(session.repo, progress))
