"""Checking a share: every byte of it read, and what it says of itself compared with what it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.bundles.format import notebook
from jupyter_ipfs.bundles.format import outputs as showing
from jupyter_ipfs.bundles.format.manifest import NOTEBOOK
from jupyter_ipfs.bundles.opening import opening, small_file
from jupyter_ipfs.bundles.opening.opening import Integrity
from jupyter_ipfs.errors import (
    BlockNotFoundError,
    CodecError,
    JupyterIPFSError,
    NotABundleError,
    VerificationError,
)
from jupyter_ipfs.ipld.cid import CID
from jupyter_ipfs.node import add, verify
from jupyter_ipfs.unixfs import profiles, reader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_ipfs.bundles.content import Content
    from jupyter_ipfs.bundles.format.manifest import Cell
    from jupyter_ipfs.bundles.opening.opening import Opened
    from jupyter_ipfs.node.paths import ContentPath
    from jupyter_ipfs.protocols import ProgressCallback

_FLIPPED = "its bytes are not those of its CID"


def check(
    content: Content,
    path: str | CID | ContentPath,
    *,
    progress: ProgressCallback | None = None,
) -> Integrity:
    """Read everything under a share, and compare it with what its manifest says.

    Raises:
        NotABundleError: It is something else.
    """
    where = content.path(path)
    try:
        node = content.resolve(where)
    except VerificationError:
        return Integrity(1, 0, damaged=[(".", _FLIPPED)])
    except BlockNotFoundError:
        return Integrity(1, 0, missing=["."])
    if node.kind != reader.DIRECTORY:
        raise NotABundleError(f"{node.cid} is no share: it is a {node.kind}, not a directory")
    found = verify.verify(content.backend, node, progress=progress)
    result = Integrity(
        files=found.files,
        intact=found.intact,
        missing=list(found.not_fetched),
        damaged=[(each, _FLIPPED) for each in found.damaged],
        size=found.size,
    )
    try:
        opened = opening.open_bundle(content, node.cid)
    except NotABundleError as error:
        if result.is_intact:
            raise
        result.damaged.append((".", error.message))
        return result
    except (BlockNotFoundError, VerificationError, CodecError):
        return result  # its small files are among what was just named
    for place, problem in _disagreements(content, opened):
        if place not in result.missing and all(place != each for each, _ in result.damaged):
            result.damaged.append((place, problem))
            result.intact -= 1
    return result


def _disagreements(content: Content, opened: Opened) -> list[tuple[str, str]]:
    """Compare the notebook with the manifest and with the outputs that stand beside it."""
    place = f"{opened.prefix}{NOTEBOOK}"
    try:
        nb = small_file.read_notebook(content, opened.payload)
    except NotABundleError as error:
        return [(place, error.message), *_sizes(content, opened)]
    except JupyterIPFSError:  # named already
        return _sizes(content, opened)
    problem = _cells(notebook.code_cells(nb), opened.manifest.cells)
    return [*([(place, problem)] if problem else []), *_sizes(content, opened)]


def _cells(cells: Sequence[notebook.CodeCell], claimed: Sequence[Cell]) -> str:
    """Return how the notebook's cells are not those of the manifest, or nothing."""
    if [cell.id for cell in cells] != [cell.id for cell in claimed]:
        return "its cells are not those that the manifest tells of"
    for cell, said in zip(cells, claimed, strict=True):
        facts = (cell.source_sha256, cell.number, cell.index, cell.rule)
        if facts != (said.source_sha256, said.number, said.index, said.rule):
            return f"its cell {cell.id} is not the one that the manifest tells of"
        cids = [
            str(add.add_files(add.OnlyHash(), showing.files(output), profiles.DEFAULT).cid)
            for output in cell.outputs
        ]
        if cids != [output.cid for output in said.outputs]:
            return f"its cell {cell.id} has other outputs than those in outputs/"
    return ""


def _sizes(content: Content, opened: Opened) -> list[tuple[str, str]]:
    """Return the inputs that have another size than the manifest says."""
    found: list[tuple[str, str]] = []
    for each in opened.manifest.inputs:
        if each.cid is None or each.how == "content":
            continue
        try:
            size = reader.get(content.backend, CID.parse(each.cid)).size
        except JupyterIPFSError:  # named already
            continue
        if size != each.size:
            shown = f"it has {size:,} bytes, and the manifest says {each.size:,}"
            found.append((f"{opened.prefix}{opening.input_path(each)}", shown))
    return found
