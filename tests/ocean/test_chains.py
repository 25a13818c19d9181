"""Chains as data, and the files of ocean-contracts."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

import pytest
from eth_utils.address import is_checksum_address

from jupyter_ipfs.errors import ConfigError, MissingLibraryError
from jupyter_ipfs.ocean import artifacts, chains

if TYPE_CHECKING:
    from pathlib import Path


def test_a_chain_is_found_by_its_name_and_by_its_number() -> None:
    for chain in chains.CHAINS:
        assert chains.by_name(chain.name) is chain
        assert chains.by_id(chain.chain_id) is chain
    assert {"sandbox", "sepolia", "polygon", "optimism", "base", "mainnet"} <= {
        chain.name for chain in chains.CHAINS
    }


@pytest.mark.parametrize("name", ["goerli", "mumbai", "", "Sandbox\n", "<script>", "x" * 999])
def test_a_chain_that_is_not_known_is_refused_with_those_that_are(name: str) -> None:
    with pytest.raises(ConfigError) as caught:
        chains.by_name(name)
    assert "polygon" in (caught.value.hint or "")
    assert len(caught.value.message) < 100


def test_only_the_sandbox_is_the_sandbox() -> None:
    assert [chain.name for chain in chains.CHAINS if chain.is_sandbox] == ["sandbox"]
    with pytest.raises(ConfigError):
        chains.by_id(31337)


@pytest.mark.parametrize("chain", chains.CHAINS[1:], ids=lambda chain: chain.name)
def test_every_real_chain_has_what_publishing_takes(chain: chains.Chain) -> None:
    assert artifacts.addresses()[chain.name]["chainId"] == chain.chain_id
    for contract in ("ERC721Factory", "FixedRateExchange", "Dispenser", "FactoryRouter"):
        assert is_checksum_address(chain.address(contract))
    assert chain.payment_token is not None
    assert is_checksum_address(chain.payment_token)
    assert chain.explorer is not None


def test_a_contract_that_a_chain_lacks_is_said_to_be_missing() -> None:
    with pytest.raises(ConfigError, match="AccessListFactory is not on Polygon"):
        chains.by_name("polygon").address("AccessListFactory")
    with pytest.raises(ConfigError):
        chains.by_name("sandbox").address("ERC721Factory")


def test_artifacts_are_not_taken_from_beside_a_notebook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "artifacts").mkdir()
    (tmp_path / "artifacts" / "__init__.py").write_text("raise SystemExit('a stranger')")
    (tmp_path / "artifacts" / "Dispenser.json").write_text('{"abi": [], "bytecode": "0x"}')
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "artifacts", raising=False)
    importlib.invalidate_caches()
    artifacts.abi.cache_clear()
    assert len(artifacts.abi("Dispenser")) > 10
    assert artifacts.bytecode("Dispenser").startswith("0x60")


@pytest.mark.parametrize("name", ["../addresses/address", "", "a/b", "Nöthing", "a\0b"])
def test_a_contracts_name_is_no_path(name: str) -> None:
    with pytest.raises(ValueError, match="no contract's name"):
        artifacts.abi(name)


def test_a_contract_that_is_not_there_is_a_missing_library() -> None:
    with pytest.raises(MissingLibraryError):
        artifacts.abi("NoSuchContract")
