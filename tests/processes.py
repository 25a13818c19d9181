"""Several processes that do something to one repo at the same moment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parents[1]
_BEGIN = """
import sys
path, number = sys.argv[1], int(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
"""


def run_together(imports: str, work: str, path: Path, count: int) -> None:
    """Run ``work`` in ``count`` processes, which begin together, and see that all succeed.

    Args:
        imports: Code that runs before: it takes its time.
        work: Code that knows ``path`` and its own ``number``. A gc may give up before the others.
        path: The repo.
        count: How many processes.
    """
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", imports + _BEGIN + work, str(path), str(number)],
            env={**os.environ, "PYTHONPATH": str(_CHECKOUT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for number in range(count)
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write(b"go\n")
        worker.stdin.flush()
    for worker in workers:
        _, errors = worker.communicate()
        assert worker.returncode == 0 or b"others kept storing" in errors, errors.decode()
