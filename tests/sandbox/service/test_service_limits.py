"""Limits, and what becomes of the service's own files."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING

import pytest
from eth_account import Account

from jupyter_ipfs.errors import SandboxError
from jupyter_ipfs.sandbox.service.database import FILE_NAME, Database
from jupyter_ipfs.sandbox.service.http.handler import RequestLimit
from jupyter_ipfs.sandbox.service.key import NodeKey
from jupyter_ipfs.sandbox.service.pricing import ether

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sandbox.service.practice_node import PracticeNode


def test_so_many_requests_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    limit = RequestLimit(most=3)
    assert [limit.allows() for _ in range(4)] == [True, True, True, False]
    now[0] += 61
    assert limit.allows()


def test_one_request_too_many_is_told_so(
    node: PracticeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RequestLimit, "allows", lambda _: False)
    answer = node.http.get("/api/services/nonce", params={"userAddress": node.buyer.address})
    assert answer.status_code == 429


def test_a_key_is_random_and_stays_and_is_its_owners(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    for directory in (first, second):
        directory.mkdir()
    key = NodeKey.open(first)
    assert key.address == NodeKey.open(first).address != NodeKey.open(second).address
    file = first / "node.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert key.address == Account.from_key(file.read_bytes()).address
    assert file.read_bytes().hex() not in f"{vars(NodeKey)} {key!r}"
    file.write_bytes(b"short")
    with pytest.raises(SandboxError, match="holds no key"):
        NodeKey.open(first)


def test_an_index_of_another_version_or_none_at_all_is_refused(tmp_path: Path) -> None:
    database = Database(tmp_path / FILE_NAME)
    with database.writing() as db:
        db.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(SandboxError, match="another version"):
        Database(tmp_path / FILE_NAME)
    (tmp_path / "x").write_bytes(b"no database" * 1000)
    with pytest.raises(SandboxError, match="cannot be used"):
        Database(tmp_path / "x")


def _begin_and_fail(database: Database) -> None:
    with database.writing() as db:
        db.execute("INSERT INTO nonces VALUES ('0x1', 1)")
        raise RuntimeError


def test_what_fails_is_undone(tmp_path: Path) -> None:
    database = Database(tmp_path / FILE_NAME)
    with pytest.raises(RuntimeError):
        _begin_and_fail(database)
    with database.reading() as db:
        assert db.execute("SELECT count(*) FROM nonces").fetchone() == (0,)
    database.close()


def test_methods_and_paths_that_are_none_get_plain_words(node: PracticeNode) -> None:
    assert node.http.put("/api/services/nonce").text == "Method Not Allowed"
    assert node.http.get("/api/services/nonce").status_code == 400
    assert node.http.get("/api/aquarius/assets/ddo/nope").status_code == 400
    assert node.http.get("/api/aquarius/assets/ddo/did%3Aop%3A1").text == "DDO not found"
    assert node.http.get("/api/aquarius/state/ddo").status_code == 400
    assert node.http.get("/api/aquarius/state/ddo?did=x").text == "Not found"


def test_what_breaks_inside_is_told_without_its_words(
    node: PracticeNode, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret words")

    monkeypatch.setattr(node.service.requests, "nonce", fail)
    answer = node.http.get("/api/services/nonce", params={"userAddress": node.buyer.address})
    assert (answer.status_code, answer.text) == (500, "Internal Server Error")
    assert "secret words" not in caplog.text
    assert "RuntimeError" in caplog.text


def test_amounts_are_written_as_ethers_writes_them() -> None:
    # Source: ethers 6, formatEther.
    expected = {0: "0.0", 1: "0.000000000000000001", 10**18: "1.0", 25 * 10**17: "2.5"}
    assert json.dumps({wei: ether(wei) for wei in expected}) == json.dumps(expected)
