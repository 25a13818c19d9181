"""What a run works on: inputs, fresh repos, the peers, a gateway that counts."""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import printed

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKOUT = Path(__file__).resolve().parent.parent
MIB = 1024 * 1024
_OURS = "import sys; from jupyter_ipfs.cli.main import main; sys.exit(main())"


@dataclass
class Setting:
    """One run's place, sizes and peers.

    Attributes:
        place: A directory on a real disk, empty.
        kubo: The ``ipfs`` binary.
        repetitions: How often each figure is taken.
        file_mib: Size of the large file.
        files: Number of small files.
    """

    place: Path
    kubo: Path
    repetitions: int = 5
    file_mib: int = 512
    files: int = 10_000
    _count: int = field(default=0, init=False)

    @cached_property
    def env(self) -> dict[str, str]:
        """An environment without anybody's configuration."""
        home = self.place / "home"
        home.mkdir()
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("JUPYTER", "IPFS", "XDG_", "PYTHON"))
        }
        return {
            **kept,
            "HOME": str(home),
            "IPFS_TELEMETRY": "off",
            "PYTHONPATH": str(CHECKOUT),
            # Compiled once, as an installed package is.
            "PYTHONPYCACHEPREFIX": str(self.place / "compiled"),
        }

    @cached_property
    def ours(self) -> list[str]:
        """The command, as installed or from the checkout."""
        installed = Path(sys.executable).with_name("jupyter-ipfs")
        return [str(installed)] if installed.exists() else [sys.executable, "-c", _OURS]

    @cached_property
    def large(self) -> Path:
        """The large file: random, so that nothing can be deduplicated."""
        file, rng = self.place / "large.bin", random.Random(1)
        with file.open("wb") as out:
            for _ in range(self.file_mib):
                out.write(rng.randbytes(MIB))
        return file

    @cached_property
    def small(self) -> Path:
        """Many files of 1 KiB in 100 directories."""
        root, rng = self.place / "small", random.Random(2)
        for n in range(self.files):
            place = root / f"{n % 100:02}"
            place.mkdir(parents=True, exist_ok=True)
            (place / f"{n:05}.bin").write_bytes(rng.randbytes(1024))
        return root

    @cached_property
    def wide(self) -> Path:
        """One directory with many small files, which is sharded when it is added."""
        root = self.place / "wide"
        root.mkdir()
        for n in range(10_000):
            (root / f"measurement-{n:05}.csv").write_bytes(f"{n}".encode())
        return root

    @cached_property
    def _template(self) -> Path:
        repo = self.place / "kubo-template"
        printed([self.kubo, "init", "-p", "test,unixfs-v1-2025"], self.kubo_env(repo))
        return repo

    def warm_up(self) -> None:
        """Run both commands once, so that nobody pays for compiling or for a cold disk."""
        empty = self.place / "empty"
        empty.write_bytes(b"")
        printed([*self.ours, "add", "-Q", empty], self.our_env(self.fresh("ours")))
        printed([self.kubo, "add", "-Q", empty], self.kubo_env(self.fresh_kubo()))

    def fresh(self, name: str) -> Path:
        """Return a path that does not exist yet."""
        self._count += 1
        return self.place / f"{name}-{self._count}"

    def fresh_kubo(self) -> Path:
        """Make an empty Kubo repo with the profile that we have by default."""
        repo = self.fresh("kubo")
        shutil.copytree(self._template, repo)
        return repo

    def kubo_env(self, repo: Path) -> dict[str, str]:
        """The environment in which ``ipfs`` uses ``repo``."""
        return {**self.env, "IPFS_PATH": str(repo)}

    def our_env(self, repo: Path, **more: str) -> dict[str, str]:
        """The environment in which ours uses ``repo``."""
        return {**self.env, "JUPYTER_IPFS_REPO": str(repo), **more}


@contextmanager
def kubo_daemon(setting: Setting, repo: Path) -> Iterator[tuple[int, int]]:
    """Serve a Kubo repo's gateway on loopback; gives port and process."""
    daemon = subprocess.Popen(
        [setting.kubo, "daemon", "--offline"],
        env=setting.kubo_env(repo), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        assert daemon.stdout is not None
        for line in daemon.stdout:
            if line.startswith(b"Daemon is ready"):
                break
        yield int((repo / "gateway").read_text().strip().rpartition(":")[2]), daemon.pid
    finally:
        daemon.terminate()
        daemon.wait()
        if daemon.stdout is not None:
            daemon.stdout.close()


@contextmanager
def kubo_gateway(setting: Setting, repo: Path) -> Iterator[Counter]:
    """Serve a Kubo repo's gateway on loopback, behind a counter of its bytes."""
    with kubo_daemon(setting, repo) as (port, _):
        counter = Counter(port)
        yield counter
        counter.close()


class Counter:
    """A port on loopback that passes everything on to another one and counts what comes back."""

    def __init__(self, port: int) -> None:
        self.received = 0
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._port))
                for pair in ((client, server, False), (server, client, True)):
                    threading.Thread(target=self._pass_on, args=pair, daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, counted: bool) -> None:  # noqa: FBT001
        with suppress(OSError):
            while data := source.recv(256 * 1024):
                self.received += len(data) if counted else 0
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
