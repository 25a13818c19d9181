"""The files of a payload that are made from its manifest: environment, crate, page, licence."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jupyter_ipfs.bundles.manifest import ENVIRONMENT

if TYPE_CHECKING:
    from jupyter_ipfs.bundles.locking import Locked
    from jupyter_ipfs.bundles.manifest import Manifest
    from jupyter_ipfs.bundles.plan import Plan

LOCK = f"{ENVIRONMENT}/pylock.toml"
DETAILS = f"{ENVIRONMENT}/environment.json"


def with_environment(manifest: Manifest, lock: Locked) -> Manifest:
    """Return the manifest with what the lock says of the environment."""
    return replace(manifest, environment=lock.environment)


def make(plan: Plan, manifest: Manifest, lock: Locked | None) -> dict[str, bytes]:  # noqa: ARG001
    """Return the files by their paths in the payload."""
    found: dict[str, bytes] = {}
    if lock is not None:
        found |= {LOCK: lock.pylock, DETAILS: lock.environment_json}
    return found
