"""Opening a share: who, what and how much is here, from its small files alone.

A share comes from anybody. Its manifest is read strictly and compared with the directories that
stand beside it; where the two disagree, it is no bundle, and the message names the path.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyter_ipfs.bundles.format import manifest_json
from jupyter_ipfs.bundles.format.manifest import (
    INPUTS,
    MANIFEST,
    NOTEBOOK,
    OUTPUTS,
    PAYLOAD,
    SIGNATURES,
)
from jupyter_ipfs.bundles.format.notebook import MAX_SIZE as MAX_NOTEBOOK
from jupyter_ipfs.bundles.opening import small_file
from jupyter_ipfs.bundles.signing import signatures
from jupyter_ipfs.errors import BlockNotFoundError, NotABundleError
from jupyter_ipfs.ipld.cid import CID, RAW
from jupyter_ipfs.node.held import Completeness
from jupyter_ipfs.unixfs import reader

if TYPE_CHECKING:
    from jupyter_ipfs.bundles.content import Content
    from jupyter_ipfs.bundles.format.manifest import Input, Manifest
    from jupyter_ipfs.bundles.signing.signatures import Vouched
    from jupyter_ipfs.node.paths import ContentPath
    from jupyter_ipfs.protocols import Blocks

_MAX_ENTRIES = 200_000
_MAX_DEPTH = 64
_MOST_MISSING = 3  # inputs that are looked for in vain
_LOOKED_AT = 200_000  # blocks that are looked for, to tell what is here


@dataclass(frozen=True, slots=True)
class Opened:
    """A share, or the payload of one, as its small files tell of it.

    Attributes:
        root: What was opened.
        payload: The bundle itself: what signatures are about.
        manifest: What it says of itself.
        signatures: Who vouches for it.
        files: Files in it; content that it links to counts as one.
        size: Their bytes, as its directories claim.
        held_inputs: Paths of the included inputs that are on this computer, whole.
    """

    root: CID
    payload: CID
    manifest: Manifest
    signatures: tuple[Vouched, ...]
    files: int
    size: int
    held_inputs: frozenset[str]

    @property
    def held(self) -> tuple[int, int]:
        """How many of its included inputs are on this computer, and their bytes."""
        here = [each.size for each in self.manifest.inputs if each.path in self.held_inputs]
        return len(here), sum(here)

    @property
    def prefix(self) -> str:
        """Where the payload stands below the root: ``payload/`` or nothing."""
        return "" if self.root == self.payload else f"{PAYLOAD}/"


@dataclass(slots=True)
class Integrity:
    """What was checked of a share, and how it came out. Paths are relative to what was opened.

    Attributes:
        files: Files in it.
        intact: Of those, the ones whose every byte was read and matches its CID.
        missing: What is not to be had, so that nothing can be said of it.
        damaged: What is not what it has to be, each with a sentence.
        size: Bytes that were checked.
    """

    files: int
    intact: int
    missing: list[str] = field(default_factory=list)
    damaged: list[tuple[str, str]] = field(default_factory=list)
    size: int = 0

    @property
    def is_intact(self) -> bool:
        """Whether all of it was checked, and nothing is wrong."""
        return not self.missing and not self.damaged


def open_bundle(content: Content, path: str | CID | ContentPath) -> Opened:
    """Open a share, or a payload, by its path.

    Raises:
        NotABundleError: It is something else, or its parts disagree.
        BlockNotFoundError: Its directories or its manifest are not to be had.
        VerificationError: They are damaged.
    """
    blocks = content.backend
    node = content.resolve(path)
    payload, signed = parts(blocks, node)
    entries = _entries(blocks, payload, "")
    manifest = _manifest(blocks, entries)
    notebook = entries.get(NOTEBOOK)
    if notebook is None:
        raise _disagrees(f"there is no {NOTEBOOK}")
    if notebook.codec != RAW:
        found = reader.get(blocks, notebook)
        if found.kind != reader.FILE or found.size > MAX_NOTEBOOK:
            raise _disagrees(f"{NOTEBOOK} is no file, or larger than {MAX_NOTEBOOK:,} bytes")
    tree = _Tree(blocks)
    tree.compare_inputs(manifest, entries.get(INPUTS))
    tree.compare_outputs(manifest, entries.get(OUTPUTS))
    files, size = _count(blocks, payload, manifest)
    return Opened(
        root=node.cid,
        payload=payload.cid,
        manifest=manifest,
        signatures=signatures.vouched(content, signed, payload.cid),
        files=files,
        size=size,
        held_inputs=_held(content, manifest),
    )


def manifest_of(content: Content, path: str | CID | ContentPath) -> Manifest:
    """Return what a share says of itself, and look at nothing else.

    Raises:
        NotABundleError: It is no share.
    """
    payload, _ = parts(content.backend, content.resolve(path))
    return _manifest(content.backend, _entries(content.backend, payload, ""))


def parts(blocks: Blocks, node: reader.Node) -> tuple[reader.Node, dict[str, CID]]:
    """Return the payload of a share, and its signatures' files; a payload is its own.

    Raises:
        NotABundleError: It is neither.
    """
    if node.kind != reader.DIRECTORY:
        raise NotABundleError(f"{node.cid} is no share: it is a {node.kind}, not a directory")
    entries = _entries(blocks, node, "")
    if PAYLOAD not in entries:
        if MANIFEST in entries:
            return node, {}
        raise NotABundleError(
            f"{node.cid} is no share: it has neither {PAYLOAD!r} nor {MANIFEST!r}",
            f"see what it is: %ipfs ls {node.cid}",
        )
    if strange := sorted(set(entries) - {PAYLOAD, SIGNATURES}):
        raise NotABundleError(f"the share has an entry {strange[0][:80]!a}, which none has")
    signed: dict[str, CID] = {}
    if SIGNATURES in entries:
        signed = _entries(blocks, reader.get(blocks, entries[SIGNATURES]), SIGNATURES)
    return reader.get(blocks, entries[PAYLOAD]), signed


def vouched(content: Content, files: dict[str, CID], payload: CID) -> tuple[Vouched, ...]:
    """Check the signatures of a share, given `parts` of it; without any, nothing is loaded."""
    if not files:
        return ()
    from jupyter_ipfs.bundles.signing import signatures  # noqa: PLC0415  (cryptography)

    return signatures.vouched(content, files, payload)


def input_path(each: Input) -> str:
    """Return where an included input stands in the payload."""
    return f"{INPUTS}/{each.path}"


def own_path(manifest: Manifest) -> str:
    """Return where the notebook stands among the inputs."""
    return "/".join(filter(None, (manifest.folder, manifest.name)))


class _Tree:
    """Compares the manifest with the directories beside it, which are walked once."""

    def __init__(self, blocks: Blocks) -> None:
        self._blocks = blocks
        self._left = _MAX_ENTRIES
        self._missing = 0

    def compare_inputs(self, manifest: Manifest, root: CID | None) -> None:
        wanted = {each.path: each for each in manifest.inputs if each.cid is not None}
        notebook = manifest_json.fold(own_path(manifest))
        for each in manifest.inputs:
            if (manifest_json.fold(each.path) + "/").startswith(notebook + "/"):
                raise _disagrees(f"the input {each.path[:80]!a} stands where the notebook does")
        found = self._leaves(root, INPUTS, set(wanted))
        self._compare(INPUTS, {path: str(each.cid) for path, each in wanted.items()}, found)
        for path, each in wanted.items():
            self._check_kind(path, each, found[path])

    def compare_outputs(self, manifest: Manifest, root: CID | None) -> None:
        wanted = {
            f"{cell.id}/{index}": output.cid
            for cell in manifest.cells
            for index, output in enumerate(cell.outputs)
        }
        self._compare(OUTPUTS, wanted, self._leaves(root, OUTPUTS, set(wanted)))

    def _compare(self, top: str, wanted: dict[str, str], found: dict[str, CID]) -> None:
        for path, cid in wanted.items():
            if path not in found:
                raise _disagrees(f"{top}/{path[:80]!a} is named and not there")
            if str(found[path]) != cid:
                raise _disagrees(f"{top}/{path[:80]!a} is not what the manifest says that it is")
        if strange := sorted(set(found) - set(wanted)):
            raise _disagrees(f"{top}/{strange[0][:80]!a} is there and not named")

    def _check_kind(self, path: str, each: Input, cid: CID) -> None:
        """An input is a file; content may be a directory as well. A link is neither."""
        if each.how == "content" and path != f"ipfs/{each.cid}":
            raise _disagrees(f"the input {path[:80]!a} stands under another CID than its own")
        if cid.codec == RAW:
            return
        # Each that is nowhere may take seconds to look for, and a stranger says how many there are.
        if self._missing >= _MOST_MISSING and not self._blocks.has(cid):
            return
        try:
            kind = reader.get(self._blocks, cid).kind
        except BlockNotFoundError:
            self._missing += 1
            return  # `check` tells what is not here
        allowed = {reader.FILE, reader.DIRECTORY} if each.how == "content" else {reader.FILE}
        if kind not in allowed:
            raise _disagrees(f"the input {path[:80]!a} is a {kind}")

    def _leaves(self, root: CID | None, top: str, ends: set[str]) -> dict[str, CID]:
        """Return what stands below a directory, not going into ``ends``."""
        found: dict[str, CID] = {}
        stack = [("", root)] if root is not None else []
        while stack:
            path, cid = stack.pop()
            if path in ends or cid.codec == RAW:
                found[path] = cid
                continue
            node = reader.get(self._blocks, cid)
            if node.kind != reader.DIRECTORY:
                found[path] = cid
                continue
            if path.count("/") >= _MAX_DEPTH:
                raise _disagrees(f"{top} has directories in directories without an end")
            below = _entries(self._blocks, node, path or top)
            self._left -= len(below)
            if self._left < 0:
                raise _disagrees(f"it has more than {_MAX_ENTRIES:,} entries")
            stack += [(f"{path}/{name}".lstrip("/"), child) for name, child in below.items()]
        return found


def _entries(blocks: Blocks, node: reader.Node, where: str) -> dict[str, CID]:
    """Return a directory's entries; a name that is there twice, or hides what it is, is refused."""
    if node.kind != reader.DIRECTORY:
        raise _disagrees(f"{where or 'it'} is a {node.kind}, not a directory")
    if reader.duplicates(node):
        raise _disagrees(f"{where or 'it'} has two entries of the same name")
    found: dict[str, CID] = {}
    for link in reader.entries(blocks, node):
        try:
            name = (link.name or b"").decode()
        except UnicodeDecodeError:
            raise _disagrees(f"{where or 'it'} has a name that is no text") from None
        if "/" in name:
            raise _disagrees(f"{where or 'it'} has an entry named {name[:80]!a}")
        found[manifest_json.check_path(name)] = link.cid
        if len(found) > _MAX_ENTRIES:
            raise _disagrees(f"it has more than {_MAX_ENTRIES:,} entries")
    return found


