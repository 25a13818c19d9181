"""``add`` beside Kubo's: the same flags, the same CIDs, the same lines."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Said
    from tests.conftest import Kubo


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The working directory, with files, a directory, hidden files and a symlink in it."""
    work = tmp_path / "work"
    (work / "d" / "sub").mkdir(parents=True)
    (work / "a.txt").write_bytes(b"hello\n")
    (work / "big").write_bytes(bytes(range(256)) * 12_000)
    (work / "d" / "x").write_bytes(b"x")
    (work / "d" / ".hidden").write_bytes(b"h")
    (work / "d" / "\x1b[31m\nred").write_bytes(b"r")
    (work / "d" / "sub" / "z").write_bytes(b"z" * 40)
    (work / "d" / "link").symlink_to("x")
    (work / "d" / "sub" / "deeper").mkdir()
    (work / "d" / "sub-b").mkdir()
    (work / "d" / "sub-b" / "y").write_bytes(b"y")
    os.utime(work / "d" / "x", ns=(1_700_000_000_123_456_789,) * 2)
    (work / "d" / "x").chmod(0o640)
    return work


@pytest.fixture
def both(run: Callable[..., Said], kubo: Kubo, tree: Path) -> Callable[..., tuple[Said, str]]:
    """Run the same ``add`` here and in Kubo."""
    assert tree.is_dir()

    def both(*args: str, stdin: bytes | None = None) -> tuple[Said, str]:
        # Kubo knows our option for the profile as a setting.
        theirs = kubo.run("add", *args, stdin=stdin).stdout.decode()
        return run("add", *args, stdin=stdin or b""), theirs

    return both


@pytest.mark.parametrize(
    "flags",
    [
        ("a.txt",),
        ("a.txt", "big"),
        ("-r", "d"),
        ("-r", "d/"),
        ("-r", "."),
        ("-r", "-H", "d"),
        ("-r", "-w", "d"),
        ("-w", "a.txt"),
        ("-r", "-w", "d", "a.txt"),
        ("-q", "-r", "d"),
        ("-Q", "-r", "d"),
        ("-Q", "-r", "d", "a.txt"),
        ("--silent", "a.txt"),
        ("-n", "a.txt"),
        ("-n", "-r", "d"),
        ("d/link",),
        ("--cid-version=0", "--raw-leaves=false", "big"),
        ("--cid-version", "0", "a.txt"),
        ("--cid-version=1", "-r", "d"),
        ("--raw-leaves=false", "big"),
        ("--raw-leaves", "big"),
        ("--chunker", "size-1000", "big"),
        ("-s", "size-65536", "--max-file-links", "3", "big"),
        ("--hash", "blake3", "big"),
        ("--hash=sha2-512", "-r", "d"),
        ("--inline", "-r", "d"),
        ("--inline", "--inline-limit", "64", "-r", "d"),
        ("--max-directory-links", "2", "-r", "d"),
        ("--pin=false", "a.txt"),
    ],
    ids=" ".join,
)
def test_what_is_added_and_printed_is_what_kubo_adds_and_prints(
    flags: tuple[str, ...], both: Callable[..., tuple[Said, str]]
) -> None:
    ours, theirs = both(*flags)
    assert ours.status == 0
    if "--max-directory-links" in flags:  # Kubo's order is its own then
        assert sorted(ours.lines) == sorted(theirs.splitlines())
    else:
        assert ours.text == theirs


@pytest.mark.parametrize(
    "flags",
    [
        ("--preserve-mode", "-r", "d"),
        ("--preserve-mtime", "-r", "d"),
        ("--preserve-mode", "--preserve-mtime", "d/x"),
        ("--mode", "0600", "-r", "d"),
        ("--mtime", "1700000000", "a.txt"),
        ("--mtime=-5", "--mtime-nsecs", "7", "a.txt"),
    ],
    ids=" ".join,
)
def test_modes_and_times_go_into_the_cid_as_in_kubo(
    flags: tuple[str, ...], both: Callable[..., tuple[Said, str]], kubo: Kubo
) -> None:
    # Kubo's profile sets raw leaves explicitly, which contradicts these flags.
    kubo.run("config", "--json", "Import.UnixFSRawLeaves", "false")
    ours, theirs = both("-Q", *flags)
    assert ours.text == theirs


