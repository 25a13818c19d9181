"""Shares, asked of a real server: planned, made, opened, handed over; nothing of them runs."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import jsonschema
import pytest
from eth_account import Account

from jupyter_ipfs.wallet.requests import Mailbox
from tests.jupyter_process import TOKEN
from tests.server.test_actions import done, run_job
from tests.server.test_openapi import answered
from tests.server.test_requests import answer, listed, shown
from tests.server.test_routes import schema
from tests.server.test_wallet import sign_in, signature
from tests.server.uploading import ended, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx
    from eth_account.signers.local import LocalAccount

    from jupyter_ipfs.session import Session
    from tests.jupyter_process import JupyterProcess

HOSTILE = "su\u202ervey\n<script>alert(1)</script>"


def output(**fields: object) -> dict[str, object]:
    return {"output_type": "execute_result", "execution_count": 1, "metadata": {}, **fields}


def code(id_: str, source: str, number: int | None = 1, **fields: object) -> dict[str, object]:
    return {
        "cell_type": "code",
        "id": id_,
        "execution_count": number,
        "metadata": {"trusted": True},
        "outputs": [],
        "source": source,
        **fields,
    }


def notebook(*cells: dict[str, object]) -> bytes:
    heading = {"cell_type": "markdown", "id": "head", "metadata": {}, "source": f"# {HOSTILE}"}
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return json.dumps(
        {
            "cells": [heading, *cells],
            "metadata": {"kernelspec": spec},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    ).encode()


SURVEY = notebook(
    code("read", "text = open('data/a.csv').read()"),
    code("page", "text", 2, outputs=[output(data={"text/html": "<script>run()</script>"})]),
)


@dataclass(frozen=True, slots=True)
class Shared:
    """A share of the server's repo, and the notebook that it is of."""

    folder: Path
    path: str
    root: str
    result: dict[str, Any]


@pytest.fixture(scope="module")
def shared(jupyter: JupyterProcess) -> Shared:
    """One share for all of these tests."""
    folder = jupyter.root_dir / "survey"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "a.csv").write_text("x,y\n1,2\n")
    (folder / "survey.ipynb").write_bytes(SURVEY)
    with jupyter.client() as client:
        result = done(client, "share", path="survey/survey.ipynb", license="MIT", authors=["Ada"])
    jsonschema.validate(result, schema("Shared"))
    return Shared(folder, "survey/survey.ipynb", result["root"], result)


def test_a_plan_tells_what_would_be_shared_and_stores_nothing(
    client: httpx.Client, shared: Shared, session: Session
) -> None:
    before = len(session.pins())
    wanted = {"path": shared.path, "authors": ["Ada"], "exclude": ["data/a.csv"]}
    plan = answered(client, "POST", "bundles/plan", json=wanted).json()
    assert plan["notebook"]["path"] == shared.path
    assert plan["notebook"]["run_cells"] == 2
    assert [(each["path"], each["selected"]) for each in plan["inputs"]] == [("data/a.csv", False)]
    assert len(session.pins()) == before


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"path": 7},
        {"path": "survey/data/a.csv"},
        {"path": "../outside.ipynb"},
        {"path": "nowhere.ipynb"},
        {"path": "survey/survey.ipynb", "include": "data"},
        {"path": "survey/survey.ipynb", "authors": [7]},
        {"path": "survey/survey.ipynb", "where": {"a": 7}},
        {"path": "survey/survey.ipynb", "kernel": 7},
        {"path": "survey/survey.ipynb", "description": "x" * 100_000},
    ],
)
def test_what_is_no_notebook_of_the_workspace_is_not_planned(
    client: httpx.Client, shared: Shared, body: dict[str, object]
) -> None:
    del shared
    answer = answered(client, "POST", "bundles/plan", json=body)
    assert answer.status_code in {400, 404}
    assert answer.json()["message"]


def test_an_input_above_the_workspace_cannot_be_shared(
    client: httpx.Client, jupyter: JupyterProcess
) -> None:
    (jupyter.root_dir.parent / "private.txt").write_text("mine")
    cell = code("up", "open('../private.txt').read()")
    (jupyter.root_dir / "up.ipynb").write_bytes(notebook(cell))
    plan = answered(client, "POST", "bundles/plan", json={"path": "up.ipynb"}).json()
    assert [(e["why_not"], e["selectable"]) for e in plan["inputs"]] == [("outside", False)]
    job = run_job(client, "share", path="up.ipynb", include=["../private.txt"])
    assert job["state"] == "failed"
    assert job["error"]["code"] == "BundleError"


