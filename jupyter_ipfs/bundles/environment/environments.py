"""Environments that bundles are run in, built from locks: wheels with hashes, from your own index.

Installing is executing (``safety.md`` 16), so nothing is executed: no source distributions, no
build backends, no code of what is installed. uv runs in a box that has its cache and the new
environment; the bytecode is made by the bare interpreter, without the environment's own start.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ipfs.bundles.environment import index_settings, interpreters
from jupyter_ipfs.bundles.replay import isolation
from jupyter_ipfs.errors import ReplayError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ipfs.bundles.environment.interpreters import Interpreter

DIRECTORY = "environments"  # below the repo
INSIDE = "/environment"  # where a box has it

_FORMAT = "1"  # raised when environments are built in another way
_BUILDING = "building"  # one mount for cache and what is built: uv links files between them
_CACHE = "uv-cache"
_BUILD_S = 3600.0
_COMPILE_S = 60.0  # bytecode is a convenience
_RESERVE = 64 * 1024 * 1024
# What each run imports twice, in the runner and in the kernel. To compile all of an environment
# takes longer than one run of it, which imports a part.
_KERNEL = (
    "IPython", "comm", "dateutil", "ipykernel", "jupyter_client", "jupyter_core", "packaging",
    "platformdirs", "pygments", "tornado", "traitlets", "zmq",
)  # fmt: skip
_NO_UV = "uv, which builds environments, is not there"


@dataclass(frozen=True, slots=True)
class BuiltEnvironment:
    """An environment that can be run in.

    Attributes:
        path: Its directory; ``bin/python`` is in it.
        interpreter: What it was built on.
        is_own: It is the one that this process runs in.
    """

    path: Path
    interpreter: Interpreter
    is_own: bool = False

    def python(self, *, isolated: bool) -> str:
        """Return its Python, as a box or this computer calls it."""
        if self.is_own:
            return sys.executable
        return f"{INSIDE if isolated else self.path}/bin/python"


def own() -> BuiltEnvironment:
    """Return the environment that this process runs in."""
    return BuiltEnvironment(Path(sys.prefix), interpreters.of(sys.executable), is_own=True)


def place_of(repo: Path, requirements: str, interpreter: Interpreter) -> Path:
    """Return where an environment is, or would be."""
    told = "\n".join([_FORMAT, str(interpreter.executable), interpreter.version, requirements])
    return repo / DIRECTORY / hashlib.sha256(told.encode()).hexdigest()[:40]


def is_built(repo: Path, requirements: str, interpreter: Interpreter) -> bool:
    """Tell whether an environment is there."""
    return place_of(repo, requirements, interpreter).is_dir()


def build(
    repo: Path, requirements: str, interpreter: Interpreter, *, isolated: bool = True
) -> BuiltEnvironment:
    """Return the environment that a lock describes; it is built if it is not there.

    Args:
        repo: The local repo's directory.
        requirements: ``name==version --hash=sha256:…`` lines, of `lock.requirements`.
        interpreter: The Python to build on.
        isolated: Whether in bubblewrap.

    Raises:
        ReplayError: It cannot be built: the index does not answer or lacks something, a hash is
            another one, the disk is full, there is no uv.
        IsolationError: There is no bubblewrap.
    """
    place = place_of(repo, requirements, interpreter)
    if place.is_dir():
        return BuiltEnvironment(place, interpreter)
    if isolated:
        isolation.require()
    uv = interpreters.uv()
    if uv is None:
        raise ReplayError(_NO_UV, "pip install uv")
    with _staging(place) as staging:
        (staging / "requirements.txt").write_text(requirements, encoding="utf-8")
        _install(Path(uv), staging, interpreter, isolated=isolated)
        with contextlib.suppress(OSError):  # another process was faster: its own is as good
            (staging / "environment").rename(place)
    return BuiltEnvironment(place, interpreter)


@contextlib.contextmanager
def _staging(place: Path) -> Iterator[Path]:
    place.parent.mkdir(mode=0o700, exist_ok=True)
    building = place.parent / _BUILDING
    (building / _CACHE).mkdir(parents=True, exist_ok=True)
    staging = building / secrets.token_hex(8)
    staging.mkdir()
    try:
        (staging / "environment").mkdir()
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _install(uv: Path, staging: Path, interpreter: Interpreter, *, isolated: bool) -> None:
    """Fill ``environment``: three programs, of which none runs code of a package.

    ``uv venv`` and the one ``uv pip install`` ask the environment's Python for its tags, which
    runs what ``.pth`` files say: at that time there is nothing in it yet.
    """
    settings = index_settings.variables(os.environ)
    built = "/build" if isolated else str(staging.parent)
    environment = f"{built}/{staging.name}/environment"
    variables = {
        **settings,
        "HOME": f"{built}/{staging.name}", "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8",
        "UV_CACHE_DIR": f"{built}/{_CACHE}", "UV_NO_PROGRESS": "1", "UV_PYTHON_DOWNLOADS": "never",
    }  # fmt: skip
    program = "/uv" if isolated else str(uv)
    python = str(interpreter.executable)
    packages = f"{environment}/lib/python{interpreter.version.rpartition('.')[0]}/site-packages"
    install = [
        program, "pip", "install", "--python", environment, "--no-deps", "--require-hashes",
        "--only-binary", ":all:", "--strict", "--no-sources",
        "--requirements", f"{built}/{staging.name}/requirements.txt",
    ]  # fmt: skip
    steps = [
        ([program, "venv", "--python", python, "--relocatable", "--no-project", environment], True),
        (install, True),
        # Without `site`: no `.pth` file is run.
        ([python, "-I", "-S", "-m", "compileall", "-q", "-x", "/tests?/",
          "--invalidation-mode", "unchecked-hash", *(f"{packages}/{name}" for name in _KERNEL)],
         False),
    ]  # fmt: skip
    for arguments, network in steps:
        if isolated:
            box = isolation.Box(
                folder=built,
                environment=variables if network else {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
                read_only={
                    "/uv": uv,
                    **{str(prefix): prefix for prefix in outside_system(interpreter.prefixes)},
                    **{str(file): file for file in outside_system(index_settings.files(settings))},
                },
                writable={built: staging.parent},
                network=network,
                trusted=True,
            )
            _run(isolation.command(box, arguments), dict(box.environment), staging)
        else:
            _run(arguments, variables, staging)


def outside_system(places: tuple[Path, ...] | list[Path]) -> list[Path]:
    """Return those that a box does not have anyway, the outer ones of nested ones."""
    found: list[Path] = []
    for place in sorted(set(places)):
        inside = any(place.is_relative_to(other) for other in (Path("/usr"), *found))
        if not inside:
            found.append(place)
    return found


def _run(arguments: list[str], variables: dict[str, str], staging: Path) -> None:
    is_optional = "compileall" in arguments  # and may meet files that this Python cannot compile
    try:
        done = subprocess.run(  # noqa: S603
            arguments, env=variables, capture_output=True, check=False,
            timeout=_COMPILE_S if is_optional else _BUILD_S,
            stdin=subprocess.DEVNULL, cwd=staging, umask=0o022,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        if is_optional:
            return
        raise ReplayError("the environment takes more than an hour to build") from None
    except OSError as error:
        raise ReplayError(f"the environment cannot be built: {error.strerror}") from None
    if done.returncode == 0 or is_optional:
        return
    raise _failure(done.stderr.decode(errors="replace"), staging)


def _failure(said: str, staging: Path) -> ReplayError:
    said = re.sub(r"//[^/@\s]*@", "//***@", re.sub(r"\x1b\[[0-9;]*m", "", said)).strip()
    last = [line.strip() for line in said.splitlines() if line.strip()][-12:]
    if shutil.disk_usage(staging).free < _RESERVE or "No space left" in said:
        return ReplayError(
            "the disk is full: the environment could not be built",
            "nothing of it was kept; make room, or use another repo",
        )
    if "Hash mismatch" in said or "hash" in said.lower():
        return ReplayError(
            "a package of the index is not the one that the lock names:\n" + "\n".join(last),
            "do not go on: ask whoever shared this notebook",
        )
    return ReplayError(
        "the environment could not be built:\n" + "\n".join(last),
        "see that the package index can be reached; set UV_INDEX_URL if you have another one",
    )
