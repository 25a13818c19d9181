"""What every test stands on: its own home, and the real peers, found or refused in one place.

A test asks for a peer by fixture. Where the peer is not there the test is skipped with the
line that brings it, and with ``CI=true`` it fails instead: see `require`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")

pytest_plugins = ["tests.sandboxes", "tests.environments"]

CHECKOUT = Path(__file__).resolve().parent.parent
KUBO_VERSION = "0.43.1"
# Looked up here since every test gets another HOME.
_GO_MODULES = Path(os.environ.get("GOMODCACHE") or Path.home() / "go" / "pkg" / "mod")
_BUILD_KUBO = "make kubo (builds .cache/kubo/ipfs from tests/kubo), or set JUPYTER_IPFS_TEST_KUBO"

_NESTING = sys.getrecursionlimit()

settings.register_profile(
    "default",
    deadline=None,  # the machine is shared; a slow example is not a failure
    suppress_health_check=[HealthCheck.too_slow],
    max_examples=100,
)
settings.load_profile("default")


def require(thing: T | None, reason: str) -> T:
    """Return ``thing`` if it is truthy, else skip for ``reason``; on CI a skip is a hole: fail."""
    if thing:
        return thing
    if os.environ.get("CI") == "true":
        pytest.fail(f"needed on CI: {reason}")
    pytest.skip(reason)


def library(name: str) -> Any:  # noqa: ANN401  (a module whose types are not at hand)
    """Import an optional library; see `require` for what happens without it."""
    try:
        return import_module(name)
    except ImportError:
        return require(None, f"{name} is not installed")


@pytest.fixture(autouse=True)
def nesting() -> None:
    """Let each test have Python's own recursion limit.

    py_ecc and py-evm, which another test of this process may have imported, raise it so far that
    hostile JSON ends the process instead of raising `RecursionError`.
    """
    sys.setrecursionlimit(_NESTING)


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh home with no configuration of anybody's; every test has one."""
    home = tmp_path_factory.mktemp("home")
    for name in [name for name in os.environ if name.startswith(("JUPYTER", "IPFS", "XDG_"))]:
        if not name.startswith("JUPYTER_IPFS_TEST_"):
            monkeypatch.delenv(name)
    places = {
        "HOME": home,
        "USERPROFILE": home,
        "IPYTHONDIR": home / ".ipython",
        "JUPYTER_CONFIG_DIR": home / ".jupyter",
        "JUPYTER_DATA_DIR": home / "jupyter-data",
        "JUPYTER_RUNTIME_DIR": home / "jupyter-runtime",
        # Caches that are slow to make and hold nothing of a test's.
        "MPLCONFIGDIR": tmp_path_factory.getbasetemp() / "matplotlib",
    }
    for name, place in places.items():
        monkeypatch.setenv(name, str(place))
    return home


@dataclass(frozen=True, slots=True)
class Kubo:
    """The real thing, driven by its command line in a repo of its own, offline.

    Attributes:
        binary: The ``ipfs`` executable.
        repo: Its ``IPFS_PATH``.
        api_url: The RPC's address, when a daemon serves this repo.
        gateway_url: The gateway's address, likewise.
        pid: The daemon's, likewise.
    """

    binary: Path
    repo: Path
    api_url: str = ""
    gateway_url: str = ""
    pid: int = 0

    @property
    def env(self) -> dict[str, str]:
        """The environment in which ``ipfs`` uses this repo."""
        return {**os.environ, "IPFS_PATH": str(self.repo), "IPFS_TELEMETRY": "off"}

    def run(
        self, *args: str | Path, stdin: bytes | None = None, check: bool = True
    ) -> subprocess.CompletedProcess[bytes]:
        """Run one command; with ``check`` a failure raises with what it said."""
        done = subprocess.run(
            [self.binary, *args], input=stdin, env=self.env, capture_output=True, check=False
        )
        if check and done.returncode:
            raise AssertionError(f"ipfs {args} failed: {done.stderr.decode(errors='replace')}")
        return done

    def out(self, *args: str | Path, stdin: bytes | None = None) -> str:
        """Return what one command prints, stripped."""
        return self.run(*args, stdin=stdin).stdout.decode().strip()

    def add(self, local_path: str | Path | bytes, *flags: str) -> str:
        """Add a file or directory (or bytes, as one file) and return its root's text."""
        if isinstance(local_path, bytes):
            return self.out("add", "-Q", *flags, stdin=local_path)
        recursive = ["-r"] if Path(local_path).is_dir() else []
        return self.out("add", "-Q", *recursive, *flags, "--", local_path)

    def cat(self, path: str) -> bytes:
        """Return a file's bytes."""
        return self.run("cat", path).stdout

    def block(self, cid: str) -> bytes:
        """Return one block's bytes."""
        return self.run("block", "get", cid).stdout

    def export_car(self, root: str, file: Path) -> Path:
        """Write the DAG under ``root`` as a CAR and return ``file``."""
        with file.open("wb") as out:
            subprocess.run(
                [self.binary, "dag", "export", "--progress=false", root],
                stdout=out, stderr=subprocess.PIPE, env=self.env, check=True,
            )  # fmt: skip
        return file

    def import_car(self, file: Path) -> None:
        """Take the blocks of a CAR; Kubo checks that what its roots name is complete."""
        self.run("dag", "import", file)

    def use_profile(self, profile: str) -> None:
        """Switch the import defaults to another profile."""
        self.run("config", "profile", "apply", profile)


