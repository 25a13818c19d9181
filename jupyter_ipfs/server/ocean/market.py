"""The market as one user sees it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import ConfigError, NotSignedInError, RequestError
from jupyter_ipfs.server import chain as chains
from jupyter_ipfs.server.sessions import open_session

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import NoReturn

    from jupyter_ipfs.config import Config
    from jupyter_ipfs.ocean.door import Ocean
    from jupyter_ipfs.server.wallet.wallets import Wallets


class Viewer:
    """Somebody who looks: an address, by which nothing is signed.

    Args:
        address: Whose, with checksum.
    """

    kind = "browser"
    chain_id = 0

    def __init__(self, address: str) -> None:
        self.address = address

    def sign_request(self, *_: object) -> NoReturn:
        """Refuse."""
        raise NotSignedInError("nothing is signed by looking", "start it as a job")

    send = vouch = sign_request


@contextmanager
def seen_by(user: str, wallets: Wallets) -> Iterator[Ocean]:
    """Open the market for a request; a practice chain that was used before is started.

    Raises:
        RequestError: A setting is missing.
    """
    account = wallets.get(user)
    with open_session() as session:
        if account is not None and account.chain_id == chains.chosen(session.config).chain_id:
            session.wallet.use(Viewer(account.address))
        try:
            yield session.ocean
        except ConfigError as error:
            raise RequestError(error.message, error.hint) from None


def is_empty(config: Config) -> bool:
    """Tell whether there can be nothing to list: practice that nobody has begun."""
    if not chains.chosen(config).is_sandbox:
        return False
    return not (config.repo / "sandbox").exists() or (
        not (config.repo / "sandbox" / "chain.sqlite").exists() and chains.running(config) is None
    )


def is_asleep(config: Config) -> bool:
    """Tell whether the practice chain would have to be started to be asked."""
    return chains.chosen(config).is_sandbox and chains.running(config) is None
