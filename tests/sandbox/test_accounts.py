"""The practice accounts: random, private, made once; and the money that they begin with."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from eth_account import Account

from jupyter_ipfs.errors import SandboxError, WalletError
from jupyter_ipfs.ocean import local_sandbox
from jupyter_ipfs.sandbox import deploy
from jupyter_ipfs.wallet import sandbox_accounts

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sandboxes import Sandbox


def test_accounts_are_random_and_nobody_elses_to_read(tmp_path: Path) -> None:
    first = sandbox_accounts.accounts(tmp_path / "a")
    other = sandbox_accounts.accounts(tmp_path / "b")
    assert [account.label for account in first] == ["author", "buyer"]
    assert first == sandbox_accounts.accounts(tmp_path / "a")
    assert {account.address for account in first}.isdisjoint(each.address for each in other)
    file = tmp_path / "a" / "sandbox" / "accounts.json"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    for account in first:
        key = sandbox_accounts.private_key(tmp_path / "a", account.label)
        assert Account.from_key(key).address == account.address
        assert key.hex() not in repr(account)
        assert key != deploy.DEPLOYER_KEY
    assert sandbox_accounts.signer(tmp_path / "a", "author").address == first[0].address


def test_those_who_ask_first_at_once_get_the_same_accounts(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: sandbox_accounts.accounts(tmp_path / "repo"), range(8)))
    assert all(each == found[0] for each in found)
    assert [file.name for file in (tmp_path / "repo" / "sandbox").iterdir()] == ["accounts.json"]


def test_a_damaged_file_is_told_without_its_keys(tmp_path: Path) -> None:
    sandbox_accounts.accounts(tmp_path)
    file = tmp_path / "sandbox" / "accounts.json"
    whole = file.read_text()
    document = json.loads(whole)
    secret = document["accounts"][0]["private_key"]
    for text in ("", "[]", whole[:-30], whole.replace(secret, secret[:-2]), whole + "x" * 70_000):
        file.write_text(text)
        with pytest.raises(WalletError) as caught:
            sandbox_accounts.accounts(tmp_path)
        assert caught.value.__cause__ is None
        assert secret[2:20] not in f"{caught.value} {caught.value.hint}"


@pytest.mark.parametrize("label", ["faucet", "", "deployer", "../author"])
def test_only_author_and_buyer_sign(tmp_path: Path, label: str) -> None:
    with pytest.raises(WalletError, match="no practice account"):
        sandbox_accounts.signer(tmp_path, label)


def test_play_money_goes_where_it_is_asked_to(sandbox: Sandbox) -> None:
    address = Account.create().address
    assert local_sandbox.fund(sandbox.repo, address) == "100 ETH and 1,000 OCEAN (play money)"
    balance_of = "0x70a08231" + address[2:].lower().rjust(64, "0")
    ocean = sandbox.info.chain.contracts["Ocean"]
    for given, each in ((address, 1), (address.lower(), 2)):
        assert sandbox.result("eth_getBalance", address, "latest") == hex(each * 100 * 10**18)
        held = sandbox.result("eth_call", {"to": ocean, "data": balance_of}, "latest")
        assert int(held, 16) == each * 1000 * 10**18
        local_sandbox.fund(sandbox.repo, given)
    with pytest.raises(SandboxError, match="no address"):
        local_sandbox.fund(sandbox.repo, address[:-1] + "é")


def test_a_file_of_brackets_is_damaged_and_ends_no_process(tmp_path: Path) -> None:
    sandbox_accounts.accounts(tmp_path)
    (tmp_path / "sandbox" / "accounts.json").write_bytes(b"[" * 60_000)
    with pytest.raises(WalletError, match="damaged"):
        sandbox_accounts.accounts(tmp_path)
