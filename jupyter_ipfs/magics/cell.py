"""``%%ipfs put``: the cell runs as any other, and is stored when it has ended.

A magic that runs its cell by a nested ``run_cell`` breaks top-level ``await`` and, in a
kernel, loses the last value. So the magic's line is taken off by an input transform
(which does nothing else: completeness checks run it as well), the recorder is started
by ``pre_run_cell``, and ``post_run_cell`` stores.
"""

from __future__ import annotations

import re
import sys
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import AdapterError, ConfigError
from jupyter_ipfs.magics import arguments, failure, line, storing, values
from jupyter_ipfs.magics.asking import with_consent
from jupyter_ipfs.magics.capture import Captured, Recorder
from jupyter_ipfs.magics.progress import show
from jupyter_ipfs.magics.results import Card, Content, Report, Table

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping
    from pathlib import Path

    from IPython.core.interactiveshell import (
        ExecutionInfo,
        ExecutionResult,
        InteractiveShell,
    )

    from jupyter_ipfs.magics.sessions import Sessions

_MAGIC = re.compile(r"%%ipfs(?=\s|$)(?P<line>[^\n]*)")
# Magics that run their cell as Python, by way of the input transforms.
_OUTER = re.compile(r"%%(time|timeit|prun)\b")
# What magics give back is about content; it is not the cell's work.
_OURS = (Card, Content, Report, Table)
_IS_PYTHON = (
    "%%ipfs put runs the lines below it as Python and stores what they show; nothing was stored.\n"
    "To store text, put it into a variable or a file: %ipfs put note.txt"
)


@dataclass(slots=True)
class Running:
    """A cell that runs: what IPython calls it, and the recorder if it is to be stored."""

    info: ExecutionInfo
    source: str = ""
    args: argparse.Namespace | None = None
    recorder: Recorder | None = None


def without_magic(lines: list[str]) -> list[str]:
    """Take ``%%ipfs put …`` off a cell; an input transform without any side effect.

    A line that makes no sense stays, so that the cell magic of that name tells what is
    wrong. Another cell magic below moves up to the first line, where IPython looks for it.
    """
    if _arguments(lines) is None:
        return lines
    rest = lines[1:]
    following = next((at for at, text in enumerate(rest) if text.strip()), None)
    if following is not None and rest[following].startswith("%%"):
        return rest[following:]
    return ["\n", *rest]


# Checks for completeness then see a cell magic, as it was typed: in a terminal, the cell ends
# with a blank line instead of after the magic's own line.
without_magic.has_side_effects = True  # type: ignore[attr-defined]


def _arguments(lines: list[str]) -> argparse.Namespace | None:
    """Return the arguments of a cell that is to be stored, else ``None``."""
    magic = _MAGIC.match(lines[0]) if lines else None
    if magic is None:
        return None
    try:
        words = line.split(magic["line"])
        if not words or {"-h", "--help"} & set(words):
            return None
        return arguments.parse_cell(words)
    except ConfigError:
        return None


class Cells:
    """Records and stores the cells of one shell."""

    def __init__(self, shell: InteractiveShell, sessions: Sessions) -> None:
        self._shell = shell
        self._sessions = sessions
        self._running: dict[int, list[Running]] = {}

    def before(self, info: ExecutionInfo) -> None:
        """Start recording if this cell is to be stored (``pre_run_cell``)."""
        running = Running(info)
        self._stack().append(running)
        lines = self._lines(str(info.raw_cell))
        outer = _OUTER.match(lines[0]) if lines else None
        above = lines[:1] if outer else []
        args = _arguments(lines[len(above) :])
        if args is None:
            return
        if args.name is not None:
            args.name = str(values.expand(line.Word(args.name), self._shell.user_ns))
        running.args = args
        running.source = "".join([*above, *lines[len(above) + 1 :]])
        running.recorder = Recorder(self._shell, self._elsewhere)
        running.recorder.start()

    def after(self, result: ExecutionResult) -> None:
        """Stop recording and store (``post_run_cell``, also after an error)."""
        running = self._ended(result.info)
        if running is None or running.recorder is None or running.args is None:
            return
        captured = running.recorder.stop()
        if not result.success and running.args.on_error != "keep":
            if isinstance(result.error_before_exec, SyntaxError):
                print(_IS_PYTHON, file=sys.stderr)  # noqa: T201  (below the error: explains it)
            return
        try:
            card = self._store(running, running.args, captured, result)
        except BaseException as error:  # noqa: BLE001  (see _fail)
            self._fail(result, error)
            return
        show(card)

    def stop(self) -> None:
        """Leave no recorder behind; nothing of a cell that still runs is stored."""
        for stack in self._running.values():
            for running in reversed(stack):
                if running.recorder is not None:
                    running.recorder.stop()
        self._running.clear()

    def _store(
        self,
        running: Running,
        args: argparse.Namespace,
        captured: Captured,
        result: ExecutionResult,
    ) -> Card:
        from jupyter_ipfs.magics import outputs, progress  # noqa: PLC0415  (loading counts)

        if not running.source.strip():
            hint = "write the code below that line, or store one thing: %ipfs put x"
            raise ConfigError("the cell is empty, so there is nothing to store", hint)
        notes: list[str] = []
        error = result.error_before_exec or result.error_in_exec
        if error is not None:
            notes.append(f"The cell failed with {type(error).__name__}; this is what there was.")
        value = self._value(result.result, notes)
        files = outputs.files(running.source, captured, value, error)
        session = self._sessions.get()
        with progress.Meter(progress.line_for(self._shell)) as meter:
            stored = with_consent(
                session,
                lambda: session.store_files(files, name=args.name, pin=args.pin, progress=meter),
            )
        return storing.card(self._sessions, stored, meter.last, notes=notes, label="Cell output")

    def _value(self, value: object, notes: list[str]) -> Mapping[str, bytes | Path] | None:
        """Return the last value as files; without an adapter it is kept as it was shown."""
        if value is None or isinstance(value, _OURS):
            return None
        from jupyter_ipfs import adapters  # noqa: PLC0415  (loading counts)

        try:
            return adapters.dump(value)
        except AdapterError as error:
            hint = f" ({error.hint})" if error.hint else ""
            notes.append(f"The last value is kept only as it was shown: {error}{hint}")
            return None

    def _fail(self, result: ExecutionResult, error: BaseException) -> None:
        """Make the cell fail: IPython only prints what a callback raises, and goes on."""
        if failure.is_plain(error):
            failure.soften(error)
        self._shell.showtraceback((type(error), error, error.__traceback__))
        if result.success:
            result.error_in_exec = error

    def _lines(self, raw: str) -> list[str]:
        """Return the lines as our transform saw them."""
        lines = raw.splitlines(keepends=True)
        for transform in self._shell.input_transformer_manager.cleanup_transforms:
            if transform is without_magic:
                break
            try:
                lines = transform(lines)
            except SyntaxError:  # somebody's transform; IPython will say so itself
                return []
        return lines

    def _stack(self) -> list[Running]:
        return self._running.setdefault(threading.get_ident(), [])

    def _elsewhere(self) -> set[int]:
        return set(self._running)

    def _ended(self, info: ExecutionInfo | None) -> Running | None:
        """Take the cell, and what was left above it, off this thread's stack."""
        stack = self._stack()
        found = next((running for running in stack if running.info is info), None)
        while found is not None and stack:
            running = stack.pop()
            if running is found:
                break
            if running.recorder is not None:
                running.recorder.stop()
        if not stack:
            self._running.pop(threading.get_ident(), None)
        return found
