"""What changed below ``inputs/`` of two bundles: equal directories are not looked into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import NotABundleError
from jupyter_ipfs.ipld.cid import RAW
from jupyter_ipfs.unixfs import reader

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_ipfs.bundles.format.manifest import Input, Manifest
    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.protocols import Blocks

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
LEFT_OUT, INCLUDED = "not included any more", "included now"
_MAX_ENTRIES, _MAX_DEPTH = 200_000, 64


@dataclass(frozen=True, slots=True)
class InputChange:
    """One input that is not as it was.

    Attributes:
        path: Below ``inputs/``.
        change: One of the words above.
        size: Bytes of the newer one, or of the older one if it is gone.
    """

    path: str
    change: str
    size: int


def changes(
    blocks: Blocks, roots: tuple[CID | None, CID | None], manifests: tuple[Manifest, Manifest]
) -> tuple[InputChange, ...]:
    """Return what changed, by path.

    Args:
        blocks: Where both are.
        roots: Of both ``inputs`` directories, where there are any.
        manifests: What both say of their inputs.
    """
    old, new = ({each.path: each for each in manifest.inputs} for manifest in manifests)
    found = {
        path: InputChange(path, change, _size(path, links, old, new))
        for path, change, links in _Walk(blocks, set(old), set(new)).below(*roots)
    }
    for path in {*old, *new}:
        change = _told(old.get(path), new.get(path))
        if change is not None:
            found[path] = InputChange(path, change, (new.get(path) or old[path]).size)
    return tuple(found[path] for path in sorted(found))


def _told(old: Input | None, new: Input | None) -> str | None:
    """Return what is known from the manifests alone, of what is not included."""
    if old is None or new is None:
        one = old or new
        if one is None or one.included:
            return None
        return ADDED if old is None else REMOVED
    if old.included != new.included:
        return INCLUDED if new.included else LEFT_OUT
    return CHANGED if not new.included and old.size != new.size else None


def _size(path: str, claimed: int, old: Mapping[str, Input], new: Mapping[str, Input]) -> int:
    known = new.get(path) or old.get(path)
    return claimed if known is None else known.size


class _Walk:
    """Walks two directories at once, not into the inputs that each is known to have."""

    def __init__(self, blocks: Blocks, old: set[str], new: set[str]) -> None:
        self._blocks = blocks
        self._old, self._new = old, new
        self._left = _MAX_ENTRIES

    def below(self, old: CID | None, new: CID | None) -> list[tuple[str, str, int]]:
        """Return path, change and claimed size of what differs."""
        found: list[tuple[str, str, int]] = []
        stack: list[tuple[str, CID | None, CID | None, int]] = [("", old, new, 0)]
        while stack:
            path, a, b, claimed = stack.pop()
            if a == b:
                continue
            old_entries, new_entries = (
                self._entries(path, a, self._old),
                self._entries(path, b, self._new),
            )
            if old_entries is None and new_entries is None:
                change = ADDED if a is None else REMOVED if b is None else CHANGED
                found.append((path, change, claimed))
                continue
            # A file in the place of a directory, or the other way round.
            if a is not None and old_entries is None:
                found.append((path, REMOVED, claimed))
            if b is not None and new_entries is None:
                found.append((path, ADDED, claimed))
            before, now = old_entries or {}, new_entries or {}
            for name in sorted({*before, *now}):
                one, other = before.get(name), now.get(name)
                _, size = other or one or (None, 0)
                below = f"{path}/{name}".lstrip("/")
                stack.append((below, one and one[0], other and other[0], size))
        return found

    def _entries(
        self, path: str, cid: CID | None, ends: set[str]
    ) -> dict[str, tuple[CID, int]] | None:
        """Return CID and claimed size of a directory's entries; ``None`` if it is none."""
        if cid is None or cid.codec == RAW or path in ends:
            return None
        node = reader.get(self._blocks, cid)
        if node.kind != reader.DIRECTORY:
            return None
        found = {
            (link.name or b"").decode(errors="replace"): (link.cid, link.tsize or 0)
            for link in reader.entries(self._blocks, node)
        }
        self._left -= len(found)
        if self._left < 0 or path.count("/") >= _MAX_DEPTH:
            raise NotABundleError("the inputs have too many entries to be compared")
        return found
