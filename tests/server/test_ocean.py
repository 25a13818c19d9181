"""Publishing, finding, buying and downloading through the server, on the real practice chain."""

from __future__ import annotations

import json
import os
import signal
import time
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ipfs.node.add import Options
from jupyter_ipfs.wallet.requests import Mailbox
from tests.server.payloads import Steady, compare
from tests.server.test_openapi import answered
from tests.server.test_requests import answer, listed, shown
from tests.server.test_sandbox import rpc
from tests.server.test_wallet import challenge
from tests.server.uploading import ENDED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

    from jupyter_ipfs.session import Session
    from tests.jupyter_process import JupyterProcess
    from tests.server.conftest import Practice

DATA = b"species,petal\nsetosa,0.2\n" * 40
WAIT_S = 60


@dataclass(frozen=True, slots=True)
class Page:
    """A browser with the practice wallet, in which somebody clicks *Sign* at whatever comes."""

    client: httpx.Client
    address: str
    mailbox: Mailbox
    signed: list[dict[str, Any]] = field(default_factory=list)

    def sign_in(self) -> None:
        text = challenge(self.client, self.address)
        data = "0x" + text.encode().hex()
        signature = rpc(self.client, "personal_sign", data, self.address)["result"]
        body = {"message": text, "signature": signature, "wallet_name": "Practice"}
        assert self.client.post("jupyter-ipfs/wallet/session", json=body).status_code == 200

    def sign(self, request_id: str) -> None:
        told = shown(self.client, request_id).json()
        result = rpc(self.client, told["method"], *told["params"])
        assert answer(self.client, request_id, result=result["result"]).status_code == 204

    def start(self, action: str, **arguments: object) -> dict[str, Any]:
        self.mailbox.heartbeat("the page", 1)
        body = {"action": action, "arguments": arguments}
        started = answered(self.client, "POST", "jobs", json=body)
        assert started.status_code == 202, started.text
        job: dict[str, Any] = started.json()
        return job

    def look_again(self) -> None:
        self.mailbox.heartbeat("the page", 1)
        time.sleep(0.02)

    def request(self) -> dict[str, Any]:
        """What the next click would sign."""
        deadline = time.monotonic() + WAIT_S
        while not (found := [each for each in listed(self.client) if each["state"] == "pending"]):
            assert time.monotonic() < deadline, self.client.get("jupyter-ipfs/jobs").text
            self.look_again()
        return found[0]

    def job(self, job: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any]
        found = answered(self.client, "GET", f"jobs/{job['id']}", "/jobs/{id}").json()
        return found

    def follow(self, job: dict[str, Any]) -> dict[str, Any]:
        """Sign until it has ended."""
        deadline = time.monotonic() + WAIT_S
        while (now := self.job(job))["state"] not in ENDED:
            assert time.monotonic() < deadline, now
            self.look_again()
            for request in listed(self.client):
                if request["state"] == "pending":
                    self.sign(request["id"])
                    self.signed.append(request)
        return now

    def done(self, action: str, **arguments: object) -> dict[str, Any]:
        ended = self.follow(self.start(action, **arguments))
        assert ended["state"] == "done", ended
        result: dict[str, Any] = ended["result"]
        return result


@pytest.fixture
def mailbox(jupyter: JupyterProcess) -> Iterator[Mailbox]:
    with closing(Mailbox(jupyter.home / "jupyter-data" / "ipfs")) as mailbox:
        yield mailbox
        mailbox.heartbeat("the page", 0)


@pytest.fixture
def author(client: httpx.Client, practice: Practice, mailbox: Mailbox) -> Iterator[Page]:
    page = Page(client, practice.author, mailbox)
    page.sign_in()
    yield page
    client.delete("jupyter-ipfs/wallet/session")


@pytest.fixture
def buyer(jupyter: JupyterProcess, practice: Practice, mailbox: Mailbox) -> Iterator[Page]:
    with jupyter.client() as client:
        page = Page(client, practice.buyer, mailbox)
        page.sign_in()
        yield page
        client.delete("jupyter-ipfs/wallet/session")


