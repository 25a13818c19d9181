"""The Pythons of this computer: which one a bundle's environment is built on."""

from __future__ import annotations

import functools
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from jupyter_ipfs.errors import ReplayError

_TIMEOUT_S = 30.0
# The base of a virtual environment, since its files are what has to be in reach.
_ASK = (
    "import json, platform, sys; print(json.dumps([getattr(sys, '_base_executable', '') "
    "or sys.executable, sys.base_prefix, sys.base_exec_prefix, platform.python_version(), "
    "sys.implementation.name]))"
)
_VERSION = re.compile(r"\d+\.\d+(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python, and no environment of anybody's.

    Attributes:
        executable: Its file, links resolved.
        prefixes: The directories that it needs, links resolved and not.
        version: ``3.11.7``.
        implementation: ``cpython``.
    """

    executable: Path
    prefixes: tuple[Path, ...]
    version: str
    implementation: str

    @property
    def minor(self) -> tuple[int, ...]:
        """``(3, 11)``, which decides which wheels fit."""
        return numbers(self.version)[:2]


def numbers(version: str) -> tuple[int, ...]:
    """Return ``3.11.7`` as numbers; what is no version has none."""
    found = _VERSION.match(version)
    return tuple(int(part) for part in found[0].split(".")) if found else ()


@functools.cache
def of(executable: str) -> Interpreter:
    """Return the Python behind an executable, which may be a virtual environment's.

    Raises:
        ReplayError: It does not start.
    """
    try:
        done = subprocess.run(  # noqa: S603  (the user's own Python)
            [executable, "-I", "-S", "-c", _ASK],
            capture_output=True, check=True, timeout=_TIMEOUT_S, cwd="/",
        )  # fmt: skip
        base, *prefixes, version, implementation = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        raise ReplayError(f"the Python {executable!r} does not start") from None
    places = [Path(place) for prefix in prefixes for place in (prefix, os.path.realpath(prefix))]
    return Interpreter(
        Path(os.path.realpath(base)), tuple(dict.fromkeys(places)), version, implementation
    )


def nearest(wanted: str) -> Interpreter:
    """Return the Python of this computer that comes closest to a version; none is downloaded.

    The very version, else the same minor version, since wheels are made for one, else the
    nearest one. Ours is always there.
    """
    found = [of(sys.executable)]
    if found[0].version != wanted:
        found += _others()
    asked = numbers(wanted)

    def distance(interpreter: Interpreter) -> tuple[bool, bool, int, int]:
        had = numbers(interpreter.version)
        if len(asked) < 2 or len(had) < 3:  # noqa: PLR2004  (minor, micro)
            return (True, True, 0, 0)
        micro = abs(had[2] - asked[2]) if len(asked) > 2 else 0  # noqa: PLR2004
        return (
            interpreter.implementation != "cpython",
            had[:2] != asked[:2],
            abs(had[1] - asked[1]) + 100 * abs(had[0] - asked[0]),
            micro,
        )

    return min(found, key=distance)


def _others() -> list[Interpreter]:
    """Return the other Pythons that uv finds: on the PATH, its own, conda's, pyenv's."""
    program = uv()
    if program is None:
        return []
    asked = [program, "python", "list", "--only-installed", "--no-python-downloads", "--no-config",
             "--no-project", "--output-format", "json"]  # fmt: skip
    try:
        done = subprocess.run(  # noqa: S603
            asked, capture_output=True, check=True, timeout=_TIMEOUT_S, cwd="/"
        )
        places = [str(entry["path"]) for entry in json.loads(done.stdout)]
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError):
        return []
    found = []
    for place in dict.fromkeys(map(os.path.realpath, places)):
        try:
            found.append(of(place))
        except ReplayError:  # listed, and broken
            continue
    return found


def uv() -> str | None:
    """Return the program that installs; it comes with this package."""
    import shutil  # noqa: PLC0415

    try:
        from uv import find_uv_bin  # noqa: PLC0415

        return os.fspath(find_uv_bin())
    except (ImportError, FileNotFoundError):
        return shutil.which("uv")
