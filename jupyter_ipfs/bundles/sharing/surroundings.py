"""What is known around a notebook: its run, what its cells read, and the Python that ran it."""

from __future__ import annotations

import ast
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.bundles.format.manifest import Environment, Unlocked
from jupyter_ipfs.bundles.format.manifest_json import is_path
from jupyter_ipfs.bundles.recording import survey
from jupyter_ipfs.bundles.recording.run_store import RunStore
from jupyter_ipfs.bundles.sharing import plan
from jupyter_ipfs.errors import EnvironmentLockError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from jupyter_ipfs.bundles.content import Content
    from jupyter_ipfs.bundles.environment.distributions import Installed
    from jupyter_ipfs.bundles.recording.run_record import FileRead, Run
    from jupyter_ipfs.bundles.review.finding import Finding
    from jupyter_ipfs.bundles.sharing.plan import Plan

_OURS = "jupyter_ipfs"
_LOADS_OURS = re.compile(rf"^[ \t]*+%(re)?load_ext[ \t]++{_OURS}\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a notebook's run, by its cells.

    Attributes:
        recorded: Whether a run of any of its cells was recorded.
        ended_at: When the last of them ended, in seconds since the epoch.
        files: Local files that it read, each once.
        reads: By cell id: the files' paths.
        contents: By cell id: ``ipfs://`` roots that it read.
        writes: By cell id: what it wrote, relative to the notebook's folder.
        hosts: Other computers.
        modules: The top-level modules that it had loaded, or imports.
    """

    recorded: bool
    ended_at: float | None
    files: tuple[FileRead, ...]
    reads: Mapping[str, Sequence[str]]
    contents: Mapping[str, Sequence[str]]
    writes: Mapping[str, tuple[str, ...]]
    hosts: tuple[str, ...]
    modules: Collection[str]


def newest_run(content: Content, place: Path, kernel: str | None) -> Run | None:
    """Return the newest recorded run of a kernel, or of a notebook, if there is one."""
    return RunStore(content.repo.path).latest(place, kernel)


def look(nb: dict[str, Any], place: Path, run: Run | None) -> Seen:
    """Lay a recorded run beside a notebook; without one there are only guesses."""
    found = survey.reads_of(run, nb, place.parent)
    ran = {cell.id: cell.ran for cell in found.cells if cell.id and cell.ran is not None}
    modules = set(found.modules)
    for cell in found.cells:
        # Also where it ran: what this package had loaded before is not among what was recorded.
        modules |= _imports(nb["cells"][cell.index]["source"])
    if found.contents:
        modules.add(_OURS)
    return Seen(
        recorded=found.recorded,
        ended_at=found.ended_at,
        files=found.reads,
        reads={cell.id: [read.path for read in cell.reads] for cell in found.cells if cell.id},
        contents={cell: each.contents for cell, each in ran.items()},
        writes={cell: _below(each.writes, place.parent) for cell, each in ran.items()},
        hosts=found.hosts,
        modules=modules,
    )


def findings(nb: dict[str, Any], made: Plan) -> tuple[Finding, ...]:
    """Return what is wrong with what is going to be shared."""
    from jupyter_ipfs.bundles.review import findings as looking  # noqa: PLC0415  (many patterns)

    return tuple(looking.findings(nb, made.manifest(), made.run, made.inputs))


def _below(paths: Sequence[str], folder: Path) -> tuple[str, ...]:
    found = set()
    for path in paths:
        shown = plan.relative(Path(path), folder)
        if Path(path).is_relative_to(folder) and is_path(shown):
            found.add(shown)
    return tuple(sorted(found))


def _imports(source: str) -> set[str]:
    """Return the top-level modules that a source imports; magics are no Python."""
    lines = ["" if line.lstrip()[:1] in {"%", "!", "?"} else line for line in source.split("\n")]
    found = {_OURS} if _LOADS_OURS.search(source) else set()
    try:
        tree = ast.parse("\n".join(lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return found
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def installed(run: Run | None, modules: Collection[str]) -> Installed | None:
    """Return what the Python of a run has; ``None`` if it cannot be asked."""
    from jupyter_ipfs.bundles.environment import distributions  # noqa: PLC0415  (starts a Python)

    executable = run.executable if run is not None and run.executable else sys.executable
    try:
        return distributions.installed(executable, modules)
    except EnvironmentLockError:  # a kernel of another computer, or one that is gone
        return None


def environment(found: Installed | None) -> Environment:
    """Return what a manifest says of an environment."""
    if found is None:
        return Environment("", "", "", "", 0)
    return Environment(
        python=found.interpreter.python,
        implementation=found.interpreter.implementation,
        platform=found.interpreter.platform,
        machine=found.interpreter.machine,
        packages=sum(not each.why_unlocked for each in found.distributions),
        unlocked=tuple(
            Unlocked(each.name, each.version, each.why_unlocked)
            for each in found.distributions
            if each.why_unlocked
        ),
    )
