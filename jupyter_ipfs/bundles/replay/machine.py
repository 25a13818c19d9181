"""What a notebook was run on, and in which respects that is not what its bundle names."""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ipfs.bundles.replay.isolation import BUBBLEWRAP, NONE

if TYPE_CHECKING:
    from jupyter_ipfs.bundles.environment.environments import BuiltEnvironment
    from jupyter_ipfs.bundles.environment.lock import Lock
    from jupyter_ipfs.bundles.format.manifest import Manifest
    from jupyter_ipfs.bundles.replay.allowed import Allowed


@dataclass(frozen=True, slots=True)
class PackageDifference:
    """A distribution that is not as it was; ``None`` where it was not there."""

    name: str
    wanted: str | None
    used: str | None


@dataclass(frozen=True, slots=True)
class Machine:
    """Where and how a run took place.

    Attributes:
        python: Of this run, ``3.11.7``.
        python_wanted: Of the recorded one.
        implementation: ``cpython``.
        platform: ``linux``.
        machine: ``x86_64``.
        cpu: The processor's name, or empty.
        cores: How many this process may use.
        isolation: ``bubblewrap`` or ``none``.
        network: Whether it was granted.
        own_environment: It ran in the reader's environment, not in the author's.
        packages: What differs, by name.
    """

    python: str
    python_wanted: str
    implementation: str
    platform: str
    machine: str
    cpu: str
    cores: int
    isolation: str
    network: bool
    own_environment: bool
    packages: tuple[PackageDifference, ...] = ()


def facts(
    manifest: Manifest, built: BuiltEnvironment, locked: Lock | None, allowed: Allowed
) -> Machine:
    """Return what is known from outside; code of others is not asked."""
    differences = {
        each.name: PackageDifference(each.name, each.version, None)
        for each in manifest.environment.unlocked
    }
    for refused in locked.refused if locked else ():
        differences.setdefault(refused.name, PackageDifference(refused.name, None, None))
    if built.is_own:
        wanted = {each.name: each.version for each in locked.packages} if locked else {}
        wanted |= {each.name: each.version for each in manifest.environment.unlocked}
        had = {name: _own_version(name) for name in wanted}
        differences = {
            name: PackageDifference(name, version, had[name])
            for name, version in wanted.items()
            if version != had[name]
        }
    return Machine(
        python=built.interpreter.version,
        python_wanted=manifest.environment.python,
        implementation=built.interpreter.implementation,
        platform=sys.platform,
        machine=platform.machine(),
        cpu=_cpu(),
        cores=cores(),
        isolation=BUBBLEWRAP if allowed.isolation else NONE,
        network=allowed.network,
        own_environment=built.is_own,
        packages=tuple(differences[name] for name in sorted(differences)),
    )


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _own_version(name: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

    try:
        return version(name)
    except (PackageNotFoundError, ValueError):
        return None


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(errors="replace").splitlines()
    except OSError:
        lines = []
    for line in lines:
        if line.startswith(("model name", "Model")):
            return line.partition(":")[2].strip()[:200]
    return platform.processor()[:200]