def test_an_opened_share_says_what_it_is(client: httpx.Client, shared: Shared) -> None:
    told = answered(client, "GET", f"bundles/{shared.root}", "/bundles/{root}").json()
    assert told["root"] == shared.root
    assert told["payload"] == shared.result["payload"]
    assert told["license"] == "MIT"
    assert told["authors"] == ["Ada"]
    assert told["signatures"] == []
    assert [(e["path"], e["included"], e["held"]) for e in told["inputs"]] == [
        ("data/a.csv", True, True)
    ]
    assert told["cells"][1]["outputs"][0]["mime_types"] == ["text/html"]
    by_name = quote("ipfs://" + shared.root, safe="")
    assert client.get(f"jupyter-ipfs/bundles/{by_name}").json() == told
    assert client.get("jupyter-ipfs/bundles/survey").json() == told


def test_the_drive_has_the_share_s_notebook_read_only_and_nothing_of_it_is_trusted(
    client: httpx.Client, shared: Shared
) -> None:
    told = client.get(f"jupyter-ipfs/bundles/{shared.root}").json()
    model = client.get(f"jupyter-ipfs/contents/{told['notebook']}").json()
    assert model["type"] == "notebook"
    assert model["writable"] is False
    cells = [cell for cell in model["content"]["cells"] if cell["cell_type"] == "code"]
    assert [cell["metadata"].get("trusted") for cell in cells] == [False, False]


def test_the_share_s_own_page_is_only_ever_a_download(client: httpx.Client, shared: Shared) -> None:
    answer = client.get(f"jupyter-ipfs/ipfs/{shared.root}/payload/notebook.ipynb")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["nothing-is-called-so", "bafkqaaa", "/ipfs/bafkqaaa/../.."])
def test_what_is_no_share_is_told_so(client: httpx.Client, path: str) -> None:
    encoded = quote(path, safe="")
    answer = answered(client, "GET", f"bundles/{encoded}", "/bundles/{root}")
    assert answer.status_code in {400, 404}
    assert answer.json()["code"] in {"NameNotFoundError", "NotABundleError", "PathNotFoundError"}


