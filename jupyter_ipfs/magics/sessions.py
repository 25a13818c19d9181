"""The session that a notebook's magics share."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_ipfs.session import Session


class Sessions:
    """Opens a session when it is first needed, and another one when the repo was switched.

    Attributes:
        explained: Whether this notebook has been told what a CID is.
    """

    def __init__(self) -> None:
        self.explained = False
        self._session: Session | None = None

    def get(self) -> Session:
        """Return the session for what environment and settings say at this moment.

        Raises:
            ConfigError: A setting cannot be used.
            RepoError: The repo cannot be opened.
        """
        from jupyter_ipfs import config  # noqa: PLC0415  (loading counts)
        from jupyter_ipfs.session import connect  # noqa: PLC0415

        repo = config.load().repo
        if self._session is None or self._session.config.repo != repo:
            self.close()
            self._session = connect()
        return self._session

    def close(self) -> None:
        """Let go of the session; idempotent."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def explain(self) -> bool:
        """Tell whether now is the first time."""
        first, self.explained = not self.explained, True
        return first
