"""What happens by itself is told while somebody listens, and names nothing."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import pytest
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from jupyter_ipfs import config, connect
from jupyter_ipfs.server.actions import Task
from jupyter_ipfs.server.changes import Changes
from jupyter_ipfs.server.jobs.pool import Jobs
from jupyter_ipfs.server.wallet.mail import Mail
from jupyter_ipfs.server.wallet.wallets import Wallets
from jupyter_ipfs.server.watch import Watch, WatchHandler
from tests.jupyter_process import TOKEN, JupyterProcess
from tests.server.test_streamed import cookies
from tests.server.uploading import until

if TYPE_CHECKING:
    import httpx

WAIT_S = 60
LOGGED_IN = {"Authorization": f"token {TOKEN}"}
JOB_KEYS = {
    "type", "id", "state", "phase", "files", "files_total", "size", "size_total", "existing",
}  # fmt: skip


async def connected(jupyter: JupyterProcess, headers: dict[str, str]) -> WebSocketClientConnection:
    url = "ws" + jupyter.url.removeprefix("http") + "jupyter-ipfs/watch"
    return await websocket_connect(HTTPRequest(url, headers=headers))


async def heard(
    socket: WebSocketClientConnection, kind: str, **having: object
) -> list[dict[str, Any]]:
    """All messages up to the first of a kind with these values."""
    messages: list[dict[str, Any]] = []
    while True:
        text = await asyncio.wait_for(socket.read_message(), WAIT_S)
        assert text is not None, "the server hung up"
        messages.append(json.loads(text))
        last = messages[-1]
        if last["type"] == kind and having.items() <= last.items():
            return messages


async def hang_up(socket: WebSocketClientConnection) -> None:
    """Close, and wait until the other side has done so too."""
    socket.close()
    while await socket.read_message() is not None:
        pass


@pytest.mark.parametrize("verb", ["nobody", "a wrong token", "a page elsewhere"])
def test_only_who_may_can_listen(jupyter: JupyterProcess, verb: str) -> None:
    jar = "; ".join(f"{name}={value}" for name, value in cookies(jupyter).items())
    headers = {
        "nobody": {},
        "a wrong token": {"Authorization": "token guessed"},
        "a page elsewhere": {"Cookie": jar, "Origin": "http://evil.example"},
    }[verb]
    with pytest.raises(HTTPClientError) as refused:
        asyncio.run(connected(jupyter, headers))
    assert refused.value.code in {403, 404}


def test_the_browser_s_own_page_may(jupyter: JupyterProcess) -> None:
    jar = "; ".join(f"{name}={value}" for name, value in cookies(jupyter).items())
    place = urlsplit(jupyter.url)

    async def listen() -> None:
        own = {"Cookie": jar, "Origin": f"http://{place.netloc}"}
        await hang_up(await connected(jupyter, own))

    asyncio.run(listen())


def test_a_job_is_followed_without_a_word_of_what_it_is_about(
    client: httpx.Client, jupyter: JupyterProcess
) -> None:
    (jupyter.root_dir / "followed-secret.txt").write_text("followed")

    async def listen() -> list[dict[str, Any]]:
        socket = await connected(jupyter, LOGGED_IN)
        body = {
            "action": "store",
            "arguments": {"paths": ["followed-secret.txt"], "name": "secret"},
        }
        post = asyncio.to_thread(client.post, "jupyter-ipfs/jobs", json=body)
        job = (await post).json()
        messages = await heard(socket, "job", id=job["id"], state="done")
        messages += await heard(socket, "changed")
        await hang_up(socket)
        return messages

    messages = asyncio.run(listen())
    jobs = [message for message in messages if message["type"] == "job"]
    assert all(message.keys() == JOB_KEYS for message in jobs)
    assert jobs[0]["state"] in {"queued", "running"}
    assert jobs[-1]["size"] == len("followed")
    text = json.dumps(messages)
    assert "secret" not in text
    assert "baf" not in text


def test_what_another_process_does_is_heard(jupyter: JupyterProcess) -> None:
    repo = jupyter.home / "jupyter-data" / "ipfs"

    def store(number: int) -> None:
        with connect(repo=repo) as session:
            session.add(b"heard %d" % number)

    async def listen() -> None:
        socket = await connected(jupyter, LOGGED_IN)
        hearing = asyncio.create_task(heard(socket, "changed"))
        # The server's first look is what later ones are compared with: it may come after some.
        for number in range(60):
            await asyncio.to_thread(store, number)
            if (await asyncio.wait({hearing}, timeout=1))[0]:
                break
        await hearing
        await asyncio.to_thread(config.save, repo, sources=["/nowhere"])
        await heard(socket, "config")
        await asyncio.to_thread(config.save, repo, sources=[])
        await heard(socket, "config")
        await hang_up(socket)

    asyncio.run(listen())


def test_listening_is_no_activity(client: httpx.Client, jupyter: JupyterProcess) -> None:
    client.get("api/contents")
    before = client.get("api/status").json()["last_activity"]

    async def listen() -> None:
        socket = await connected(jupyter, LOGGED_IN)
        await socket.write_message("nothing is taken from here")
        await hang_up(socket)

    asyncio.run(listen())
    assert client.get("api/status").json()["last_activity"] == before


def test_reading_is_no_change_and_a_pin_or_a_setting_is() -> None:
    changes = Changes()
    try:
        assert changes.since() == []
        with connect() as session:
            root = session.add(b"something")
        assert changes.since() == ["changed"]
        with connect() as session:
            session.cat(root)
            session.pins()
            session.status()
            session.repo.status()
        assert changes.since() == [], "else the front end would ask, and asking would be a change"
        with connect() as session:
            session.unpin(root)
            repo = session.repo.path
        assert changes.since() == ["changed"]
        config.save(repo, public_gateways=True)
        assert changes.since() == ["config"]
        assert changes.since() == []
    finally:
        changes.close()
    assert changes.since() == [], "and nothing is opened again"


class Socket:
    """What `Watch` needs of one."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []

    def tell(self, message: dict[str, Any]) -> None:
        self.told.append(message)