def draft(name: str, key: str, **changes: object) -> dict[str, Any]:
    return {
        "path": name,
        "title": "Iris survey <script>",
        "description": "Flowers, measured by hand in spring.",
        "author": "Ada",
        "license": "CC-BY-4.0",
        "tags": ["flowers"],
        "kind": "dataset",
        "price": "5",
        "timeout_s": 0,
        "template": 1,
        "allow": [],
        "sample": None,
        "agree_public_cid": False,
        "key": key,
        **changes,
    }


def test_from_a_file_to_money_and_back_to_a_file(
    author: Page, buyer: Page, session: Session, jupyter: JupyterProcess, practice: Practice
) -> None:
    root = str(session.add(DATA, name="iris-to-sell"))
    form = draft("iris-to-sell", "story")
    checked = answered(author.client, "POST", "ocean/check", json={"draft": form})
    assert checked.status_code == 200, checked.text
    assert checked.json()["problems"] == {}
    assert checked.json()["reach"]["reachable"] is True
    assert checked.json()["cost"]["transactions"] == 2

    job = author.start("publish", draft=form)
    first = author.request()
    assert first["kind"] == "contract-call"
    assert first["kernel"] is None, "this server asks"
    assert first["note"]
    assert listed(buyer.client) == [], "nor does anybody else see it"
    steps = author.job(job)["steps"]
    assert [each["key"] for each in steps if each["state"] == "signing"] == ["create"]
    again = author.start("publish", draft=form)
    assert again["id"] == job["id"], "the same form is not published twice at once"
    ended = author.follow(job)
    assert ended["state"] == "done", ended
    assert all(each["state"] == "done" for each in ended["steps"])
    asset = ended["result"]["asset"]
    did = ended["result"]["did"]
    assert asset["price"] == {"amount": "5", "symbol": "OCEAN"}
    assert asset["practice"] is True
    assert asset["root"] is None

    found = answered(buyer.client, "GET", "ocean/assets?query=iris&price=paid").json()
    assert [(each["did"], each["mine"]) for each in found["assets"]] == [(did, False)]
    got = buyer.done("get-asset", did=did, at_most="6")
    assert (jupyter.root_dir / got["path"]).read_bytes() == DATA
    assert got["root"] == root, "checked against what was published"

    (asked,) = (each for each in buyer.signed if each["kind"] == "ocean-request")
    assert asked["title"] == "Download an asset"
    assert asked["warning"] is None, "practice's own Ocean Node"

    where = f"ocean/assets/{did}"
    page = answered(buyer.client, "GET", where, "/ocean/assets/{did}").json()
    assert page["bought"] is True
    assert {each["event"] for each in page["history"]} >= {"published", "ordered"}
    secret_path = practice.info.rpc_url.split("/")[3]
    for text in map(json.dumps, (page, found, ended, got, buyer.signed)):
        assert secret_path not in text
    for text in map(json.dumps, (page, found, asset)):
        assert root not in text, "what is sold is not to be had by its CID"
    mine = answered(buyer.client, "GET", "ocean/mine").json()
    assert [each["did"] for each in mine["bought"]] == [did]
    earned = answered(author.client, "GET", "ocean/mine").json()
    assert did in [each["did"] for each in earned["published"]]
    assert float(earned["earned"][0]["amount"]) == 5

    log = "".join(jupyter.lines)
    for secret in (root, did, author.address, buyer.address, "Iris survey"):
        assert secret not in log, "the log names nobody and nothing"


