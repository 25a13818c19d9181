"""One call of a magic: its arguments, the notebook's variables, and whom to ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import ConfigError, NameNotFoundError
from jupyter_ipfs.magics import asking, progress
from jupyter_ipfs.magics.results import Card

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from IPython.core.interactiveshell import InteractiveShell

    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.magics.recording import Recording
    from jupyter_ipfs.magics.sessions import Sessions
    from jupyter_ipfs.session import Session


@dataclass(frozen=True)
class Call:
    """What a command gets."""

    args: argparse.Namespace
    line: str
    shell: InteractiveShell
    sessions: Sessions
    namespace: Mapping[str, object]
    recording: Recording

    @property
    def session(self) -> Session:
        """The notebook's session, opened when it is first needed."""
        return self.sessions.get()

    def meter(self) -> progress.Meter:
        """Return a progress callback that draws where this shell can."""
        return progress.Meter(progress.line_for(self.shell))

    def path(self, text: str) -> str | CID:
        """Return what a PATH stands for: a name first, else a variable that holds a CID."""
        held = self.namespace.get(text) if text.isidentifier() else None
        if held is None:
            return text
        from jupyter_ipfs.ipld.cid import CID  # noqa: PLC0415  (loading counts)

        cid = held.cid if isinstance(held, Card) else held
        if not isinstance(cid, CID):
            return text
        try:
            self.session.path(text)
        except (NameNotFoundError, ValueError):
            return cid
        return text

    def agree(self, question: str) -> bool:
        """Ask before something that cannot be undone, unless ``--yes`` was given.

        Raises:
            ConfigError: There is nobody to ask; the hint is the line to type.
        """
        if self.args.yes:
            return True
        try:
            return asking.agreed(question)
        except ConfigError as error:
            error.hint = f"to do it: %ipfs {self.line} --yes"
            raise
