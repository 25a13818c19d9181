"""Sending files to a server as the front end does, and breaking off as browsers do."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx

    from tests.jupyter_process import JupyterProcess

ENDED = {"done", "failed", "cancelled"}
WAIT_S = 60


def until(found: Callable[[], Any]) -> Any:  # noqa: ANN401
    """What ``found`` returns as soon as it is something."""
    deadline = time.monotonic() + WAIT_S
    while not (result := found()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
    return result


def listed(files: Mapping[str, bytes]) -> list[dict[str, Any]]:
    return [{"path": path, "size": len(data), "modified": 1} for path, data in files.items()]


def announce(client: httpx.Client, files: Mapping[str, bytes], **more: object) -> dict[str, Any]:
    answer = client.post("jupyter-ipfs/uploads", json={"files": listed(files), **more})
    assert answer.status_code == 200, answer.text
    upload: dict[str, Any] = answer.json()
    return upload


def send(
    client: httpx.Client, upload: Mapping[str, Any], stream: bytes, size: int = 1 << 25
) -> None:
    """Send what is not there yet, in slices."""
    received = upload["received"]
    while received < len(stream):
        answer = put(client, upload["id"], received, stream[received : received + size])
        assert answer.status_code == 200, answer.text
        received = answer.json()["received"]


def put(client: httpx.Client, upload_id: str, offset: int, data: bytes) -> httpx.Response:
    where = f"jupyter-ipfs/uploads/{upload_id}"
    return client.put(where, params={"offset": offset}, content=data)


def ended(client: httpx.Client, job: Mapping[str, Any]) -> dict[str, Any]:
    """The job when it is over."""

    def look() -> dict[str, Any] | None:
        now: dict[str, Any] = client.get(f"jupyter-ipfs/jobs/{job['id']}").json()
        return now if now["state"] in ENDED else None

    result: dict[str, Any] = until(look)
    return result


def commit(client: httpx.Client, upload_id: str, **more: object) -> dict[str, Any]:
    answer = client.post(f"jupyter-ipfs/uploads/{upload_id}/commit", json=more)
    assert answer.status_code == 202, answer.text
    return ended(client, answer.json())


def store(
    client: httpx.Client,
    files: Mapping[str, bytes],
    *,
    name: str | None = None,
    wrap: bool = False,
) -> dict[str, Any]:
    """Upload files; the job's result."""
    upload = announce(client, files, wrap=wrap)
    send(client, upload, b"".join(files.values()))
    job = commit(client, upload["id"], name=name)
    assert job["state"] == "done", job
    result: dict[str, Any] = job["result"]
    return result


def opened(jupyter: JupyterProcess, target: str, headers: Mapping[str, str]) -> socket.socket:
    """A connection on which the head of a request has been sent, and no byte of its body."""
    place = urlsplit(jupyter.url)
    connection = socket.create_connection((place.hostname or "", place.port or 0), 20)
    given = {"Host": place.netloc, **headers}
    lines = [f"{name}: {value}" for name, value in given.items()]
    connection.sendall(
        "\r\n".join([target.replace(" /", f" {place.path}", 1), *lines, "", ""]).encode()
    )
    return connection


def pour(connection: socket.socket, size: int) -> None:
    """Send so many bytes, be it that nobody wants them."""
    piece = bytes(1 << 16)
    with suppress(OSError):
        for _ in range(size // len(piece)):
            connection.sendall(piece)


def kill(jupyter: JupyterProcess) -> None:
    """End the server as a crash does."""
    for file in (jupyter.home / "jupyter-runtime").glob("jpserver-*.json"):
        said = json.loads(file.read_text())
        if jupyter.url.startswith(said["url"].split("?")[0].rstrip("/")):
            os.kill(said["pid"], signal.SIGKILL)
            file.unlink()
            return
    raise AssertionError("the server is not to be found")
