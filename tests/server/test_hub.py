"""As on a hub: a base URL with a user in it, an administrator, a folder that users share."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from traitlets.config import Config

from tests.conftest import CHECKOUT
from tests.jupyter_process import JupyterProcess, running_jupyter
from tests.server.test_actions import done
from tests.server.test_config import in_kernel
from tests.server.test_watch import LOGGED_IN, connected
from tests.server.uploading import announce, store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE = (CHECKOUT / "docs" / "how-to" / "jupyterhub.md").read_text("utf-8")
SNIPPETS = re.findall(r"^```python\n# ([^\n]+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
LAB = "/shared/lab"


def snippet(title: str) -> str:
    """The example of the page that begins with this comment."""
    (found,) = (code for name, code in SNIPPETS if name.startswith(title))
    return str(found)


@dataclass(frozen=True, slots=True)
class Hub:
    """Two users' servers, configured as the page says."""

    ada: JupyterProcess
    bob: JupyterProcess
    lab: Path


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    place = tmp_path_factory.mktemp("hub")
    lab = place / "lab"
    lab.mkdir()
    config = place / "jupyter_server_config.py"
    config.write_text(snippet("jupyter_server_config.py").replace(LAB, str(lab)))
    flag = f"--config={config}"
    for user in ("ada", "bob"):
        (place / user).mkdir()
    with (
        running_jupyter("server", place / "ada", flag, base_url="/user/ada%40lab/") as ada,
        running_jupyter("server", place / "bob", flag, base_url="/user/bob.b-1/") as bob,
    ):
        yield Hub(ada, bob, lab)


async def listen(jupyter: JupyterProcess) -> None:
    """Begin to watch, and stop."""
    socket = await connected(jupyter, LOGGED_IN)
    socket.close()
    while await socket.read_message() is not None:
        pass


def test_everything_is_below_the_users_base_url(hub: Hub) -> None:
    with hub.ada.client() as client:
        assert "/user/ada%40lab/" in str(client.base_url)
        for path in ("status", "config", "health", "items", "jobs", "openapi.yaml"):
            assert client.get(f"jupyter-ipfs/{path}").status_code == 200, path
        stored = store(client, {"a b&%.txt": b"hello", "sub/c.txt": b"x"}, name="fig-3", wrap=True)
        root = stored["root"]
        entries = client.get("jupyter-ipfs/entries", params={"path": "fig-3"}).json()
        assert [entry["name"] for entry in entries["entries"]] == ["a b&%.txt", "sub"]
        assert client.get(f"jupyter-ipfs/ipfs/{root}/a%20b&%25.txt").content == b"hello"
        assert client.get(f"jupyter-ipfs/items/{root}").json()["root"] == root
        assert client.get("jupyter-ipfs/names/fig-3").status_code == 200
        assert client.post("jupyter-ipfs/tutorial").status_code == 201

    asyncio.run(listen(hub.ada))


def test_another_users_prefix_is_nobodys(hub: Hub) -> None:
    for prefix in ("/user/bob.b-1", "/user/ada@lab", "/user/ada%2540lab", "", "/user/adaX40lab"):
        with hub.ada.client() as client:
            place = client.base_url.copy_with(raw_path=f"{prefix}/jupyter-ipfs/status".encode())
            answer = client.get(place)
        assert answer.status_code == 404, prefix


def test_the_administrators_settings_hold_for_both_and_have_repos_of_their_own(hub: Hub) -> None:
    for user in (hub.ada, hub.bob):
        with user.client() as client:
            assert client.get("jupyter-ipfs/status").status_code == 200
            told = client.get("jupyter-ipfs/config").json()
            assert told["quota"] == 10 * 2**30
            assert told["sources"] == [str(hub.lab)]
            assert told["locked"] == ["backend", "quota", "repo"]
            refused = client.put("jupyter-ipfs/config", json={"quota": None})
            assert refused.status_code == 403
        assert (user.home / ".local/share/jupyter/ipfs/repo.sqlite").exists()


