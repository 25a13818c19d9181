"""The files of a payload that are made from its manifest: environment, crate, page, licence."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jupyter_ipfs.bundles.format import manifest_json
from jupyter_ipfs.bundles.format.manifest import DETAILS, LOCK, MANIFEST, NOTEBOOK
from jupyter_ipfs.errors import BundleError, NotABundleError

if TYPE_CHECKING:
    from jupyter_ipfs.bundles.content import Content
    from jupyter_ipfs.bundles.environment.locking import Locked
    from jupyter_ipfs.bundles.format.manifest import Manifest
    from jupyter_ipfs.bundles.sharing.plan import Plan


def lock(content: Content, plan: Plan) -> Locked | None:
    """Lock the environment of a plan; ``None`` if nobody can tell what it is.

    Without an index nothing of it is locked, which the manifest then says of each distribution.
    """
    from jupyter_ipfs.bundles.environment import locking  # noqa: PLC0415  (asks an index)

    if plan.installed is None:
        return None
    remembered = content.repo.path / "bundles" / "locks"
    return locking.lock_installed(plan.installed, remembered=remembered)


def with_environment(manifest: Manifest, locked: Locked | None) -> Manifest:
    """Return the manifest with what the lock says of the environment."""
    return manifest if locked is None else replace(manifest, environment=locked.environment)


def make(manifest: Manifest, locked: Locked | None, data: bytes) -> dict[str, bytes]:
    """Return the manifest's file and those that are made from it, by their paths in the payload.

    Args:
        manifest: Of the bundle.
        locked: The lock.
        data: The notebook.

    Raises:
        BundleError: Nobody could read the manifest: something in it is too long.
    """
    from jupyter_ipfs.bundles.format import notebook  # noqa: PLC0415  (texts that only sharing needs)
    from jupyter_ipfs.bundles.page import page  # noqa: PLC0415  (texts that only sharing needs)
    from jupyter_ipfs.bundles.papers import binder, citation, crate, licenses, readme  # noqa: PLC0415  (texts that only sharing needs)
    from jupyter_ipfs.bundles.provenance import provenance  # noqa: PLC0415  (texts that only sharing needs)

    found = {
        MANIFEST: _readable(manifest),
        "README.md": readme.readme(manifest),
        "CITATION.cff": citation.citation(manifest),
        "provenance.json": provenance.document(manifest),
        "index.html": page.page(notebook.parse(data), manifest),
    }
    requirements = ""
    if locked is not None:
        found |= {LOCK: locked.pylock, DETAILS: locked.environment_json}
        requirements = locked.requirements
    found |= binder.files(manifest, requirements)
    licence = licenses.text(manifest)
    if licence is not None:
        found["LICENSE"] = licence
    sizes = {path: len(data) for path, data in (found | {NOTEBOOK: data}).items()}
    found[crate.NAME] = crate.crate(manifest, sizes)
    return found


def _readable(manifest: Manifest) -> bytes:
    """Return the manifest's file, which its reader takes: nothing else is ever shared."""
    data = manifest_json.dumps(manifest)
    try:
        manifest_json.loads(data)
    except NotABundleError as error:
        raise BundleError(
            f"its readers could not open this share: {error.message}", "make that shorter"
        ) from None
    return data
