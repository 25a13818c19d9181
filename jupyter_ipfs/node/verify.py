"""``verify``: is every block of a DAG here and intact, and does a local copy still match?"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import BlockNotFoundError, CodecError, VerificationError
from jupyter_ipfs.node import scan
from jupyter_ipfs.node.meter import Meter
from jupyter_ipfs.unixfs import reader

if TYPE_CHECKING:
    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.protocols import Blocks, ProgressCallback

_PART = 1024 * 1024


@dataclass(slots=True)
class Verification:
    """What was checked, and how it came out. Paths are relative to the root.

    Attributes:
        files: Files and symlinks in the DAG, as far as its directories could be read.
        intact: Of those, the ones whose every byte was read and matches its CID (and the
            local copy, if one was compared).
        size: Content bytes that were checked.
        not_fetched: Content that is not here, so nothing can be said of it.
        damaged: Content whose bytes are not those of its CID.
        missing: In the DAG, but not in the local copy.
        changed: In both, but different.
        extra: In the local copy only; names that begin with a dot do not count.
    """

    files: int = 0
    intact: int = 0
    size: int = 0
    not_fetched: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)

    @property
    def is_intact(self) -> bool:
        """Whether everything was checked and nothing differs."""
        return not (self.not_fetched or self.damaged or self.missing or self.changed or self.extra)

    def __str__(self) -> str:
        """One honest line: how much is intact, and what is not."""
        labels = ("not_fetched", "damaged", "missing", "changed", "extra")
        counts = ((len(getattr(self, label)), label.replace("_", " ")) for label in labels)
        parts = [f"{count} {label}" for count, label in counts if count]
        return ", ".join([f"{self.intact} of {self.files} files intact", *parts])


def verify(
    blocks: Blocks,
    root: reader.Node,
    local_path: str | None = None,
    *,
    progress: ProgressCallback | None = None,
) -> Verification:
    """Read a whole DAG, and compare it with what lies at ``local_path`` if that is given.

    Content is compared, not CIDs: a copy matches however its CID was once made. With nothing
    to compare, a directory that stands in several places is checked and counted once.

    Raises:
        PathNotFoundError: There is nothing at ``local_path``.
    """
    result = Verification()
    meter = Meter(progress, "verifying")
    local = scan.scan(local_path, hidden=True).root if local_path is not None else None
    seen: set[CID] = set()
    stack: list[tuple[CID, scan.Item | None, str]] = [(root.cid, local, "")]
    while stack:
        cid, item, path = stack.pop()
        if local is None and cid in seen:
            continue
        try:
            node = reader.get(blocks, cid) if path else root
        except BlockNotFoundError:
            result.files += 1
            result.not_fetched.append(path)
            continue
        except (VerificationError, CodecError):
            result.files += 1
            result.damaged.append(path)
            continue
        if node.kind == reader.DIRECTORY:
            seen.add(cid)
            stack.extend(reversed(_directory(blocks, node, item, path, result)))
        else:
            _leaf(blocks, node, item, path, result=result, meter=meter, compare=local is not None)
    meter.done()
    return result


def _directory(
    blocks: Blocks,
    node: reader.Node,
    item: scan.Item | None,
    path: str,
    result: Verification,
) -> list[tuple[CID, scan.Item | None, str]]:
    found: list[tuple[CID, scan.Item | None, str]] = []
    if item is not None and item.kind != scan.DIRECTORY:
        result.changed.append(path or ".")
        return found
    local = {child.name: child for child in item.children} if item is not None else None
    names: set[bytes] = set()
    try:
        for link in reader.entries(blocks, node):
            name = link.name or b""
            below = f"{path}/{os.fsdecode(name)}".lstrip("/")
            names.add(name)
            other = local.get(name) if local is not None else None
            if local is not None and other is None:
                result.files += 1
                result.missing.append(below)
                continue
            found.append((link.cid, other, below))
    except BlockNotFoundError:
        result.not_fetched.append(f"{path}/…".lstrip("/"))
    except (VerificationError, CodecError):
        result.damaged.append(f"{path}/…".lstrip("/"))
    if local is not None:
        # A name that begins with a dot was left out when the directory was added, unless asked.
        extra = sorted(name for name in local if name not in names and not name.startswith(b"."))
        result.extra.extend(f"{path}/{os.fsdecode(name)}".lstrip("/") for name in extra)
    return found


def _leaf(
    blocks: Blocks,
    node: reader.Node,
    item: scan.Item | None,
    path: str,
    *,
    result: Verification,
    meter: Meter,
    compare: bool,
) -> None:
    result.files += 1
    label = path or "."
    try:
        if node.kind == reader.SYMLINK:
            same = not compare or _same_link(node, item)
        else:
            same = _same_bytes(blocks, node, item if compare else None, meter)
            same = same and (not compare or (item is not None and item.kind == scan.FILE))
    except BlockNotFoundError:
        result.not_fetched.append(label)
        return
    except (VerificationError, CodecError):
        result.damaged.append(label)
        return
    result.size += node.size if node.kind == reader.FILE else 0
    meter.file_done()
    if same:
        result.intact += 1
    else:
        result.changed.append(label)


def _same_link(node: reader.Node, item: scan.Item | None) -> bool:
    if item is None or item.kind != scan.SYMLINK:
        return False
    return os.readlink(item.path) == node.target  # noqa: PTH115  (bytes)


def _same_bytes(blocks: Blocks, node: reader.Node, item: scan.Item | None, meter: Meter) -> bool:
    """Read every block (which verifies it), comparing with the local file where it may match."""
    if item is None or item.kind != scan.FILE or item.size != node.size:
        if node.kind != reader.FILE:
            return item is None
        for found in reader.parts(blocks, node):
            meter.advance(0 if found.pb and found.pb.links else found.size)
        return item is None
    same = True
    with open(item.path, "rb", buffering=_PART) as local:  # noqa: PTH123  (bytes)
        for part in reader.read(blocks, node):
            same = local.read(len(part)) == part and same
            meter.advance(len(part))
        return same and not local.read(1)
