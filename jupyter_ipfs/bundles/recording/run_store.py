"""Where recorded runs are kept: ``<repo>/runs/``, one file of JSON lines for each kernel.

Only the kernel itself writes its file, one line at a time; anybody of the user's may read it.
Recording never stands in the way of a cell, so this is bounded: 30 days and 50 MB in all.
"""

from __future__ import annotations

import hashlib
import os
import re
import threading
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ipfs.bundles.recording import run_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyter_ipfs.bundles.recording.run_record import CellRun, FileRead, Run

FOLDER = "runs"
_SUFFIX = ".jsonl"
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")
_KEPT_S = 30 * 24 * 3600
_MAX_BYTES = 50 * 1024 * 1024
_MAX_FILE = 16 * 1024 * 1024  # of one kernel; then only the last run of each cell stays


class RunStore:
    """The recorded runs of a repo. Thread-safe; any number of kernels at once.

    Args:
        repo_path: The repo's directory; it need not exist yet.
    """

    def __init__(self, repo_path: str | os.PathLike[str]) -> None:
        self._folder = Path(repo_path) / FOLDER
        self._lock = threading.Lock()
        self._begun: dict[str, tuple[str | None, tuple[int, int]]] = {}

    def append(self, kernel: str, head: Run, ran: CellRun) -> None:
        """Add one run of a cell.

        Args:
            kernel: What tells the kernel from others.
            head: The run that it belongs to; its ``cells`` do not matter.
            ran: What was noted.

        Raises:
            OSError: It cannot be written.
        """
        with self._lock:
            self._begin(kernel, head)
            line = run_json.cell(ran)
            while len(line) > run_json.MAX_LINE and (ran.reads or ran.writes):
                reads, writes = len(ran.reads) // 2, len(ran.writes) // 2
                ran = replace(ran, reads=ran.reads[:reads], writes=ran.writes[:writes])
                line = run_json.cell(ran)
            self._write(kernel, line)

    def hashed(self, kernel: str, reads: Iterable[FileRead]) -> None:
        """Add the CIDs of files that cells have read (those of equal path, size, time, inode).

        Raises:
            OSError: It cannot be written.
        """
        with self._lock:
            self._write(kernel, run_json.hashed(reads))

    def runs(self) -> list[Run]:
        """Return all runs that are kept, the one that was written to last at the end."""
        found: list[tuple[float, Run]] = []
        for file, at in sorted(self._files(), key=lambda each: each[1].st_mtime_ns):
            held = self._read(file)
            found += [(run.cells[-1].ended_at if run.cells else at.st_mtime, run) for run in held]
        return [run for _, run in sorted(found, key=lambda each: each[0])]

    def latest(self, notebook: Path | None = None, kernel: str | None = None) -> Run | None:
        """Return the last run with cells of a kernel, or of a notebook, or ``None``.

        Args:
            notebook: Its path; a kernel knows it only if Jupyter's server or VS Code told it.
            kernel: The kernel's id, which goes before the path: a notebook may be renamed.
        """
        if kernel is not None:
            held = [run for run in self._read(self._file(kernel)) if run.kernel == kernel]
            for run in reversed(held):
                if run.cells:
                    return run
        if notebook is None:
            return None
        wanted = os.path.realpath(notebook)
        for run in reversed(self.runs()):
            if run.cells and run.notebook and os.path.realpath(run.notebook) == wanted:
                return run
        return None

    def prune(self, *, now: float | None = None) -> None:
        """Drop what is older than 30 days, and then the oldest files beyond 50 MB."""
        moment = time.time() if now is None else now
        size = 0
        for file, at in sorted(self._files(), key=lambda each: -each[1].st_mtime_ns):
            size += at.st_size
            if size > _MAX_BYTES or at.st_mtime < moment - _KEPT_S:
                with suppress(OSError):
                    file.unlink()

    def _begin(self, kernel: str, head: Run) -> None:
        """Write the head, once in this process; and again where somebody removed the file."""
        begun = self._begun.get(kernel)
        if begun is None:
            self._make_folder()
            self.prune()
        if begun is None or begun[1] != _identity(self._file(kernel)):
            self._write(kernel, run_json.head(head))
        elif begun[0] != head.notebook:
            self._write(kernel, run_json.notebook(head))
        self._begun[kernel] = (head.notebook, _identity(self._file(kernel)))

    def _make_folder(self) -> None:
        self._folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder.mkdir(exist_ok=True, mode=0o700)

    def _write(self, kernel: str, line: bytes) -> None:
        if len(line) > run_json.MAX_LINE:
            return
        file = self._file(kernel)
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
        descriptor = os.open(file, flags | getattr(os, "O_CLOEXEC", 0), 0o600)
        try:
            size = os.fstat(descriptor).st_size
            if size:
                os.lseek(descriptor, size - 1, os.SEEK_SET)
                if os.read(descriptor, 1) != b"\n":  # a process of this kernel was killed here
                    line = b"\n" + line
            os.write(descriptor, line)
        finally:
            os.close(descriptor)
        if size + len(line) > _MAX_FILE:
            self._compact(file)

    def _compact(self, file: Path) -> None:
        """Keep the last run of each cell, the newest first, in half of what a file may have."""
        held = self._read(file)
        if not held:
            file.unlink(missing_ok=True)
            return
        lines: list[bytes] = []
        room, seen = _MAX_FILE // 2, set()
        for ran in reversed(held[-1].cells):
            key = ran.cell_id or ran.source_sha256
            line = run_json.cell(ran)
            if key in seen or len(line) > room:
                continue
            seen.add(key)
            room -= len(line)
            lines.append(line)
        temporary = file.with_suffix(f".{os.getpid()}.partial")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(run_json.head(held[-1]))
            stream.writelines(reversed(lines))
        temporary.replace(file)
        for kernel, begun in list(self._begun.items()):
            if self._file(kernel) == file:
                self._begun[kernel] = (begun[0], _identity(file))

    def _file(self, kernel: str) -> Path:
        plain = _PLAIN.fullmatch(kernel) is not None
        name = kernel if plain else hashlib.sha256(kernel.encode(errors="replace")).hexdigest()
        return self._folder / f"{name}{_SUFFIX}"

    def _files(self) -> Iterator[tuple[Path, os.stat_result]]:
        with suppress(OSError), os.scandir(self._folder) as entries:
            for entry in entries:
                if entry.name.endswith(_SUFFIX) and entry.is_file(follow_symlinks=False):
                    with suppress(OSError):
                        yield Path(entry.path), entry.stat(follow_symlinks=False)

    def _read(self, file: Path) -> list[Run]:
        try:
            descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
            with os.fdopen(descriptor, "rb") as stream:
                return run_json.runs(_lines(stream.read(_MAX_BYTES)))
        except OSError:
            return []


def _lines(data: bytes) -> Iterator[bytes]:
    start = 0
    while start < len(data):
        end = data.find(b"\n", start)
        if end < 0:
            end = len(data)
        yield data[start:end]
        start = end + 1


def _identity(file: Path) -> tuple[int, int]:
    try:
        at = file.stat()
    except OSError:
        return 0, 0
    return at.st_dev, at.st_ino
