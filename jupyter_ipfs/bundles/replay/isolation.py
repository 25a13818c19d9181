"""Code of others, apart from what is yours: bubblewrap's command line (``safety.md`` 16).

Inside there are the system's programs and libraries, the files that a `Box` names, and nothing
else: no home, no repo, no variables, no sockets, no other processes, no network unless it is
granted. Whatever runs there ends with the process that started it.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import IsolationError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BUBBLEWRAP, NONE = "bubblewrap", "none"
NOBODY = 65534  # who code of others is, where root runs it: the kernel limits anybody but root

_PROBE_S = 20.0
_SHARED_MEMORY = 2 * 1024**3
# Symlinks on most systems, directories on some.
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_STORES = ("/nix/store", "/gnu/store")  # where NixOS and Guix have what others have in /usr
# What libraries look up. Nothing of it is about a user; passwd and hosts are made up.
_ETC = (
    "alternatives", "ca-certificates", "ca-certificates.conf", "crypto-policies", "fonts",
    "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime", "mime.types", "nsswitch.conf",
    "pki", "protocols", "services", "ssl",
)  # fmt: skip
_ETC_NETWORK = ("hosts", "resolv.conf", "gai.conf")
_HINT = (
    "install bubblewrap (apt install bubblewrap), or say --no-isolation: then this code can read "
    "your files"
)


@dataclass(frozen=True, slots=True)
class Box:
    """What a program may reach.

    Attributes:
        folder: Where it starts, as it is called inside.
        environment: Its variables, all of them. Not on the command line, which others can read.
        read_only: What it may read: the path inside → the path here.
        writable: What it may change, likewise.
        network: Whether it may talk to other computers, and to services on this one.
        trusted: It is no code of others (uv, which installs): it stays who started it, so that
            its files are theirs.
    """

    folder: str
    environment: Mapping[str, str]
    read_only: Mapping[str, Path] = field(default_factory=dict)
    writable: Mapping[str, Path] = field(default_factory=dict)
    network: bool = False
    trusted: bool = False


def why_not() -> str | None:
    """Say why bubblewrap does not work here, installed or not; ``None`` if it does."""
    if not sys.platform.startswith("linux"):
        return "bubblewrap is for Linux"
    program = shutil.which("bwrap")
    if program is None:
        return "bubblewrap is not installed"
    return _probed(program)[1]


def require() -> None:
    """Do nothing if code of others can be isolated.

    Raises:
        IsolationError: It can't be, and why.
    """
    reason = why_not()
    if reason is not None:
        raise IsolationError(f"this code cannot be isolated here: {reason}", _HINT)


def user() -> int | None:
    """Return the user that code of others becomes, ``None`` for the one who runs it."""
    return NOBODY if os.geteuid() == 0 and _probed(_program())[0] else None


def command(box: Box, arguments: Sequence[str], told: int | None = None) -> list[str]:
    """Return the command line that runs a program in a box.

    It has to be started with the box's ``environment``.

    Args:
        box: What the program may reach.
        arguments: The program and what it is given.
        told: A descriptor that bubblewrap writes a JSON object to, with ``child-pid``: the
            box's first process, which ends when all others have.

    Raises:
        IsolationError: bubblewrap does not work here, or what it is to bind holds your files.
    """
    require()
    _check(box)
    drops = user() is not None
    made = [_program(), *_namespaces(drops=drops, network=box.network)]
    made += [] if told is None else ["--info-fd", str(told)]
    if drops and not box.trusted:
        made += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    made += ["--dir", "/etc", *_system(box)]
    places = {inside: ("--ro-bind", here) for inside, here in box.read_only.items()}
    places |= {inside: ("--bind", here) for inside, here in box.writable.items()}
    for inside, (how, here) in sorted(places.items()):  # what is around another one comes first
        # Parents that bubblewrap makes by itself are for its user only.
        for folder in reversed(PurePosixPath(inside).parents[:-1]):
            made += ["--dir", str(folder)]
        made += [how, str(here), inside]
    # Last, when all places are made: what is left of the root and of /dev takes no files.
    made += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", box.folder]
    return [*made, "--", *arguments]


def _check(box: Box) -> None:
    """Refuse a Python that stands around what is to be out of reach: ``python -m venv ~``.

    Raises:
        IsolationError: A box would have the user's home, or what else is in the repo.
    """
    own = [Path.home().resolve(), *(here.resolve() for here in box.writable.values())]
    for here in (Path("/usr"), *box.read_only.values()):
        place = here.resolve()
        if any(each.is_relative_to(place) for each in (own[1:] if here == Path("/usr") else own)):
            raise IsolationError(
                f"this code cannot be isolated: {str(here)!r}, which it needs, holds your files",
                "use a Python in a folder of its own, or a repo elsewhere",
            )


def _program() -> str:
    return shutil.which("bwrap") or "bwrap"


def _namespaces(*, drops: bool, network: bool) -> list[str]:
    made = ["--unshare-ipc", "--unshare-pid", "--unshare-uts", "--unshare-cgroup-try"]
    # As root without a user namespace: inside of one, nobody but root would be there to become.
    made += [] if drops else ["--unshare-user"]
    if not drops and _has(_program(), "--disable-userns"):
        made.append(
            "--disable-userns"
        )  # more of the kernel is in reach in a namespace of one's own
    made += [] if network else ["--unshare-net"]
    return [*made, "--hostname", "bundle", "--die-with-parent", "--new-session"]


def _system(box: Box) -> list[str]:
    """Return what every box has: programs, libraries, devices and a few files of ``/etc``."""
    made = ["--proc", "/proc", "--dev", "/dev"]
    made += ["--perms", "1777", *_sized(_SHARED_MEMORY), "--tmpfs", "/dev/shm"]  # noqa: S108  (its own)
    for place in _SYSTEM:
        if os.path.islink(place):  # noqa: PTH114  (as the rest here)
            made += ["--symlink", os.readlink(place), place]  # noqa: PTH115
        else:
            made += ["--ro-bind-try", place, place]
    for place in _STORES:
        made += ["--ro-bind-try", place, place]
    for name in _ETC + (_ETC_NETWORK if box.network else ()):
        place = f"/etc/{name}"
        if f"/etc/{name}" not in box.read_only:
            made += ["--ro-bind-try", os.path.realpath(place), place]
    return made


@functools.cache
def _has(program: str, option: str) -> bool:
    """Tell whether this bubblewrap knows an option: some have come with 0.7 and 0.8."""
    said = subprocess.run([program, "--help"], capture_output=True, check=False)  # noqa: S603
    return option.encode() in said.stdout + said.stderr


def _sized(size: int) -> list[str]:
    return ["--size", str(size)] if _has(_program(), "--size") else []


@functools.cache
def _probed(program: str) -> tuple[bool, str | None]:
    """Try it out: whether root can stay outside of a user namespace, and why nothing works."""
    reason = ""
    for drops in (True, False) if os.geteuid() == 0 else (False,):
        probe = [
            program, *_namespaces(drops=drops, network=False),
            "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "--", "/bin/true",
        ]  # fmt: skip
        try:
            done = subprocess.run(probe, capture_output=True, check=False, timeout=_PROBE_S)  # noqa: S603
        except (OSError, subprocess.TimeoutExpired) as error:
            return False, str(error)
        if done.returncode == 0:
            return drops, None
        reason = done.stderr.decode(errors="replace").strip()[:300]
    return False, f"this system forbids it ({reason})"
