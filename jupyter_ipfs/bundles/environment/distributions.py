"""What of an environment a notebook needs: its modules, whose distributions, and what those need.

The kernel's Python is asked (`installed`), since the server's may be another one.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import EnvironmentLockError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

# What this package needs for `%load_ext jupyter_ipfs` and for reading `ipfs://` (found by looking
# at what those import): the reader brings the package itself, and these have to be there for it.
# Neither web3 nor a chain is among them.
LIGHT = ("blake3", "fsspec", "httpcore", "httpx", "ipython", "jupyter-core", "libipld", "mmh3")
OURS = "jupyter-ipfs"
KERNEL = "ipykernel"

_TIMEOUT_S = 60.0
_MOST = 32 * 1024 * 1024  # characters of an answer
_FOREIGN_INSTALLERS = {"conda": "installed by conda"}


@dataclass(frozen=True, slots=True)
class Interpreter:
    """The Python that ran the notebook.

    Attributes:
        python: ``3.11.7``.
        implementation: ``cpython``.
        platform: ``linux``.
        machine: ``x86_64``.
        abi_flags: ``t`` for one without the global lock; mostly empty.
    """

    python: str
    implementation: str
    platform: str
    machine: str
    abi_flags: str = ""

    @property
    def version(self) -> tuple[int, int]:
        """``(3, 11)``."""
        major, minor, *_ = self.python.split(".")
        return int(major), int(minor)


@dataclass(frozen=True, slots=True)
class Distribution:
    """An installed distribution.

    Attributes:
        name: As indexes write it: ``scikit-learn``.
        version: As it is installed.
        why_unlocked: Why no index can give the same again, or empty.
        tags: The tags of the wheel that was installed, where that is known.
        sha256: Of the archive that was installed, if it came from an address of its own.
    """

    name: str
    version: str
    why_unlocked: str = ""
    tags: tuple[str, ...] = ()
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Installed:
    """What a notebook needs of what is installed.

    Attributes:
        interpreter: The Python.
        distributions: By name.
    """

    interpreter: Interpreter
    distributions: tuple[Distribution, ...]


def installed(executable: str | Path, modules: Collection[str]) -> Installed:
    """Return what a notebook needs of what is installed for a Python.

    Args:
        executable: That Python.
        modules: The top-level modules that the notebook has loaded or imports.

    Raises:
        EnvironmentLockError: That Python cannot be asked.
    """
    answer = _asked(Path(executable), modules)
    try:
        markers, flags = answer["markers"], str(answer["abi_flags"])
        interpreter = Interpreter(
            python=markers["python_full_version"],
            implementation=markers["implementation_name"],
            platform=markers["sys_platform"],
            machine=markers["platform_machine"],
            abi_flags=flags,
        )
        uses_ours = OURS.replace("-", "_") in modules  # from a checkout it is no distribution
        needed = _needed(answer["distributions"], markers, uses_ours=uses_ours)
        return Installed(interpreter, needed)
    except (KeyError, TypeError, AttributeError):
        raise _silent(executable, "its answer is none") from None


def _asked(executable: Path, modules: Collection[str]) -> dict[str, Any]:
    """Ask a Python what it has; with its own environment and from an empty folder.

    Neither ``-I`` nor ``-S``: what the user's site and ``PYTHONPATH`` bring, the kernel has too.
    """
    script = Path(__file__).with_name("installed.py").read_text("utf-8")
    try:
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(  # noqa: S603  (the user's own Python)
                [executable, "-c", script],
                input=json.dumps(sorted(modules)),
                capture_output=True,
                text=True,
                timeout=_TIMEOUT_S,
                cwd=folder,
                check=True,
            )
        answer = json.loads(done.stdout[-_MOST:].rstrip("\n").rpartition("\n")[2])
    except subprocess.CalledProcessError as error:
        last = (error.stderr or "").strip().splitlines()[-1:]
        raise _silent(executable, "".join(last)[:200] or "it failed") from None
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise _silent(executable, type(error).__name__) from None
    if not isinstance(answer, dict):
        raise _silent(executable, "its answer is none")
    return answer


def _silent(executable: str | Path, why: str) -> EnvironmentLockError:
    message = f"the Python of the notebook, {str(executable)!r}, cannot say what it has: {why}"
    return EnvironmentLockError(message, "run the notebook again with a kernel that is still there")


def _needed(
    found: list[dict[str, Any]], markers: Mapping[str, str], *, uses_ours: bool
) -> tuple[Distribution, ...]:
    """Return the distributions of the modules, the kernel's, ours, and what all those need."""
    from packaging.utils import canonicalize_name  # noqa: PLC0415  (when a notebook is shared)

    by_name: dict[str, dict[str, Any]] = {}
    for each in found:  # the first on the path is the one that is imported
        by_name.setdefault(canonicalize_name(each["name"]), each)
    waiting = [(name, "") for name, each in by_name.items() if each["modules"]]
    waiting.append((KERNEL, ""))
    if uses_ours:
        waiting.append((OURS, ""))
    seen: set[tuple[str, str]] = set()
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        if name == OURS:
            waiting += [(light, "") for light in LIGHT]
        elif name in by_name:
            waiting += _requirements(by_name[name]["requires"], markers, extra)
    names = sorted({name for name, _ in seen} & by_name.keys() - {OURS})
    return tuple(_distribution(name, by_name[name]) for name in names)


