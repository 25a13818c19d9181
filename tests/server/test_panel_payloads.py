"""What the labextension's own tests read is what this server writes; see `payloads`."""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from eth_account import Account

from jupyter_ipfs import config as settings
from jupyter_ipfs.config.environment import VARIABLES
from jupyter_ipfs.ipld.cid import CID, DAG_PB
from jupyter_ipfs.node.add import Options
from jupyter_ipfs.server import config, items
from jupyter_ipfs.server.wallet import listing, resource
from jupyter_ipfs.server.wallet.place import Place
from jupyter_ipfs.server.wallet.wallets import Wallets
from jupyter_ipfs.session import connect
from jupyter_ipfs.wallet.intents import ContractCall, OceanRequest, SignIn, Vouch
from jupyter_ipfs.wallet.requests import Mailbox, Origin
from tests.server.payloads import Steady, compare
from tests.server.test_wallet import CHAIN, signature

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = "photo\u202egpj.exe\n<script>"


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The repo that this process's handlers use."""
    for name in os.environ:
        if name.startswith("JUPYTER_IPFS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("JUPYTER_IPFS_REPO", str(tmp_path / "ipfs"))
    return tmp_path / "ipfs"


def listed(query: str) -> dict[str, Any]:
    found: dict[str, Any]
    (found,) = items.items("all", query, 0, 10, {})["items"]
    return found


def written(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the handlers write, by the names that the other tests know it under."""
    lab = tmp_path / "lab"
    lab.mkdir()
    told: dict[str, Any] = {}
    with connect(repo=repo) as session:
        for content in (b"first", b"second"):
            root = session.store_files({"survey.csv": content}, name="survey").root
        told["item"] = listed("survey")
        session.export_car(root, lab / "results.car")
        session.repo.record_check(root, str(lab / "results.car"))
        session.repo.record_copy(root, "http://kubo-lab:5001")
        told["item-elsewhere"] = listed("survey")
        hostile = tmp_path / HOSTILE
        hostile.write_bytes(b"hostile")
        unkept = session.add(hostile, pin=False, options=Options(wrap=True))
    told["item-hostile"] = items.item(str(unkept), {})
    settings.save(repo, sources=[str(lab)], kubo_token="bearer:abcdefghijklmnopqrstuvwxyz")
    monkeypatch.setenv(VARIABLES["backend"], "embedded")
    settings.hand_down({}, ["quota"])
    told["config"] = config.current()
    return told


def asked(repo: Path) -> dict[str, Any]:
    """What is told of wallets, and of what they are asked."""
    account, wallets, user = Account.create(), Wallets(), "ada"
    told: dict[str, Any] = {"wallet": resource.current(user, wallets)}
    place = Place("localhost:8888", "http://localhost:8888/")
    text = wallets.challenge(user, place, account.address, CHAIN).text()
    wallets.open(user, place, text, signature(account, text), "Mask")
    with closing(Mailbox(repo)) as mailbox:
        kernel = Origin("6b2b6ab2-1b3e-4e52-9c9d-0d2f5a7c3e11", "a b/publish.ipynb", 7)
        mailbox.ask(SignIn(CHAIN), origin=kernel)
        call = ContractCall(CHAIN, "MockERC20", account.address, "approve", (account.address, 5))
        mailbox.ask(call, address=account.address, note=HOSTILE)
        request = OceanRequest("https://ocean.example", 3, "download")
        mailbox.ask(request, address=account.address, origin=kernel)
        vouch = Vouch(str(CID.of(b"a payload", DAG_PB)), "author", CHAIN, HOSTILE)
        mailbox.ask(vouch, address=account.address, origin=kernel)
    for each in listing.listed(user, wallets):
        told[f"request-{each['kind']}"] = each
    told["wallet-signed-in"] = resource.current(user, wallets)
    return told


def test_the_payloads_of_the_front_end_s_tests_are_what_the_server_writes(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_IPFS_SERVER", "{}")  # what is handed down goes with the test
    steady = Steady(tmp_path)
    compare(steady(written(repo, tmp_path, monkeypatch)))
    compare(steady(asked(repo)))
