"""The same panel over a real Kubo, and over one that is down, slow or closed to us."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from jupyter_ipfs.session import connect
from tests.conftest import Kubo, running_daemon
from tests.jupyter_process import JupyterProcess, running_jupyter
from tests.server.test_actions import done, run_job
from tests.server.test_routes import schema
from tests.server.uploading import announce, commit, send

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    """A server of this module's own: its settings are changed."""
    with running_jupyter("server", tmp_path_factory.mktemp("kubo-backend")) as process:
        yield process


def use_kubo(jupyter: JupyterProcess, url: str, token: str = "") -> None:
    """Switch the backend, as another process would."""
    repo = jupyter.home / "jupyter-data" / "ipfs"
    connect("embedded", repo).close()
    config = repo / "config.toml"
    written = config.with_suffix(".new")
    written.write_text(
        f'backend = "kubo"\n[kubo]\nurl = "{url}"\n' + (f'token = "{token}"\n' if token else "")
    )
    written.chmod(0o600)
    written.replace(config)


def status(client: httpx.Client) -> dict[str, Any]:
    told: dict[str, Any] = client.get("jupyter-ipfs/status", timeout=8).json()
    jsonschema.validate(told, schema("Status"))
    jsonschema.validate(told["local"], schema("BackendStatus"))
    return told


def test_the_same_handlers_work_on_kubo(
    jupyter: JupyterProcess, client: httpx.Client, kubo_daemon: Kubo
) -> None:
    use_kubo(jupyter, kubo_daemon.api_url)
    told = status(client)
    assert (told["backend"], told["healthy"], told["local"]["backend"]) == (
        "kubo", True, "embedded",
    )  # fmt: skip
    root = kubo_daemon.add(b"added by Kubo itself, for the panel")
    (listed,) = client.get("jupyter-ipfs/items", params={"query": root}).json()["items"]
    assert (listed["kind"], listed["size"], listed["pinned"]) == ("file", 35, True)
    assert listed["copies"] == [
        {"kind": "kubo", "place": kubo_daemon.api_url, "since": None, "checked_at": None}
    ], "a list of pins is no check"
    shown = client.get("jupyter-ipfs/preview", params={"path": root}).json()
    assert shown["text"] == "added by Kubo itself, for the panel"
    assert done(client, "copy-to", path=root, backend="embedded") == {
        "root": root,
        "place": {"backend": "embedded", "label": told["local"]["label"], "public": False},
    }
    (listed,) = client.get("jupyter-ipfs/items", params={"query": root}).json()["items"]
    assert [c["kind"] for c in listed["copies"]] == ["here", "kubo"]
    checked = done(client, "check-copy", root=root, place=kubo_daemon.api_url)
    (listed,) = client.get("jupyter-ipfs/items", params={"query": root}).json()["items"]
    assert listed["copies"][1]["checked_at"] == checked["checked_at"]
    unpinned = client.delete(f"jupyter-ipfs/pins/{root}").json()
    assert unpinned["unpinned"][0]["elsewhere"] is True
    assert root not in kubo_daemon.out("pin", "ls", "--type=recursive", "-q")
    assert client.post("jupyter-ipfs/pins", json=unpinned).status_code == 204
    assert root in kubo_daemon.out("pin", "ls", "--type=recursive", "-q")


def test_content_goes_to_kubo_when_it_is_told_to(
    jupyter: JupyterProcess, client: httpx.Client, kubo_daemon: Kubo
) -> None:
    use_kubo(jupyter, kubo_daemon.api_url)
    with connect("embedded", jupyter.home / "jupyter-data" / "ipfs") as session:
        root = session.store_files({"a.txt": b"from here to Kubo"}).root
    copied = done(client, "copy-to", path=str(root), backend="kubo")
    jsonschema.validate(copied, schema("CopiedTo"))
    assert (copied["root"], copied["place"]["backend"]) == (str(root), "kubo")
    assert kubo_daemon.cat(f"{root}/a.txt") == b"from here to Kubo"
    gone = kubo_daemon.run("pin", "rm", str(root), check=False)
    assert gone.returncode == 0
    kubo_daemon.out("repo", "gc", "-q")
    lost = run_job(client, "check-copy", root=str(root), place=kubo_daemon.api_url)
    assert lost["error"]["code"] == "BlockNotFoundError"


