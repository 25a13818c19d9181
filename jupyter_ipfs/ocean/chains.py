"""The chains that assets can be published on, as data.

Where Ocean's contracts are comes from the package ocean-contracts. Of its networks these are
left out: those that have ended (goerli, mumbai, alfajores, polygonedge, filecointestnet), those
of closed consortia (gaiaxtestnet, gen-x-testnet, pontus-x-devnet), and Oasis Sapphire, where
calldata is encrypted and files are kept in the contract, which nothing here does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from jupyter_ipfs.errors import ConfigError
from jupyter_ipfs.ocean import artifacts

SANDBOX_ID = 8996

# Where address.json's word is not the artifact's.
_KEYS = {"FixedRateExchange": "FixedPrice", "FactoryRouter": "Router", "OceanToken": "Ocean"}


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain with Ocean's contracts on it.

    Attributes:
        name: As settings and commands have it.
        chain_id: Its number (EIP-155).
        title: For people.
        currency: The symbol of what gas is paid in; it has 18 decimals everywhere.
        explorer: Where people look at it: transactions are at ``<explorer>/tx/<hash>``.
        contracts: Addresses by the names of ``address.json``: ``ERC721Factory``, ``FixedPrice`` …
        is_sandbox: Whether it is the practice chain of this computer.
        is_test: Whether its money is worth nothing.
    """

    name: str
    chain_id: int
    title: str
    currency: str
    explorer: str | None = None
    contracts: Mapping[str, str] = field(default_factory=dict, hash=False)
    is_sandbox: bool = False
    is_test: bool = False

    def address(self, contract: str) -> str:
        """Return the address of one of Ocean's contracts, by its artifact's name.

        Raises:
            ConfigError: It is not on this chain.
        """
        found = self.contracts.get(_KEYS.get(contract, contract))
        if found is None:
            raise ConfigError(f"Ocean's {contract} is not on {self.title}", "choose another chain")
        return found

    @property
    def payment_token(self) -> str | None:
        """The address of the token that prices are in: OCEAN, or COMPY where that is not."""
        return self.contracts.get("Ocean") or self.contracts.get("COMPY")

    def with_contracts(self, contracts: Mapping[str, object]) -> Chain:
        """Return this chain with an entry of ``address.json``'s form: the sandbox's own."""
        return replace(self, contracts=_flat(contracts))


class _Listed(Mapping[str, str]):
    """The contracts of one network in ocean-contracts, read when first asked for."""

    def __init__(self, network: str) -> None:
        self._network = network

    def _all(self) -> dict[str, str]:
        return _flat(artifacts.addresses().get(self._network, {}))

    def __getitem__(self, name: str) -> str:
        return self._all()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())


def _flat(entry: Mapping[str, object]) -> dict[str, str]:
    """Keep what is one address; templates are looked up in the factory, on the chain."""
    return {
        name: value
        for name, value in entry.items()
        if isinstance(value, str) and value.startswith("0x")
    }


CHAINS = (
    Chain("sandbox", SANDBOX_ID, "Practice", "ETH", is_sandbox=True, is_test=True),
    Chain(
        "sepolia", 11155111, "Sepolia (test network)", "ETH",
        "https://sepolia.etherscan.io", _Listed("sepolia"), is_test=True,
    ),
    Chain(
        "optimism_sepolia", 11155420, "OP Sepolia (test network)", "ETH",
        "https://sepolia-optimism.etherscan.io", _Listed("optimism_sepolia"), is_test=True,
    ),
    Chain("base", 8453, "Base", "ETH", "https://basescan.org", _Listed("base")),
    Chain("optimism", 10, "OP Mainnet", "ETH", "https://optimistic.etherscan.io",
          _Listed("optimism")),
    Chain("polygon", 137, "Polygon", "POL", "https://polygonscan.com", _Listed("polygon")),
    Chain("mainnet", 1, "Ethereum", "ETH", "https://etherscan.io", _Listed("mainnet")),
    Chain("bsc", 56, "BNB Smart Chain", "BNB", "https://bscscan.com", _Listed("bsc")),
    Chain("energyweb", 246, "Energy Web Chain", "EWT", "https://explorer.energyweb.org",
          _Listed("energyweb")),
    Chain("moonriver", 1285, "Moonriver", "MOVR", "https://moonriver.moonscan.io",
          _Listed("moonriver")),
)  # fmt: skip


def by_name(name: str) -> Chain:
    """Return a chain by its name.

    Raises:
        ConfigError: There is none of that name; the hint lists them.
    """
    for chain in CHAINS:
        if chain.name == name:
            return chain
    names = ", ".join(chain.name for chain in CHAINS)
    raise ConfigError(f"{name[:40]!a} is no chain that is known here", f"known are {names}")


def by_id(chain_id: int) -> Chain:
    """Return a chain by its number.

    Raises:
        ConfigError: There is none.
    """
    for chain in CHAINS:
        if chain.chain_id == chain_id:
            return chain
    raise ConfigError(f"chain {chain_id} is not known here")
