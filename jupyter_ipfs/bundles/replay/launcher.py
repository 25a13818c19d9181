"""The first thing that runs inside of an isolation: gives up rights, sets limits, starts the rest.

Run as a file by the bare interpreter, with ``-I -S``: no code of a bundle's environment has run
when it begins. So it imports nothing of this package, and is small::

    python -I -S launcher.py '{"uid": 65534, "limits": {"NPROC": 1024}, …}' program arguments…
"""

from __future__ import annotations

import contextlib
import json
import os
import sys

# keyctl(KEYCTL_JOIN_SESSION_KEYRING, NULL): a fresh one instead of the user's. By machine, since
# the C library has no function for it (asm/unistd.h).
_KEYCTL = {"x86_64": 250, "aarch64": 219, "riscv64": 219}
_JOIN_SESSION_KEYRING = 1


def main(arguments: list[str]) -> None:
    """Set things up and become the program."""
    options = json.loads(arguments[0])
    _leave_keyring()
    # Where memory is short, this goes first.
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:  # noqa: PTH123
        file.write("1000")
    if options.get("uid") is not None:
        os.setgroups([])
        os.setresgid(options["uid"], options["uid"], options["uid"])
        os.setresuid(options["uid"], options["uid"], options["uid"])
    os.umask(0o022)
    _limit(options.get("limits", {}))
    os.execv(arguments[1], arguments[1:])  # noqa: S606  (nothing here goes through a shell)


def _limit(limits: dict[str, int]) -> None:
    try:
        import resource  # noqa: PLC0415  (Windows has none)
    except ImportError:
        return
    for name, wanted in limits.items():
        kind = getattr(resource, f"RLIMIT_{name}", None)
        if kind is None:
            continue
        hard = resource.getrlimit(kind)[1]
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with contextlib.suppress(ValueError, OSError):  # macOS refuses some
            resource.setrlimit(kind, (most, most))


def _leave_keyring() -> None:
    if not sys.platform.startswith("linux") or os.uname().machine not in _KEYCTL:
        return
    try:
        import ctypes  # noqa: PLC0415  (a Python without libffi has none)

        ctypes.CDLL(None).syscall(_KEYCTL[os.uname().machine], _JOIN_SESSION_KEYRING, None)
    except (ImportError, OSError, AttributeError):
        return


if __name__ == "__main__":
    main(sys.argv[1:])