@pytest.fixture(scope="session")
def kubo_binary() -> Path:
    """The real ``ipfs`` 0.43.1."""
    named = os.environ.get("JUPYTER_IPFS_TEST_KUBO")
    built = CHECKOUT / ".cache" / "kubo" / "ipfs"
    on_path = shutil.which("ipfs")
    found = named or (built if built.exists() else on_path)
    binary = Path(str(require(found, f"no Kubo: {_BUILD_KUBO}")))
    version = subprocess.run([binary, "version", "-n"], capture_output=True, check=True)
    said = version.stdout.decode().strip()
    require(said == KUBO_VERSION, f"Kubo is {said}, expected {KUBO_VERSION}: {_BUILD_KUBO}")
    return binary


@pytest.fixture(scope="session")
def kubo_template(kubo_binary: Path, tmp_path_factory: pytest.TempPathFactory) -> Kubo:
    """An empty repo that others are copied from: making a key takes longer than the tests."""
    kubo = Kubo(kubo_binary, tmp_path_factory.mktemp("kubo") / "template")
    kubo.run("init", "-p", "test")
    return kubo


@pytest.fixture(scope="session")
def make_kubo(kubo_template: Kubo, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Kubo]:
    """Make an empty repo, unconfigured (so ``unixfs-v0-2015``) or with an import profile."""

    def make(profile: str | None = None) -> Kubo:
        repo = tmp_path_factory.mktemp("kubo") / "repo"
        shutil.copytree(kubo_template.repo, repo)
        kubo = Kubo(kubo_template.binary, repo)
        if profile:
            kubo.use_profile(profile)
        return kubo

    return make


@pytest.fixture
def kubo(make_kubo: Callable[..., Kubo]) -> Kubo:
    """An empty Kubo repo of this test's own (profile ``unixfs-v1-2025``), with no daemon."""
    return make_kubo("unixfs-v1-2025")


@contextmanager
def running_daemon(kubo: Kubo, *, offline: bool = True) -> Iterator[Kubo]:
    """Serve a repo, offline and on free loopback ports, until the block is left."""
    process = subprocess.Popen(
        [kubo.binary, "daemon", f"--offline={str(offline).lower()}"],
        env=kubo.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line.decode(errors="replace"))
            if line.startswith(b"Daemon is ready"):
                break
        else:
            raise AssertionError("Kubo's daemon did not start:\n" + "".join(said))
        port = (kubo.repo / "api").read_text().split("/")[4]
        gateway = (kubo.repo / "gateway").read_text().strip()
        yield Kubo(kubo.binary, kubo.repo, f"http://127.0.0.1:{port}", gateway, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


@pytest.fixture(scope="session")
def kubo_daemon(make_kubo: Callable[..., Kubo]) -> Iterator[Kubo]:
    """A running, offline Kubo; shared, so a test uses content of its own."""
    with running_daemon(make_kubo("unixfs-v1-2025")) as daemon:
        yield daemon


@pytest.fixture(scope="session")
def go_modules() -> Path:
    """Go's module cache, which holds Kubo's own fixtures once Kubo was built here."""
    boxo = _GO_MODULES / "github.com" / "ipfs" / "boxo@v0.43.0"
    require(boxo.is_dir(), f"no Go module cache with Kubo's fixtures: {_BUILD_KUBO}")
    return _GO_MODULES / "github.com" / "ipfs"


@pytest.fixture(scope="session")
def chromium() -> Path:
    """A Chromium to drive."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("JUPYTER_IPFS_TEST_CHROMIUM") or next(
        filter(None, map(shutil.which, names)), None
    )
    return Path(require(found, "no Chromium on PATH (or set JUPYTER_IPFS_TEST_CHROMIUM)"))
