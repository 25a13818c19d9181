"""What a run gave, cell by cell, read from what the runner says: hostile until it is compared."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from jupyter_ipfs.net import json_depth

OK, ERROR, DIED, TIMEOUT, NOT_RUN = "ok", "error", "died", "timeout", "not-run"
MAX_DEPTH = 120

_STATUSES = frozenset({OK, ERROR, DIED, TIMEOUT, NOT_RUN})
_STREAMS = frozenset({"stdout", "stderr"})


@dataclass(frozen=True, slots=True)
class ReplayedCell:
    """A cell that was run again.

    Attributes:
        id: The notebook's id of it.
        index: Its place among all cells, from 0.
        status: ``ok``, ``error`` (it raised), ``died`` (the kernel did), ``timeout``, ``not-run``.
        seconds: How long it took.
        outputs: As nbformat has them. From code of others: hostile.
        truncated: There was more than is kept.
        number: The execution count, or ``None``.
    """

    id: str
    index: int
    status: str
    seconds: float = 0.0
    outputs: tuple[dict[str, Any], ...] = ()
    truncated: bool = False
    number: int | None = None


def event(line: bytes) -> dict[str, Any] | None:
    """Read an event; ``None`` for what is none: somebody has got at the runner."""
    try:
        json_depth.check(line, MAX_DEPTH)
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def cell(told: dict[str, Any], cell_id: str, index: int) -> ReplayedCell:
    """Return a cell from its event, field by field."""
    status, seconds, outputs = told.get("status"), told.get("seconds"), told.get("outputs")
    read = [_output(each) for each in outputs] if isinstance(outputs, list) else [None]
    known = isinstance(status, str) and status in _STATUSES
    return ReplayedCell(
        id=cell_id,
        index=index,
        status=str(status) if known else DIED,
        seconds=seconds if isinstance(seconds, float) and seconds >= 0 else 0.0,
        outputs=tuple(each for each in read if each is not None),
        truncated=told.get("truncated") is True or None in read,
        number=_number(told.get("number")),
    )


def _output(given: object) -> dict[str, Any] | None:
    """Return an output with the fields that nbformat has, or ``None``."""
    if not isinstance(given, dict):
        return None
    kind = str(given.get("output_type"))
    if kind == "stream":
        return _stream(given)
    if kind == "error":
        return _error(given)
    if kind not in {"display_data", "execute_result"}:
        return None
    data, metadata = given.get("data"), given.get("metadata")
    if not isinstance(data, dict) or not isinstance(metadata, dict):
        return None
    made: dict[str, Any] = {"output_type": kind, "data": data, "metadata": metadata}
    if kind == "execute_result":
        made["execution_count"] = _number(given.get("execution_count"))
    return made


def _stream(given: dict[str, Any]) -> dict[str, Any] | None:
    name, text = given.get("name"), given.get("text")
    if not isinstance(name, str) or name not in _STREAMS or not isinstance(text, str):
        return None
    return {"output_type": "stream", "name": name, "text": text}


def _error(given: dict[str, Any]) -> dict[str, Any] | None:
    name, value, lines = given.get("ename"), given.get("evalue"), given.get("traceback")
    texts = [name, value, *(lines if isinstance(lines, list) else [None])]
    if not all(isinstance(text, str) for text in texts):
        return None
    return {"output_type": "error", "ename": name, "evalue": value, "traceback": lines}


def _number(given: object) -> int | None:
    return given if isinstance(given, int) and 0 <= given < 2**53 else None
