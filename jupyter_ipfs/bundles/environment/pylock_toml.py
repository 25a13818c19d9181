"""``pylock.toml`` (PEP 751), written so that the same packages give the same bytes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from jupyter_ipfs.bundles.environment import lock

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jupyter_ipfs.bundles.environment.index_offers import OfferedWheel


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
    where = ("url", wheel.url) if lock.is_public(wheel.url) else ("path", wheel.filename)
    size = "" if wheel.size is None else f"size = {wheel.size}, "
    return (
        f"    {{ {where[0]} = {_text(where[1])}, {size}"
        f"hashes = {{ sha256 = {_text(wheel.sha256)} }} }},"
    )


def _text(text: str) -> str:
    """Return a basic string: of ASCII, JSON's is one of TOML's."""
    return json.dumps(text.encode("ascii", "backslashreplace").decode())
