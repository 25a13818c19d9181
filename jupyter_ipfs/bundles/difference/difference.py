"""What changed from one share to another, fetching only what differs.

Both are walked from the top, and where two CIDs are equal nothing below them is read: inputs of
any size cost nothing if they are the same ones. Of inputs that differ only the directories are
read, never the files.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.bundles import in_words
from jupyter_ipfs.bundles.difference import cell_changes, input_changes
from jupyter_ipfs.bundles.environment import lock
from jupyter_ipfs.bundles.format import manifest_json, notebook
from jupyter_ipfs.bundles.format.manifest import ENVIRONMENT, INPUTS, MANIFEST, NOTEBOOK
from jupyter_ipfs.bundles.opening import opening, small_file
from jupyter_ipfs.errors import EnvironmentLockError, NotABundleError
from jupyter_ipfs.unixfs import reader
from jupyter_ipfs.words.foreign import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyter_ipfs.bundles.content import Content
    from jupyter_ipfs.bundles.difference.cell_changes import CellChange
    from jupyter_ipfs.bundles.difference.input_changes import InputChange
    from jupyter_ipfs.bundles.format.manifest import Manifest
    from jupyter_ipfs.ipld.block import Block
    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.protocols import Blocks

_LOCK = "pylock.toml"
# A larger notebook is compared by the digests in the manifest: its outputs are most of it.
_MAX_NOTEBOOK = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Changed:
    """A package, or something that a bundle says of itself; ``None`` where it is not there."""

    name: str
    a: str | None
    b: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed from share ``a`` to share ``b``.

    Attributes:
        cells: In the order of the newer notebook.
        inputs: By path.
        environment: Packages, by name.
        facts: Title, licence, Python … that are not as they were.
        is_same: They are the same bundle, whoever signed it.
        fetched: Bytes that were not here and had to be fetched to find out.
    """

    cells: tuple[CellChange, ...] = ()
    inputs: tuple[InputChange, ...] = ()
    environment: tuple[Changed, ...] = ()
    facts: tuple[Changed, ...] = ()
    is_same: bool = False
    fetched: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return it as the server tells it."""
        return {
            "same": self.is_same,
            "cells": [asdict(each) | {"what": list(each.what)} for each in self.cells],
            "inputs": [asdict(each) for each in self.inputs],
            "environment": [asdict(each) for each in self.environment],
            "facts": [asdict(each) for each in self.facts],
            "fetched": self.fetched,
        }

    def as_text(self) -> str:
        """Return it line by line, safe to print."""
        return "\n".join(map(one_line, in_words.difference(self.as_json())))


def diff(content: Content, a: str | CID, b: str | CID) -> Difference:
    """Compare two shares, payloads or names' versions.

    Raises:
        NotABundleError: One of them is something else.
        BlockNotFoundError: A part that differs is not to be had.
    """
    blocks = _Metered(content.backend)
    places = [content.path(path) for path in (a, b)]
    payloads = [
        opening.parts(blocks, reader.resolve(blocks, place.root, place.segments))[0]
        for place in places
    ]
    if payloads[0].cid == payloads[1].cid:
        return Difference(is_same=True, fetched=blocks.fetched)
    old, new = (_Side(blocks, payload) for payload in payloads)
    manifests = old.manifest(), new.manifest()
    return Difference(
        cells=_cells(old, new, manifests),
        inputs=input_changes.changes(
            blocks, (old.entries.get(INPUTS), new.entries.get(INPUTS)), manifests
        ),
        environment=tuple(_environment(old, new, manifests)),
        facts=tuple(_facts(*manifests)),
        fetched=blocks.fetched,  # after all of the above
    )


class _Metered:
    """Blocks, counting the bytes of those that were not here."""

    def __init__(self, blocks: Blocks) -> None:
        self._blocks = blocks
        self.fetched = 0

    def get(self, cid: CID) -> Block:
        is_here = self._blocks.has(cid)
        block = self._blocks.get(cid)
        self.fetched += 0 if is_here else len(block.data)
        return block

    def get_many(self, cids: Iterable[CID]) -> Iterator[Block]:
        wanted = list(cids)
        here = {cid for cid in wanted if self._blocks.has(cid)}
        for cid, block in zip(wanted, self._blocks.get_many(wanted), strict=True):
            self.fetched += 0 if cid in here else len(block.data)
            yield block

    def has(self, cid: CID) -> bool:
        return self._blocks.has(cid)


class _Side:
    """One of the two payloads."""

    def __init__(self, blocks: Blocks, payload: reader.Node) -> None:
        self._blocks = blocks
        self.entries = self._listed(payload)

    def manifest(self) -> Manifest:
        return manifest_json.loads(
            self._read(self.entries.get(MANIFEST), MANIFEST, manifest_json.MAX_SIZE)
        )

    def notebook(self) -> dict[str, Any] | None:
        """Return the notebook, or ``None`` if it is too large to be read for this."""
        cid = self.entries.get(NOTEBOOK)
        if cid is not None and reader.get(self._blocks, cid).size > _MAX_NOTEBOOK:
            return None
        return notebook.parse(self._read(cid, NOTEBOOK, _MAX_NOTEBOOK))

    def lock(self) -> CID | None:
        cid = self.entries.get(ENVIRONMENT)
        if cid is None:
            return None
        return self._listed(reader.get(self._blocks, cid)).get(_LOCK)

    def packages(self) -> dict[str, str]:
        """Return the versions of what the lock has."""
        cid = self.lock()
        if cid is None:
            return {}
        try:
            found = lock.read(self._read(cid, _LOCK, lock.MAX_BYTES))
        except EnvironmentLockError:
            return {"the lock": "cannot be read"}
        refused = {each.name: "refused" for each in found.refused}
        return refused | {each.name: each.version for each in found.packages}

    def _listed(self, node: reader.Node) -> dict[str, CID]:
        return {
            (link.name or b"").decode(errors="replace"): link.cid
            for link in reader.entries(self._blocks, node)
        }

    def _read(self, cid: CID | None, name: str, limit: int) -> bytes:
        if cid is None:
            raise NotABundleError(f"its {name} is not there")
        return small_file.read(self._blocks, reader.get(self._blocks, cid), name, limit)


def _cells(old: _Side, new: _Side, manifests: tuple[Manifest, Manifest]) -> tuple[CellChange, ...]:
    if old.entries.get(NOTEBOOK) == new.entries.get(NOTEBOOK):
        return ()
    notebooks = old.notebook(), new.notebook()
    if notebooks[0] is None or notebooks[1] is None:
        return cell_changes.changes(*map(cell_changes.of_manifest, manifests))
    return cell_changes.changes(
        cell_changes.of_notebook(notebooks[0], manifests[0]),
        cell_changes.of_notebook(notebooks[1], manifests[1]),
    )


def _environment(old: _Side, new: _Side, manifests: tuple[Manifest, Manifest]) -> Iterator[Changed]:
    is_same = old.entries.get(ENVIRONMENT) == new.entries.get(ENVIRONMENT)
    locked = ({}, {}) if is_same or old.lock() == new.lock() else (old.packages(), new.packages())
    before, now = (
        packages
        | {each.name: f"{each.version} (not locked)" for each in manifest.environment.unlocked}
        for packages, manifest in zip(locked, manifests, strict=True)
    )
    for name in sorted({*before, *now}):
        if before.get(name) != now.get(name):
            yield Changed(name, before.get(name), now.get(name))


def _facts(old: Manifest, new: Manifest) -> Iterator[Changed]:
    for (name, a), (_, b) in zip(_told(old), _told(new), strict=True):
        if a != b:
            yield Changed(name, a or None, b or None)


def _told(manifest: Manifest) -> list[tuple[str, str]]:
    environment = manifest.environment
    return [
        ("title", manifest.title),
        ("authors", ", ".join(manifest.authors)),
        ("license", manifest.license),
        ("description", manifest.description),
        ("notebook", "/".join(filter(None, (manifest.folder, manifest.name)))),
        ("run at", manifest.created_at),
        ("hosts", ", ".join(manifest.hosts)),
        ("python", f"{environment.python} ({environment.implementation})"),
        ("platform", f"{environment.platform}, {environment.machine}"),
    ]
