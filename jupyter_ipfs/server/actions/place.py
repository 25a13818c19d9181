"""Where a backend keeps what was stored, as results tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_ipfs.protocols import Backend


def place_of(backend: Backend) -> dict[str, Any]:
    """Return ``{"backend", "label", "public"}``, see `jupyter_ipfs.protocols.BackendStatus`."""
    status = backend.status()
    return {"backend": status.backend, "label": status.label, "public": status.public}
