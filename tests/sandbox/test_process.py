"""The sandbox's process: one for a repo, found only when it proves itself, and killed in vain."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from eth_account import Account

from jupyter_ipfs.errors import SandboxError
from jupyter_ipfs.ocean import local_sandbox
from jupyter_ipfs.ocean.sandbox_runtime import Runtime, file_of
from jupyter_ipfs.sandbox.database import Database
from jupyter_ipfs.wallet import sandbox_accounts
from tests.processes import run_together
from tests.sandboxes import rpc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ipfs.ocean.local_sandbox import SandboxInfo
    from tests.sandboxes import Sandbox

ROOT = Path(__file__).parents[2]
ENOUGH = 40
NOBODY = "0x" + "11" * 20


@contextmanager
def running(repo: Path) -> Iterator[SandboxInfo]:
    """Give a sandbox that is stopped in the end."""
    try:
        yield local_sandbox.ensure(repo)
    finally:
        local_sandbox.stop(repo)


def signed(repo: Path, nonce: int) -> str:
    """Return a transfer of the author's, ready to be sent."""
    transaction = {
        "nonce": nonce, "to": NOBODY, "value": 1, "gas": 21_000, "chainId": 8996,
        "maxFeePerGas": 10**11, "maxPriorityFeePerGas": 1,
    }  # fmt: skip
    account = Account.from_key(sandbox_accounts.private_key(repo, "author"))
    return "0x" + bytes(account.sign_transaction(transaction).raw_transaction).hex()


def test_killed_at_any_moment_it_has_all_that_was_receipted(tmp_path: Path) -> None:
    repo = tmp_path / "repo"
    info = local_sandbox.ensure(repo)
    raw = [signed(repo, nonce) for nonce in range(2 * ENOUGH)]
    receipts: dict[str, Any] = {}
    for _ in range(2):
        half_way = threading.Event()
        count = len(receipts)

        def send(
            info: SandboxInfo = info, half_way: threading.Event = half_way, count: int = count
        ) -> None:
            # Whatever was mined and not answered before the kill is found by its nonce.
            author = sandbox_accounts.accounts(repo)[0].address
            nonce = int(rpc(info, "eth_getTransactionCount", author, "pending")["result"], 16)
            for each in raw[nonce:]:
                try:
                    tx_hash = rpc(info, "eth_sendRawTransaction", each)["result"]
                    receipts[tx_hash] = rpc(info, "eth_getTransactionReceipt", tx_hash)["result"]
                except (OSError, ValueError, AssertionError):
                    return
                if len(receipts) >= count + ENOUGH // 2:
                    half_way.set()

        sender = threading.Thread(target=send)
        sender.start()
        assert half_way.wait(60)
        os.kill(info.pid, signal.SIGKILL)
        sender.join(60)
        info = local_sandbox.ensure(repo)
        assert len(receipts) >= count + ENOUGH // 2
        for tx_hash, receipt in receipts.items():
            assert rpc(info, "eth_getTransactionReceipt", tx_hash)["result"] == receipt
            number = receipt["blockNumber"]
            block = rpc(info, "eth_getBlockByNumber", number, False)["result"]  # noqa: FBT003
            assert block["hash"] == receipt["blockHash"]
            assert block["transactions"] == [tx_hash]
        spent = int(rpc(info, "eth_getBalance", NOBODY, "latest")["result"], 16)
        author = sandbox_accounts.accounts(repo)[0].address
        nonce = int(rpc(info, "eth_getTransactionCount", author, "latest")["result"], 16)
        assert spent == nonce >= len(receipts)
    local_sandbox.stop(repo)


def test_those_who_need_it_at_once_share_one_process(tmp_path: Path) -> None:
    repo = tmp_path / "repo"
    repo.mkdir()
    run_together(
        "from pathlib import Path; from jupyter_ipfs.ocean import local_sandbox\n",
        "(Path(path) / f'{number}.pid').write_text(str(local_sandbox.ensure(Path(path)).pid))",
        repo,
        3,
    )
    pids = {(repo / f"{number}.pid").read_text() for number in range(3)}
    info = local_sandbox.status(repo)
    assert info is not None
    # It has outlived those who started it.
    assert pids == {str(info.pid)}
    another = subprocess.run(
        [sys.executable, "-m", "jupyter_ipfs.sandbox", "--repo", str(repo)],
        cwd=ROOT, check=False, timeout=60,
    )  # fmt: skip
    assert another.returncode == local_sandbox.IS_RUNNING
    assert local_sandbox.stop(repo)
    assert local_sandbox.status(repo) is None
    assert not local_sandbox.stop(repo)


