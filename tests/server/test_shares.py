"""*Serve from here*: a colleague reads what was chosen, until the server stops."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx
import jsonschema
import pytest

from jupyter_ipfs.ipld.cid import CID
from jupyter_ipfs.session import Session
from tests.jupyter_process import running_jupyter
from tests.server.test_routes import schema

if TYPE_CHECKING:
    from pathlib import Path

    from tests.jupyter_process import JupyterProcess


@pytest.fixture(scope="module")
def roots(jupyter: JupyterProcess) -> list[CID]:
    with Session(repo=jupyter.home / "jupyter-data" / "ipfs") as session:
        return [session.add(f"share {number}".encode()) for number in range(3)]


def test_a_colleague_reads_what_is_served_and_nothing_else(
    client: httpx.Client, roots: list[CID], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = client.post("jupyter-ipfs/shares", json={"root": str(roots[0])})
    assert added.status_code == 201, added.text
    share = added.json()
    jsonschema.validate(share, schema("Share"))
    assert share["url"].startswith("http://127.0.0.1:")
    assert (share["public"], share["blocks"], share["missing"]) == (False, 1, 0)
    monkeypatch.setenv("JUPYTER_IPFS_GATEWAYS", share["url"])
    with Session(repo=tmp_path / "colleague") as colleague:
        assert colleague.cat(roots[0]) == b"share 0"
    assert httpx.get(f"{share['url']}/ipfs/{roots[1]}?format=raw").status_code == 404
    second = client.post("jupyter-ipfs/shares", json={"root": str(roots[1])}).json()
    assert second["url"] == share["url"], "one socket for all"
    assert httpx.get(f"{share['url']}/ipfs/{roots[1]}?format=raw").content == b"share 1"
    listed = client.get("jupyter-ipfs/shares").json()["shares"]
    assert [each["root"] for each in listed] == [str(root) for root in roots[:2]]
    assert client.delete(f"jupyter-ipfs/shares/{roots[0]}").status_code == 204
    assert httpx.get(f"{share['url']}/ipfs/{roots[0]}?format=raw").status_code == 404
    assert client.delete(f"jupyter-ipfs/shares/{roots[0]}").status_code == 404
    assert client.delete(f"jupyter-ipfs/shares/{roots[1]}").status_code == 204
    with pytest.raises(httpx.ConnectError):
        httpx.get(share["url"])


def test_nothing_is_public_unless_the_administrator_said_so(
    client: httpx.Client, roots: list[CID]
) -> None:
    refused = client.post("jupyter-ipfs/shares", json={"root": str(roots[2]), "public": True})
    assert refused.status_code == 403
    assert refused.json()["code"] == "SettingLockedError"
    assert "public_host" in refused.json()["hint"]
    assert client.get("jupyter-ipfs/shares").json() == {"shares": []}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"root": 7}, 400),
        ({"root": "\ud800"}, 400),
        ({"root": "bafy"}, 404),
        ({"root": "a", "public": "yes"}, 400),
        ({"root": str(CID.of(b"not here"))}, 404),
        ({"root": "/ipfs/../x"}, 400),
    ],
)
def test_what_cannot_be_served_is_told(
    client: httpx.Client, body: dict[str, object], status: int
) -> None:
    response = client.post("jupyter-ipfs/shares", content=json.dumps(body))
    assert response.status_code == status, response.text
    jsonschema.validate(response.json(), schema("Error"))
    assert client.get("jupyter-ipfs/shares").json() == {"shares": []}


def test_it_ends_with_the_server_and_is_public_where_that_is_allowed(tmp_path: Path) -> None:
    with Session(repo=tmp_path / "home" / "jupyter-data" / "ipfs") as session:
        root = session.add(b"for the lab")
    allowed = "--JupyterIPFS.public_host=0.0.0.0"
    with running_jupyter("server", tmp_path, allowed) as jupyter, jupyter.client() as client:
        added = client.post("jupyter-ipfs/shares", json={"root": str(root), "public": True})
        assert added.json()["public"] is True, added.text
        url = f"http://127.0.0.1:{added.json()['url'].rpartition(':')[2]}"
        assert httpx.get(f"{url}/ipfs/{root}").content == b"for the lab"
        assert httpx.get(f"{url}/ipfs/{root}", headers={"Host": "evil.example"}).status_code == 421
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)