def test_publishing_is_asked_for_once(
    jupyter: JupyterProcess, client: httpx.Client, kubo: Kubo
) -> None:
    kubo.run("config", "--json", "Addresses.Swarm", '["/ip4/127.0.0.1/tcp/0"]')
    with connect("embedded", jupyter.home / "jupyter-data" / "ipfs") as session:
        root = session.add(b"to be published")
    with running_daemon(kubo, offline=False) as public:
        refused = run_job(client, "push", path=str(root), target=public.api_url)
        assert refused["error"]["code"] == "ConsentRequiredError"
        agreed = done(client, "push", path=str(root), target=public.api_url, agree=True)
        assert agreed == {"place": public.api_url}
        assert done(client, "push", path=str(root), target=public.api_url) == agreed
        assert public.cat(str(root)) == b"to be published"


def test_storing_where_it_becomes_public_is_agreed_to_with_the_action(
    jupyter: JupyterProcess, client: httpx.Client, kubo: Kubo
) -> None:
    kubo.run("config", "--json", "Addresses.Swarm", '["/ip4/127.0.0.1/tcp/0"]')
    (jupyter.root_dir / "public.txt").write_text("stored in public")
    files = {"sent.txt": b"sent in public"}
    with running_daemon(kubo, offline=False) as public:
        use_kubo(jupyter, public.api_url)
        refused = run_job(client, "store", paths=["public.txt"])
        assert refused["error"]["code"] == "ConsentRequiredError"
        stored = done(client, "store", paths=["public.txt"], agree=True)
        jsonschema.validate(stored, schema("Stored"))
        assert (stored["place"]["backend"], stored["place"]["public"]) == ("kubo", True)
        assert public.api_url in stored["place"]["label"]
        use_kubo(jupyter, public.api_url)  # the agreement goes with the file
        upload = announce(client, files)
        send(client, upload, b"sent in public")
        unasked = commit(client, upload["id"])
        assert unasked["error"]["code"] == "ConsentRequiredError"
        sent = commit(client, upload["id"], agree=True)
        jsonschema.validate(sent["result"], schema("Stored"))
        assert public.cat(sent["result"]["root"]) == b"sent in public"


def test_a_kubo_that_is_down_says_so_and_the_local_repo_stays_visible(
    jupyter: JupyterProcess, client: httpx.Client
) -> None:
    with connect("embedded", jupyter.home / "jupyter-data" / "ipfs") as session:
        session.add(b"visible meanwhile", name="visible-meanwhile")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    use_kubo(jupyter, f"http://127.0.0.1:{port}")
    told = status(client)
    assert told["healthy"] is False
    assert str(port) in told["detail"]
    assert told["local"]["healthy"] is True
    listed = client.get("jupyter-ipfs/items", params={"query": "visible-meanwhile"}).json()["items"]
    assert [c["kind"] for c in listed[0]["copies"]] == ["here"]
    assert client.get("jupyter-ipfs/entries?path=visible-meanwhile").status_code == 200
    missing = client.get("jupyter-ipfs/entries?path=bafkqaaa/x")
    assert missing.status_code == 409


def test_a_kubo_that_never_answers_is_not_waited_for(
    jupyter: JupyterProcess, client: httpx.Client
) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        use_kubo(jupyter, f"http://127.0.0.1:{server.getsockname()[1]}")
        told = status(client)
        assert told["healthy"] is False
        assert "not answered" in told["detail"]
        listed = client.get("jupyter-ipfs/items", timeout=8)
        assert listed.status_code == 200
        assert status(client)["local"]["healthy"] is True


def test_a_kubo_behind_a_token_says_so(
    jupyter: JupyterProcess, client: httpx.Client, closed_kubo: str
) -> None:
    use_kubo(jupyter, closed_kubo)
    told = status(client)
    assert told["healthy"] is False
    assert "token" in told["detail"] or "403" in told["detail"], told["detail"]
    use_kubo(jupyter, closed_kubo, "bearer:open-sesame")
    assert status(client)["healthy"] is True


@pytest.fixture
def closed_kubo(kubo: Kubo) -> Iterator[str]:
    """A real Kubo whose RPC wants a token."""
    rule = {"me": {"AuthSecret": "bearer:open-sesame", "AllowedPaths": ["/api/v0"]}}
    kubo.run("config", "--json", "API.Authorizations", json.dumps(rule))
    with running_daemon(kubo) as daemon:
        yield daemon.api_url
