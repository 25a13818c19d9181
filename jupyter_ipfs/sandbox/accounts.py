"""Play money: from the faucet, which has all of it, to whoever is given some."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.sandbox import deploy
from jupyter_ipfs.wallet import sandbox_accounts

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ipfs.sandbox.chain import PracticeChain

ETHER_WEI = 100 * 10**18
OCEAN_WEI = 1000 * 10**18

WORDS = "100 ETH and 1,000 OCEAN (play money)"

_GIVEN = "funded"


def fund(chain: PracticeChain, repo: Path, address: str) -> None:
    """Give an address ETH and OCEAN.

    Args:
        chain: The chain.
        repo: Whose faucet it is.
        address: With its checksum, or in small letters.

    Raises:
        ValueError: It is no address, or mistyped.
        RPCError: The faucet is empty, or the address is a contract that refuses.
    """
    from eth_keys.datatypes import PrivateKey  # noqa: PLC0415
    from eth_utils.address import is_hex_address, to_checksum_address  # noqa: PLC0415

    right = to_checksum_address(address) if is_hex_address(address) else ""
    if address not in (right, right.lower()) or int(address, 16) == 0:
        raise ValueError("that is no address")
    key = PrivateKey(sandbox_accounts.private_key(repo, sandbox_accounts.FAUCET))
    step = deploy.ocean_transfer(address, OCEAN_WEI)
    with chain.lock, chain.database.transaction():
        chain.send(key, step.to, step.data)
        chain.send(key, address, b"", value=ETHER_WEI)


def fund_accounts(chain: PracticeChain, repo: Path) -> None:
    """Give the author and the buyer their first money, once."""
    if chain.database.fact(_GIVEN) is not None:
        return
    with chain.lock, chain.database.transaction():
        for account in sandbox_accounts.accounts(repo):
            fund(chain, repo, account.address)
        chain.database.note(_GIVEN, "1")
