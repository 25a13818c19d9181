"""Which wheel suits a Python, by the tags of its file name (PEP 425)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from packaging.tags import Tag

    from jupyter_ipfs.bundles.environment.distributions import Interpreter


def best(filenames: Sequence[str], interpreter: Interpreter) -> str | None:
    """Return the wheel that an installer takes on this computer, or ``None`` if none suits."""
    ranks = {tag: rank for rank, tag in enumerate(_supported(interpreter))}
    rated = [
        (min(ranks[tag] for tag in tags), filename)
        for filename in filenames
        if (tags := _tags(filename) & ranks.keys())
    ]
    return min(rated)[1] if rated else None


def is_one_of(filename: str, tags: Collection[str]) -> bool:
    """Tell whether a wheel has one of the tags that an installed one had."""
    return not {str(tag) for tag in _tags(filename)}.isdisjoint(tags)


def _tags(filename: str) -> frozenset[Tag]:
    from packaging.utils import InvalidWheelFilename, parse_wheel_filename  # noqa: PLC0415

    try:
        return parse_wheel_filename(filename)[3]
    except InvalidWheelFilename:
        return frozenset()


def _supported(interpreter: Interpreter) -> Iterator[Tag]:
    """Yield the tags that a Python of this computer takes, the best first."""
    from packaging import tags  # noqa: PLC0415  (when a notebook is shared)

    version = interpreter.version
    nodot = f"{version[0]}{version[1]}"
    platforms = list(tags.platform_tags())
    if interpreter.implementation == "cpython":
        abis = [f"cp{nodot}{interpreter.abi_flags}"]
        yield from tags.cpython_tags(version, abis, platforms)
        yield from tags.compatible_tags(version, f"cp{nodot}", platforms)
    else:
        yield from tags.compatible_tags(version, None, platforms)
