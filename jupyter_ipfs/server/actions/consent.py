"""``agree: true``: the user's agreement that what is stored on a Kubo becomes public.

The actions that store raise `ConsentRequiredError` before they would publish; the front end
asks, and sends the same again with the answer, which is then good for that Kubo for ever.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_ipfs.server.actions import Arguments
    from jupyter_ipfs.session import Session


def given(arguments: Arguments) -> bool:
    """Tell whether the request brings the user's agreement."""
    return arguments.get("agree") is True


def record(session: Session, arguments: Arguments, url: str | None = None) -> None:
    """Note the agreement, if it was given, for the Kubo at ``url`` or else the one in use.

    Raises:
        SettingLockedError: The administrator decides what may be published.
    """
    from jupyter_ipfs.config import agree_to_announce  # noqa: PLC0415  (rarely needed)

    if not arguments["agree"] or (url is None and session.config.backend != "kubo"):
        return
    agree_to_announce(session.repo.path, url or session.config.kubo_url)
