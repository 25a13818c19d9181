"""The first rows of a Parquet file, read by a process of its own.

Whoever made the file chose every byte that the reader's native code takes apart; if that fails
badly or takes all memory, the Jupyter server must not go with it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_ipfs.ipld.cid import CID

MAGIC = b"PAR1"
MIME = "application/vnd.apache.parquet"
_TIMEOUT_S = 30
_MEMORY = 4 << 30  # bytes of address space, of which Arrow reserves far more than it uses
_MAX_ANSWER = 32 << 20


def table(cid: CID, *, rows: int, columns: int, cell: int) -> dict[str, Any] | None:
    """Return the first rows, or ``None`` if there is no reader or it fails.

    Args:
        cid: The file, which is held.
        rows: How many rows at most.
        columns: How many columns at most.
        cell: How many characters of a cell at most.
    """
    if find_spec("pyarrow") is None:
        return None
    limits = [str(limit) for limit in (rows, columns, cell)]
    try:
        done = subprocess.run(  # noqa: S603  (our own module; a CID and numbers)
            [sys.executable, "-m", __name__, str(cid), *limits],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=True,
        )
        told = json.loads(done.stdout) if len(done.stdout) <= _MAX_ANSWER else None
    except (subprocess.SubprocessError, OSError, ValueError):
        return None
    return told if isinstance(told, dict) else None


def read(cid: str, rows: int, columns: int, cell: int) -> dict[str, Any]:
    """Read in this process; see `table`."""
    import pyarrow.parquet as pq  # noqa: PLC0415  (not installed everywhere)

    from jupyter_ipfs.ipld.cid import CID  # noqa: PLC0415
    from jupyter_ipfs.node.cat import open_file  # noqa: PLC0415
    from jupyter_ipfs.node.held import Held  # noqa: PLC0415
    from jupyter_ipfs.session import connect  # noqa: PLC0415
    from jupyter_ipfs.unixfs import reader  # noqa: PLC0415

    with connect() as session:
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
    _, name, *limits = sys.argv
    sys.stdout.write(json.dumps(read(name, *map(int, limits))))
