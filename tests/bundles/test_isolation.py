"""What code of others can reach in a box: its own files, and nothing of anybody's."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ipfs.bundles.environment import environments, interpreters
from jupyter_ipfs.bundles.replay import isolation
from jupyter_ipfs.errors import IsolationError

if TYPE_CHECKING:
    from collections.abc import Iterator

LAUNCHER = Path(isolation.__file__).parent / "launcher.py"


def run(
    code: str, work: Path, *, network: bool = False, limits: dict[str, int] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run code by the bare Python, as it is done before an environment has a say."""
    python = interpreters.of(sys.executable)
    work.mkdir(exist_ok=True)
    if isolation.user() is not None:
        os.chown(work, isolation.NOBODY, isolation.NOBODY)
    box = isolation.Box(
        folder="/work",
        environment={"HOME": "/home/reader", "PATH": "/usr/bin:/bin"},
        read_only={
            "/launcher.py": LAUNCHER,
            **{str(place): place for place in environments.outside_system(python.prefixes)},
        },
        writable={"/work": work},
        network=network,
    )
    options = {"uid": isolation.user(), "limits": limits or {}}
    arguments = [str(python.executable), "-I", "-S", "/launcher.py", json.dumps(options),
                 str(python.executable), "-I", "-S", "-c", code]  # fmt: skip
    return subprocess.run(
        isolation.command(box, arguments), env=dict(box.environment), capture_output=True,
        text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def told(code: str, work: Path, **options: Any) -> Any:  # noqa: ANN401  (JSON)
    """Run code that sets ``said``; return that."""
    done = run(f"import json, os\n{code}\nprint(json.dumps(said))", work, **options)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


ATTEMPT = """
said = {}
def attempt(name, function):
    try:
        said[name] = repr(function())
    except OSError as error:
        said[name] = type(error).__name__
"""


@pytest.mark.usefixtures("bubblewrap")
def test_code_in_a_box_reaches_neither_home_nor_repo_nor_others(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / ".ssh").mkdir()
    (home / ".ssh" / "id_ed25519").write_text("KEY")
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo" / "expected").write_text("EXPECTED")
    monkeypatch.setenv("A_TOKEN", "SECRET")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        code = (
            ATTEMPT
            + f"""
import glob, socket
attempt("ssh", lambda: open({str(home / ".ssh" / "id_ed25519")!r}).read())
attempt("repo", lambda: open({str(tmp_path / "repo" / "expected")!r}).read())
attempt("shadow", lambda: open("/etc/shadow").read())
attempt("machine", lambda: open("/etc/machine-id").read())
attempt("environ", lambda: open("/proc/1/environ").read())
attempt("parent", lambda: open(f"/proc/{{os.getppid()}}/environ").read())
attempt("kill", lambda: os.kill(1, 9) or os.getppid())
attempt("usr", lambda: open("/usr/evil", "w"))
attempt("root", lambda: open("/evil", "w"))
attempt("dev", lambda: open("/dev/evil", "w"))
attempt("launcher", lambda: open("/launcher.py", "a"))
attempt("sysctl", lambda: open("/proc/sys/kernel/core_pattern", "w"))
attempt("disk", lambda: open("/dev/vda", "rb").read(1))
attempt("local", lambda: socket.create_connection(("127.0.0.1", {port}), 2))
attempt("far", lambda: socket.create_connection(("192.0.2.1", 80), 2))
attempt("root user", lambda: os.setuid(0))
said["token"] = "A_TOKEN" in os.environ
said["variables"] = sorted(os.environ)
said["processes"] = len(glob.glob("/proc/[0-9]*"))
said["sockets"] = glob.glob("/tmp/.X11-unix/*") + glob.glob("/run/**/*", recursive=True)
said["homes"] = os.listdir("/home") if os.path.isdir("/home") else []
said["session"] = os.getsid(0) != 0
status = open("/proc/self/status").read()
said["capabilities"] = status.partition("CapEff:")[2].split()[0]
said["interfaces"] = [name for _, name in socket.if_nameindex()]
"""
        )
        said = told(code, tmp_path / "work")
    for name in ("ssh", "repo", "shadow", "machine"):
        assert said[name] == "FileNotFoundError", name
    for name in ("usr", "root", "dev", "launcher", "sysctl", "disk", "root user"):
        assert said[name] in {"OSError", "PermissionError", "FileNotFoundError"}, name
    assert said["local"] == "ConnectionRefusedError"
    assert said["far"] in {"OSError", "TimeoutError"}
    assert "SECRET" not in json.dumps(said)
    assert not said["token"]
    assert set(said["variables"]) <= {"HOME", "PATH", "PWD", "LC_CTYPE"}
    assert said["processes"] <= 3
    assert (said["sockets"], said["homes"], said["interfaces"]) == ([], [], ["lo"])
    assert int(said["capabilities"], 16) == 0


@pytest.mark.usefixtures("bubblewrap")
def test_the_network_is_there_only_if_it_is_granted(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        code = f"import socket\nsocket.create_connection({address!r}, 5)\nsaid = True"
        assert told(code, tmp_path / "work", network=True) is True
        done = run(f"import socket\nsocket.create_connection({address!r}, 5)", tmp_path / "work")
    assert "ConnectionRefusedError" in done.stderr


@pytest.mark.usefixtures("bubblewrap")
def test_processes_and_files_are_limited(tmp_path: Path) -> None:
    code = """
said = {"forks": 0}
try:
    while said["forks"] < 2000:
        if os.fork() == 0:
            os.read(os.pipe()[0], 1)
        said["forks"] += 1
except BlockingIOError:
    said["stopped"] = True
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
try:
    with open("/work/big", "wb", buffering=0) as file:
        for _ in range(100):
            file.write(bytes(1000))
except OSError as error:
    said["file"] = os.path.getsize("/work/big")
"""
    said = told(code, tmp_path / "work", limits={"NPROC": 50, "FSIZE": 10_000})
    assert said["stopped"]
    assert said["forks"] < 60
    assert said["file"] == 10_000


@pytest.mark.usefixtures("bubblewrap")
def test_a_box_ends_with_whoever_started_it(tmp_path: Path) -> None:
    """The test's process starts one that starts the box, and kills that one."""
    work = tmp_path / "work"
    work.mkdir()
    work.chmod(0o777)
    box = isolation.Box("/work", {"PATH": "/usr/bin"}, writable={"/work": work})
    command = isolation.command(box, ["/bin/sh", "-c", "echo begun; exec sleep 1000"])
    code = f"import subprocess; subprocess.run({command!r})"
    starter = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert starter.stdout is not None
    assert starter.stdout.readline() == b"begun\n"
    starter.kill()
    starter.wait()
    # The pipe's other end is closed when the last process that has it is gone.
    assert starter.stdout.read() == b""
    starter.stdout.close()


@pytest.mark.usefixtures("bubblewrap")
def test_a_python_that_stands_around_the_home_is_refused(home: Path, tmp_path: Path) -> None:
    for around in (home, home.parent, tmp_path):
        box = isolation.Box("/", {}, read_only={"/x": around}, writable={"/work": tmp_path / "w"})
        with pytest.raises(IsolationError, match="holds your files"):
            isolation.command(box, ["true"])


@pytest.fixture
def forbidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A bubblewrap that may make no namespaces, as in most containers."""
    program = tmp_path / "bin" / "bwrap"
    program.parent.mkdir()
    program.write_text(
        "#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    yield
    isolation._probed.cache_clear()


@pytest.mark.usefixtures("forbidden")
def test_where_namespaces_are_forbidden_it_says_so() -> None:
    box = isolation.Box("/", {})
    with pytest.raises(IsolationError, match="No permissions to create new namespace") as raised:
        isolation.command(box, ["true"])
    assert "--no-isolation" in str(raised.value.hint)


def test_where_bubblewrap_is_missing_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(IsolationError, match=r"not installed|for Linux"):
        isolation.require()
