"""From a plan to a share: everything in one batch, so that there is all of it or nothing.

Inputs are links in the same DAG, read once and never held in memory. What changes while it is
read is noticed before the commit and named; nothing is kept then.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_ipfs.bundles.format import outputs as showing
from jupyter_ipfs.bundles.format.manifest import (
    INPUTS,
    NOTEBOOK,
    OUTPUTS,
    PAYLOAD,
    SIGNATURES,
    Output,
)
from jupyter_ipfs.bundles.opening import opening
from jupyter_ipfs.bundles.papers import documents
from jupyter_ipfs.bundles.sharing import planning
from jupyter_ipfs.bundles.sharing.input_memory import Identity, InputMemory
from jupyter_ipfs.errors import BlockNotFoundError, BundleError, JupyterIPFSError
from jupyter_ipfs.ipld.cid import CID
from jupyter_ipfs.node import add, scan
from jupyter_ipfs.node.walk import reachable
from jupyter_ipfs.protocols import Progress
from jupyter_ipfs.unixfs import profiles, reader
from jupyter_ipfs.unixfs.importer import Ref

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jupyter_ipfs.bundles.content import Content
    from jupyter_ipfs.bundles.sharing.plan import Plan, PlannedInput
    from jupyter_ipfs.node.add import Sink
    from jupyter_ipfs.protocols import Backend, Batch, ProgressCallback, Signer

_PROFILE = profiles.DEFAULT  # part of the format: a payload's CID depends on it


@dataclass(frozen=True, slots=True)
class Shared:
    """What was shared.

    Attributes:
        root: The share: what the link names.
        payload: The bundle itself; the same for the same notebook, run and environment.
        plan: What was shared.
        name: The name in the repo.
        version: Its version that this is.
        unchanged: The name already stood at this.
        size: Bytes of content.
    """

    root: CID
    payload: CID
    plan: Plan
    name: str
    version: int
    unchanged: bool
    size: int

    @property
    def link(self) -> str:
        """What is handed over."""
        return f"ipfs://{self.root}"


def share(
    content: Content,
    plan: Plan,
    *,
    executed: bool = False,
    signer: Signer | None = None,
    progress: ProgressCallback | None = None,
) -> Shared:
    """Store what a plan says, name it, and keep it for good.

    Args:
        content: The session.
        plan: What is shared.
        executed: The plan's notebook is not the file's: it was executed for this.
        signer: Who vouches for it as its author; without them it is not shared either.
        progress: Told bytes and files.

    Raises:
        BundleError: The notebook or an input has changed meanwhile, or cannot be read.
        DiskFullError: It does not fit.
        SigningError: It was to be signed, and nobody did.
    """
    memory = InputMemory(content.repo.path)
    if progress is not None:
        progress(Progress("preparing", label="environment"))
    locked = documents.lock(content, plan)
    hint = sum(each.size for each in plan.inputs if each.selected and not each.is_content)
    with content.backend.batch(size_hint=hint) as batch:
        making = _Making(content, batch, memory.known(_wanted(plan)), progress)
        inputs = {each.path: making.input(each) for each in plan.inputs if each.selected}
        outputs, output_refs = making.outputs(plan)
        cids = {path: ref.cid for path, ref in inputs.items()}
        sizes = {path: ref.size for path, ref in inputs.items() if not path.startswith("ipfs/")}
        manifest = documents.with_environment(plan.manifest(cids, outputs, sizes), locked)
        files: dict[str, bytes | Ref] = {NOTEBOOK: plan.data}
        files |= documents.make(manifest, locked, plan.data)
        places = plan.places()
        files |= {f"{INPUTS}/{places[path]}": ref for path, ref in inputs.items()}
        files |= {f"{OUTPUTS}/{path}": ref for path, ref in output_refs.items()}
        payload = add.add_files(batch, dict(sorted(files.items())), _PROFILE)
        root = _newest(content, plan.name, payload.cid)
        if root is None or not _brought(batch, content.backend, root):
            root = wrap(batch, payload).cid
        # The last look comes after the last byte, and before anything of it can be seen.
        _check_unchanged(plan, executed=executed)
        name = plan.name if signer is None else None
        stored = batch.commit(root, pin=signer is None, name=name)
    memory.note(making.fresh)
    unchanged = stored.unchanged
    if signer is not None:
        before = _newest(content, plan.name, payload.cid)
        root = _signed(content, root, signer, plan)
        unchanged = root == before
    else:
        content.repo.mark_shared(plan.name, pin=content.repo.has(root))
    newest = content.log(plan.name)[0]
    return Shared(
        root=root,
        payload=payload.cid,
        plan=plan,
        name=newest.name,
        version=newest.version,
        unchanged=unchanged,
        size=payload.dag_size,
    )


def _newest(content: Content, name: str, payload: CID) -> CID | None:
    """Return what a name stands at, if that is a share of this payload, perhaps a signed one."""
    try:
        root = content.log(name)[0].root
        held, _ = opening.parts(content.backend, content.resolve(root))
    except JupyterIPFSError:  # there is no such name, or it is of something else
        return None
    return root if held.cid == payload != root else None


def _brought(batch: Batch, backend: Backend, root: CID) -> bool:
    """Make a share that is there a part of the batch; ``False`` if some of it is gone."""
    try:
        bring(batch, backend, root)
    except BlockNotFoundError:
        return False
    return True


def _signed(content: Content, root: CID, signer: Signer, plan: Plan) -> CID:
    """Sign a share that has no name yet, unless its author has; name it."""
    from jupyter_ipfs.bundles.signing import signing  # noqa: PLC0415  (cryptography)

    found = opening.open_bundle(content, root).signatures
    if any(each.valid and each.address == signer.address for each in found):
        content.backend.pin(root)
        is_here = content.repo.has(root)
        content.repo.set_name(plan.name, root, pin=is_here)
        content.repo.mark_shared(plan.name, pin=is_here)
        return root
    return signing.add_signature(content, root, signer, "author", title=plan.title, name=plan.name)


def wrap(sink: Sink, payload: Ref, signatures: Mapping[str, bytes | Ref] | None = None) -> Ref:
    """Put a payload and its signatures into a share; see ``safety.md`` 19."""
    files: dict[str, bytes | Ref] = {PAYLOAD: payload}
    files |= {f"{SIGNATURES}/{name}": data for name, data in sorted((signatures or {}).items())}
    return add.add_files(sink, files, _PROFILE)


def bring(batch: Batch, backend: Backend, cid: CID) -> None:
    """Make everything under ``cid`` a part of a batch; what is not held is fetched.

    Raises:
        BlockNotFoundError: Something of it is nowhere to be had.
    """
    # A repo's batch can claim what is there, so that no gc comes between; a Kubo's need not.
    claim = getattr(batch, "claim", batch.has)
    for each in reachable(backend, cid, set()):
        if not claim(each):
            batch.put(backend.get(each))


def ref_of(backend: Backend, cid: CID) -> Ref:
    """Return what a directory needs to know of content that is there."""
    node = reader.get(backend, cid)
    return Ref(cid, node.size if node.kind == reader.FILE else 0, node.dag_size)


class _Making:
    """Inputs and outputs of one share, as they come into its batch."""

    def __init__(
        self,
        content: Content,
        batch: Batch,
        known: Mapping[Path, Ref],
        progress: ProgressCallback | None,
    ) -> None:
        self._content = content
        self._batch = batch
        self._known = known
        self._progress = progress
        self._excluded = content.repo.excluded
        self.fresh: list[tuple[Path, Identity, Ref]] = []

    def input(self, planned: PlannedInput) -> Ref:
        if planned.local_path is None or planned.identity is None:
            cid = CID.parse(planned.path.removeprefix("ipfs/"))
            bring(self._batch, self._content.backend, cid)
            return ref_of(self._content.backend, cid)
        path, identity = planned.local_path, planned.identity
        _check_same(planned)
        known = self._known.get(path)
        if known is not None:
            try:
                bring(self._batch, self._content.backend, known.cid)
            except BlockNotFoundError:
                pass  # it was let go of, and the file is still there
            else:
                return known
        tree = scan.scan(path, hidden=True, excluded=self._excluded)
        ref = add.add_paths(self._batch, [tree], _PROFILE, progress=self._progress)
        _check_same(planned)
        self.fresh.append((path, identity, ref))
        return ref

    def outputs(self, plan: Plan) -> tuple[dict[str, tuple[Output, ...]], dict[str, Ref]]:
        """Store the outputs; return them by cell, and by their paths below ``outputs/``."""
        found: dict[str, tuple[Output, ...]] = {}
        refs: dict[str, Ref] = {}
        for cell in plan.cells:
            made = []
            for index, output in enumerate(cell.outputs):
                ref = add.add_files(self._batch, showing.files(output), _PROFILE)
                refs[f"{cell.id}/{index}"] = ref
                kind = str(output.get("output_type"))
                made.append(Output(kind, str(ref.cid), showing.mime_types(output)))
            found[cell.id] = tuple(made)
        return found, refs


def _wanted(plan: Plan) -> list[tuple[Path, Identity]]:
    return [
        (each.local_path, each.identity)
        for each in plan.inputs
        if each.selected and each.local_path is not None and each.identity is not None
    ]


def _check_unchanged(plan: Plan, *, executed: bool) -> None:
    for each in plan.inputs:
        if each.selected and not each.is_content:
            _check_same(each)
    if not executed:
        found = hashlib.sha256(planning.read(plan.notebook)).hexdigest()
        if found != plan.digest:
            raise BundleError(
                f"the notebook {plan.notebook.name!a} has changed while it was being shared",
                "nothing was shared; save it and share it again",
            )


def _check_same(planned: PlannedInput) -> None:
    path, identity = planned.local_path, planned.identity
    try:
        now = None if path is None else Identity.of(path.stat())
    except OSError:
        now = None
    if now != identity:
        raise BundleError(
            f"the input {planned.path!a} has changed while it was being shared",
            "nothing was shared; wait until it is written, and share again",
        )
