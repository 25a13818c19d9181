"""Running a shared notebook again, apart from what is yours, in the environment of its lock.

What comes back is what the code made of it, and hostile until it is compared: each line of the
runner is bounded, its nesting is looked at before it is read, and every output is put together
anew from the fields that nbformat has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.bundles.environment import environments, interpreters, lock
from jupyter_ipfs.bundles.format import notebook
from jupyter_ipfs.bundles.format.manifest import LOCK
from jupyter_ipfs.bundles.opening import small_file
from jupyter_ipfs.bundles.replay import isolation, machine, running
from jupyter_ipfs.bundles.replay.workplace import Workplace
from jupyter_ipfs.errors import PathNotFoundError, ReplayError
from jupyter_ipfs.protocols import Progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ipfs.bundles.content import Content
    from jupyter_ipfs.bundles.environment.environments import BuiltEnvironment
    from jupyter_ipfs.bundles.environment.lock import Lock
    from jupyter_ipfs.bundles.format.notebook import CodeCell
    from jupyter_ipfs.bundles.opening.opening import Opened
    from jupyter_ipfs.bundles.replay.allowed import Allowed
    from jupyter_ipfs.bundles.replay.machine import Machine
    from jupyter_ipfs.bundles.replay.replayed import ReplayedCell
    from jupyter_ipfs.protocols import ProgressCallback

_KERNEL = "ipykernel"


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a run gave.

    Attributes:
        cells: One for each code cell, in order.
        machine: What it ran on, and in which respects that is not what the bundle names.
    """

    cells: tuple[ReplayedCell, ...]
    machine: Machine


def replay(
    content: Content,
    opened: Opened,
    allowed: Allowed,
    *,
    on_cell: Callable[[ReplayedCell], None] | None = None,
    progress: ProgressCallback | None = None,
) -> Replayed:
    """Run a bundle's notebook from its source and its declared inputs.

    Args:
        content: Where the bundle is.
        opened: The bundle.
        allowed: What the user has agreed to.
        on_cell: Told each cell as it ends; again if a later one changes what it displayed.
        progress: Told what is being done; what it raises ends the run and leaves nothing.

    Raises:
        IsolationError: It is to be isolated, and that is not possible here.
        EnvironmentLockError: The lock has entries that are refused and not agreed to.
        ReplayError: The environment or the kernel could not be had.
        DiskFullError: The inputs need more room than there is.
    """
    if allowed.isolation:
        isolation.require()
    source = small_file.read_notebook(content, opened.payload)
    _check_language(source)
    cells = to_run(notebook.code_cells(source))
    locked = lock_of(content, opened)
    if progress is not None:
        progress(Progress("preparing", label="environment"))
    built = _environment(content, opened, allowed, locked)
    with Workplace.make(content.repo.path, isolated=allowed.isolation) as place:
        place.fill(content, opened.manifest, source, progress)
        ran = running.run(
            place, built, cells, allowed, folder=place.folder(opened.manifest),
            on_cell=on_cell, progress=progress,
        )  # fmt: skip
    return Replayed(ran, machine.facts(opened.manifest, built, locked, allowed))


def to_run(cells: list[CodeCell]) -> list[tuple[CodeCell, bool]]:
    """Return the code cells, and which of them are run: those that its author has run.

    If that is none, as in a notebook that was cleared, all are.
    """
    none_ran = all(cell.number is None for cell in cells)
    return [
        (cell, bool(cell.source.strip()) and (none_ran or cell.number is not None))
        for cell in cells
    ]


def has_kernel(locked: Lock) -> bool:
    """Tell whether a lock has what it takes to run a notebook."""
    return any(package.name == _KERNEL for package in locked.packages)


def lock_of(content: Content, opened: Opened) -> Lock:
    """Return the bundle's lock, which may refuse entries; without one it is empty.

    Raises:
        EnvironmentLockError: It is none.
        NotABundleError: It is no file, or too large.
    """
    try:
        node = content.resolve(f"/ipfs/{opened.payload}/{LOCK}")
    except PathNotFoundError:
        return lock.Lock(())
    return lock.read(small_file.read(content.backend, node, LOCK, lock.MAX_BYTES))


def _environment(
    content: Content, opened: Opened, allowed: Allowed, locked: Lock
) -> BuiltEnvironment:
    if allowed.own_environment:
        return environments.own()
    lock.agree(locked, allowed.left_out)
    if not has_kernel(locked):
        raise ReplayError(
            "this notebook's environment was not locked: there is no kernel to run it with",
            "--own-environment runs it in yours; the report then says that it is not the author's",
        )
    interpreter = interpreters.nearest(opened.manifest.environment.python)
    return environments.build(
        content.repo.path, lock.requirements(locked), interpreter,
        isolated=allowed.isolation,
    )  # fmt: skip


def _check_language(source: dict[str, Any]) -> None:
    metadata = source.get("metadata")
    info = metadata.get("language_info") if isinstance(metadata, dict) else None
    spec = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    for found, key in ((info, "name"), (spec, "language")):
        language = found.get(key) if isinstance(found, dict) else None
        if isinstance(language, str) and language.lower() not in {"python", "ipython"}:
            raise ReplayError(f"this notebook is in {language[:40]!a}; only Python ones are run")
