"""The first rows of a Parquet file, read by a process of its own.

Whoever made the file chose every byte that the reader's native code takes apart; if that fails
badly or takes all memory, the Jupyter server must not go with it.

Nor may it run what lies in the workspace: a server's working directory is the user's folder, and
``-m`` would look there first for every module (``resource.py`` from a download, say).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_ipfs.ipld.cid import CID

MAGIC = b"PAR1"
MIME = "application/vnd.apache.parquet"
_TIMEOUT_S = 30
_WAIT_S = 10  # for another one that is being read
_MEMORY = 1 << 30  # bytes of address space
_MAX_ANSWER = 32 << 20
_NEUTRAL = Path(__file__).parents[2]  # where this package is from: nobody else's files
_one = threading.Lock()  # each may take all of `_MEMORY`, so one at a time


def table(cid: CID, repo: Path, *, rows: int, columns: int, cell: int) -> dict[str, Any] | None:
    """Return the first rows, or ``None`` if there is no reader, it fails or others come first.

    Args:
        cid: The file, which is held.
        repo: The local repo.
        rows: How many rows at most.
        columns: How many columns at most.
        cell: How many characters of a cell at most.
    """
    if find_spec("pyarrow") is None:
        return None
    if not _one.acquire(timeout=_WAIT_S):
        return None
    try:
        return _asked(str(cid), str(repo), *map(str, (rows, columns, cell)))
    finally:
        _one.release()


def _asked(*arguments: str) -> dict[str, Any] | None:
    try:
        done = subprocess.run(  # noqa: S603  (our own module; a CID, our repo and numbers)
            [sys.executable, "-P", "-m", __name__, *arguments],
            cwd=_NEUTRAL,  # an empty entry of PYTHONPATH means it
            # Arrow's own allocator reserves far more than it uses.
            env={**os.environ, "ARROW_DEFAULT_MEMORY_POOL": "system"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=True,
        )
        told = json.loads(done.stdout) if len(done.stdout) <= _MAX_ANSWER else None
    except (subprocess.SubprocessError, OSError, ValueError):
        return None
    return told if isinstance(told, dict) else None


def read(cid: str, repo: str, rows: int, columns: int, cell: int) -> dict[str, Any]:
    """Read in this process; see `table`."""
    import pyarrow.parquet as pq  # noqa: PLC0415  (not installed everywhere)

    from jupyter_ipfs.ipld.cid import CID  # noqa: PLC0415
    from jupyter_ipfs.node.cat import open_file  # noqa: PLC0415
    from jupyter_ipfs.node.held import Held  # noqa: PLC0415
    from jupyter_ipfs.session import connect  # noqa: PLC0415
    from jupyter_ipfs.unixfs import reader  # noqa: PLC0415

    with connect(repo=repo) as session:
        held = Held(session.repo, session.backend)
        file = pq.ParquetFile(open_file(held, reader.get(held, CID.parse(cid))))
        names = file.schema_arrow.names[:columns]
        batches = file.iter_batches(batch_size=rows, columns=names, use_threads=False)
        batch = next(batches, None)
        found = [] if batch is None else batch.to_pylist()[:rows]
        return {
            "columns": [name[:cell] for name in names],
            "rows": [[_text(row.get(name), cell) for name in names] for row in found],
            "total_rows": file.metadata.num_rows,
        }


def _text(value: object, cell: int) -> str:
    return "" if value is None else str(value)[:cell]


def _limit_memory() -> None:
    with suppress(ImportError, OSError, ValueError):  # no such limits on Windows
        import resource  # noqa: PLC0415

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


if __name__ == "__main__":
    _limit_memory()
    _, name, place, *limits = sys.argv
    sys.stdout.write(json.dumps(read(name, place, *map(int, limits))))
