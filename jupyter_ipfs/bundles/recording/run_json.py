"""Recorded runs as lines of JSON, and back: what does not make sense is left out, line by line.

A file has one object a line. ``head`` begins a run, ``cell`` is one run of a cell, ``hashed`` says
later what the CIDs are of files that cells have read, ``notebook`` what the notebook is called now.
A kernel that was killed leaves half a line.
"""

from __future__ import annotations

import dataclasses
import json
import math
from typing import TYPE_CHECKING, Any, TypeAlias

from jupyter_ipfs.bundles.recording.run_record import GUESSED, SEEN, CellRun, FileRead, Run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

MAX_LINE = 8 * 1024 * 1024  # bytes; what is longer was written by somebody else
_MAX_TEXT = 32 * 1024
_MAX_LIST = 100_000
_MAX_NUMBER = 2**63 - 1

_Identity: TypeAlias = "tuple[str, int, int, int]"  # path, size, time of change, inode


def head(run: Run) -> bytes:
    """Return the line that begins a run; its cells follow."""
    return _line(
        {
            "kind": "head",
            "kernel": run.kernel,
            "notebook": run.notebook,
            "folder": run.folder,
            "executable": run.executable,
        }
    )


def notebook(run: Run) -> bytes:
    """Return the line that tells where the notebook of the run is, once that is known."""
    return _line({"kind": "notebook", "notebook": run.notebook})


def cell(ran: CellRun) -> bytes:
    """Return the line of one run of a cell."""
    document = {field.name: getattr(ran, field.name) for field in dataclasses.fields(ran)}
    document["reads"] = [_read_row(read) for read in ran.reads]
    return _line({"kind": "cell", **document})


def hashed(reads: Iterable[FileRead]) -> bytes:
    """Return the line that tells the CIDs of files that were read."""
    return _line({"kind": "hashed", "reads": [_read_row(read) for read in reads]})


def runs(lines: Iterable[bytes]) -> list[Run]:
    """Read the lines of a file; those that make no sense count for nothing."""
    found: list[Run] = []
    cells: list[CellRun] = []
    known: dict[_Identity, FileRead] = {}
    for line in lines:
        document = _document(line)
        try:
            match document.get("kind"):
                case "head":
                    begun = _head_of(document)
                    _finish(found, cells, known)
                    found.append(begun)
                case "notebook" if found:
                    where = _optional_text(document.get("notebook"))
                    found[-1] = dataclasses.replace(found[-1], notebook=where)
                case "cell":
                    cells.append(_cell_of(document))
                case "hashed":
                    known.update((_identity(read), read) for read in _reads_of(document))
                case _:
                    continue
        except _NonsenseError:
            continue
    _finish(found, cells, known)
    return found


class _NonsenseError(Exception):
    """A line that no version of this package wrote."""


def _line(document: Mapping[str, object]) -> bytes:
    # ASCII: a file name that is no UTF-8 has lone surrogates, and they come back as they were.
    return json.dumps(document, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"


def _read_row(read: FileRead) -> list[object]:
    return list(dataclasses.astuple(read))


def _finish(found: list[Run], cells: list[CellRun], known: Mapping[_Identity, FileRead]) -> None:
    """Give the cells to the run before them; without one they are nobody's."""
    if found:
        amended = tuple(
            dataclasses.replace(ran, reads=tuple(_amended(read, known) for read in ran.reads))
            for ran in cells
        )
        found[-1] = dataclasses.replace(found[-1], cells=amended)
    cells.clear()


def _amended(read: FileRead, known: Mapping[_Identity, FileRead]) -> FileRead:
    later = None if read.cid is not None else known.get(_identity(read))
    if later is None:
        return read
    return dataclasses.replace(read, cid=later.cid, changed=read.changed or later.changed)


def _identity(read: FileRead) -> _Identity:
    return read.path, read.size, read.mtime_ns, read.inode


def _document(line: bytes) -> dict[str, Any]:
    if len(line) > MAX_LINE:
        return {}
    try:
        document = json.loads(line, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _head_of(document: Mapping[str, Any]) -> Run:
    return Run(
        _text(document.get("kernel")),
        _optional_text(document.get("notebook")),
        _text(document.get("folder")),
        _text(document.get("executable")),
    )


def _cell_of(document: Mapping[str, Any]) -> CellRun:
    return CellRun(
        _optional_text(document.get("cell_id")),
        _number(document.get("number")),
        _text(document.get("source_sha256")),
        _moment(document.get("started_at")),
        _moment(document.get("ended_at")),
        _truth(document.get("success")),
        _reads_of(document),
        *(_texts(document.get(key)) for key in ("writes", "contents", "hosts", "modules")),
    )


def _reads_of(document: Mapping[str, Any]) -> tuple[FileRead, ...]:
    return tuple(_read_of(row) for row in _list(document.get("reads")))


def _read_of(row: object) -> FileRead:
    match row:
        case [path, size, mtime_ns, inode, ("seen" | "guessed") as how, cid, changed]:
            return FileRead(
                _text(path),
                _number(size),
                _number(mtime_ns, low=-_MAX_NUMBER),  # files from before 1970
                _number(inode, high=2**64 - 1),
                SEEN if how == "seen" else GUESSED,
                _optional_text(cid),
                _truth(changed),
            )
        case _:
            raise _NonsenseError


def _checked(holds: Callable[[Any], bool]) -> Callable[[object], Any]:
    def check(value: object) -> Any:  # noqa: ANN401
        if not holds(value):
            raise _NonsenseError
        return value

    return check


_list = _checked(lambda value: isinstance(value, list) and len(value) <= _MAX_LIST)
_truth = _checked(lambda value: isinstance(value, bool))


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > _MAX_TEXT or "\0" in value:
        raise _NonsenseError
    return value


def _optional_text(value: object) -> str | None:
    return None if value is None else _text(value)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(_text(item) for item in _list(value))


def _number(value: object, *, low: int = 0, high: int = _MAX_NUMBER) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise _NonsenseError
    return value


def _moment(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _NonsenseError
    try:
        moment = float(value)
    except OverflowError:
        raise _NonsenseError from None
    if not math.isfinite(moment) or not 0 <= moment < 253402300800:  # the year 10000  # noqa: PLR2004
        raise _NonsenseError
    return moment
