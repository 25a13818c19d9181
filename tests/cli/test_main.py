"""Dispatch, exit statuses, and what a shell expects of any command."""

from __future__ import annotations

import json
import os
import resource
import signal
import statistics
import subprocess
import sys
from importlib import import_module
from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.cli import main as dispatch

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Said

Run = "Callable[..., Said]"
COMMAND = [sys.executable, "-m", "jupyter_ipfs.cli.main"]
NAMES = [name for name, _, _ in dispatch.COMMANDS]


@pytest.mark.parametrize("name", NAMES)
def test_every_command_explains_itself(name: str, run: Callable[..., Said]) -> None:
    said = run(name, "--help")
    assert said.status == 0
    assert f"jupyter-ipfs {name}" in said.text
    assert "--json" in said.text


@pytest.mark.parametrize("name", NAMES)
def test_every_command_says_what_it_prints_as_json(name: str) -> None:
    module = import_module(f"jupyter_ipfs.cli.{dispatch.MODULES.get(name, name)}")
    assert "--json" in (module.run.__doc__ or "")


def test_without_a_command_there_is_help_and_status_2(run: Callable[..., Said]) -> None:
    said = run()
    assert said.status == 2
    assert said.stdout == b""
    assert "add (put)" in said.stderr


@pytest.mark.parametrize(
    "args",
    [
        ("nonsense",),
        ("cat",),
        ("cat", "--nonsense", "x"),
        ("cat", "--offset", "-1", "x"),
        ("add", "--cid-version", "2", "x"),
        ("add", "--mode", "999", "x"),
        ("add", "--mode", "644", "--raw-leaves", "x"),
        ("add", "--chunker", "rabin", "x"),
        ("add", "--mtime-nsecs", "5", "x"),
        ("add", "-n", "--name", "n", "x"),
        ("add", "--name", "n", "x", "y"),
        ("config", "nonsense"),
        ("gc",),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_status_2_and_touches_nothing(
    args: tuple[str, ...], run: Callable[..., Said], tmp_path: Path
) -> None:
    said = run(*args)
    assert said.status == 2
    assert "usage: jupyter-ipfs" in said.stderr
    assert said.stdout == b""
    assert not (tmp_path / "repo").exists()


def test_an_error_is_told_in_one_line_with_a_hint(run: Callable[..., Said]) -> None:
    absent = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"  # "hello world"
    said = run("cat", absent)
    assert said.status == 1
    assert said.stdout == b""
    assert said.stderr.startswith("Error: ")
    assert absent in said.stderr
    assert "Hint: " in said.stderr
    assert said.stderr.count("\n") == 1


def test_an_error_cannot_steer_the_terminal(run: Callable[..., Said]) -> None:
    said = run("cat", "\x1b[31mred\n/x")
    assert said.status == 1
    assert said.stderr.removesuffix("\n").isprintable()


def test_with_json_an_error_is_an_object(run: Callable[..., Said]) -> None:
    said = run("--json", "cat", "no-such-name")
    error = json.loads(said.stderr)
    assert set(error) == {"error", "message", "hint"}
    assert error["error"] == "NameNotFoundError"


def test_the_shared_options_may_stand_before_or_after_the_command(
    run: Callable[..., Said], tmp_path: Path
) -> None:
    for args in (
        ("--json", "--repo", tmp_path / "a", "id"),
        ("id", "--json", "--repo", tmp_path / "a"),
    ):
        (record,) = run(*args).records
        assert record["repo"] == str(tmp_path / "a")


def test_options_are_not_guessed_from_their_beginnings(run: Callable[..., Said]) -> None:
    assert run("add", "--rec", "x").status == 2


def test_a_closed_pipe_ends_the_command_quietly(run: Callable[..., Said], tmp_path: Path) -> None:
    (tmp_path / "work" / "big").write_bytes(bytes(8_000_000))
    cid = run("add", "-Q", "big").text.strip()
    with subprocess.Popen(
        [*COMMAND, "cat", cid], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=_env()
    ) as process:
        assert process.stdout is not None
        assert process.stdout.read(10) == bytes(10)
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == 141


def test_ctrl_c_is_status_130_and_stores_nothing(run: Callable[..., Said]) -> None:
    run("add", "-Q", stdin=b"makes the repo")
    before = run("--json", "id").records[0]["blocks"]
    with subprocess.Popen(
        [*COMMAND, "add", "-q"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=_env(),
    ) as process:  # fmt: skip
        assert process.stdin is not None
        # More than a pipe holds: when this has been written, the command is reading it.
        process.stdin.write(b"x" * 3_000_000)
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (130, b"", b"Interrupted.\n")
    assert run("--json", "id").records[0]["blocks"] == before


def test_the_command_starts_quickly() -> None:
    def seconds(*command: str) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *command], env=_env(), capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    # The processor's time, alternating, and the best: the machine has other things to do.
    pairs = [(seconds("-c", "pass"), seconds(*COMMAND[1:], "--help")) for _ in range(7)]
    extra = min(pair[1] for pair in pairs) - min(pair[0] for pair in pairs)
    assert extra < 0.060, statistics.median(pair[1] - pair[0] for pair in pairs)


def test_help_imports_no_more_than_the_parser() -> None:
    code = (
        "import sys; from jupyter_ipfs.cli.main import main; main(['--help']);"
        "print([m for m in sys.modules if m.startswith('jupyter_ipfs')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=_env(), capture_output=True, check=True, text=True
    )
    loaded = done.stdout.splitlines()[-1]
    assert loaded == str(["jupyter_ipfs", "jupyter_ipfs.cli", "jupyter_ipfs.cli.main"])


def _env() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
