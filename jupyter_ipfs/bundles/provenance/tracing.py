"""Where something came from: a share, something in one, or a CID that a share kept here has."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.bundles.format.manifest import PAYLOAD
from jupyter_ipfs.bundles.opening import opening
from jupyter_ipfs.bundles.provenance import provenance
from jupyter_ipfs.errors import JupyterIPFSError, NotABundleError
from jupyter_ipfs.node.paths import ContentPath

if TYPE_CHECKING:
    from jupyter_ipfs.bundles.content import Content
    from jupyter_ipfs.bundles.format.manifest import Manifest
    from jupyter_ipfs.ipld.cid import CID

_MOST = 500  # shares that are looked through


@dataclass(frozen=True, slots=True)
class Traced:
    """Where something came from.

    Attributes:
        graph: What came from what in the share that it is in.
        origins: Where it is known from, if it is a part of a share.
    """

    graph: provenance.Graph
    origins: tuple[provenance.Origin, ...] = ()

    def text(self) -> str:
        """Return it in words."""
        said = "".join(f"{each.text()}\n" for each in self.origins)
        return f"{said}\n{self.graph.text()}" if said else self.graph.text()

    def as_json(self) -> dict[str, Any]:
        """Return what the server and ``--json`` tell."""
        told = self.graph.as_json()
        return told | {"text": self.text(), "origins": [asdict(each) for each in self.origins]}


def trace(content: Content, path: str | CID) -> Traced:
    """Tell where something came from.

    Args:
        content: The session.
        path: A share; a path into one; or the CID of an input or output of a share that has a
            name here.

    Raises:
        NotABundleError: No share is known that has it.
    """
    where = content.path(path)
    if where.segments:
        inside = "/".join(map(os.fsdecode, where.segments)).removeprefix(f"{PAYLOAD}/")
        manifest = opening.manifest_of(content, ContentPath(where.root))
        found = provenance.where_from(inside, {str(where.root): manifest})
        return Traced(provenance.graph(manifest), tuple(found))
    try:
        return Traced(provenance.graph(opening.manifest_of(content, where)))
    except NotABundleError:
        manifests = _known(content)
    found = provenance.where_from(str(where.root), manifests)
    if not found:
        raise NotABundleError(
            f"{where.root} is no share, and no share that has a name here has it in it",
            "name the share: %ipfs provenance SHARE/outputs/…",
        )
    return Traced(provenance.graph(manifests[found[0].bundle]), tuple(found))


def _known(content: Content) -> dict[str, Manifest]:
    """Return the manifests of the shares that have a name, by their roots."""
    found: dict[str, Manifest] = {}
    for newest in content.names()[:_MOST]:
        for version in content.log(newest.name):
            if version.pinned and len(found) < _MOST:
                try:
                    manifest = opening.manifest_of(content, ContentPath(version.root))
                except JupyterIPFSError:  # it is something else
                    continue
                found[str(version.root)] = manifest
    return found
