"""``jupyter ipfs files``: the options and the lines of ``ipfs files``, on both backends."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Said
    from tests.conftest import Kubo

# One after the other, on the same files; standard input where there is any. What has several
# leaves is not written: there Kubo's `files write` makes another layout.
LINES: list[tuple[str, bytes]] = [
    ("mkdir -p /a/b/c", b""),
    ("mkdir /a", b""),
    ("mkdir /x/y", b""),
    ("ls", b""),
    ("ls /a", b""),
    ("ls -l /", b""),
    ("cp /ipfs/bafkqabtgnfwgk4y /a/hello", b""),
    ("cp /ipfs/bafkqabtgnfwgk4y /a/hello", b""),
    ("cp --force /ipfs/bafkqabtgnfwgk4y /a/hello", b""),
    ("cp -p /a/hello /new/place/hello", b""),
    ("read /a/hello", b""),
    ("read -o 2 /a/hello", b""),
    ("read --offset=2 --count=2 /a/hello", b""),
    ("read /a", b""),
    ("read /none", b""),
    ("write /a/none", b"x"),
    ("ls -l /a", b""),
    ("ls --long /a/hello", b""),
    ("mv /a/hello /a/b/", b""),
    ("mv /a/none /a/b/", b""),
    ("stat --hash /", b""),
    ("stat --hash /a/b", b""),
    ("stat --size /a", b""),
    ("stat --hash --size /a", b""),
    ("stat /none", b""),
    ("rm /a", b""),
    ("rm /", b""),
    ("rm /none", b""),
    ("rm -r /a/b /new", b""),
    ("rm --recursive=true /a", b""),
    ("rm --force /none", b""),
    ("stat --hash /", b""),
    ("ls", b""),
    ("nonsense", b""),
]


def test_the_same_lines_say_the_same_as_kubo(
    run: Callable[..., Said], make_kubo: Callable[..., Kubo]
) -> None:
    kubo = make_kubo("unixfs-v1-2025")
    for line, stdin in LINES:
        theirs = kubo.run("files", *line.split(), stdin=stdin, check=False)
        ours = run("files", *line.split(), stdin=stdin)
        assert (ours.status == 0) == (theirs.returncode == 0), (line, ours.stderr, theirs.stderr)
        if theirs.returncode == 0:
            assert ours.stdout.strip() == theirs.stdout.strip(), line
        else:
            assert ours.stderr, line


def test_a_file_is_written_and_changed(run: Callable[..., Said]) -> None:
    assert run("files", "write", "/f", stdin=b"x").status == 1
    assert run("files", "write", "-e", "/a/f", stdin=b"x").status == 1
    assert run("files", "write", "-e", "-p", "/a/f", stdin=b"0123456789").status == 0
    assert run("files", "write", "-o", "3", "-n", "2", "/a/f", stdin=b"abcdef").status == 0
    assert run("files", "read", "/a/f").stdout == b"012ab56789"
    assert run("files", "write", "--truncate", "/a/f", stdin=b"short").status == 0
    assert run("files", "read", "/a/f").stdout == b"short"
    assert (
        run("files", "write", "--create=true", "--count", "0", "/a/empty", stdin=b"x").status == 0
    )
    assert run("files", "read", "/a/empty").stdout == b""


def test_a_local_file_can_be_written(run: Callable[..., Said], tmp_path: Path) -> None:
    (tmp_path / "local").write_bytes(b"local bytes")
    assert run("files", "write", "-e", "/f", tmp_path / "local").status == 0
    assert run("files", "read", "/f").stdout == b"local bytes"
    missing = run("files", "write", "-e", "/g", tmp_path / "missing")
    assert missing.status == 1
    assert "cannot read" in missing.stderr


def test_json_says_what_was_done(run: Callable[..., Said]) -> None:
    (made,) = run("--json", "files", "mkdir", "-p", "/a/b").records
    (root,) = run("files", "flush", "--json").records
    assert made == {"path": "/a/b", "root": root["cid"]}
    run("files", "write", "-e", "/a/f", stdin=b"hello")
    (moved,) = run("files", "mv", "--json", "/a/f", "/a/b/g").records
    assert (moved["path"], moved["target"]) == ("/a/f", "/a/b/g")
    (part,) = run("files", "read", "--json", "-o", "1", "/a/b/g").records
    assert base64.b64decode(str(part["data"])) == b"ello"
    assert (part["offset"], part["size"]) == (1, 4)
    (entry,) = run("files", "ls", "--json", "/a/b").records
    assert (entry["name"], entry["kind"], entry["size"]) == ("g", "file", 5)
    (stat,) = run("files", "stat", "--json", "/a/b/g").records
    assert stat["cid"] == entry["cid"]
    assert len(run("files", "rm", "--json", "-r", "/a/b/g", "/a").records) == 2


def test_rm_of_several_paths_is_one_step(run: Callable[..., Said]) -> None:
    run("files", "mkdir", "/a")
    run("files", "mkdir", "/b")
    assert run("files", "rm", "-r", "/a", "/none", "/b").status == 1
    assert run("files", "ls").lines == ["a", "b"]


@pytest.mark.parametrize("name", ["a\nb", "\u202egnp.exe", "<script>x", "\x1b[31mred", "\udcff"])
def test_names_are_escaped_where_they_are_shown(run: Callable[..., Said], name: str) -> None:
    assert run("files", "mkdir", f"/{name}").status == 0
    for line in (run("files", "ls"), run("files", "ls", "-l")):
        assert len(line.lines) == 1
        assert "\x1b" not in line.text
        assert "\u202e" not in line.text
    told = run("files", "rm", f"/{name}")
    assert told.status == 1
    assert "\x1b" not in told.stderr
    assert len(told.stderr.splitlines()) == 1
    assert run("files", "rm", "-r", f"/{name}").status == 0


def test_on_a_kubo_they_are_its_own_files(
    run: Callable[..., Said], kubo_daemon: Kubo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_IPFS_KUBO_URL", kubo_daemon.api_url)
    on = ("--backend", "kubo", "files")
    assert run(*on, "write", "-e", "-p", "/from-the-shell/f", stdin=b"hello").status == 0
    assert kubo_daemon.run("files", "read", "/from-the-shell/f").stdout == b"hello"
    said = run(*on, "stat", "--hash", "/from-the-shell")
    assert said.text.strip() == kubo_daemon.out("files", "stat", "--hash", "/from-the-shell")
    assert run(*on, "rm", "-r", "/from-the-shell").status == 0
    assert run("files", "ls").lines == []