def _requirements(
    lines: list[str], markers: Mapping[str, str], extra: str
) -> Iterator[tuple[str, str]]:
    """Yield what a distribution needs, here and with an extra: names, each with its extras."""
    from packaging.markers import UndefinedComparison, UndefinedEnvironmentName  # noqa: PLC0415
    from packaging.requirements import InvalidRequirement, Requirement  # noqa: PLC0415
    from packaging.utils import canonicalize_name  # noqa: PLC0415

    environment = {**markers, "extra": extra}
    for line in lines:
        try:
            requirement = Requirement(line)
            marker = requirement.marker
            if marker is not None and not marker.evaluate(environment):
                continue
        except (InvalidRequirement, UndefinedComparison, UndefinedEnvironmentName):
            continue  # of an old one, that no installer of today reads either
        name = canonicalize_name(requirement.name)
        yield name, ""
        for wanted in requirement.extras:
            yield name, canonicalize_name(wanted)


def _distribution(name: str, given: dict[str, Any]) -> Distribution:
    why, sha256 = _origin(given["direct_url"])
    return Distribution(
        name=name,
        version=str(given["version"]),
        why_unlocked=_FOREIGN_INSTALLERS.get(given["installer"], why),
        tags=tuple(sorted(str(tag) for tag in given["tags"])),
        sha256=sha256,
    )


def _origin(direct_url: str | None) -> tuple[str, str]:
    """Return why no index has it, and the SHA-256 of the archive it came from (PEP 610)."""
    if direct_url is None:
        return "", ""
    try:
        given = json.loads(direct_url)
    except ValueError:
        return "installed from an address that cannot be read", ""
    folder = given.get("dir_info") if isinstance(given, dict) else None
    if isinstance(folder, dict):
        return "editable" if folder.get("editable") is True else "installed from a folder", ""
    if isinstance(given, dict) and "vcs_info" in given:
        return "installed from a repository", ""
    archive = given.get("archive_info") if isinstance(given, dict) else None
    if isinstance(archive, dict):
        hashes = archive.get("hashes")
        found = hashes.get("sha256") if isinstance(hashes, dict) else None
        if found is None and str(archive.get("hash", "")).startswith("sha256="):
            found = archive["hash"].removeprefix("sha256=")
        if isinstance(found, str):
            return "", found.lower()
    return "installed from a file or address of its own", ""