@pytest.mark.parametrize("below", ["", "/provenance", "/readiness", "/reports"])
def test_a_page_of_another_site_learns_and_fetches_nothing(
    jupyter: JupyterProcess, shared: Shared, below: str
) -> None:
    with jupyter.client() as client:
        del client.headers["Authorization"]
        client.get("lab", params={"token": TOKEN})
        url = f"jupyter-ipfs/bundles/{shared.root}{below}"
        answer = client.get(url, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_a_copy_is_a_fresh_folder_with_nothing_trusted(
    client: httpx.Client, shared: Shared, jupyter: JupyterProcess
) -> None:
    first = done(client, "copy-bundle", path=shared.root, to="")
    second = done(client, "copy-bundle", path=shared.root, to="")
    assert first["path"] != second["path"]
    copy = json.loads((jupyter.root_dir / first["notebook"]).read_text())
    cells = [cell for cell in copy["cells"] if cell["cell_type"] == "code"]
    assert [cell["metadata"].get("trusted") for cell in cells] == [False, False]
    assert (jupyter.root_dir / first["path"] / "data" / "a.csv").read_text() == "x,y\n1,2\n"


@pytest.mark.parametrize("form", ["car", "zip"])
def test_a_share_is_saved_as_a_file_and_opened_from_it(
    client: httpx.Client, shared: Shared, jupyter: JupyterProcess, form: str
) -> None:
    saved = done(client, "save-bundle", path=shared.root, form=form, to=f"saved-share.{form}")
    assert saved["path"] == f"saved-share.{form}"
    assert saved["size"] == (jupyter.root_dir / f"saved-share.{form}").stat().st_size
    again = run_job(client, "save-bundle", path=shared.root, form=form, to=f"saved-share.{form}")
    assert again["error"]["code"] == "PathExistsError"
    assert done(client, "open-bundle", path=f"saved-share.{form}") == {"root": shared.root}


def test_all_of_a_share_is_checked(client: httpx.Client, shared: Shared) -> None:
    found = done(client, "check-bundle", path=shared.root)
    jsonschema.validate(found, schema("Integrity"))
    assert found["intact"] == found["files"]
    assert found["missing"] == found["damaged"] == []


@pytest.mark.parametrize(
    ("action", "arguments"),
    [
        ("copy-bundle", {"path": "survey", "to": "no/such/folder"}),
        ("save-bundle", {"path": "survey", "form": "tar", "to": "a.tar"}),
        ("save-bundle", {"path": "survey", "form": "zip", "to": "a.car"}),
        ("save-bundle", {"path": "survey", "form": "zip", "to": "../a.zip"}),
        ("open-bundle", {"path": "survey"}),
        ("reproduce", {"path": "survey", "isolation": "bubblewrap"}),
        ("reproduce", {"path": "survey", "isolation": "bubblewrap", "agreed": "yes"}),
        ("reproduce", {"path": "survey", "isolation": "docker", "agreed": True}),
        ("reproduce", {"path": "survey", "isolation": "none", "agreed": True, "network": 1}),
        ("reproduce", {"path": "survey", "isolation": "none", "agreed": True, "accept": "all"}),
        ("sign-bundle", {"path": "survey", "role": "owner"}),
    ],
)
def test_what_was_not_said_clearly_starts_no_job(
    client: httpx.Client, shared: Shared, action: str, arguments: dict[str, object]
) -> None:
    del shared
    answer = client.post("jupyter-ipfs/jobs", json={"action": action, "arguments": arguments})
    assert answer.status_code in {400, 404}, answer.text
    jsonschema.validate(answer.json(), schema("Error"))


def test_signing_needs_a_wallet(client: httpx.Client, shared: Shared) -> None:
    body = {"action": "sign-bundle", "arguments": {"path": shared.root, "role": "author"}}
    answer = client.post("jupyter-ipfs/jobs", json=body)
    assert answer.status_code == 403
    assert answer.json()["code"] == "NotSignedInError"


def test_a_share_is_run_again_and_its_report_is_kept(
    client: httpx.Client, jupyter: JupyterProcess
) -> None:
    four = output(data={"text/plain": "4"}, execution_count=2)
    cells = code("one", "open('one.txt').read()"), code("sum", "2 + 3", 2, outputs=[four])
    (jupyter.root_dir / "again").mkdir()
    (jupyter.root_dir / "again" / "one.txt").write_text("one")
    (jupyter.root_dir / "again" / "again.ipynb").write_bytes(notebook(*cells))
    root = done(client, "share", path="again/again.ipynb")["root"]
    ready = answered(client, "GET", f"bundles/{root}/readiness", "/bundles/{root}/readiness").json()
    assert any("cannot be isolated" in each or "no password" in each for each in ready["words"])
    job = run_job(
        client,
        "reproduce",
        path=root,
        isolation=ready["isolation"] or "none",
        own_environment=True,
        agreed=True,
    )
    assert job["state"] == "done", job
    assert [(cell["id"], cell["verdict"]) for cell in job["cells"]] == [
        ("one", "differs"),
        ("sum", "differs"),
    ]
    report = job["result"]["report"]
    told = answered(client, "GET", f"reports/{report}", "/reports/{cid}").json()
    assert told == job["result"]["verdicts"]
    assert told["share"] == root
    reports = f"bundles/{root}/reports", "/bundles/{root}/reports"
    (entry,) = answered(client, "GET", *reports).json()["reports"]
    assert (entry["report"], entry["own"], entry["by_author"]) == (report, True, False)
    shown = answered(client, "GET", f"bundles/{report}", "/bundles/{root}").json()
    assert (shown["is_report"], shown["payload"]) == (True, told["payload"])
    assert answered(client, "GET", f"bundles/{root}", "/bundles/{root}").json()["reports"] == 1


def test_where_a_share_comes_from_and_what_changed_is_told(
    client: httpx.Client, shared: Shared
) -> None:
    told = answered(
        client, "GET", f"bundles/{shared.root}/provenance", "/bundles/{root}/provenance"
    ).json()
    assert "data/a.csv" in told["text"]
    assert "<script" not in told["svg"]
    same = answered(client, "GET", f"bundles/diff?a={shared.root}&b=survey", "/bundles/diff").json()
    assert same["same"] is True
    assert answered(client, "GET", "bundles/diff?a=survey", "/bundles/diff").status_code == 400


def test_a_secret_is_shared_only_if_that_was_agreed_to(
    client: httpx.Client, jupyter: JupyterProcess
) -> None:
    token = "ghp_" + "aB3d" * 9
    (jupyter.root_dir / "secret.ipynb").write_bytes(notebook(code("key", f"token = {token!r}")))
    plan = client.post("jupyter-ipfs/bundles/plan", json={"path": "secret.ipynb"}).json()
    assert [each["level"] for each in plan["findings"] if each["cell"] == "key"] == ["secret"]
    job = run_job(client, "share", path="secret.ipynb")
    assert job["error"]["code"] == "SecretsFoundError"
    assert token not in json.dumps([plan["findings"], job["error"]]) + "".join(jupyter.lines)
    assert done(client, "share", path="secret.ipynb", secrets=True)["root"]


def test_code_that_does_not_end_is_ended_by_whoever_started_it(
    client: httpx.Client, jupyter: JupyterProcess
) -> None:
    (jupyter.root_dir / "endless.ipynb").write_bytes(notebook(code("endless", "while True: pass")))
    root = done(client, "share", path="endless.ipynb")["root"]
    ready = client.get(f"jupyter-ipfs/bundles/{root}/readiness").json()
    arguments = {
        "path": root,
        "isolation": ready["isolation"] or "none",
        "own_environment": True,
        "agreed": True,
    }
    body = {"action": "reproduce", "arguments": arguments}
    job = client.post("jupyter-ipfs/jobs", json=body).json()
    url = f"jupyter-ipfs/jobs/{job['id']}"
    until(lambda: client.get(url).json()["phase"] == "running")
    assert client.delete(url).status_code == 204
    assert ended(client, job)["state"] == "cancelled"


@pytest.fixture
def mailbox(jupyter: JupyterProcess) -> Iterator[Mailbox]:
    """The server's, with a page that looks at it."""
    with closing(Mailbox(jupyter.home / "jupyter-data" / "ipfs")) as mailbox:
        mailbox.heartbeat("the page", 1)
        yield mailbox
        mailbox.heartbeat("the page", 0)


def vouched(
    client: httpx.Client, account: LocalAccount, action: str, **arguments: object
) -> dict[str, Any]:
    """Sign what a job asks for, as the page does, and return its result."""
    body = {"action": action, "arguments": arguments}
    job = client.post("jupyter-ipfs/jobs", json=body).json()
    (request,) = until(lambda: listed(client))
    assert request["kind"] == "vouch"
    text = bytes.fromhex(shown(client, request["id"]).json()["params"][0].removeprefix("0x"))
    assert answer(client, request["id"], result=signature(account, text)).status_code == 204
    job = ended(client, job)
    assert job["state"] == "done", job
    result: dict[str, Any] = job["result"]
    return result


@pytest.mark.usefixtures("mailbox")
def test_an_author_and_a_reviewer_vouch_in_the_page_and_the_payload_stays(
    client: httpx.Client, shared: Shared
) -> None:
    author, reviewer = Account.create(), Account.create()
    assert sign_in(client, author).status_code == 200
    fields = {"path": shared.path, "license": "MIT", "authors": ["Ada"]}
    signed = vouched(client, author, "share", sign=True, **fields)
    assert signed["payload"] == shared.result["payload"]
    assert signed["root"] != shared.root
    assert sign_in(client, reviewer).status_code == 200
    root = vouched(client, reviewer, "sign-bundle", path=signed["root"], role="reviewer")["root"]
    told = answered(client, "GET", f"bundles/{root}", "/bundles/{root}").json()
    assert {(e["address"], e["role"], e["valid"], e["own"]) for e in told["signatures"]} == {
        (author.address, "author", True, False),
        (reviewer.address, "reviewer", True, True),
    }
    assert told["payload"] == shared.result["payload"]
    client.delete("jupyter-ipfs/wallet/session")
