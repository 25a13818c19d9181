"""A copy of content for a workspace where programs run: what could run by itself is left out.

Everything is first written into a hidden directory beside the target (see `node.get`, which
refuses names and symlinks that lead out), made harmless there, and then renamed into place
(safety.md 7 and 20).
"""

from __future__ import annotations

import errno
import fnmatch
import json
import os
import shutil
import stat
import unicodedata
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import ConfigError, DiskFullError, JupyterIPFSError
from jupyter_ipfs.net import json_depth
from jupyter_ipfs.node import get
from jupyter_ipfs.node.copy_staging import staging

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_ipfs.protocols import Blocks, ProgressCallback
    from jupyter_ipfs.unixfs import reader

# Read by tools without being asked: version control, editors, shells, Jupyter, Python.
_REFUSED = (
    ".git", ".vscode", ".envrc", ".ipython", ".jupyter", "jupyter_*_config.*",
    "sitecustomize.py", "usercustomize.py", "*.pth",
)  # fmt: skip
_NOTEBOOK = ".ipynb"
MAX_NOTEBOOK = 32 * 1024 * 1024  # bytes that are read into memory to be made untrusted
# Of three bytes as `{},` Python makes a hundred, so values are limited as well.
_MAX_CONTAINERS = 250_000
_MAX_COMMAS = 2_000_000
_MAX_NAME = 200  # bytes; the file systems' limit is 255
_TRIES = 10_000


@dataclass(slots=True)
class Copied:
    """What was copied.

    Attributes:
        local_path: Where it is.
        skipped: What was left out, relative to it, and why.
        renamed: New names of entries whose own names cannot be shown, relative to it.
    """

    local_path: Path
    skipped: dict[str, str] = field(default_factory=dict)
    renamed: list[str] = field(default_factory=list)


def open_copy(
    blocks: Blocks,
    node: reader.Node,
    folder: Path,
    *,
    name: str,
    progress: ProgressCallback | None = None,
) -> Copied:
    """Write a file or a directory under a new name into ``folder``.

    Args:
        blocks: Where to read from.
        node: What to write.
        folder: A directory that exists.
        name: What to call it; made fit for a file system, and numbered if it is taken.
        progress: Told bytes and files.

    Raises:
        UnsafeContentError, LimitError, DiskFullError: See `get.get`.
        ConfigError: The folder cannot be written to.
    """
    with written_aside(folder) as inside:
        get.get(blocks, node, inside, name="copy", progress=progress)
        return take_in(inside, folder, clean(name))


@contextmanager
def written_aside(folder: Path) -> Iterator[Path]:
    """Give a hidden place in ``folder`` to write a copy to; what goes wrong is told in words.

    Raises:
        DiskFullError: It does not fit.
        ConfigError: The folder cannot be written to.
    """
    try:
        with staging(folder) as place:
            yield place / "copy"
    except JupyterIPFSError:  # some of ours are OSErrors too, and say themselves what happened
        raise
    except OSError as error:
        reason = error.strerror or type(error).__name__
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFullError(f"the copy was not written: {reason}") from None
        raise ConfigError(f"the copy was not written: {reason}", "choose another folder") from None


def take_in(written: Path, folder: Path, name: str) -> Copied:
    """Make harmless what was written to a hidden place, and move it into ``folder``.

    Args:
        written: A file or a directory, on ``folder``'s file system.
        folder: A directory that exists.
        name: What to call it, as `clean` gives it; numbered if it is taken.

    Raises:
        ConfigError: It is a file that cannot be made harmless.
    """
    copied = Copied(folder)
    if written.is_dir() and not written.is_symlink():
        _tame(written, copied)
    else:
        _tame_file(written, name, name, copied)
        if copied.skipped:
            raise ConfigError(
                f"{name!a} was not copied: {copied.skipped[name]}",
                "get it from a terminal: jupyter ipfs get",
            )
    copied.local_path = _place(written, folder, name)
    return copied


def clean(name: str) -> str:
    """Return a name that shows what it is: no control or bidi characters, no slashes, not hidden.

    What is no UTF-8 is replaced as well, so that the name can stand in a URL.
    """
    text = unicodedata.normalize("NFC", name)
    shown = "".join(
        "_" if unicodedata.category(each)[0] == "C" or each in "/\\" else each for each in text
    ).strip()
    while len(shown.encode()) > _MAX_NAME:
        stem, dot, extension = shown.rpartition(".")
        shown = f"{stem[:-1]}{dot}{extension}" if stem and len(extension) < 16 else shown[:-1]  # noqa: PLR2004
    return shown.lstrip(".").strip() or "copy"


def is_refused(name: str) -> bool:
    """Tell whether a tool would act on a file or directory of this name without being asked."""
    folded = unicodedata.normalize("NFC", name).casefold().rstrip(". ")
    return any(fnmatch.fnmatchcase(folded, pattern) for pattern in _REFUSED)


