"""Finding, starting and stopping a repo's sandbox: one process for all that use the repo.

It is started detached, so that it outlives the kernel that first needed it, and ends by itself
when nobody has asked it anything for a while. Nothing is lost either way.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jupyter_ipfs.errors import SandboxError
from jupyter_ipfs.ocean import chains
from jupyter_ipfs.ocean.sandbox_runtime import HOST, Runtime

if TYPE_CHECKING:
    from jupyter_ipfs.ocean.chains import Chain

IS_RUNNING = 17  # the exit status of a sandbox that finds another one at work in its repo
LOG = "sandbox.log"

_PATIENCE_S = 60.0  # on a computer that is busy with other things
_STOP_S = 15.0
_POLL_S = 0.02
_MOST_LOG = 1024 * 1024
_MOST_ANSWER = 64 * 1024
# Not `-m`: that would put the current directory, which may be anybody's, on the path.
_START = (
    "import sys; sys.path.append(sys.argv.pop(1)); "
    "from jupyter_ipfs.sandbox.__main__ import main; sys.exit(main())"
)

_children: dict[int, subprocess.Popen[bytes]] = {}  # of this process; they outlive it


@dataclass(frozen=True, slots=True)
class SandboxInfo:
    """A sandbox that runs, and has proven that it is the repo's.

    Attributes:
        rpc_url: Its JSON-RPC.
        node_url: Its Ocean Node.
        chain: The practice chain, with its contracts.
        pid: Its process.
    """

    rpc_url: str
    node_url: str
    chain: Chain
    pid: int


def ensure(repo: Path) -> SandboxInfo:
    """Return a repo's sandbox, which is started if it does not run.

    Args:
        repo: The local repo's directory.

    Raises:
        SandboxError: It cannot be started.
    """
    found = status(repo)
    if found is not None:
        return found
    process = _spawned(repo)
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until:
        found = status(repo)
        if found is not None:
            return found
        code = process.poll()
        if code is not None and code != IS_RUNNING:
            raise SandboxError(f"the practice chain did not start: {_last_line(repo)}", _hint(repo))
        if code is not None:
            # Another process is ahead of this one, or about to end: then it's this one's turn.
            _refuse_if_elsewhere(repo)
            time.sleep(_POLL_S * 10)
            found = status(repo)
            process = process if found else _spawned(repo)
        time.sleep(_POLL_S)
    raise SandboxError("the practice chain takes too long to start", _hint(repo))


def status(repo: Path) -> SandboxInfo | None:
    """Return a repo's sandbox if it runs; starts nothing."""
    runtime = Runtime.read(repo)
    if runtime is None or not runtime.is_alive():
        return None
    url = f"http://{HOST}:{runtime.port}/{runtime.token}"
    chain = chains.by_id(chains.SANDBOX_ID).with_contracts(runtime.contracts)
    return SandboxInfo(f"{url}/rpc", f"{url}/node", chain, runtime.pid)


def fund(repo: Path, address: str) -> str:
    """Give an address play money from the faucet; return how much, in words.

    The sandbox is started if it does not run.

    Args:
        repo: The local repo's directory.
        address: Of any account; capital letters, where it has some, must fit its checksum.

    Raises:
        SandboxError: It is no address, or the money cannot be given.
    """
    parts = urlsplit(ensure(repo).node_url)
    path = parts.path.rpartition("/")[0] + "/faucet"
    connection = http.client.HTTPConnection(parts.netloc, timeout=_PATIENCE_S)
    try:
        body = json.dumps({"address": address})
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        answer = json.loads(connection.getresponse().read(_MOST_ANSWER))
    except (OSError, http.client.HTTPException, ValueError):
        raise SandboxError("the practice chain has not answered", _hint(repo)) from None
    finally:
        connection.close()
    if "error" in answer:
        raise SandboxError(str(answer["error"]), "an address looks like 0x and 40 more characters")
    return str(answer["given"])


def stop(repo: Path) -> bool:
    """End a repo's sandbox and wait for it; tell whether there was one. Nothing is lost.

    Raises:
        SandboxError: It does not end.
    """
    runtime = Runtime.read(repo)
    if runtime is None or not runtime.is_alive():
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(runtime.pid, signal.SIGTERM)
    until = time.monotonic() + _STOP_S
    while not _has_ended(repo, runtime):
        if time.monotonic() > until:
            raise SandboxError("the practice chain does not end", f"its process is {runtime.pid}")
        time.sleep(_POLL_S)
    return True


def _refuse_if_elsewhere(repo: Path) -> None:
    """Say so where the process that has the repo is on another computer, with the same disk."""
    runtime = Runtime.read(repo)
    if runtime is not None and runtime.host != socket.gethostname():
        raise SandboxError(
            f"the practice chain of this repo runs on another computer, {runtime.host[:80]!a}",
            "stop it there: jupyter ipfs sandbox stop",
        )


def _has_ended(repo: Path, runtime: Runtime) -> bool:
    child = _children.get(runtime.pid)
    if child is not None:
        return child.poll() is not None
    # The file goes last; where a process is ended from outside, it stays.
    return Runtime.read(repo) != runtime or (os.name != "posix" and not runtime.is_alive())


def _spawned(repo: Path) -> subprocess.Popen[bytes]:
    """Start the process, and remember it: somebody has to notice when it ends."""
    for pid in [pid for pid, child in _children.items() if child.poll() is not None]:
        del _children[pid]
    child = _spawn(repo)
    _children[child.pid] = child
    return child


def _spawn(repo: Path) -> subprocess.Popen[bytes]:
    place = repo / "sandbox"
    for each in (repo, place):
        each.mkdir(mode=0o700, parents=True, exist_ok=True)
    log = place / LOG
    if log.exists() and log.stat().st_size > _MOST_LOG:
        log.unlink(missing_ok=True)
    root = str(Path(__file__).parents[2])
    command = [sys.executable, "-P", "-c", _START, root, "--repo", str(repo.absolute())]
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        return subprocess.Popen(  # noqa: S603  (our own interpreter and our own text)
            command, stdin=subprocess.DEVNULL, stdout=descriptor, stderr=descriptor, **_detached()
        )
    finally:
        os.close(descriptor)


def _detached() -> dict[str, Any]:
    """Return what keeps a process alive when the one that starts it is ended with its group."""
    if os.name == "posix":
        return {"start_new_session": True}
    flags = ("CREATE_NEW_PROCESS_GROUP", "CREATE_NO_WINDOW")
    return {"creationflags": sum(getattr(subprocess, flag, 0) for flag in flags)}


def _hint(repo: Path) -> str:
    return f"its log is {str(repo / 'sandbox' / LOG)!r}"


def _last_line(repo: Path) -> str:
    try:
        with (repo / "sandbox" / LOG).open("rb") as reading:
            reading.seek(max(0, reading.seek(0, os.SEEK_END) - 4096))
            lines = reading.read().decode(errors="replace").strip().splitlines()
    except OSError:
        return "no log"
    return lines[-1][:300] if lines else "it says nothing"
