"""One cell while it runs: what was heard becomes what it read, wrote and talked to."""

from __future__ import annotations

import glob
import os
import stat
import sys
import time
from collections import deque
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.bundles.recording import hosts, literals, recording
from jupyter_ipfs.bundles.recording.run_record import CellRun, FileRead

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from jupyter_ipfs.bundles.recording.places import Places

_MAX_FILES = 20_000  # noted of one cell
_MAX_KNOWN = 100_000  # names of one cell, inputs or not
_MAX_HEARD = 50_000  # not looked up yet
_AT_ONCE = 100  # looked up at a time while a cell runs
_WRITING = os.O_WRONLY | os.O_RDWR
_NEW = os.O_TRUNC | os.O_EXCL


class Noting:
    """What one cell does. `settle` and what comes after it belong to one other thread.

    Args:
        cell_id: The notebook's id of the cell, or ``None``.
        source: As it is run.
    """

    def __init__(self, cell_id: str | None, source: str) -> None:
        self.cell_id, self.source = cell_id, source
        self.number = 0
        self.started_at = time.time()
        self.ended_at: float | None = None
        self.success = True
        self.loaded: set[str] = set()
        self.left_out = 0
        self._heard: deque[Any] = deque()
        self._folder = _working_directory()
        self._reads: dict[str, FileRead] = {}
        self._writes: dict[str, None] = {}
        self._hosts = hosts.Hosts()
        self._contents: set[str] = set()
        self._texts: list[str] = []
        self._known: set[tuple[str, str, bool]] = set()
        self._real: dict[str, str] = {}

    def begin(self) -> None:
        """Listen."""
        recording.listen(self._heard.extend)

    def end(self, *, number: int, success: bool) -> None:
        """Listen no more."""
        self.number = number
        recording.unlisten(self._heard.extend)
        self.ended_at, self.success = time.time(), success
        self.loaded = set(sys.modules)

    def settle(self, places: Places, *, running: bool = False) -> None:
        """Look up what was heard up to now.

        Args:
            places: What is no input.
            running: The cell still runs: look up so little that it does not feel it, unless
                memory would fill with what was heard.
        """
        number = len(self._heard) // 3
        for _ in range(min(number, _AT_ONCE) if running and number < _MAX_HEARD else number):
            event, subject, moment_ns = (self._heard.popleft() for _ in range(3))
            self._settle_one(event, subject, moment_ns, places)

    def run(
        self,
        places: Places,
        modules: tuple[str, ...],
        module_files: Collection[str],
        cid_of: Callable[[FileRead], str | None],
    ) -> CellRun:
        """Return what there is to keep of it, after it ended and was settled.

        Args:
            places: What is no input.
            modules: Top-level modules of distributions.
            module_files: Sources of the notebook's own modules, first loaded in this cell.
            cid_of: What is known of a file already.
        """
        for path in module_files:
            self._read(path, int(self.started_at * 1e9), places, check=False)
        for text in (self.source, *self._texts):
            for guess in literals.reads(text, self._folder):
                self._guessed(guess, places)
        self._contents.update(hosts.contents(self.source, self._hosts))
        for folder in [path for path in self._writes if os.path.isdir(path)]:  # noqa: PTH112
            self._writes.pop(folder)
            self._writes.update(dict.fromkeys(_below(folder)))
        reads = (self._reads[path] for path in sorted(self._reads))
        return CellRun(
            self.cell_id,
            self.number,
            literals.digest(self.source),
            self.started_at,
            self.ended_at or time.time(),
            self.success,
            tuple(
                FileRead(
                    read.path, read.size, read.mtime_ns, read.inode, read.how,
                    None if read.changed else cid_of(read), read.changed,
                )
                for read in reads
            ),
            tuple(sorted(filter(os.path.lexists, self._writes))),  # temporary ones are gone
            tuple(sorted(self._contents)),
            self._hosts.found(),
            modules,
        )  # fmt: skip

    def _settle_one(self, event: str, subject: Any, moment_ns: int, places: Places) -> None:  # noqa: ANN401
        match event:
            case "open":
                path, _, flags = subject
                self._opened(path, flags if isinstance(flags, int) else 0, moment_ns, places)
            case recording.READ | recording.WRITE | recording.QUERY:
                self._told(event, subject, moment_ns, places)
            case "sqlite3.connect":
                self._opened(_database(subject), 0, moment_ns, places)
            case "os.chdir":
                self._moved(subject)
            case "os.rename":
                self._renamed(subject[0], subject[1], places)
            case recording.CONTENT:
                self._contents.add(str(subject))
            case _:
                self._hosts.hear(event, subject)

    def _told(self, event: str, text: str, moment_ns: int, places: Places) -> None:
        """What a wrapper of `readers` was asked for."""
        if event == recording.QUERY:
            self._texts.append(repr(text[:65536]))
        elif event == recording.WRITE:
            self._opened(text, os.O_WRONLY, moment_ns, places)
        elif text.startswith(("http://", "https://")):  # fetched without Python's sockets
            self._hosts.hear("urllib.Request", text)
        else:
            path = os.path.join(self._folder, text.removeprefix("file://"))  # noqa: PTH118
            for each in _expanded(path):
                self._opened(each, 0, moment_ns, places)

    def _opened(self, path: object, flags: int, moment_ns: int, places: Places) -> None:
        text = _text(path)
        writes = bool(flags & _WRITING)
        if text is None or (self._folder, text, writes) in self._known:
            return
        if len(self._known) >= _MAX_KNOWN:
            self.left_out += 1
            return
        self._known.add((self._folder, text, writes))
        if writes:
            self._wrote(text, flags, moment_ns, places)
        else:
            self._read(text, moment_ns, places)

    def _wrote(self, text: str, flags: int, moment_ns: int, places: Places) -> None:
        path = self._resolved(text)
        if flags & os.O_RDWR and not flags & _NEW and path not in self._writes:
            self._read(text, moment_ns, places)
        if places.is_input(path) and len(self._writes) < _MAX_FILES:
            self._writes[path] = None

    def _read(self, text: str, moment_ns: int, places: Places, *, check: bool = True) -> None:
        path = self._resolved(text)
        if path in self._writes or path in self._reads or not places.is_input(path):
            return
        try:
            at = os.stat(path)  # noqa: PTH116  (many, and quickly)
        except (OSError, ValueError):
            return
        if stat.S_ISREG(at.st_mode):
            changed = check and max(at.st_ctime_ns, at.st_mtime_ns) > moment_ns
            self._keep(FileRead(path, at.st_size, at.st_mtime_ns, at.st_ino, changed=changed))

    def _guessed(self, guess: FileRead, places: Places) -> None:
        if guess.path in self._writes or not places.is_input(guess.path):
            return
        if guess.mtime_ns >= int(self.started_at * 1e9):  # a writer that opens past Python
            self._writes[guess.path] = None
        else:
            self._keep(guess)

    def _keep(self, read: FileRead) -> None:
        if len(self._reads) >= _MAX_FILES:
            self.left_out += 1
        else:
            self._reads.setdefault(read.path, read)

    def _moved(self, where: object) -> None:
        text = _text(where)
        if text is None:  # a descriptor
            self._folder = _working_directory()
            return
        there = os.path.join(self._folder, text)  # noqa: PTH118
        if os.path.isdir(there):  # noqa: PTH112
            self._folder = there

    def _renamed(self, old: object, new: object, places: Places) -> None:
        """A file that was written beside its place and moved there."""
        texts = _text(old), _text(new)
        if texts[0] is None or texts[1] is None:
            return
        self._writes.pop(self._resolved(texts[0]), None)
        self._wrote(texts[1], os.O_WRONLY, 0, places)

    def _resolved(self, text: str) -> str:
        """Resolve links; those of the folders once, since many files share them."""
        path = os.path.join(self._folder, text)  # noqa: PTH118
        parent, name = os.path.split(path)
        if name in {"", ".", ".."} or os.path.islink(path):  # noqa: PTH114
            return os.path.realpath(path)
        if parent not in self._real:
            self._real[parent] = os.path.realpath(parent)
        return os.path.join(self._real[parent], name)  # noqa: PTH118


