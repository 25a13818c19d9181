"""Downloads from gateways on loopback: ours and Kubo's, the same file, in turn."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from benchmarks.measure import Figure, printed
from benchmarks.row import Row
from benchmarks.setting import MIB, Setting, kubo_daemon

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FORMATS = {"as a file": "", "as a CAR": "?format=car"}


def serve(setting: Setting) -> list[Row]:
    """Download the large file from each gateway, by a client that only counts."""
    repo, kubo_repo = setting.fresh("ours"), setting.fresh_kubo()
    add = [*setting.ours, "add", "-Q", setting.large]
    root = printed(add, setting.our_env(repo)).out.strip()
    kubo_add = [setting.kubo, "add", "-Q", setting.large]
    theirs = printed(kubo_add, setting.kubo_env(kubo_repo)).out.strip()
    if root != theirs:
        raise RuntimeError(f"{root} is not Kubo's {theirs}")
    rows = []
    with ExitStack() as stack:
        ours = stack.enter_context(our_gateway(setting, repo, root))
        kubo = stack.enter_context(kubo_daemon(setting, kubo_repo))
        for title, query in FORMATS.items():
            row = Row(f"download {setting.file_mib} MiB from the gateway, {title}", kubo=Figure())
            rows.append(row)
            assert row.kubo is not None
            for _ in range(setting.repetitions):
                for figure, port, pid in ((row.ours, *ours), (row.kubo, *kubo)):
                    begin = time.perf_counter()
                    size = download(port, f"/ipfs/{root}{query}")
                    figure.take(time.perf_counter() - begin, peak(pid))
                    if size < setting.file_mib * MIB:
                        raise RuntimeError(f"{size} bytes came")
            row.kubo.note = "believes its own disk"
    return rows


def download(port: int, path: str) -> int:
    """Read one response to its end and return how many bytes came."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode())
        buffer, size = bytearray(MIB), 0
        while got := connection.recv_into(buffer):
            size += got
    return size


def peak(pid: int) -> int:
    """Return the largest resident size that a process has had, in bytes; 0 if it is not told."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as status:  # noqa: PTH123
            found = next((line for line in status if line.startswith("VmHWM:")), "0 0")
    except OSError:
        return 0
    return int(found.split()[1]) * 1024


@contextmanager
def our_gateway(setting: Setting, repo: Path, root: str) -> Iterator[tuple[int, int]]:
    """Serve a root with our command; gives port and process."""
    process = subprocess.Popen(
        [*setting.ours, "--json", "gateway", root],
        env=setting.our_env(repo), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["url"]
        yield int(url.rpartition(":")[2]), process.pid
    finally:
        process.terminate()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