def test_the_panel_asks_without_keeping_a_server_awake(hub: Hub) -> None:
    with hub.bob.client() as client:
        client.get("api/contents")
        before = client.get("api/status").json()["last_activity"]
        for path in ("status", "config", "health", "items", "jobs", "openapi.yaml"):
            client.get(f"jupyter-ipfs/{path}")
        asyncio.run(listen(hub.bob))
        assert client.get("api/status").json()["last_activity"] == before
        client.put("jupyter-ipfs/config", json={"gateways": []})
        client.get("api/contents")
        assert client.get("api/status").json()["last_activity"] != before


def test_content_goes_from_one_user_to_the_other_through_a_folder(hub: Hub) -> None:
    with hub.ada.client() as ada, hub.bob.client() as bob:
        root = store(ada, {"survey.csv": b"x,y\n1,2\n"}, name="survey", wrap=True)["root"]
        missing = bob.get("jupyter-ipfs/entries", params={"path": root})
        assert missing.status_code == 404
        place = done(ada, "push", path="survey", target=str(hub.lab))["place"]
        assert place == str(hub.lab / f"survey-{root[-8:]}.car")
        assert done(bob, "fetch", path=root, pin=True)["root"] == root
        assert bob.get(f"jupyter-ipfs/ipfs/{root}/survey.csv").content == b"x,y\n1,2\n"
        (held,) = bob.get("jupyter-ipfs/items").json()["items"]
        assert held["root"] == root
        (theirs,) = [
            item for item in ada.get("jupyter-ipfs/items").json()["items"] if item["root"] == root
        ]
        assert "folder" in {copy["kind"] for copy in theirs["copies"]}


def test_the_pages_examples_run_in_the_kernels_of_two_users(hub: Hub) -> None:
    (hub.ada.root_dir / "survey.csv").write_text("city,price\nUlm,3\n")
    root = in_kernel(hub.ada, snippet("Ada").replace(LAB, str(hub.lab))).strip().splitlines()[-1]
    assert list(hub.lab.glob(f"*{root[-8:]}.car"))
    code = f"root = {root!r}\n" + snippet("Bob") + "\nprint(data)"
    assert in_kernel(hub.bob, code).strip() == repr(b"city,price\nUlm,3\n")


def test_the_spawners_example_is_what_jupyterhub_reads() -> None:
    c = Config()
    exec(snippet("jupyterhub_config.py"), {"c": c})  # noqa: S102  (our own page)
    assert set(c.Spawner.environment) == {"JUPYTER_IPFS_KUBO_URL"}


def test_every_trait_is_on_the_page() -> None:
    from jupyter_ipfs.server.settings import JupyterIPFS  # noqa: PLC0415

    traits = JupyterIPFS.class_own_traits(config=True)
    rows = re.findall(r"^\| (`.+`) \|", PAGE, re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == set(traits)


def test_what_an_administrator_does_not_allow_is_told_before_it_begins(tmp_path: Path) -> None:
    flags = (
        "--JupyterIPFS.quota=100 kB", "--JupyterIPFS.locked=quota", "--JupyterIPFS.reproduce=False",
    )  # fmt: skip
    with running_jupyter("server", tmp_path, *flags) as jupyter, jupyter.client() as client:
        store(client, {"most": bytes(range(250)) * 240})  # staged and stored, counted once
        listed = {"files": [{"path": "large", "size": 90_000, "modified": 1}]}
        refused = client.post("jupyter-ipfs/uploads", json=listed)
        assert refused.status_code == 507, refused.text
        body = refused.json()
        assert body["code"] == "QuotaExceededError"
        assert "the quota is 100 kB" in body["message"]
        assert "forget" in body["hint"]
        announce(client, {"fits": bytes(10_000)})
        run = {"path": "survey", "isolation": "bubblewrap", "agreed": True}
        body = {"action": "reproduce", "arguments": run}
        forbidden = client.post("jupyter-ipfs/jobs", json=body)
        assert forbidden.status_code == 403
        assert forbidden.json()["code"] == "SettingLockedError"
