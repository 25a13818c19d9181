"""What the routes do, asked of a real server."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml

from jupyter_ipfs.server.openapi import DESCRIPTION
from jupyter_ipfs.server.tutorial import tutorial_source
from tests.jupyter_process import running_jupyter

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from jupyter_ipfs.session import Session
    from tests.jupyter_process import JupyterProcess


@cache
def description() -> dict[str, Any]:
    """What openapi.yaml says; reading it takes a second."""
    read: dict[str, Any] = yaml.safe_load(DESCRIPTION.read_text())
    return read


def schema(name: str) -> dict[str, object]:
    return {**description(), "$ref": f"#/components/schemas/{name}"}


def test_the_status_says_where_the_bytes_are(client: httpx.Client) -> None:
    response = client.get("jupyter-ipfs/status")
    assert response.status_code == 200, response.text
    status = response.json()
    jsonschema.validate(status, schema("Status"))
    assert status["local"] is None
    assert status["disk"]["quota"] is None
    assert status["disk"]["free"] > 0
    assert status["backend"] == "embedded"
    assert status["healthy"] is True
    assert status["public"] is False


def last_activity(client: httpx.Client) -> str:
    told: str = client.get("api/status").json()["last_activity"]
    return told


def test_what_the_front_end_asks_by_itself_does_not_keep_a_server_from_being_culled(
    client: httpx.Client,
) -> None:
    client.get("api/contents")
    before = last_activity(client)
    for path in ("status", "openapi.yaml", "config", "items", "jobs", "shares", "mfs", "health"):
        assert client.get(f"jupyter-ipfs/{path}").status_code == 200, path
    client.get("jupyter-ipfs/names/no-such-name")
    assert last_activity(client) == before
    client.get("api/contents")
    assert last_activity(client) != before


def test_what_a_person_changes_is_activity(client: httpx.Client, session: Session) -> None:
    root = str(session.add(b"activity", name="activity"))
    for verb, path, body in (
        ("PUT", "config", {}),
        ("PATCH", "names/activity", {"name": "activity-2"}),
        ("POST", "shares", {"root": root}),
        ("DELETE", f"shares/{root}", None),
        ("POST", "mfs", {"operations": [{"op": "mkdir", "path": "/activity"}]}),
    ):
        before = last_activity(client)
        answer = client.request(verb, f"jupyter-ipfs/{path}", json=body)
        assert answer.is_success, answer.text
        assert last_activity(client) != before, (verb, path)


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    """A server that cannot use the repo."""
    place = tmp_path_factory.mktemp("broken")
    repo = place / "home" / "jupyter-data" / "ipfs"
    repo.parent.mkdir(parents=True)
    repo.write_text("a file where the repo should be")
    with running_jupyter("server", place) as jupyter:
        yield jupyter


def test_a_repo_that_cannot_be_used_is_told_with_a_hint_and_not_in_the_log(
    broken: JupyterProcess,
) -> None:
    with broken.client() as client:
        response = client.get("jupyter-ipfs/status")
    assert response.status_code >= 500
    jsonschema.validate(response.json(), schema("Error"))
    assert not any("Traceback" in line for line in broken.lines)


def test_the_description_is_served(client: httpx.Client) -> None:
    response = client.get("jupyter-ipfs/openapi.yaml")
    assert response.headers["content-type"].startswith("application/yaml")
    assert yaml.safe_load(response.text)["info"]["title"] == "jupyter_ipfs"


def test_each_tutorial_is_a_fresh_copy_that_overwrites_nothing(
    client: httpx.Client, jupyter: JupyterProcess
) -> None:
    first = client.post("jupyter-ipfs/tutorial")
    assert first.status_code == 201, first.text
    path = jupyter.root_dir / first.json()["path"]
    path.write_text("my own work")
    second = client.post("jupyter-ipfs/tutorial").json()["path"]
    assert second != first.json()["path"]
    assert path.read_text() == "my own work"
    assert client.get(f"api/contents/{second}", params={"content": 0}).status_code == 200


def test_the_copy_is_the_tutorial_with_no_cell_trusted(
    client: httpx.Client, jupyter: JupyterProcess
) -> None:
    path = client.post("jupyter-ipfs/tutorial").json()["path"]
    copy = json.loads((jupyter.root_dir / path).read_text())
    original = json.loads(tutorial_source().read_text())
    assert [cell["source"] for cell in copy["cells"]] == [c["source"] for c in original["cells"]]
    linked = (jupyter.root_dir / path).parent / "publish.ipynb"  # the first one links to it
    assert json.loads(linked.read_text())["cells"]
    opened = client.get(f"api/contents/{path}").json()["content"]
    code = [cell for cell in opened["cells"] if cell["cell_type"] == "code"]
    assert code
    assert not any(cell["metadata"]["trusted"] for cell in code if cell["outputs"])


def test_a_root_that_cannot_be_written_is_told(broken: JupyterProcess) -> None:
    broken.root_dir.rmdir()
    with broken.client() as client:
        response = client.post("jupyter-ipfs/tutorial")
    broken.root_dir.mkdir()
    assert response.status_code == 507
    assert "not written" in response.json()["message"]


def test_the_server_starts_without_our_heavy_parts() -> None:
    code = (
        "import sys, jupyter_server.serverapp\n"
        "before = set(sys.modules)\n"
        "import jupyter_ipfs.server.routes\n"
        "print(*sorted(set(sys.modules) - before))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert {name.split(".")[0] for name in loaded} <= {"jupyter_ipfs"}
    heavy = {f"jupyter_ipfs.{part}" for part in ("session", "store", "node", "unixfs", "backends")}
    assert not {name for name in loaded if ".".join(name.split(".")[:2]) in heavy}