def test_the_repo_is_looked_at_only_while_somebody_listens() -> None:
    async def listen() -> None:
        watch = Watch(Jobs())
        first, second = cast("WatchHandler", Socket()), cast("WatchHandler", Socket())
        looks = [watch.is_looking]
        for step, socket in (
            (watch.add, first), (watch.add, second), (watch.remove, first),
            (watch.remove, second), (watch.add, first), (watch.remove, first),
        ):  # fmt: skip
            step(socket)
            looks.append(watch.is_looking)
        assert looks == [False, True, True, True, False, True, False]

    asyncio.run(listen())


def test_who_comes_late_hears_what_is_under_way() -> None:
    async def listen() -> None:
        jobs, go = Jobs(), asyncio.Event()
        loop = asyncio.get_running_loop()

        def run(*_: object) -> dict[str, Any]:
            asyncio.run_coroutine_threadsafe(go.wait(), loop).result()
            return {}

        job = jobs.start(Task("test", "secret", {}, run))
        watch, late = Watch(jobs), Socket()
        watch.add(cast("WatchHandler", late))
        assert [message["id"] for message in late.told] == [job.id]
        go.set()
        await asyncio.to_thread(until, lambda: late.told[-1]["state"] == "done")
        watch.remove(cast("WatchHandler", late))

    asyncio.run(listen())


def test_a_look_that_fails_is_logged_and_ends_no_other(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    looked = threading.Event()

    def fail(_mail: Mail) -> list[str]:
        looked.set()
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr(Mail, "since", fail)

    async def listen() -> None:
        watch, socket = Watch(Jobs(), Wallets()), cast("WatchHandler", Socket())
        watch.add(socket)
        await asyncio.to_thread(looked.wait, WAIT_S)
        await asyncio.to_thread(until, lambda: caplog.records)
        assert watch.is_looking
        watch.remove(socket)

    asyncio.run(listen())
    assert [record.getMessage() for record in caplog.records] == [
        "jupyter_ipfs: a look failed with ZeroDivisionError"
    ]
