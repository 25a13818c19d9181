"""What is going to be shared, before anything is: shown, edited, and then shared."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.bundles.format.manifest import Cell, Input, Manifest
from jupyter_ipfs.bundles.format.manifest_json import fold, is_path

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from jupyter_ipfs.bundles.environment.distributions import Installed
    from jupyter_ipfs.bundles.format.manifest import Environment, Output
    from jupyter_ipfs.bundles.format.notebook import CodeCell
    from jupyter_ipfs.bundles.recording.run_record import Run
    from jupyter_ipfs.bundles.review.finding import Finding
    from jupyter_ipfs.bundles.sharing.input_memory import Identity
    from jupyter_ipfs.ipld.cid import CID

# Why an input is not preselected.
HIDDEN, IGNORED, SECRET = "hidden", "git-ignored", "secret"
ABOVE, OUTSIDE, MISSING = "above", "outside", "missing"
NEVER = frozenset({OUTSIDE, MISSING})  # these cannot be selected at all
_UNSAID = frozenset({HIDDEN, SECRET})  # left out, these leave neither path nor CID
_ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class PlannedInput:
    """Something that the notebook read, or that its author adds.

    Attributes:
        path: What it is called while planning: relative to the notebook's folder, with ``/``, so
            it may begin with ``../``; absolute outside of the share's top; ``ipfs/<CID>``.
        local_path: Where it lies, or ``None`` for content and for what is missing.
        size: Bytes.
        how: As `Input.how`.
        selected: Whether it is going to be in the bundle.
        why_not: Why it is not preselected: ``hidden``, ``git-ignored``, ``secret``, ``above`` (not
            below the notebook's folder), ``outside`` (of the share's top: it cannot be selected),
            ``missing``, or empty.
        changed: It is not what the recorded run read any more.
        where: Where to get it if it is not included, in the author's words.
        identity: What it was when the plan was made.
        recorded_cid: The CID that the recorded run noted.
    """

    path: str
    local_path: Path | None
    size: int
    how: str
    selected: bool
    why_not: str = ""
    changed: bool = False
    where: str = ""
    identity: Identity | None = None
    recorded_cid: str | None = None

    @property
    def is_content(self) -> bool:
        """Whether it is an ``ipfs://`` root."""
        return self.how == "content"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is going to be shared.

    Attributes:
        notebook: Where it lies.
        data: Its canonical bytes.
        digest: The digest of the file as it was read; a later change of it is noticed.
        cells: Its code cells.
        run: The recorded run, or ``None``.
        recorded: Whether it has any cell of this notebook in it.
        title: What to call it.
        name: The name of the versions in the repo.
        authors: In order.
        license: An SPDX identifier, or empty.
        description: In the author's words.
        created_at: When the run ended, as text, or empty.
        inputs: What was read, and what was added.
        reads: By the cell's id: the paths of `inputs` that it read.
        writes: By the cell's id: what it wrote, relative to the notebook's folder.
        hosts: Other computers that it talked to.
        environment: What ran it.
        installed: What of that is to be locked; ``None`` if its Python cannot be asked.
        findings: What is wrong with it, or worth knowing.
    """

    notebook: Path
    data: bytes = field(repr=False)
    digest: str
    cells: tuple[CodeCell, ...] = field(repr=False)
    run: Run | None = field(repr=False)
    recorded: bool
    title: str
    name: str
    authors: tuple[str, ...]
    license: str
    description: str
    created_at: str
    inputs: tuple[PlannedInput, ...]
    reads: Mapping[str, tuple[str, ...]] = field(repr=False)
    writes: Mapping[str, tuple[str, ...]] = field(repr=False)
    hosts: tuple[str, ...]
    environment: Environment
    installed: Installed | None = field(repr=False)
    findings: tuple[Finding, ...] = ()

    @property
    def size(self) -> int:
        """About how many bytes the bundle will have."""
        return len(self.data) + sum(each.size for each in self.inputs if each.selected)

    @property
    def ups(self) -> int:
        """How many folders above the notebook's the selected inputs begin."""
        counts = [
            each.path.split("/").count("..")
            for each in self.inputs
            if each.selected and not each.is_content
        ]
        return max(counts, default=0)

    @property
    def folder(self) -> str:
        """Where the notebook stands below ``inputs/``."""
        parts, ups = self.notebook.parent.parts, self.ups
        return "/".join(parts[len(parts) - ups :]) if ups else ""

    def manifest(
        self,
        cids: Mapping[str, CID] | None = None,
        outputs: Mapping[str, tuple[Output, ...]] | None = None,
        sizes: Mapping[str, int] | None = None,
    ) -> Manifest:
        """Return what the bundle says of itself.

        Args:
            cids: By the paths of `inputs`; without them it is a draft, whose CIDs are empty.
            outputs: By the cells' ids.
            sizes: Of the inputs, as they were stored.
        """
        paths = self.places()
        unsaid = {
            each.path for each in self.inputs if not each.selected and each.why_not in _UNSAID
        }
        inputs = [
            Input(
                path=paths[each.path],
                size=(sizes or {}).get(each.path, each.size),
                cid=None if not each.selected else "" if cids is None else str(cids[each.path]),
                how=each.how,
                where="" if each.selected else each.where,
            )
            for each in self.inputs
            if each.path in paths
        ]
        return Manifest(
            title=self.title,
            name=self.notebook.name,
            authors=self.authors,
            license=self.license,
            description=self.description,
            created_at=self.created_at,
            folder=self.folder,
            recorded=self.recorded,
            inputs=tuple(sorted(inputs, key=lambda each: each.path)),
            hosts=self.hosts,
            cells=tuple(self._cell(cell, paths, unsaid, outputs or {}) for cell in self.cells),
            environment=self.environment,
        )

    def as_json(self) -> dict[str, Any]:
        """Return what the server and ``--json`` tell."""
        return {
            "title": self.title,
            "name": self.name,
            "authors": list(self.authors),
            "license": self.license,
            "description": self.description,
            "recorded": self.recorded,
            "created_at": self.created_at,
            "folder": self.folder,
            "notebook": {
                "path": str(self.notebook),
                "size": len(self.data),
                "cells": len(self.cells),
                "run_cells": sum(cell.number is not None for cell in self.cells),
            },
            "inputs": [
                {
                    "path": each.path,
                    "size": each.size,
                    "how": each.how,
                    "selected": each.selected,
                    "selectable": each.why_not not in NEVER,
                    "why_not": each.why_not,
                    "changed": each.changed,
                    "where": each.where,
                }
                for each in self.inputs
            ],
            "hosts": list(self.hosts),
            "findings": [asdict(finding) for finding in self.findings],
            "environment": asdict(self.environment),
            "size": self.size,
        }

    def with_findings(self, findings: tuple[Finding, ...]) -> Plan:
        """Return the same plan, with what was found."""
        return replace(self, findings=findings)

    def places(self) -> dict[str, str]:
        """Return where the inputs that the manifest tells of stand below ``inputs/``."""
        found: dict[str, str] = {}
        taken: set[str] = set()
        below, above = self.notebook.parent.parts, self.ups
        for each in self.inputs:
            if not each.selected and each.why_not in _UNSAID:
                continue
            if each.is_content:
                path = each.path
            else:
                parts = each.path.split("/")
                ups = parts.count("..")
                if each.path.startswith("/") or ups > above or each.why_not == OUTSIDE:
                    # Not its folder: that would tell how this computer is set up.
                    path = f"{_ELSEWHERE}/{parts[-1]}"
                else:
                    kept = below[len(below) - above : len(below) - ups] if above else ()
                    path = "/".join([*kept, *parts[ups:]])
            if is_path(path):  # else no system but this one could have it
                found[each.path] = _free(path, taken)
        return found

    def _cell(
        self,
        cell: CodeCell,
        paths: Mapping[str, str],
        unsaid: Collection[str],
        outputs: Mapping[str, tuple[Output, ...]],
    ) -> Cell:
        return Cell(
            id=cell.id,
            index=cell.index,
            number=cell.number,
            source_sha256=cell.source_sha256,
            reads=tuple(
                sorted(paths[read] for read in self.reads.get(cell.id, ()) if read in paths)
            ),
            writes=tuple(path for path in self.writes.get(cell.id, ()) if path not in unsaid),
            outputs=outputs.get(cell.id, ()),
            rule=cell.rule,
        )


def relative(path: Path, folder: Path) -> str:
    """Return how a notebook in ``folder`` would name a file."""
    return os.path.relpath(path, folder).replace(os.sep, "/")


def _free(path: str, taken: set[str]) -> str:
    free, number = path, 2
    while fold(free) in taken:
        stem, dot, suffix = path.rpartition(".")
        free = f"{stem}-{number}{dot}{suffix}" if stem else f"{path}-{number}"
        number += 1
    taken.add(fold(free))
    return free