def test_what_was_bought_brings_nothing_into_the_workspace_that_runs_by_itself(
    author: Page, buyer: Page, session: Session, jupyter: JupyterProcess, tmp_path: Path
) -> None:
    tree = tmp_path / "survey"
    (tree / ".git").mkdir(parents=True)
    (tree / ".git" / "config").write_text("[core]\n\tfsmonitor = touch /tmp/x\n")
    (tree / "a.csv").write_bytes(DATA)
    cell = {"cell_type": "code", "source": "", "metadata": {"trusted": True}, "outputs": []}
    notebook = {"cells": [cell], "metadata": {"widgets": {"state": "import()"}}, "nbformat": 4}
    (tree / "a.ipynb").write_text(json.dumps(notebook))
    root = str(session.add(tree, options=Options(hidden=True)))
    did = author.done("publish", draft=draft(root, "hostile", price=None))["did"]
    got = buyer.done("get-asset", did=did)
    place = jupyter.root_dir / got["path"]
    assert sorted(each.name for each in place.iterdir()) == ["a.csv", "a.ipynb"]
    told = json.loads((place / "a.ipynb").read_text())
    assert told["metadata"] == {}
    assert told["cells"][0]["metadata"] == {"trusted": False}
    assert got["root"] == root
    assert got["checked"].endswith(": .git.")
    again = buyer.done("get-asset", did=did)["path"]
    assert again != got["path"], "nothing is overwritten"
    assert sorted(each.name for each in (jupyter.root_dir / again).iterdir()) == [
        "a.csv",
        "a.ipynb",
    ]


def test_who_owns_an_asset_changes_it_and_gives_it_away(
    author: Page, buyer: Page, session: Session
) -> None:
    session.add(DATA + b"owned", name="iris-owned")
    did = author.done("publish", draft=draft("iris-owned", "owned"))["did"]
    changed = author.done("edit-asset", did=did, title="Iris, all of it", price="7")
    assert changed["asset"]["title"] == "Iris, all of it"
    refused = buyer.follow(buyer.start("edit-asset", did=did, title="It is mine now"))
    assert refused["error"]["code"] == "AccessDeniedError"
    author.done("asset-state", did=did, state="end-of-life")
    author.done("transfer-asset", did=did, to=buyer.address)
    own = answered(buyer.client, "GET", "ocean/mine").json()
    assert did in [each["did"] for each in own["published"]]


def test_a_publication_that_was_declined_goes_on_with_the_same_form(
    author: Page, session: Session
) -> None:
    session.add(DATA + b"more", name="iris-declined")
    form = draft("iris-declined", "declined", price=None, title="Declined at first")
    job = author.start("publish", draft=form)
    author.sign(author.request()["id"])
    second = author.request()
    assert answer(author.client, second["id"], rejected=True, reason="no").status_code == 204
    ended = author.follow(job)
    assert ended["state"] == "failed"
    assert ended["error"]["code"] == "RejectedError"
    states = {each["key"]: each["state"] for each in ended["steps"]}
    assert (states["create"], states["describe"]) == ("done", "failed")
    (pending,) = answered(author.client, "GET", "ocean/pending").json()["publishing"]
    assert (pending["key"], pending["title"]) == ("declined", "Declined at first")
    resumed = author.start("publish", draft=form)
    request = author.request()
    assert "description" in request["title"], "the data NFT is not paid for twice"
    author.sign(request["id"])
    assert author.follow(resumed)["state"] == "done"
    assert answered(author.client, "GET", "ocean/pending").json() == {"publishing": []}
    gone = answered(author.client, "DELETE", "ocean/pending/declined", "/ocean/pending/{key}")
    assert gone.status_code == 404


def test_a_chain_that_is_killed_between_the_transactions_is_gone_on_with(
    author: Page, session: Session, practice: Practice
) -> None:
    session.add(DATA + b"killed", name="iris-killed")
    form = draft("iris-killed", "killed", price=None, title="Killed in the middle")
    job = author.start("publish", draft=form)
    author.sign(author.request()["id"])
    second = author.request()
    os.kill(practice.info.pid, signal.SIGKILL)
    told = shown(author.client, second["id"]).json()
    refused = rpc(author.client, told["method"], *told["params"])
    assert refused["error"]["code"] == 4900, "the practice chain does not run"
    assert answer(author.client, second["id"], rejected=True).status_code == 204
    assert author.follow(job)["state"] == "failed"
    resumed = author.start("publish", draft=form)
    request = author.request()
    assert "description" in request["title"], "what was mined before the kill counts"
    author.sign(request["id"])
    ended = author.follow(resumed)
    assert ended["state"] == "done", ended
    assert ended["result"]["asset"]["title"] == "Killed in the middle"


