"""One run of a command: its arguments, its session, and how it speaks."""

from __future__ import annotations

import contextlib
import json
import sys
from typing import TYPE_CHECKING, Protocol, Self

from jupyter_ipfs.cli import terminal
from jupyter_ipfs.errors import ConsentRequiredError, FetchError, JupyterIPFSError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping
    from types import TracebackType

    from jupyter_ipfs.cli.progress import ProgressLine
    from jupyter_ipfs.protocols import ProgressCallback
    from jupyter_ipfs.session import Session


class Command(Protocol):
    """What a command's module provides."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""

    def run(self, invocation: Invocation) -> int:
        """Do it; return the exit status."""


class Invocation:
    """What a command gets: arguments in, lines out, and the session in between.

    Attributes:
        args: The parsed arguments.
        json: Whether one JSON object a line was asked for.
    """

    def __init__(self, args: argparse.Namespace) -> None:
        self.args = args
        self.json: bool = getattr(args, "json", False)
        self._session: Session | None = None
        self._progress_line: ProgressLine | None = None
        for stream in (sys.stdout, sys.stderr):
            # A terminal that cannot show a character must not end the command.
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")

    @property
    def session(self) -> Session:
        """The session on the repo and the backend that were asked for; opened on first use."""
        if self._session is None:
            from jupyter_ipfs.session import connect  # noqa: PLC0415  (start-up counts)

            backend = getattr(self.args, "backend", None)
            self._session = connect(backend=backend, repo=getattr(self.args, "repo", None))
        return self._session

    def emit(self, record: Mapping[str, object], text: str | None) -> None:
        """Print one result: the record with ``--json``, else the text (``None``: nothing).

        Whatever stands in ``text`` from outside must have gone through `terminal.escape`.
        """
        if self.json:
            self.line(json.dumps(record))
        elif text is not None:
            self.line(text)

    def line(self, text: str) -> None:
        """Print a line of results that has no record of its own."""
        self._make_room()
        sys.stdout.write(text + "\n")

    def note(self, text: str) -> None:
        """Tell a person something that is no result, on standard error."""
        if not self.json:
            self._make_room()
            sys.stdout.flush()
            sys.stderr.write(text + "\n")

    def agreed(self, question: str, *, yes: bool) -> bool:
        """Ask before something that cannot be undone.

        Raises:
            SystemExit: There is nobody to ask and ``--yes`` was not given (wrong usage).
        """
        if yes:
            return True
        if not terminal.is_interactive():
            self.args.parser.error(f"{question} There is nobody to ask: say so with --yes")
        return terminal.confirm(question)

    def may_publish(self) -> bool:
        """Ask whether what is put on this Kubo may become public, and note a yes for good."""
        if not terminal.is_interactive():
            return False
        from jupyter_ipfs.config import agree_to_announce  # noqa: PLC0415  (rarely needed)

        url = self._kubo_url
        question = f"Kubo at {url} announces what it holds: anyone can find and read it. Publish?"
        if not terminal.confirm(terminal.escape(question)):
            return False
        agree_to_announce(self.session.config.repo, url)
        return True

    @property
    def _kubo_url(self) -> str:
        """The Kubo that is written to: the target of a push, else the backend."""
        target: str = getattr(self.args, "target", "")
        return target if "://" in target else self.session.config.kubo_url

    @contextlib.contextmanager
    def progress(self, *, wanted: bool | None = None) -> Iterator[ProgressCallback | None]:
        """Give a callback that draws on standard error.

        Args:
            wanted: ``True`` or ``False`` as asked for; ``None`` means: if it is a terminal.
        """
        if self.json or not (sys.stderr.isatty() if wanted is None else wanted):
            yield None
            return
        from jupyter_ipfs.cli.progress import ProgressLine  # noqa: PLC0415

        with ProgressLine() as line:
            self._progress_line = line
            try:
                yield line
            finally:
                self._progress_line = None

    def _make_room(self) -> None:
        """Take the progress line away for a line that stays; it is drawn again below that."""
        if self._progress_line is not None:
            self._progress_line.clear()

    def error(self, error: Exception) -> None:
        """Tell an error in one line on standard error (with ``--json``: as one object)."""
        message, hint = _told(error)
        if isinstance(error, ConsentRequiredError):
            hint = f"to agree, once: jupyter ipfs config kubo.announce {self._kubo_url}"
        sys.stdout.flush()
        if self.json:
            kind = type(error).__name__
            record = {"error": kind, "message": message, "hint": hint}
            sys.stderr.write(json.dumps(record) + "\n")
            return
        line = f"Error: {message}"
        if hint:
            line += f". Hint: {hint}"
        sys.stderr.write(_one_line(line) + "\n")

    def interrupted(self) -> None:
        """Say that Ctrl-C was taken."""
        with contextlib.suppress(OSError):
            sys.stdout.flush()
        sys.stderr.write("Interrupted.\n")

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the session."""
        if self._session is not None:
            self._session.close()


def _told(error: Exception) -> tuple[str, str | None]:
    if isinstance(error, JupyterIPFSError):
        message = str(error)
        if isinstance(error, FetchError) and error.tried:
            message += " (tried " + "; ".join(error.tried) + ")"
        # Hints are written for notebooks.
        return message, error.hint and error.hint.replace("%ipfs ", "jupyter ipfs ")
    if isinstance(error, OSError) and error.strerror:
        subject = f"{error.filename}: " if error.filename is not None else ""
        return f"{subject}{error.strerror}", None
    return str(error) or type(error).__name__, None


def _one_line(text: str) -> str:
    """Keep untrusted text from steering the terminal, without doubling backslashes."""
    return "".join(c if c.isprintable() or c == "\\" else terminal.escape(c) for c in text)
