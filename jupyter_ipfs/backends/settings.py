"""What a backend is made from: what `jupyter_ipfs.config.Config` looks like from down here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path


class Settings(Protocol):
    """The settings that the built-in backends read; see `jupyter_ipfs.config.Config`.

    A backend is found by its name in the entry-point group ``jupyter_ipfs.backends``; what
    the entry point names is called with the local repo and these, and returns a
    `jupyter_ipfs.protocols.Backend`.
    """

    @property
    def repo(self) -> Path:
        """The directory of the local repo."""

    @property
    def kubo_url(self) -> str:
        """Where Kubo's RPC is."""

    @property
    def kubo_token(self) -> str | None:
        """``bearer:…`` or ``basic:user:password``."""

    @property
    def gateways(self) -> tuple[str, ...]:
        """Trustless gateways."""

    @property
    def sources(self) -> tuple[str, ...]:
        """Folders of CARs, CAR files, addresses of CARs."""

    @property
    def public_gateways(self) -> bool:
        """Whether the user agreed to ask the public gateways."""

    @property
    def announce(self) -> tuple[str, ...]:
        """The Kubo URLs of which the user agreed that what is put there becomes public."""
