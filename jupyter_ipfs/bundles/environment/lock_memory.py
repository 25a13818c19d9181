"""Locks that were made, so that a second share asks no index."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from jupyter_ipfs.bundles.environment import lock
from jupyter_ipfs.bundles.format.manifest import Unlocked

if TYPE_CHECKING:
    from pathlib import Path

_MOST = 50  # environments; some 0.3 MB each
_MAX_BYTES = 4 * lock.MAX_BYTES


@dataclass(frozen=True, slots=True)
class MadeLock:
    """A lock, as it is remembered.

    Attributes:
        pylock: The text of ``pylock.toml``.
        requirements: The same as `lock.requirements` has it.
        packages: How many.
        unlocked: What it does not have.
    """

    pylock: str
    requirements: str
    packages: int
    unlocked: tuple[Unlocked, ...]


class LockMemory:
    """Locks by the digest of what they lock.

    Args:
        folder: Where they lie; made when the first is put there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, key: str) -> MadeLock | None:
        """Return what was put, or ``None``: not (any more) there, or damaged.

        A digest tells; to read the lock itself anew would take as long as all else of a share.
        """
        file = self._folder / f"{key}.json"
        try:
            data = file.read_bytes() if file.stat().st_size <= _MAX_BYTES else b""
        except OSError:
            return None
        digest, _, text = data.partition(b"\n")
        if hashlib.sha256(text).hexdigest().encode() != digest:
            return None
        try:
            given = json.loads(text)
            unlocked = tuple(Unlocked(**each) for each in given.pop("unlocked"))
            return MadeLock(**given, unlocked=unlocked)
        except (ValueError, KeyError, TypeError, AttributeError):
            return None

    def put(self, key: str, made: MadeLock) -> None:
        """Remember a lock; a disk that is full or read-only only means that it is made anew."""
        text = json.dumps(asdict(made)).encode()
        temporary = self._folder / f"{key}.{secrets.token_hex(8)}.partial"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as writing:
                writing.write(hashlib.sha256(text).hexdigest().encode() + b"\n" + text)
            temporary.replace(self._folder / f"{key}.json")
            self._drop_old()
        except OSError:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)

    def _drop_old(self) -> None:
        kept = sorted(self._folder.glob("*.json"), key=lambda file: file.stat().st_mtime)
        for file in kept[:-_MOST]:
            file.unlink(missing_ok=True)
