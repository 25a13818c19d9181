"""``pylock.toml`` (PEP 751), written so that the same packages give the same bytes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from jupyter_ipfs.bundles.environment import lock

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jupyter_ipfs.bundles.environment.index_offers import OfferedWheel

# Some indexes of one's own have the reader's token in the path (cloudsmith, packagecloud, gemfury).
_TOKEN = re.compile(r"(?=.*[0-9]|.+[A-Z])[A-Za-z0-9]{12,}")
_DIGEST = re.compile(r"[0-9a-f]{60,64}")  # as PyPI and GitLab have it in theirs


def dumps(packages: Iterable[tuple[str, str, Sequence[OfferedWheel]]], python: str) -> bytes:
    """Return a lock.

    Args:
        packages: Names, versions and wheels.
        python: The version that ran it; the lock is for this minor version or a later one.
    """
    from packaging.version import Version  # noqa: PLC0415  (when a notebook is shared)

    lines = ['lock-version = "1.0"', 'created-by = "jupyter_ipfs"']
    if python:
        lines.append(f"requires-python = {_text('>=' + '.'.join(python.split('.')[:2]))}")
    found = sorted((name, str(Version(version)), wheels) for name, version, wheels in packages)
    if not found:
        lines.append("packages = []")
    for name, version, wheels in found:
        lines += ["", "[[packages]]", f"name = {_text(name)}", f"version = {_text(version)}"]
        lines += ["wheels = [", *map(_wheel, wheels), "]"]
    return ("\n".join(lines) + "\n").encode()


def _wheel(wheel: OfferedWheel) -> str:
    # Somebody's own network is named to nobody: then the file name stands alone, as a path.
    where = ("url", wheel.url) if _may_be_told(wheel.url) else ("path", wheel.filename)
    size = "" if wheel.size is None else f"size = {wheel.size}, "
    return (
        f"    {{ {where[0]} = {_text(where[1])}, {size}"
        f"hashes = {{ sha256 = {_text(wheel.sha256)} }} }},"
    )


def _may_be_told(url: str) -> bool:
    """Tell whether an address is public, and none of its folders looks like a key to it."""
    folders = url.partition("://")[2].split("/")[1:-1]
    parts = [part for folder in folders for part in re.split(r"[^A-Za-z0-9]", folder)]
    is_key = any(_TOKEN.fullmatch(part) and not _DIGEST.fullmatch(part) for part in parts)
    return not is_key and lock.is_public(url)


def _text(text: str) -> str:
    """Return a basic string: of ASCII, JSON's is one of TOML's."""
    return json.dumps(text.encode("ascii", "backslashreplace").decode())