def test_a_job_that_is_cancelled_takes_its_request_back(author: Page, session: Session) -> None:
    session.add(DATA + b"cancelled", name="iris-cancelled")
    job = author.start("publish", draft=draft("iris-cancelled", "cancelled", price=None))
    request = author.request()
    assert author.client.delete(f"jupyter-ipfs/jobs/{job['id']}").status_code == 204
    assert author.follow(job)["state"] == "cancelled"
    assert shown(author.client, request["id"]).status_code == 404
    answered(author.client, "DELETE", "ocean/pending/cancelled", "/ocean/pending/{key}")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"price": "0"}, "price"),
        ({"price": "1e30"}, "price"),
        ({"price": "0.0000000000000000001"}, "price"),
        ({"price": "-1"}, "price"),
        ({"title": "x"}, "title"),
        ({"description": "short"}, "description"),
        ({"timeout_s": -1}, "timeout_s"),
        ({"template": 3}, "template"),
        ({"allow": ["0x12"]}, "allow"),
        ({"path": "no-such-name"}, "path"),
        ({"kind": "virus"}, "kind"),
        ({"sample": "javascript:alert(1)"}, "sample"),
    ],
)
def test_a_form_that_is_wrong_is_told_by_field_and_signed_by_nobody(
    author: Page, session: Session, changes: dict[str, object], field: str
) -> None:
    session.add(DATA, name="iris-checked")
    form = draft("iris-checked", f"wrong-{field}", **changes)
    checked = answered(author.client, "POST", "ocean/check", json={"draft": form})
    assert checked.status_code == 200, checked.text
    assert field in checked.json()["problems"]


def test_a_wrong_form_asks_for_no_signature(author: Page, session: Session) -> None:
    session.add(DATA, name="iris-checked")
    ended = author.follow(author.start("publish", draft=draft("iris-checked", "w", title="x")))
    assert ended["error"]["code"] == "DDOError"
    assert "title" in ended["error"]["message"]


@pytest.mark.parametrize(
    "given", [None, 7, [], {"unknown": 1}, {"path": 7}, {"path": "x", "tags": "flowers"}]
)
def test_what_is_no_form_is_refused(author: Page, given: object) -> None:
    assert answered(author.client, "POST", "ocean/check", json={"draft": given}).status_code == 422
    body = {"action": "publish", "arguments": {"draft": given}}
    assert author.client.post("jupyter-ipfs/jobs", json=body).status_code == 422


@pytest.mark.parametrize(
    ("action", "arguments"),
    [
        ("publish", {"draft": {"path": "x"}}),
        ("buy", {"did": "did:op:00"}),
        ("get-asset", {"did": "did:op:00"}),
        ("edit-asset", {"did": "did:op:00"}),
        ("asset-state", {"did": "did:op:00", "state": "active"}),
        ("transfer-asset", {"did": "did:op:00", "to": "0x" + "11" * 20}),
    ],
)
def test_who_is_not_signed_in_starts_nothing_that_is_signed(
    jupyter: JupyterProcess, action: str, arguments: dict[str, object]
) -> None:
    with jupyter.client() as client:
        body = {"action": action, "arguments": arguments}
        refused = answered(client, "POST", "jobs", json=body)
        assert refused.status_code == 403
        assert refused.json()["code"] == "NotSignedInError"
        assert answered(client, "GET", "ocean/mine").status_code == 403


@pytest.mark.parametrize(
    ("action", "arguments"),
    [
        ("buy", {}),
        ("buy", {"did": 7}),
        ("buy", {"did": "x", "at_most": 5}),
        ("get-asset", {"did": "x", "to": "../.."}),
        ("edit-asset", {"did": "x", "tags": [7]}),
        ("edit-asset", {"did": "x", "timeout_s": "1"}),
        ("asset-state", {"did": "x", "state": "gone"}),
        ("transfer-asset", {"did": "x", "to": "0x12"}),
        ("make-reachable", {}),
    ],
)
def test_arguments_that_cannot_be_used_are_refused_at_once(
    author: Page, action: str, arguments: dict[str, object]
) -> None:
    body = {"action": action, "arguments": arguments}
    assert author.client.post("jupyter-ipfs/jobs", json=body).status_code in {400, 404}


