"""The settings through the server: what may be seen, what may be changed, and by whom."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import jsonschema
import pytest
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from tests.jupyter_process import TOKEN as SERVER_TOKEN
from tests.jupyter_process import running_jupyter
from tests.server.test_routes import schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import httpx

    from tests.conftest import Kubo
    from tests.jupyter_process import JupyterProcess

TOKEN = "bearer:0123456789abcdefgeheim"


@pytest.fixture
def put(client: httpx.Client) -> Iterator[Callable[..., httpx.Response]]:
    """Change settings, and set them back at the end."""

    def put(**settings: object) -> httpx.Response:
        return client.put("jupyter-ipfs/config", json=settings)

    yield put
    back: dict[str, object] = {"backend": "embedded", "kubo_token": None, "quota": None}
    put(**back, gateways=[], sources=[], announce=[], public_gateways=False)


def test_the_settings_are_told_with_their_origins(client: httpx.Client) -> None:
    response = client.get("jupyter-ipfs/config")
    assert response.status_code == 200, response.text
    told = response.json()
    jsonschema.validate(told, schema("Config"))
    assert told["backend"] == "embedded"
    assert told["backends"][:2] == ["embedded", "kubo"]
    assert set(told["origin"].values()) <= {"default", "file"}
    assert told["locked"] == []
    assert told["kubo_token"] is None


def test_a_change_holds_at_once_and_leaves_the_others(
    client: httpx.Client, put: Callable[..., httpx.Response]
) -> None:
    assert put(quota="10 GiB").json()["quota"] == 10 * 2**30
    response = put(gateways=["http://10.0.0.7:8080/"], kubo_url="http://10.0.0.8:5001/api/v0")
    jsonschema.validate(response.json(), schema("Config"))
    told = client.get("jupyter-ipfs/config").json()
    assert told == response.json()
    assert told["gateways"] == ["http://10.0.0.7:8080"]
    assert told["kubo_url"] == "http://10.0.0.8:5001"
    assert told["quota"] == 10 * 2**30
    assert told["origin"]["quota"] == told["origin"]["gateways"] == "file"
    assert put(quota=None).json()["quota"] is None


def test_a_token_goes_in_and_never_comes_out(
    client: httpx.Client, jupyter: JupyterProcess, put: Callable[..., httpx.Response]
) -> None:
    answer = put(kubo_token=TOKEN)
    assert answer.json()["kubo_token"] == {"source": "file", "last4": "heim"}
    assert "abcdefg" not in answer.text + client.get("jupyter-ipfs/config").text
    assert not any("abcdefg" in line for line in jupyter.lines)
    assert put(kubo_token="bearer:short").json()["kubo_token"]["last4"] == ""
    assert put(kubo_token=None).json()["kubo_token"] is None


def test_another_address_does_not_get_the_token(
    client: httpx.Client, put: Callable[..., httpx.Response]
) -> None:
    before = client.get("jupyter-ipfs/config").json()["kubo_url"]
    assert put(kubo_token=TOKEN).json()["kubo_token"] is not None
    try:
        assert put(kubo_url="http://evil.example:5001").json()["kubo_token"] is None
    finally:
        put(kubo_url=before)


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [
        ("backend", "kube", "embedded, kubo"),
        ("backend", None, "text"),
        ("backend", ["embedded"], "text"),
        ("kubo_url", "file:///etc/passwd", "http://"),
        ("kubo_url", "http://joe:pw@h", "without user and password"),
        ("kubo_token", "bearer:\u202e", "printable"),
        ("gateways", "http://a", "list"),
        ("gateways", [1], "text"),
        ("sources", ["relative/path"], "starts with /"),
        ("public_gateways", "yes", "true or false"),
        ("quota", -5, "number of bytes"),
        ("quota", 10**400, "number of bytes"),
        ("quota", True, "number of bytes"),
        ("nonsense", 1, "there are: backend"),
        ("repo", "/tmp", "there are: backend"),  # noqa: S108
        ("<script>\n\u202e", 1, "there are: backend"),
    ],
)
def test_a_bad_value_is_told_in_the_configs_own_words(
    client: httpx.Client,
    put: Callable[..., httpx.Response],
    name: str,
    value: object,
    part: str,
) -> None:
    before = client.get("jupyter-ipfs/config").json()
    response = put(**{name: value}, announce=["http://10.0.0.9:5001"])
    assert response.status_code == 400, response.text
    body = response.json()
    jsonschema.validate(body, schema("Error"))
    assert part in f"{body['message']} {body['hint']}"
    assert len(response.text) < 2000
    assert client.get("jupyter-ipfs/config").json() == before, "all or none"


@pytest.mark.parametrize("body", ["[]", "{", "3", '"x"', "[" * 100_000])
def test_what_is_no_object_is_refused(client: httpx.Client, body: str) -> None:
    assert client.put("jupyter-ipfs/config", content=body).status_code == 400


ADMIN = """
c.JupyterIPFS.backend = "embedded"
c.JupyterIPFS.quota = "2 GB"
c.JupyterIPFS.gateways = ["http://10.1.2.3:8080"]
c.JupyterIPFS.locked = ["backend", "quota"]
"""


@pytest.fixture(scope="module")
def managed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    """A server that an administrator has configured."""
    place = tmp_path_factory.mktemp("managed")
    config = place / "jupyter_server_config.py"
    config.write_text(ADMIN)
    repo = place / "home" / "jupyter-data" / "ipfs"
    repo.mkdir(parents=True)
    (repo / "config.toml").write_text('backend = "kubo"\nquota = "9 TB"\n')
    with running_jupyter("server", place, f"--config={config}") as process:
        yield process


def test_what_the_administrator_locked_is_refused_with_words(managed: JupyterProcess) -> None:
    with managed.client() as client:
        told = client.get("jupyter-ipfs/config").json()
        assert (told["backend"], told["quota"]) == ("embedded", 2 * 10**9)
        assert told["locked"] == ["backend", "quota"]
        assert [told["origin"][name] for name in ("backend", "quota", "gateways")] == ["server"] * 3
        for name, value in (("backend", "kubo"), ("quota", "9 TB")):
            response = client.put("jupyter-ipfs/config", json={name: value})
            assert response.status_code == 403
            body = response.json()
            assert body["code"] == "SettingLockedError"
            assert f"{name} is locked by the administrator" in body["message"]
        assert client.put("jupyter-ipfs/config", json={"public_gateways": True}).status_code == 200


def test_a_kernel_and_a_terminal_have_the_administrators_settings(managed: JupyterProcess) -> None:
    """A kernel's environment is the server's: what it says is asked of a real one."""
    code = (
        "import os, json, subprocess, sys\n"
        "from jupyter_ipfs import connect\n"
        "with connect() as session: c = session.config\n"
        "cli = subprocess.run([sys.executable, '-m', 'jupyter_ipfs.cli.main', 'config', '--json'],"
        " capture_output=True, text=True)\n"
        "print(json.dumps([c.backend, c.quota, c.origin('backend'), sorted(c.locked),"
        " json.loads(cli.stdout)['backend']]))"
    )
    assert json.loads(in_kernel(managed, code)) == [
        "embedded", 2 * 10**9, "server", ["backend", "quota"], "embedded",
    ]  # fmt: skip


def in_kernel(jupyter: JupyterProcess, code: str) -> str:
    """Run code in a real kernel of the server and return what it printed."""
    with jupyter.client() as client:
        started = client.post("api/kernels", json={"name": "python3"})
        assert started.status_code == 201, started.text
        kernel = started.json()["id"]
        try:
            return asyncio.run(_printed(jupyter, kernel, code))
        finally:
            client.delete(f"api/kernels/{kernel}")


async def _printed(jupyter: JupyterProcess, kernel: str, code: str) -> str:
    address = jupyter.url.replace("http://", "ws://") + f"api/kernels/{kernel}/channels"
    headers = {"Authorization": f"token {SERVER_TOKEN}"}
    said = ""
    socket = await websocket_connect(HTTPRequest(address, headers=headers))
    await socket.write_message(json.dumps(_request(code)))
    while True:
        message = json.loads(await socket.read_message() or "{}")
        assert message, "the kernel has gone"
        if message["parent_header"].get("msg_id") != "1":
            continue
        assert message["msg_type"] != "error", message["content"]
        if message["msg_type"] == "stream":
            said += message["content"]["text"]
        if message["content"].get("execution_state") == "idle":
            break
    socket.close()
    while await socket.read_message() is not None:
        pass  # until the other side has closed as well
    return said


def _request(code: str) -> dict[str, object]:
    header = {"msg_id": "1", "username": "", "session": "s", "version": "5.3", "date": ""}
    return {
        "header": {**header, "msg_type": "execute_request"},
        "parent_header": {},
        "metadata": {},
        "channel": "shell",
        "content": {"code": code, "silent": False, "allow_stdin": False},
    }


def test_an_administrators_mistake_is_told_in_the_log_and_to_the_user(tmp_path: Path) -> None:
    with running_jupyter("server", tmp_path, "--JupyterIPFS.backend=kube") as jupyter:
        with jupyter.client() as client:
            response = client.get("jupyter-ipfs/config")
        assert response.status_code == 500
        assert "c.JupyterIPFS.backend: 'kube'" in response.json()["message"]
        assert any("c.JupyterIPFS.backend: 'kube'" in line for line in jupyter.lines)
        assert not any("Traceback" in line for line in jupyter.lines)


def test_what_the_environment_sets_cannot_be_changed_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUR_KUBO", "http://10.0.0.5:5001")
    start = tmp_path / "start.py"
    start.write_text("import os\nos.environ['JUPYTER_IPFS_KUBO_URL'] = os.environ['OUR_KUBO']\n")
    flag = f"--config={start}"
    with running_jupyter("server", tmp_path, flag) as jupyter, jupyter.client() as client:
        told = client.get("jupyter-ipfs/config").json()
        response = client.put("jupyter-ipfs/config", json={"kubo_url": "http://10.0.0.6:5001"})
    assert told["origin"]["kubo_url"] == "environment"
    assert response.status_code == 403
    assert "JUPYTER_IPFS_KUBO_URL" in response.json()["message"]


def test_switching_to_a_real_kubo_and_back_needs_no_restart(
    client: httpx.Client, put: Callable[..., httpx.Response], kubo_daemon: Kubo
) -> None:
    assert client.get("jupyter-ipfs/status").json()["backend"] == "embedded"
    assert put(backend="kubo", kubo_url=kubo_daemon.api_url).status_code == 200
    status = client.get("jupyter-ipfs/status").json()
    assert (status["backend"], status["healthy"]) == ("kubo", True)
    put(kubo_url="http://127.0.0.1:9")
    down = client.get("jupyter-ipfs/status")
    assert down.status_code == 200
    assert (down.json()["backend"], down.json()["healthy"]) == ("kubo", False)
    put(kubo_url=kubo_daemon.api_url)
    assert client.get("jupyter-ipfs/status").json()["healthy"], "it recovers by itself"
    put(backend="embedded")
    assert client.get("jupyter-ipfs/status").json()["backend"] == "embedded"
