"""Wallets that are contracts: the chain is asked when no key has signed, and only then."""

from __future__ import annotations

import pytest

from jupyter_ipfs.errors import ChainError, SignatureError
from jupyter_ipfs.ocean import chains, contract_wallets
from jupyter_ipfs.wallet import recover
from tests.wallet.keys import ALICE, BOB

NOBODY_THERE = "http://127.0.0.1:1"


def test_where_no_chain_can_be_asked_there_is_nothing_to_ask_with() -> None:
    assert contract_wallets.check(chains.by_name("sandbox"), NOBODY_THERE) is None
    assert contract_wallets.check(chains.by_name("polygon"), "") is None


def test_a_keys_own_signature_asks_nobody() -> None:
    contract = contract_wallets.check(chains.by_name("polygon"), NOBODY_THERE)
    recover.check(ALICE.address, "hello", ALICE.sign_message("hello"), contract)


def test_a_chain_that_does_not_answer_is_said_so_and_proves_nothing() -> None:
    contract = contract_wallets.check(chains.by_name("polygon"), NOBODY_THERE)
    with pytest.raises(ChainError):
        recover.check(ALICE.address, "hello", BOB.sign_message("hello"), contract)
    with pytest.raises(SignatureError):
        recover.check(ALICE.address, "hello", BOB.sign_message("hello"))