def test_an_asset_that_is_none_is_not_found(author: Page) -> None:
    for did in ("did:op:" + "0" * 64, "nothing", "%3Cscript%3E"):
        gone = answered(author.client, "GET", f"ocean/assets/{did}", "/ocean/assets/{did}")
        assert gone.status_code in {400, 404, 502}, (did, gone.text)
    ended = author.follow(author.start("buy", did="did:op:" + "0" * 64))
    assert ended["error"]["code"] == "AssetNotFoundError"


def test_a_search_that_cannot_be_made_is_refused(author: Page) -> None:
    for query in ("kind=virus", "price=dear", "sort=random", "offset=x"):
        assert answered(author.client, "GET", f"ocean/assets?{query}").status_code == 400, query
    strange = answered(author.client, "GET", "ocean/assets?query=%60%7C%7C%22%27&tag=%60x")
    assert strange.status_code == 200, strange.text


def test_the_market_says_what_is_missing_for_real(author: Page) -> None:
    practice = answered(author.client, "GET", "ocean").json()
    assert practice["ready"] is True
    assert practice["ocean_node"] == {"url": None, "healthy": True, "error": None}
    author.client.put("jupyter-ipfs/config", json={"chain": "polygon"})
    try:
        told = answered(author.client, "GET", "ocean").json()
        assert told["ready"] is False
        assert len(told["missing"]) == 2
        assert "polygon" in {each["name"] for each in told["chains"]}
        listing = answered(author.client, "GET", "ocean/assets")
        assert listing.status_code == 400
        body = {"action": "buy", "arguments": {"did": "did:op:00"}}
        refused = answered(author.client, "POST", "jobs", json=body)
        assert refused.json()["code"] == "NotSignedInError", "the login is for another chain"
    finally:
        author.client.put("jupyter-ipfs/config", json={"chain": "sandbox"})


def test_the_page_looks_by_itself_without_starting_the_practice_chain(
    author: Page, session: Session
) -> None:
    session.add(DATA + b"asleep", name="iris-asleep")
    did = author.done("publish", draft=draft("iris-asleep", "asleep", price=None))["did"]
    assert author.client.delete("jupyter-ipfs/sandbox").status_code == 204
    glance = answered(author.client, "GET", "ocean/assets?start=0").json()
    assert glance == {"assets": [], "total": 0, "asleep": True}
    assert author.client.get("jupyter-ipfs/wallet").json()["sandbox"]["running"] is False
    opened = answered(author.client, "GET", "ocean/assets?sort=newest").json()
    assert opened["assets"][0]["did"] == did
    assert answered(author.client, "GET", "ocean/assets?start=0").json()["total"] > 0


def test_what_is_here_is_reachable_for_practice(author: Page, session: Session) -> None:
    root = str(session.add(DATA + b"reach", name="iris-reached"))
    assert author.done("make-reachable", path="iris-reached")["root"] == root


def test_the_payloads_of_the_front_end_s_tests_are_what_the_market_writes(
    author: Page, buyer: Page, session: Session
) -> None:
    session.add(DATA + b"shown", name="iris-shown")
    form = draft("iris-shown", "shown", title="Iris, as it is shown")
    told = {"check": author.client.post("jupyter-ipfs/ocean/check", json={"draft": form}).json()}
    job = author.start("publish", draft=form)
    author.request()
    told["job-signing"] = author.job(job)
    told["job-published"] = author.follow(job)
    did = told["job-published"]["result"]["did"]
    told["asset"] = author.client.get(f"jupyter-ipfs/ocean/assets/{did}").json()
    buyer.done("buy", did=did)
    told["page"] = buyer.client.get(f"jupyter-ipfs/ocean/assets/{did}").json()
    told["page"]["ddo"] = {"id": did}  # the rest is as it is encrypted, other each time
    for name in ("files", "timeout_s", "history", "sample", "ddo"):
        del told["asset"][name]
    told["ocean"] = author.client.get("jupyter-ipfs/ocean").json()
    compare(Steady()(told))
