"""Ocean's contracts on a fresh chain: which transactions, in which order, at which addresses.

All are sent by the first account of the well-known development mnemonic ("test test … junk"), so
that every sandbox has them at the same addresses, and those of other people's development chains.
After that the account hands its money to the sandbox's faucet and does nothing more
(``safety.md`` 14): its key is public.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from jupyter_ipfs.ocean import artifacts, chains

CHAIN_ID = chains.SANDBOX_ID

DEPLOYER = "0xf39Fd6e51aad88F6F4ce6aB8827279cfFFb92266"
# Public, as the mnemonic is: in the documentation of every development chain.
DEPLOYER_KEY = bytes.fromhex("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80")

_NOWHERE = "0x000000000000000000000000000000000000dEaD"  # as pool template: pools are history
_CREATED = (
    "Ocean",
    "OPFCommunityFeeCollector",
    "Router",
    "FixedPrice",
    "Dispenser",
    "ERC20Template",
    "ERC20TemplateEnterprise",
    "ERC20Template4",
    "ERC721Template",
    "ERC721Factory",
)
_CREATED_LATER = ("AccessList", "AccessListFactory", "Escrow", "BatchPayments")


@dataclass(frozen=True, slots=True)
class Step:
    """One transaction of the deployment; its nonce is its place.

    Attributes:
        to: The contract that is called, with checksum; ``None`` creates one.
        data: Its calldata, or the code that creates.
    """

    to: str | None
    data: bytes


@cache
def contracts() -> dict[str, str]:
    """Return where each contract lies, by the name that `steps` gives it."""
    first = {name: _created_at(nonce) for nonce, name in enumerate(_CREATED)}
    after = len(_CREATED) + 6  # the calls that tell Factory and Router of each other
    return first | {name: _created_at(after + n) for n, name in enumerate(_CREATED_LATER)}


def addresses() -> dict[str, Any]:
    """Return the chain's entry in the shape of ocean-contracts' ``address.json``."""
    at = contracts()
    return {
        "chainId": CHAIN_ID,
        "startBlock": 0,
        "Ocean": at["Ocean"],
        "OPFCommunityFeeCollector": at["OPFCommunityFeeCollector"],
        "Router": at["Router"],
        "FixedPrice": at["FixedPrice"],
        "Dispenser": at["Dispenser"],
        "ERC721Factory": at["ERC721Factory"],
        "ERC721Template": {"1": at["ERC721Template"]},
        # By their place in the factory, as `Factory.getTokenTemplate` counts.
        "ERC20Template": {
            "1": at["ERC20Template"],
            "2": at["ERC20TemplateEnterprise"],
            "3": at["ERC20Template4"],
        },
        "AccessListFactory": at["AccessListFactory"],
        "Escrow": at["Escrow"],
        "BatchPayments": at["BatchPayments"],
    }


def steps() -> list[Step]:
    """Return the transactions, from nonce 0 on."""
    at = contracts()
    owner = ("address", DEPLOYER)
    router, factory = ("address", at["Router"]), ("address", at["ERC721Factory"])
    ocean = ("address", at["Ocean"])
    collector = ("address", at["OPFCommunityFeeCollector"])
    nobody = ("address", _NOWHERE)
    return [
        _create("MockERC20", owner, ("string", "Ocean"), ("string", "OCEAN")),
        _create("OPFCommunityFeeCollector", owner, owner),
        _create("FactoryRouter", owner, ocean, nobody, collector, ("address[]", [])),
        _create("FixedRateExchange", router),
        _create("Dispenser", router),
        _create("ERC20Template"),
        _create("ERC20TemplateEnterprise"),
        _create("ERC20Template4"),
        _create("ERC721Template"),
        _create(
            "ERC721Factory",
            ("address", at["ERC721Template"]),
            ("address", at["ERC20Template"]),  # the factory's first template
            router,
        ),
        _call("ERC721Factory", "addTokenTemplate", ("address", at["ERC20TemplateEnterprise"])),
        _call("ERC721Factory", "addTokenTemplate", ("address", at["ERC20Template4"])),
        _call("Router", "addFactory", factory),
        _call("Router", "addFixedRateContract", ("address", at["FixedPrice"])),
        _call("Router", "addDispenserContract", ("address", at["Dispenser"])),
        _call("Router", "addApprovedToken", ocean),
        _create("AccessList"),
        _create("AccessListFactory", ("address", at["AccessList"])),
        _create("Escrow", router, collector),
        _create("BatchPayments"),
    ]


def ocean_transfer(to: str, amount_wei: int) -> Step:
    """Return the call that hands over OCEAN."""
    return _call("Ocean", "transfer", ("address", to), ("uint256", amount_wei))


def _create(artifact: str, *arguments: tuple[str, object]) -> Step:
    code = bytes.fromhex(artifacts.bytecode(artifact).removeprefix("0x"))
    return Step(None, code + _encoded(arguments))


def _call(contract: str, function: str, *arguments: tuple[str, object]) -> Step:
    from eth_utils.crypto import keccak  # noqa: PLC0415  (only the sandbox needs it)

    signature = f"{function}({','.join(kind for kind, _ in arguments)})"
    return Step(contracts()[contract], keccak(text=signature)[:4] + _encoded(arguments))


def _encoded(arguments: tuple[tuple[str, object], ...]) -> bytes:
    from eth_abi.abi import encode  # noqa: PLC0415

    return bytes(encode([kind for kind, _ in arguments], [value for _, value in arguments]))


def _created_at(nonce: int) -> str:
    """Return the address of what the deployer creates at a nonce (Yellow Paper, section 7)."""
    from eth_utils.address import to_checksum_address  # noqa: PLC0415
    from eth_utils.crypto import keccak  # noqa: PLC0415

    sender = bytes.fromhex(DEPLOYER.removeprefix("0x"))
    # [sender, nonce] in RLP; the nonce is below 0x80: one byte, and zero is the empty text.
    encoded = b"\xd6\x94" + sender + bytes([nonce or 0x80])
    return to_checksum_address(keccak(encoded)[12:])
