"""``jupyter ipfs gateway``: a colleague reads, until Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx

from jupyter_ipfs.ipld.cid import CID
from tests.conftest import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import pytest

    from tests.cli.conftest import Said


@contextmanager
def serving(*args: str) -> Iterator[subprocess.Popen[str]]:
    """Run the command as a person would, and end it as one."""
    process = subprocess.Popen(
        [sys.executable, "-m", "jupyter_ipfs.cli.main", "gateway", *args],
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 0, said
    assert "Traceback" not in said


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def test_a_colleague_types_the_line_that_is_printed(
    run: Callable[..., Said], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text("for you")
    root = run("add", "-Q", tmp_path / "a.txt").lines[0]
    with serving(root) as process:
        assert process.stdout is not None
        assert "only this computer" in first_line(process)
        assert "1 blocks" in process.stdout.readline()
        words = process.stdout.readline().split()
        assert words[:3] == ["to", "read", "it:"]
        name, _, url = words[3].partition("=")
        monkeypatch.setenv(name, url)
        monkeypatch.setenv("JUPYTER_IPFS_REPO", str(tmp_path / "colleague"))
        assert words[4:7] == ["jupyter", "ipfs", "get"]
        assert run("cat", words[7]).stdout == b"for you"


def test_names_are_served_and_json_tells_what(run: Callable[..., Said]) -> None:
    root = run("add", "-Q", "--name", "fig", "-", stdin=b"figure").lines[0]
    with serving("--json", "fig", root) as process:
        told: dict[str, Any] = json.loads(first_line(process))
        assert told["public"] is False
        assert [each["root"] for each in told["roots"]] == [root, root]
        assert told["roots"][0] == {"root": root, "path": "fig", "blocks": 1, "missing": 0}
        assert httpx.get(f"{told['url']}/ipfs/{root}").content == b"figure"


def test_others_are_let_in_only_on_purpose(run: Callable[..., Said]) -> None:
    root = run("add", "-Q", "-", stdin=b"figure").lines[0]
    refused = run("gateway", "--host", "0.0.0.0", root)  # noqa: S104
    assert refused.status == 2
    assert "without a login" in refused.stderr
    assert "--yes" in refused.stderr
    with serving("--json", "--host", "0.0.0.0", "--yes", "--public-host", "lab", root) as process:  # noqa: S104
        told = json.loads(first_line(process))
        assert told["public"] is True
        url = f"http://127.0.0.1:{told['url'].rpartition(':')[2]}/ipfs/{root}"
        assert httpx.get(url, headers={"Host": "lab"}).status_code == 200
        assert httpx.get(url, headers={"Host": "other"}).status_code == 421


def test_what_cannot_be_served_is_told(run: Callable[..., Said]) -> None:
    absent = run("gateway", str(CID.of(b"not here")))
    assert (absent.status, absent.stdout) == (1, b"")
    assert "not on this computer" in absent.stderr
    for port in ("99999", "-1", "x"):
        assert run("gateway", "--port", port, "x").status == 2
    assert run("gateway").status == 2