def _text(path: object) -> str | None:
    """Return a path; not of an object of the user's, whose code is not ours to run."""
    if type(path) is bytes:
        return os.fsdecode(path)
    if isinstance(path, PurePath):
        return os.fspath(path)
    return path if type(path) is str and path else None


def _database(subject: object) -> object:
    """SQLite's own names: in memory, or a URI."""
    text = _text(subject)
    if text is None or text == ":memory:":
        return None
    return text.removeprefix("file:").partition("?")[0] if text.startswith("file:") else text


def _expanded(path: str) -> Iterator[str]:
    """Yield the files of a folder, or those that a pattern stands for."""
    if glob.has_magic(path) and not os.path.exists(path):  # noqa: PTH110
        found = glob.iglob(path, recursive=True)  # noqa: PTH207
        yield from (each for each, _ in zip(found, range(_MAX_FILES), strict=False))
    elif os.path.isdir(path):  # noqa: PTH112
        yield from _below(path)
    else:
        yield path


def _below(folder: str) -> Iterator[str]:
    number = 0
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                yield os.path.join(parent, name)  # noqa: PTH118
                number += 1
        if number >= _MAX_FILES:
            return


def _working_directory() -> str:
    try:
        return os.getcwd()  # noqa: PTH109
    except OSError:  # it was removed
        return os.sep
