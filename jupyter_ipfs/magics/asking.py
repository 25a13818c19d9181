"""Asking the person at the notebook, where there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from jupyter_ipfs.errors import ConfigError, ConsentRequiredError

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ipfs.session import Session

T = TypeVar("T")


def agreed(question: str) -> bool:
    """Ask; only *yes* is yes.

    Raises:
        ConfigError: There is nobody to ask: a notebook that runs by itself.
    """
    from IPython.core.error import StdinNotImplementedError  # noqa: PLC0415  (rarely needed)

    try:
        answer = input(f"{question} [y/N] ")
    except (StdinNotImplementedError, EOFError, OSError):
        raise ConfigError(f"{question} Nobody can be asked here, so nothing was done") from None
    return answer.strip().lower() in {"y", "yes"}


def with_consent(session: Session, action: Callable[[], T], url: str | None = None) -> T:
    """Do what may publish to the world; ask before the first time, once for each Kubo.

    Args:
        session: Where the consent is kept.
        action: What to do; it is done again after a yes.
        url: The Kubo, if it is not the session's own.
    """
    try:
        return action()
    except ConsentRequiredError as error:
        url = url or session.config.kubo_url
        error.hint = f"to agree, once for this Kubo: %ipfs config announce {url}"
        try:
            yes = agreed(f"{error}. Do it?")
        except ConfigError:
            raise error from None
        if not yes:
            raise
    from jupyter_ipfs import config  # noqa: PLC0415  (loading counts)

    config.agree_to_announce(session.config.repo, url)
    return action()
