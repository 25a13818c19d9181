"""What can be asked to be signed: a closed set of typed values (``safety.md`` 13).

None carries a digest, calldata or a text of the asker's. Whoever signs makes those from the
fields: the browser's wallet by what the server builds, a local key by what `signers` build.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

# As JSON and the ABI can both have them: text, whole numbers, truth, bytes, and lists of those.
Argument: TypeAlias = "str | int | bool | bytes | tuple[Argument, ...]"


@dataclass(frozen=True, slots=True)
class SignIn:
    """Sign in, by EIP-4361; the server writes the message.

    Attributes:
        chain_id: The chain that the session is for.
    """

    chain_id: int


@dataclass(frozen=True, slots=True)
class OceanRequest:
    """Let an Ocean Node do something in one's name.

    Source: Ocean Node 3.2, ``signature = personal_sign(keccak256(address + nonce + command))``.

    Attributes:
        node_url: The Ocean Node.
        nonce: One more than the node's nonce of the address.
        command: The node's word for what is done: ``download``, ``encrypt``, ``decryptDDO`` …
    """

    node_url: str
    nonce: int
    command: str


@dataclass(frozen=True, slots=True)
class ContractCall:
    """Send a transaction that calls a known function of a known kind of contract.

    Attributes:
        chain_id: The chain.
        contract: The artifact's name in ocean-contracts: ``ERC721Factory``, ``ERC20Template``.
        to: The contract's address, with checksum.
        function: The function's name.
        arguments: Its arguments, in order; addresses are texts, structs are tuples.
        value_wei: Money that is sent along.
    """

    chain_id: int
    contract: str
    to: str
    function: str
    arguments: tuple[Argument, ...] = ()
    value_wei: int = 0


@dataclass(frozen=True, slots=True)
class Vouch:
    """Vouch for a bundle or a report, by a readable text (``safety.md`` 19).

    Attributes:
        payload: The full CID of what is vouched for.
        role: ``author`` or ``reviewer``.
        chain_id: The chain that the wallet stands at.
        title: What it is called; shown as the asker's claim, and not part of what is signed.
    """

    payload: str
    role: str
    chain_id: int
    title: str = ""


Intent: TypeAlias = SignIn | OceanRequest | ContractCall | Vouch
