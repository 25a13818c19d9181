"""``gc``: drop what no pin and no name reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_ipfs.protocols import ProgressCallback
    from jupyter_ipfs.server.actions import Arguments
    from jupyter_ipfs.session import Session


def run(
    session: Session,
    arguments: Arguments,  # noqa: ARG001  (the table's)
    progress: ProgressCallback,  # noqa: ARG001  (the table's)
) -> dict[str, Any]:
    """Drop it."""
    removed = session.gc()
    return {"blocks": removed.blocks, "size": removed.size}
