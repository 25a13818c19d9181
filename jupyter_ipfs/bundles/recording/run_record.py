"""What a kernel noted while cells ran: the recorded run of a notebook (``safety.md`` 18).

It says what was *seen*, never all there was: a library that opens files past Python is seen only
where a wrapper knows it.
"""

from __future__ import annotations

from dataclasses import dataclass

SEEN, GUESSED = "seen", "guessed"  # opened while the cell ran; or named by a text in its source


@dataclass(frozen=True, slots=True)
class FileRead:
    """A local file that a cell read.

    Attributes:
        path: Absolute, links resolved.
        size: Bytes, when it was opened.
        mtime_ns: Its time of change then.
        inode: Its number then.
        how: ``seen`` or ``guessed``.
        cid: The CID of its bytes, computed after the cell; ``None`` if it is not known (yet).
        changed: It was not the same any more when its CID was computed.
    """

    path: str
    size: int
    mtime_ns: int
    inode: int
    how: str = SEEN
    cid: str | None = None
    changed: bool = False


@dataclass(frozen=True, slots=True)
class CellRun:
    """One run of one cell.

    Attributes:
        cell_id: The notebook's id of the cell, where the front end told it.
        number: The execution count.
        source_sha256: Of the source as it was run, in hex.
        started_at: Seconds since the epoch.
        ended_at: The same.
        success: It raised nothing.
        reads: Local files that were read, each once, by path.
        writes: Absolute paths of files that were opened for writing.
        contents: ``ipfs://`` roots that were read, as CIDs.
        hosts: Other computers that it talked to, as ``host:port``.
        modules: Top-level modules that are loaded and come from a distribution, sorted.
    """

    cell_id: str | None
    number: int
    source_sha256: str
    started_at: float
    ended_at: float
    success: bool
    reads: tuple[FileRead, ...] = ()
    writes: tuple[str, ...] = ()
    contents: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """What one kernel noted, from its start on.

    Attributes:
        kernel: What tells this kernel from others: ``<pid>-<start>``, or Jupyter's kernel id.
        notebook: The notebook's absolute path, where it is known.
        folder: The kernel's working directory at its start, absolute.
        executable: The Python that ran it.
        cells: In the order in which they ran; a cell may be there several times.
    """

    kernel: str
    notebook: str | None
    folder: str
    executable: str
    cells: tuple[CellRun, ...] = ()
