"""Locks that were made, so that a second share asks no index."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from dataclasses import asdict
from typing import TYPE_CHECKING

from jupyter_ipfs.bundles import lock
from jupyter_ipfs.bundles.manifest import Unlocked
from jupyter_ipfs.errors import EnvironmentLockError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_MOST = 50  # environments; some 0.2 MB each


class LockMemory:
    """Locks by the digest of what they lock.

    Args:
        folder: Where they lie; made when the first is put there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, key: str) -> tuple[bytes, int, tuple[Unlocked, ...]] | None:
        """Return what was put, with the number of packages; ``None`` if it is not whole."""
        try:
            data = (self._folder / f"{key}.json").read_bytes()
            if len(data) > 2 * lock.MAX_BYTES:
                return None
            given = json.loads(data)
            pylock = given["pylock"].encode()
            unlocked = tuple(Unlocked(**each) for each in given["unlocked"])
            whole = all(isinstance(each, str) for one in unlocked for each in asdict(one).values())
            found = lock.read(pylock)
            return (pylock, len(found.packages), unlocked) if whole and not found.refused else None
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None
        except EnvironmentLockError:
            return None

    def put(self, key: str, pylock: bytes, unlocked: Sequence[Unlocked]) -> None:
        """Remember a lock; a disk that is full or read-only only means that it is made anew."""
        given = {"pylock": pylock.decode(), "unlocked": [asdict(each) for each in unlocked]}
        temporary = self._folder / f"{key}.{secrets.token_hex(8)}.partial"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as writing:
                json.dump(given, writing)
            temporary.replace(self._folder / f"{key}.json")
            self._drop_old()
        except OSError:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)

    def _drop_old(self) -> None:
        kept = sorted(self._folder.glob("*.json"), key=lambda file: file.stat().st_mtime)
        for file in kept[:-_MOST]:
            file.unlink(missing_ok=True)
