"""Anything with ``save_pretrained(directory)`` → the files it writes, under ``pretrained/``.

Making the object again is its library's work, from a directory: `load` gives the files,
and says what to type.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from jupyter_ipfs.errors import AdapterError, UnsupportedTypeError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

name = "pretrained"

_FOLDER = "pretrained/"
_PICKLES = (".bin", ".pt", ".pth", ".pkl", ".pickle", ".joblib", ".ckpt")


class SavedFiles:
    """The files of a stored model; nothing is read before it is needed.

    Iterating gives their names.
    """

    def __init__(self, files: Mapping[str, Callable[[], BinaryIO]]) -> None:
        self._files = dict(files)

    def __iter__(self) -> Iterator[str]:
        """Yield the names."""
        return iter(sorted(self._files))

    def __len__(self) -> int:
        """Return how many files there are."""
        return len(self._files)

    def open(self, label: str) -> BinaryIO:
        """Open one file for reading."""
        return self._files[label]()

    def write(self, directory: str | Path) -> Path:
        """Write the files into a directory, which must be new or empty, and return it.

        Raises:
            AdapterError: There is something already, or a name leads out of it.
        """
        target = Path(directory)
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise AdapterError(f"{target} is not empty", "name a new directory")
        for label in self:
            if any(
                part in ("", ".", "..") or "\\" in part or ":" in part for part in label.split("/")
            ):
                raise AdapterError(f"{label!r} is no safe file name; nothing was written")
        for label in self:
            place = target.joinpath(*label.split("/"))
            place.parent.mkdir(parents=True, exist_ok=True)
            with self.open(label) as source, place.open("xb") as file:
                shutil.copyfileobj(source, file, 1 << 20)
        return target

    def __repr__(self) -> str:
        """Say what to type."""
        listed = ", ".join(list(self)[:8]) + (", …" if len(self) > 8 else "")  # noqa: PLR2004
        return (
            f"<{len(self)} files of a pretrained model: {listed}>\n"
            "To make it again: AutoModel.from_pretrained(this.write('model/')), "
            "with the class that stored it"
        )


class _TemporaryFiles(dict[str, "bytes | Path"]):
    """Files in a directory that goes when nothing refers to them any more."""

    def __init__(self, directory: Path) -> None:
        super().__init__()
        weakref.finalize(self, shutil.rmtree, directory, ignore_errors=True)


def matches(obj: object) -> bool:
    """Take instances that can be saved so; a class itself is none."""
    return not isinstance(obj, type) and callable(getattr(type(obj), "save_pretrained", None))


def dump(obj: Any) -> Mapping[str, bytes | Path]:  # noqa: ANN401
    """Return what ``save_pretrained`` writes, as paths."""
    directory = Path(tempfile.mkdtemp(prefix="jupyter-ipfs-"))
    files = _TemporaryFiles(directory)
    obj.save_pretrained(str(directory))
    for place in sorted(directory.rglob("*")):
        if place.is_file() and not place.is_symlink():
            files[_FOLDER + place.relative_to(directory).as_posix()] = place
    if not files:
        raise UnsupportedTypeError(f"{type(obj).__name__}.save_pretrained wrote no file")
    pickles = [label for label in files if label.endswith(_PICKLES)]
    if pickles:
        message = f"it saves itself as pickle ({pickles[0].removeprefix(_FOLDER)})"
        hint = (
            "pip install safetensors, then x.save_pretrained('model/', safe_serialization=True) "
            "and put Path('model/')"
        )
        raise UnsupportedTypeError(message, hint)
    return files


def recognises(names: Collection[str]) -> bool:
    """Read what `dump` writes."""
    return bool(names) and all(label.startswith(_FOLDER) for label in names)


def load(
    files: Mapping[str, Callable[[], BinaryIO]],
    *,
    trusted: Sequence[str] = (),  # noqa: ARG001  (the protocol's)
) -> SavedFiles:
    """Return the files; see `SavedFiles`."""
    return SavedFiles({label.removeprefix(_FOLDER): opener for label, opener in files.items()})
