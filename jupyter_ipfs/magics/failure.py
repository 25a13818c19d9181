"""How errors look in a notebook: message and hint, no traceback; the cell fails all the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import FetchError, JupyterIPFSError
from jupyter_ipfs.words import foreign

if TYPE_CHECKING:
    from collections.abc import Iterator

# Lower layers name the shell's command; here it is the magic of the same name.
_COMMAND = re.compile(r"\bjupyter[- ]ipfs (?=[a-z])")


def is_plain(error: BaseException) -> bool:
    """Tell whether message and hint say all there is: our errors, the system's, Ctrl-C."""
    return isinstance(error, JupyterIPFSError | OSError | KeyboardInterrupt)


def soften(error: BaseException) -> None:
    """Let IPython show this error without its traceback.

    The error keeps its class, so that ``except NameNotFoundError`` works in a cell, and
    papermill and nbclient stop. IPython asks an error for ``_render_traceback_`` first.
    """
    lines = list(_lines(error))
    error._render_traceback_ = lambda: lines  # type: ignore[attr-defined]
    error.__suppress_context__ = True


def describe(error: BaseException) -> str:
    """Return the message in one line."""
    if isinstance(error, KeyboardInterrupt):
        return "stopped"
    if isinstance(error, OSError) and not isinstance(error, JupyterIPFSError) and error.strerror:
        subject = f"{error.filename}: " if error.filename is not None else ""
        return foreign.one_line(f"{subject}{error.strerror}")
    return foreign.one_line(str(error)) or type(error).__name__


def _lines(error: BaseException) -> Iterator[str]:
    yield f"{type(error).__name__}: {describe(error)}"
    if isinstance(error, FetchError):
        yield from (f"  tried {foreign.one_line(tried)}" for tried in error.tried)
    if isinstance(error, JupyterIPFSError) and error.hint:
        yield f"Hint: {_COMMAND.sub('%ipfs ', foreign.plain(error.hint))}"
