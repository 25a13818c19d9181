"""``session.ocean``: assets, from publishing to download."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ipfs.wallet.door import Wallet


class Ocean:
    """The market of one session."""

    def __init__(self, content: Any, wallet: Wallet, config: Callable[[], Any]) -> None:  # noqa: ANN401
        self._content = content
        self._wallet = wallet
        self._config = config

    def close(self) -> None:
        """Let go of connections; idempotent."""