def untrusted(notebook: Any) -> Any:  # noqa: ANN401  (any JSON)
    """Set ``metadata.trusted`` false on every code cell, in all versions of the format.

    The state of widgets is taken out as well: some widgets bring their JavaScript in it, which
    front ends run when the notebook is opened, whether its cells are trusted or not.
    """
    if not isinstance(notebook, dict):
        return notebook
    metadata = notebook.get("metadata")
    if isinstance(metadata, dict):
        metadata.pop("widgets", None)
    sheets = notebook.get("worksheets")  # of format 3
    for owner in [notebook, *(sheets if isinstance(sheets, list) else ())]:
        cells = owner.get("cells") if isinstance(owner, dict) else None
        for cell in cells if isinstance(cells, list) else ():
            if isinstance(cell, dict) and cell.get("cell_type") == "code":
                _distrust(cell)
    return notebook


def has_too_many_values(data: bytes) -> bool:
    """Tell whether parsing this JSON may take many times its size; what is in texts counts too."""
    containers = data.count(b"{") + data.count(b"[")
    return containers > _MAX_CONTAINERS or data.count(b",") > _MAX_COMMAS


def _distrust(cell: dict[str, Any]) -> None:
    metadata = cell.get("metadata")
    cell["metadata"] = metadata = metadata if isinstance(metadata, dict) else {}
    metadata["trusted"] = False
    outputs = cell.get("outputs")
    for output in outputs if isinstance(outputs, list) else ():
        if isinstance(output, dict):
            output.pop("trusted", None)
            if isinstance(output.get("metadata"), dict):
                output["metadata"].pop("trusted", None)


def _tame(top: Path, copied: Copied) -> None:
    """Go through a written tree, parents first."""
    os.chmod(top, 0o700 | stat.S_IMODE(top.stat().st_mode))  # noqa: PTH101
    stack: list[tuple[Path, str]] = [(top, "")]
    while stack:
        directory, shown_directory = stack.pop()
        taken = set(os.listdir(directory))  # noqa: PTH208
        for name in sorted(taken):
            place = directory / name
            plain = _free(clean_inside(name), taken) if clean_inside(name) != name else name
            shown = shown_directory + plain
            is_directory = place.is_dir() and not place.is_symlink()
            if is_refused(plain) or is_refused(name):
                _remove(place, is_directory=is_directory)
                copied.skipped[shown] = "tools act on it without being asked"
                continue
            if plain != name:
                taken.add(plain)
                place = place.rename(directory / plain)
                copied.renamed.append(shown)
            if is_directory:
                place.chmod(0o700 | stat.S_IMODE(place.stat().st_mode))
                stack.append((place, shown + "/"))
            else:
                _tame_file(place, plain, shown, copied)


def _tame_file(place: Path, name: str, shown: str, copied: Copied) -> None:
    """Make one file harmless, or remove it."""
    is_notebook = name.casefold().rstrip(". ").endswith(_NOTEBOOK)
    if place.is_symlink():
        if is_notebook:  # what it shows would be another file, which nobody has made untrusted
            place.unlink()
            copied.skipped[shown] = "a link cannot be made untrusted"
        return
    place.chmod(0o600 | stat.S_IMODE(place.stat().st_mode) & 0o666)  # no program either
    if not is_notebook:
        return
    if place.stat().st_size > MAX_NOTEBOOK:
        place.unlink()
        copied.skipped[shown] = "the notebook is too large to be made untrusted"
        return
    data = place.read_bytes()
    if has_too_many_values(data):
        place.unlink()
        copied.skipped[shown] = "the notebook has too many values to be made untrusted"
        return
    try:
        notebook = untrusted(json_depth.parse_notebook(data))
        text = json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
        data = text.encode()
    except (ValueError, RecursionError):
        place.unlink()
        copied.skipped[shown] = "it is no notebook, whatever its name says"
        return
    place.write_bytes(data)


def clean_inside(name: str) -> str:
    """Return an entry's name as `clean` does, but leave dots at its beginning."""
    dots = name[: len(name) - len(name.lstrip("."))]
    return name if dots == name else dots + clean(name)


def _free(name: str, taken: set[str]) -> str:
    number = 2
    free = name
    while free in taken:
        free = _numbered(name, number)
        number += 1
    return free


def _numbered(name: str, number: int) -> str:
    stem, dot, extension = name.rpartition(".")
    return f"{stem}-{number}{dot}{extension}" if stem else f"{name}-{number}"


def _place(inside: Path, folder: Path, name: str) -> Path:
    """Rename it into place under a name that nothing has."""
    is_directory = inside.is_dir()
    for number in range(1, _TRIES):
        target = folder / (name if number == 1 else _numbered(name, number))
        try:  # the name is taken first, so that nothing that exists can be overwritten
            if is_directory:
                target.mkdir()
            else:
                target.touch(exist_ok=False)
        except FileExistsError:
            continue
        inside.replace(target)
        return target
    raise ConfigError(f"{name!a} exists too often", "choose another folder")


def _remove(place: Path, *, is_directory: bool) -> None:
    if is_directory:
        shutil.rmtree(place)
    else:
        place.unlink()