@pytest.mark.parametrize(
    "flags",
    [(), ("-",), ("-w",), ("-w", "--stdin-name", "n\tame"), ("--stdin-name", "name"), ("-q",)],
    ids=" ".join,
)
def test_standard_input_is_added_as_kubo_adds_it(
    flags: tuple[str, ...], both: Callable[..., tuple[Said, str]]
) -> None:
    ours, theirs = both(*flags, stdin=b"from a pipe\n" * 200_000)
    assert ours.text == theirs


def test_the_old_profile_is_kubos_default(
    run: Callable[..., Said], make_kubo: Callable[..., Kubo], tree: Path
) -> None:
    said = run("add", "-Q", "-r", "--profile", "unixfs-v0-2015", "d")
    assert said.text.strip() == make_kubo().add(tree / "d")


def test_a_directory_needs_the_flag_and_the_error_says_so(
    run: Callable[..., Said], kubo: Kubo, tree: Path
) -> None:
    said = run("add", "a.txt", "d")
    assert said.status == kubo.run("add", tree / "d", check=False).returncode == 1
    assert said.stdout == b""
    assert "'d' is a directory" in said.stderr
    assert "use the '-r' flag" in said.stderr
    assert run("pins").lines == []


def test_what_is_not_there_is_an_error(run: Callable[..., Said]) -> None:
    said = run("add", "nope")
    assert said.status == 1
    assert "nope" in said.stderr


def test_two_paths_of_one_name_are_refused_as_in_kubo(
    run: Callable[..., Said], kubo: Kubo, tree: Path
) -> None:
    (tree / "x").write_bytes(b"another x")
    assert kubo.run("add", "-w", "x", "d/x", check=False).returncode == 1
    said = run("add", "-w", "x", "d/x")
    assert said.status == 1
    assert "the same name" in said.stderr


def test_put_is_another_name_for_add(run: Callable[..., Said], tree: Path) -> None:
    assert (tree / "a.txt").exists()
    assert run("put", "-Q", "a.txt").text == run("add", "-Q", "a.txt").text


def test_what_is_added_can_be_read_back_and_is_pinned(run: Callable[..., Said], tree: Path) -> None:
    cid = run("add", "-Q", "big").text.strip()
    assert run("cat", cid).stdout == (tree / "big").read_bytes()
    assert run("pins", "-q").lines == [cid]


def test_only_hash_stores_nothing(run: Callable[..., Said], tree: Path) -> None:
    assert (tree / "big").exists()
    cid = run("add", "-nQ", "big").text.strip()
    assert run("cat", cid).status == 1
    assert run("pins").lines == []


def test_no_pin_pins_nothing(run: Callable[..., Said], tree: Path) -> None:
    assert (tree / "big").exists()
    for flag in ("--no-pin", "--pin=false"):
        assert run("add", "-Q", flag, "big").status == 0
    assert run("pins").lines == []


def test_a_name_moves_and_an_equal_result_adds_no_version(
    run: Callable[..., Said], tree: Path
) -> None:
    assert "version 1" in run("add", "-Q", "--name", "n", "a.txt").stderr
    assert "unchanged" in run("add", "-Q", "--name", "n", "a.txt").stderr
    (tree / "a.txt").write_bytes(b"changed")
    assert "version 2" in run("add", "-Q", "--name", "n", "a.txt").stderr
    assert [r["version"] for r in run("log", "--json", "n").records] == [2, 1]
    assert run("cat", "n").stdout == b"changed"
    assert run("cat", "n@1").stdout == b"hello\n"


def test_the_json_of_add_is_stable(run: Callable[..., Said], tree: Path) -> None:
    assert tree.is_dir()
    *entries, root = run("add", "--json", "-r", "--name", "n", "d").records
    assert all(set(entry) == {"path", "cid", "size", "dag_size"} for entry in entries)
    assert set(root) == {
        "path", "cid", "size", "dag_size", "root", "name", "version", "unchanged",
    }  # fmt: skip
    assert (root["path"], root["name"], root["version"]) == ("d", "n", 1)


def test_progress_is_drawn_when_it_is_asked_for_and_never_into_the_results(
    run: Callable[..., Said], tree: Path
) -> None:
    with (tree / "sparse").open("wb") as file:
        file.truncate(400_000_000)
    said = run("add", "-n", "-Q", "-p", "sparse")
    assert "MB of 400 MB" in said.stderr
    assert said.stderr.endswith("\r\x1b[K")
    assert said.text == run("add", "-n", "-Q", "sparse").text
