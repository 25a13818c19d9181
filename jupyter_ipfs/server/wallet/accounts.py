"""What kind of account signs in: a practice one, a key's, a contract's."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ipfs.wallet.siwe import SiweMessage


def kind(message: SiweMessage) -> str:
    """Return ``sandbox`` for an account of the practice wallet, whoever claims to have it."""
    from jupyter_ipfs import config as settings  # noqa: PLC0415  (the server starts without it)
    from jupyter_ipfs.server import chain  # noqa: PLC0415

    config = settings.load()
    if not chain.chosen(config).is_sandbox:
        return "browser"
    practice = {each["address"] for each in chain.accounts(config)}
    return "sandbox" if message.address in practice else "browser"


def contract(chain_id: int) -> Callable[[str, bytes, bytes], bool] | None:
    """Return what asks the chain whether a contract takes a signature for its own (EIP-1271)."""
    from jupyter_ipfs import config as settings  # noqa: PLC0415
    from jupyter_ipfs.server import chain as chains  # noqa: PLC0415

    chain, rpc_url = chains.place(settings.load())
    if chain.is_sandbox or not rpc_url or chain.chain_id != chain_id:
        return None

    def ask(address: str, digest: bytes, signature: bytes) -> bool:
        from jupyter_ipfs.ocean.connection import ChainConnection  # noqa: PLC0415  (1.5 s)

        return ChainConnection(chain, rpc_url).is_valid_signature(address, digest, signature)

    return ask