def _manifest(blocks: Blocks, entries: dict[str, CID]) -> Manifest:
    if MANIFEST not in entries:
        raise _disagrees(f"there is no {MANIFEST}")
    node = reader.get(blocks, entries[MANIFEST])
    return manifest_json.loads(small_file.read(blocks, node, MANIFEST, manifest_json.MAX_SIZE))


def _held(content: Content, manifest: Manifest) -> frozenset[str]:
    """Return the included inputs that are here; nobody is asked for them."""
    completeness = Completeness(content.repo, _LOOKED_AT)
    return frozenset(
        each.path
        for each in manifest.inputs
        if each.cid is not None and completeness.of(CID.parse(each.cid))
    )


def _count(blocks: Blocks, payload: reader.Node, manifest: Manifest) -> tuple[int, int]:
    """Count files and bytes of the payload; inputs as the manifest says."""
    included = [each for each in manifest.inputs if each.cid is not None]
    files, size = len(included), sum(each.size for each in included)
    stack = [
        (link.name or b"", link.cid, link.tsize or 0) for link in reader.entries(blocks, payload)
    ]
    while stack:
        name, cid, claimed = stack.pop()
        if name == os.fsencode(INPUTS):
            continue
        if cid.codec != RAW:
            node = reader.get(blocks, cid)
            if node.kind == reader.DIRECTORY:
                stack += [(b"", link.cid, link.tsize or 0) for link in reader.entries(blocks, node)]
                continue
            claimed = node.size
        files, size = files + 1, size + claimed
    return files, size


def _disagrees(reason: str) -> NotABundleError:
    return NotABundleError(f"the bundle is not what it says that it is: {reason}")
