"""What an opened share says of itself, as the server and ``--json`` tell it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.bundles.format.manifest import NOTEBOOK, PAYLOAD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_ipfs.bundles.opening.opening import Integrity, Opened
    from jupyter_ipfs.bundles.reports.report import Report
    from jupyter_ipfs.bundles.signing.signatures import Vouched
    from jupyter_ipfs.ipld.cid import CID


def opened_json(opened: Opened, own: Sequence[str] = ()) -> dict[str, Any]:
    """Return all there is to tell.

    Args:
        opened: The share.
        own: The addresses of whoever asks.
    """
    manifest = opened.manifest
    files, size = opened.held
    return {
        "root": str(opened.root),
        "payload": str(opened.payload),
        "title": manifest.title,
        "name": manifest.name,
        "authors": list(manifest.authors),
        "license": manifest.license,
        "description": manifest.description,
        "created_at": manifest.created_at,
        "recorded": manifest.recorded,
        "signatures": [signature_json(each, own) for each in opened.signatures],
        "inputs": [
            asdict(each) | {"included": each.included, "held": each.path in opened.held_inputs}
            for each in manifest.inputs
        ],
        "hosts": list(manifest.hosts),
        "cells": [
            {
                "id": cell.id,
                "index": cell.index,
                "number": cell.number,
                "outputs": [asdict(output) for output in cell.outputs],
                "rule": asdict(cell.rule),
            }
            for cell in manifest.cells
        ],
        "environment": asdict(manifest.environment),
        "files": opened.files,
        "size": opened.size,
        "held": {"files": files, "size": size},
        "notebook": notebook_path(opened),
        "is_report": False,
    }


def report_json(root: CID, report: Report) -> dict[str, Any]:
    """Return a report in the shape of a share: it is one, of which only the root is looked at."""
    machine = report.machine
    return {
        "root": str(root),
        "payload": report.payload,
        "title": report.title,
        "name": "",
        "authors": [],
        "license": "",
        "description": "",
        "created_at": report.at,
        "recorded": False,
        "signatures": [],
        "inputs": [],
        "hosts": [],
        "cells": [],
        "environment": {
            "python": machine.python,
            "implementation": machine.implementation,
            "platform": machine.platform,
            "machine": machine.machine,
            "packages": 0,
            "unlocked": [],
        },
        "files": 0,
        "size": 0,
        "held": {"files": 0, "size": 0},
        "notebook": "",
        "reports": 0,
        "is_report": True,
    }


def notebook_path(opened: Opened) -> str:
    """Return where the notebook is, below ``ipfs:`` in Jupyter's file browser."""
    if opened.root == opened.payload:
        return f"{opened.root}/{NOTEBOOK}"
    return f"{opened.root}/{PAYLOAD}/{NOTEBOOK}"


def signature_json(vouched: Vouched, own: Sequence[str] = ()) -> dict[str, Any]:
    """Return a signature, and whether it is of whoever asks."""
    return {
        "address": vouched.address,
        "role": vouched.role,
        "valid": vouched.valid,
        "problem": vouched.problem,
        "known": vouched.known,
        "own": vouched.valid and vouched.address in own,
    }


def integrity_json(integrity: Integrity) -> dict[str, Any]:
    """Return what came of reading all of a share."""
    return {
        "files": integrity.files,
        "intact": integrity.intact,
        "missing": list(integrity.missing),
        "damaged": [{"path": path, "problem": problem} for path, problem in integrity.damaged],
        "size": integrity.size,
    }
