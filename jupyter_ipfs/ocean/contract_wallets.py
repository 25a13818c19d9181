"""Wallets that are contracts: whether a signature is theirs, asked of their chain (EIP-1271)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_ipfs.ocean.chains import Chain
    from jupyter_ipfs.wallet.recover import ContractCheck


def check(chain: Chain, rpc_url: str) -> ContractCheck | None:
    """Return what asks a chain; ``None`` where it cannot be asked, or has no such wallets.

    Nothing is asked, and web3 is not imported, before a signature turns out to be by no key.
    """
    if chain.is_sandbox or not rpc_url:
        return None

    def ask(address: str, digest: bytes, signature: bytes) -> bool:
        from jupyter_ipfs.ocean.connection import ChainConnection  # noqa: PLC0415  (1.5 s)

        return ChainConnection(chain, rpc_url).is_valid_signature(address, digest, signature)

    return ask