def test_it_comes_back_at_the_same_address_and_ends_when_nobody_asks(tmp_path: Path) -> None:
    repo = tmp_path / "repo"
    with running(repo) as info:
        first = info.rpc_url
        height = rpc(info, "eth_blockNumber")["result"]
    assert not file_of(repo).exists()
    assert local_sandbox.status(repo) is None
    ending = subprocess.Popen(
        [sys.executable, "-m", "jupyter_ipfs.sandbox", "--repo", str(repo), "--idle", "0.3"],
        cwd=ROOT,
    )
    while ending.poll() is None:
        local_sandbox.status(repo)  # being looked for is not being used
        with suppress(subprocess.TimeoutExpired):
            ending.wait(0.1)
    assert ending.returncode == 0
    assert not file_of(repo).exists()
    with running(repo) as info:
        assert info.rpc_url == first
        assert rpc(info, "eth_blockNumber")["result"] == height


def test_its_files_are_its_owners_and_the_log_tells_no_secret(sandbox: Sandbox) -> None:
    place = sandbox.repo / "sandbox"
    sandbox.rpc("eth_call", {"to": "0x" + "00" * 19 + "01"}, "latest")
    assert place.stat().st_mode & 0o077 == 0
    assert all(file.stat().st_mode & 0o077 == 0 for file in place.iterdir())
    log = (place / local_sandbox.LOG).read_text()
    runtime = Runtime.read(sandbox.repo)
    assert runtime is not None
    secrets = [runtime.token, runtime.secret]
    secrets += [
        sandbox_accounts.private_key(sandbox.repo, label).hex()
        for label in ("author", "buyer", "faucet")
    ]
    assert "ready" in log
    assert not any(secret in log for secret in secrets)
    assert not any(secret in repr(runtime) for secret in secrets)


def test_a_runtime_file_of_another_time_or_place_is_not_believed(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    true = Runtime.read(sandbox.repo)
    assert true is not None
    (tmp_path / "sandbox").mkdir()
    true.write(tmp_path)
    assert local_sandbox.status(tmp_path) is not None
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for change in (
        {"host": "another"},
        {"boot": "another"},
        {"pid": ended.pid},
        {"secret": "00" * 32},
        {"port": _free_port()},
    ):
        dataclasses.replace(true, **change).write(tmp_path)
        assert local_sandbox.status(tmp_path) is None, change


def test_a_sandbox_on_another_computer_of_the_same_disk_is_named(tmp_path: Path) -> None:
    repo = tmp_path / "repo"
    sandbox_accounts.accounts(repo)
    with closing(Database(repo / "sandbox" / "chain.sqlite")):  # as its lock would be seen here
        there = dataclasses.replace(Runtime.here(1, "token", {}), host="another")
        there.write(repo)
        with pytest.raises(SandboxError, match="runs on another computer, 'another'"):
            local_sandbox.ensure(repo)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "[" * 9999, '{"host": 1}', '{"a": 1}', "\x00\xff"],
)
def test_a_broken_runtime_file_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "sandbox").mkdir()
    file_of(tmp_path).write_text(text)
    assert Runtime.read(tmp_path) is None


@pytest.mark.parametrize(
    "change",
    [{"port": 0}, {"port": 99999}, {"port": "80"}, {"port": True}, {"pid": -1}, {"token": ""},
     {"token": 1}, {"secret": "ü"}, {"secret": None}, {"contracts": []}, {"more": 1}],
)  # fmt: skip
def test_a_runtime_file_with_other_values_is_none(
    sandbox: Sandbox, tmp_path: Path, change: dict[str, object]
) -> None:
    (tmp_path / "sandbox").mkdir()
    found = json.loads(file_of(sandbox.repo).read_text())
    file_of(tmp_path).write_text(json.dumps(found | change))
    assert Runtime.read(tmp_path) is None


def test_whoever_sits_on_the_port_learns_nothing(sandbox: Sandbox, tmp_path: Path) -> None:
    true = Runtime.read(sandbox.repo)
    assert true is not None
    (tmp_path / "sandbox").mkdir()
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as squatting:

        def listen() -> None:
            connection, _ = squatting.accept()
            with connection:
                heard.append(connection.recv(64 * 1024))
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")

        listening = threading.Thread(target=listen)
        listening.start()
        there = dataclasses.replace(true, port=squatting.getsockname()[1], pid=os.getpid())
        there.write(tmp_path)
        assert local_sandbox.status(tmp_path) is None
        listening.join(30)
    assert heard[0].startswith(b"GET /")
    assert true.token.encode() not in heard[0]
    assert true.secret.encode() not in heard[0]
    # Nor can it have the true one answer in its place: the proof is of a port.
    assert there.proof("00" * 32) != true.proof("00" * 32)


def test_a_start_that_fails_says_why(tmp_path: Path) -> None:
    repo = tmp_path / "repo"
    sandbox_accounts.accounts(repo)
    (repo / "sandbox" / "chain.sqlite").write_bytes(b"no database " * 1000)
    with pytest.raises(SandboxError, match=r"did not start.*not a database"):
        local_sandbox.ensure(repo)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port
