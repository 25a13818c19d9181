"""Storing and loading without a repo: the files as bytes."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from jupyter_ipfs import adapters

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


def openers(files: Mapping[str, bytes | Path]) -> dict[str, Callable[[], BinaryIO]]:
    """Return the files as `adapters.load` takes them."""

    def opener(content: bytes | Path) -> Callable[[], BinaryIO]:
        if isinstance(content, Path):
            return lambda: content.open("rb")
        return lambda: io.BytesIO(content)

    return {name: opener(content) for name, content in files.items()}


def load(files: Mapping[str, bytes | Path], trusted: Sequence[str] = ()) -> Any:  # noqa: ANN401
    """Load from bytes."""
    return adapters.load(openers(files), trusted=trusted)


def back(obj: object, trusted: Sequence[str] = ()) -> Any:  # noqa: ANN401
    """Store and load again."""
    return load(adapters.dump(obj), trusted)
