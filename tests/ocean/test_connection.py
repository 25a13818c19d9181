"""Sending to a real chain in this process, and what became of what was sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.wallet.intents import ContractCall

if TYPE_CHECKING:
    from tests.ocean.conftest import LocalChain

NOBODY = "0x" + "0" * 40


def publish_free(chain: LocalChain, template: int = 2) -> ContractCall:
    index = chain.connection.template_index(template)
    return ContractCall(
        8996,
        "ERC721Factory",
        chain.address("ERC721Factory"),
        "createNftWithErc20WithDispenser",
        (
            ("Survey", "SURVEY", 1, "", True, chain.author.address),
            (
                index, ("Access", "ACC"),
                (chain.author.address, NOBODY, NOBODY, NOBODY),
                (10**26, 0), (),
            ),
            (chain.address("Dispenser"), 10**18, 10**18, True, NOBODY),
        ),
    )  # fmt: skip


def test_a_free_asset_is_created_and_its_addresses_are_read_from_the_events(
    local_chain: LocalChain,
) -> None:
    call = publish_free(local_chain)
    receipt = local_chain.connection.transact(local_chain.author, call)
    nft = receipt.event("ERC721Factory", "NFTCreated").fields["newTokenAddress"]
    token = receipt.event("ERC721Factory", "TokenCreated").fields["newTokenAddress"]
    read = local_chain.connection.call
    assert read("ERC721Template", nft, "ownerOf", (1,)) == local_chain.author.address
    assert read("ERC20TemplateEnterprise", token, "getId") == 2
