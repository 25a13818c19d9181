"""A file through the Jupyter server, as a browser sends it, next to `add` in a process."""

from __future__ import annotations

import json
import re
import secrets
import shutil
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from benchmarks.measure import repeat, script
from benchmarks.rows import Row
from benchmarks.setting import MIB, Setting

if TYPE_CHECKING:
    from collections.abc import Iterator

_SLICE = 32 * MIB  # as the front end sends it where the network is quick
_ADD = """
import json, sys, time
from jupyter_ipfs import connect
with connect() as session:
    begin = time.perf_counter()
    root = session.add(sys.argv[1])
    print(json.dumps({"seconds": time.perf_counter() - begin, "root": str(root)}))
"""


def upload(setting: Setting) -> list[Row]:
    """Send the large file and have it stored, durably; four times as much for the memory."""
    inside = Row(f"`session.add` of {setting.file_mib} MiB, in process, durable")
    through = Row("… sent to the Jupyter server and stored there")
    larger = Row(f"… {4 * setting.file_mib:,} MiB in one upload: the server's memory")
    roots: set[str] = set()

    def add() -> None:
        repo = setting.fresh("ours")
        said, _ = script(_ADD, setting.our_env(repo), str(setting.large))
        inside.ours.take(said["seconds"])
        roots.add(said["root"])
        shutil.rmtree(repo)

    def send() -> None:
        repo = setting.fresh("ours")
        with _server(setting, repo) as (client, pid):
            before = _peak(pid)
            begin = time.perf_counter()
            job = _send(client, [setting.large])
            through.ours.take(time.perf_counter() - begin, _peak(pid))
            through.ours.note = f"memory grew by {(_peak(pid) - before) / MIB:.0f} MiB"
            roots.add(job["result"]["root"])
        shutil.rmtree(repo)

    repeat(setting.repetitions, add, send)
    if len(roots) != 1:
        raise RuntimeError(f"one file, several roots: {roots}")
    if inside.ours.median and through.ours.median:
        speed = inside.ours.median / through.ours.median
        through.ours.note = f"{speed:.2f} x the speed of add; {through.ours.note}"
    with _server(setting, setting.fresh("ours")) as (client, pid):
        before = _peak(pid)
        begin = time.perf_counter()
        _send(client, [setting.large] * 4)
        larger.ours.take(time.perf_counter() - begin, _peak(pid))
        larger.ours.note = f"memory grew by {(_peak(pid) - before) / MIB:.0f} MiB"
    return [inside, through, larger]


def _send(client: httpx.Client, sources: list[Path]) -> dict[str, Any]:
    """Upload files as one, commit, and wait for the job's end."""
    size = sum(source.stat().st_size for source in sources)
    files = [{"path": sources[0].name, "size": size, "modified": 0}]
    place = f"uploads/{_asked(client.post('uploads', json={'files': files}))['id']}"
    _put(client, place, sources)
    job = _asked(client.post(f"{place}/commit", json={}))
    while job["state"] not in {"done", "failed", "cancelled"}:
        time.sleep(0.02)
        job = _asked(client.get(f"jobs/{job['id']}"))
    if job["state"] != "done":
        raise RuntimeError(f"the upload was not stored: {job['error']}")
    return job


def _put(client: httpx.Client, place: str, sources: list[Path]) -> None:
    """Send slices out of the file, as a browser does: with httpx the client would cost most."""
    address = client.base_url
    connection = HTTPConnection(address.host, address.port, timeout=300)
    offset = 0
    with closing(connection):
        connection.connect()
        for source in sources:
            with source.open("rb") as stream:
                for begin in range(0, source.stat().st_size, _SLICE):
                    size = min(_SLICE, source.stat().st_size - begin)
                    connection.putrequest("PUT", f"{address.path}{place}?offset={offset}")
                    connection.putheader("Authorization", client.headers["Authorization"])
                    connection.putheader("Content-Length", str(size))
                    connection.endheaders()
                    connection.sock.sendfile(stream, begin, size)
                    answer = connection.getresponse()
                    text = answer.read()
                    if answer.status != HTTPStatus.OK:
                        raise RuntimeError(f"{place}: {answer.status} {text[:300]!r}")
                    offset = json.loads(text)["received"]


def _asked(answer: httpx.Response) -> dict[str, Any]:
    if answer.is_error:
        raise RuntimeError(f"{answer.request.url}: {answer.status_code} {answer.text[:300]}")
    said: dict[str, Any] = answer.json()
    return said


@contextmanager
def _server(setting: Setting, repo: Path) -> Iterator[tuple[httpx.Client, int]]:
    """Run a Jupyter server with our extension; give a client for it and its process id."""
    token = secrets.token_hex(16)
    command = [
        sys.executable, "-m", "jupyter_server", "--ServerApp.ip=127.0.0.1", "--ServerApp.port=0",
        "--no-browser", "--allow-root", f"--IdentityProvider.token={token}",
        f"--ServerApp.root_dir={setting.place}",
        "--ServerApp.jpserver_extensions=jupyter_ipfs=True",
    ]  # fmt: skip
    log = setting.place / "server.log"
    with log.open("wb") as out:
        server = subprocess.Popen(command, env=setting.our_env(repo), stdout=out, stderr=out)
    try:
        with httpx.Client(
            base_url=f"{_address(log, server)}/jupyter-ipfs/",
            headers={"Authorization": f"token {token}"},
            timeout=300,
        ) as client:
            _asked(client.get("status"))  # everything is loaded, the repo is made
            yield client, server.pid
    finally:
        server.terminate()
        server.wait()


def _address(log: Path, server: subprocess.Popen[bytes]) -> str:
    while server.poll() is None:
        found = re.search(r"http://127\.0\.0\.1:\d+", log.read_text(errors="replace"))
        if found:
            return found[0]
        time.sleep(0.1)
    raise RuntimeError(f"no Jupyter server: {log.read_text(errors='replace')[-500:]}")


def _peak(pid: int) -> int:
    """The largest resident size of a process so far, in bytes; 0 where that is not told."""
    status = Path(f"/proc/{pid}/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
    return int(found[1]) * 1024 if found else 0
