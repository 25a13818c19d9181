"""``check`` and ``repair``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Said


def spoil(repo: Path) -> None:
    """Change the last byte of every pack: it belongs to a block."""
    for file in (repo / "packs").glob("*.car"):
        data = file.read_bytes()
        file.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))


def test_an_intact_repo_is_said_to_be_so(run: Callable[..., Said]) -> None:
    run("add", "-", "--name", "a", stdin=b"hello")
    said = run("check")
    assert (said.status, said.text) == (0, "every block is intact\n")
    assert run("repair", "--yes").status == 0


def test_damage_is_told_and_repaired_from_a_car(run: Callable[..., Said], tmp_path: Path) -> None:
    run("add", "-", "--name", "a", stdin=b"hello")
    assert run("export", "a", tmp_path / "a.car").status == 0
    spoil(tmp_path / "repo")
    said = run("check", "--json")
    assert said.status == 1
    (record,) = said.records
    damaged = record["damaged"]
    assert isinstance(damaged, list)
    assert damaged[0] == "a@1 lacks 1 block"
    said = run("repair")
    assert said.status == 1, "nobody has it"
    assert "a@1 lacks 1 block" in said.text
    run("config", "sources.places", str(tmp_path / "a.car"))
    said = run("repair", "--json")
    assert said.status == 0, said.stderr
    assert said.records[0]["fetched"] == 1
    assert run("cat", "a").stdout == b"hello"


def test_what_was_recovered_is_asked_about(run: Callable[..., Said], tmp_path: Path) -> None:
    run("add", "-", "--name", "a", stdin=b"hello")
    for name in ("repo.sqlite", "state.backup"):
        (tmp_path / "repo" / name).unlink()
    said = run("check")
    assert said.status == 1
    assert "was recovered; gc waits" in said.text
    assert run("gc", "--yes").status == 1
    said = run("repair")
    assert said.status == 2, "there is nobody to ask"
    assert run("repair", "--yes").status == 0
    assert run("gc", "--yes").status == 0
    assert len(run("pins").lines) == 1


def test_recovered_roots_can_be_let_go(run: Callable[..., Said], tmp_path: Path) -> None:
    run("add", "-", "--name", "a", stdin=b"hello")
    for name in ("repo.sqlite", "state.backup"):
        (tmp_path / "repo" / name).unlink()
    assert run("repair", "--drop-recovered").status == 0
    assert run("pins").lines == []


def test_a_damaged_database_is_made_again_as_the_hint_says(
    run: Callable[..., Said], tmp_path: Path
) -> None:
    run("add", "-", "--name", "a", stdin=b"hello")
    (tmp_path / "repo" / "repo.sqlite").write_bytes(b"nonsense " * 1000)
    said = run("cat", "a")
    assert said.status == 1
    assert "jupyter ipfs repair --rebuild" in said.stderr
    assert run("repair", "--rebuild").status == 2, "there is nobody to ask"
    assert run("repair", "--rebuild", "--yes").status == 0
    assert run("cat", "a").stdout == b"hello"
