"""A process in which commands are given one after another, as in a shell."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

_CHECKOUT = Path(__file__).resolve().parents[2]
_LOOP = """
import contextlib, io, json, sys, traceback
from jupyter_ipfs.cli.main import main
for line in sys.stdin:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = main(json.loads(line))
        except Exception:
            status = traceback.print_exc()
    print(json.dumps([status, out.getvalue(), err.getvalue()]), flush=True)
"""


@dataclass(frozen=True, slots=True)
class Said:
    """What a command has said; ``None`` for a status is a traceback."""

    status: int | None
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, Any]]:
        """What it printed with ``--json``."""
        return [json.loads(line) for line in self.out.splitlines()]


class Commands:
    """One computer, as far as `jupyter ipfs` can tell: a home, a folder and nothing else.

    Args:
        home: Its home, empty.
        folder: Where the commands are given.
        environment: What it has besides a PATH.
    """

    def __init__(self, home: Path, folder: Path, environment: Mapping[str, str]) -> None:
        bare = {"HOME": str(home), "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"}
        self._process = subprocess.Popen(
            [sys.executable, "-c", _LOOP],
            cwd=folder,
            env={**bare, "PYTHONPATH": str(_CHECKOUT), **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __call__(self, *words: str) -> Said:
        """Give a command, and wait for its end."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()
        return Said(*json.loads(self._process.stdout.readline()))

    def __enter__(self) -> Self:
        """Use as a context manager."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self._process.communicate()
