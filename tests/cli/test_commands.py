"""Every command but ``add``: beside Kubo's where Kubo has it, and its JSON."""

from __future__ import annotations

import base64
import json
import os
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ipfs.cli import terminal
from jupyter_ipfs.errors import ConsentRequiredError
from jupyter_ipfs.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ipfs.protocols import Stored
    from tests.cli.conftest import Said
    from tests.conftest import Kubo

BIG = random.Random(5).randbytes(2_500_000)


@pytest.fixture
def tree(run: Callable[..., Said], tmp_path: Path) -> Path:
    """A directory that is stored under the name ``survey``."""
    tree = tmp_path / "work" / "tree"
    (tree / "sub").mkdir(parents=True)
    (tree / "a.txt").write_bytes(b"hello\n")
    (tree / "big").write_bytes(BIG)
    (tree / "new\nline").write_bytes(b"x")
    (tree / "sub" / "z").write_bytes(b"zz")
    (tree / "link").symlink_to("a.txt")
    assert run("add", "-Q", "-r", "--name", "survey", "tree").status == 0
    return tree


@pytest.fixture
def root(tree: Path, kubo: Kubo) -> str:
    """Its CID, as Kubo sees it."""
    return kubo.add(tree)


# — reading —


@pytest.mark.parametrize(
    "flags",
    [(), ("-o", "3"), ("-l", "4"), ("-o", "2", "-l", "2000000"), ("-o", "8"), ("--length=0",),
     ("-o", "5", "-l", "3"), ("-o", "99999999")],
    ids=" ".join,
)  # fmt: skip
def test_cat_writes_what_kubo_writes(
    flags: tuple[str, ...], run: Callable[..., Said], kubo: Kubo, root: str
) -> None:
    paths = [f"{root}/a.txt", f"{root}/big"]
    assert run("cat", *flags, *paths).stdout == kubo.run("cat", *flags, *paths).stdout


def test_cat_takes_every_kind_of_path(run: Callable[..., Said], root: str) -> None:
    for head in (root, f"/ipfs/{root}", f"ipfs://{root}", "survey", "survey@1"):
        assert run("cat", f"{head}/a.txt").stdout == b"hello\n"


def test_the_json_of_cat_is_the_bytes_in_pieces(run: Callable[..., Said], root: str) -> None:
    pieces = run("cat", "--json", "-o", "7", f"{root}/big").records
    data = b"".join(base64.b64decode(str(piece["data"])) for piece in pieces)
    assert data == BIG[7:]
    assert pieces[0]["offset"] == 7
    assert all(set(piece) == {"path", "offset", "size", "data"} for piece in pieces)


def test_cat_of_a_directory_is_an_error_with_a_hint_for_the_shell(
    run: Callable[..., Said], root: str
) -> None:
    said = run("cat", root)
    assert said.status == 1
    assert "is a directory" in said.stderr
    assert "jupyter ipfs ls" in said.stderr
    assert "%ipfs" not in said.stderr


@pytest.mark.parametrize(
    "flags", [(), ("-v",), ("--headers", "-H"), ("-S",), ("-S", "-H")], ids=" ".join
)
def test_ls_prints_what_kubo_prints(
    flags: tuple[str, ...], run: Callable[..., Said], kubo: Kubo, root: str
) -> None:
    for paths in ([root], [root, f"{root}/sub"]):
        ours, theirs = run("ls", *flags, *paths).text, kubo.out("ls", *flags, *paths)
        # Kubo's units differ in how they round; the columns and names are the same.
        assert [line.split(" ", 1)[0] for line in ours.splitlines()] == [
            line.split(" ", 1)[0] for line in theirs.splitlines()
        ]
        if "-H" not in flags:
            assert ours.strip() == theirs


def test_the_json_of_ls_is_stable(run: Callable[..., Said], root: str) -> None:
    records = {str(record["name"]): record for record in run("ls", "--json", root).records}
    assert set(records) == {"a.txt", "big", "link", "new\nline", "sub"}
    assert set(records["big"]) == {"path", "name", "cid", "kind", "size"}
    assert (records["big"]["kind"], records["big"]["size"]) == ("file", len(BIG))
    assert records["sub"]["kind"] == "directory"
    assert records["link"]["kind"] == "symlink"


def test_stat_tells_what_kubo_tells(run: Callable[..., Said], kubo: Kubo, root: str) -> None:
    for path in (root, f"{root}/big", f"{root}/a.txt"):
        theirs = kubo.out("files", "stat", f"/ipfs/{path}").splitlines()
        assert run("stat", path).lines == theirs[:5]
    (record,) = run("stat", "--json", f"{root}/link").records
    assert record["kind"] == "symlink"
    assert record["target"] == "a.txt"
    assert set(record) == {
        "path", "cid", "kind", "size", "dag_size", "links", "mode", "mtime", "target", "duplicates",
    }  # fmt: skip


def test_get_writes_the_tree_and_never_over_another(
    run: Callable[..., Said], root: str, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    assert run("get", f"{root}/sub").status == 0
    assert (work / "sub" / "z").read_bytes() == b"zz"
    (record,) = run("get", "--json", root, "-o", "out").records
    assert record == {
        "path": root, "output": str(work / "out"), "files": 5, "size": len(BIG) + 9,
    }  # fmt: skip
    assert (work / "out" / "big").read_bytes() == BIG
    assert (work / "out" / "link").readlink().name == "a.txt"
    before = sorted(work.rglob("*"))
    assert run("get", root, "-o", "out").status == 1
    assert sorted(work.rglob("*")) == before


# — keeping —


def test_pin_and_unpin_say_what_kubo_says(run: Callable[..., Said], kubo: Kubo, root: str) -> None:
    assert run("unpin", root).text.strip() == kubo.out("pin", "rm", root)
    assert kubo.run("pin", "rm", root, check=False).returncode == 1
    again = run("unpin", root)
    assert (again.status, again.stdout) == (1, b"")
    assert "not pinned" in again.stderr
    assert run("pin", root).text.strip() == kubo.out("pin", "add", root)
    assert run("pins", "-q").lines == [root]


def test_pins_names_and_log_tell_what_is_kept_and_why(
    run: Callable[..., Said], root: str, tree: Path
) -> None:
    (tree / "a.txt").write_bytes(b"changed")
    later = run("add", "-Q", "-r", "--name", "survey", "tree").text.strip()
    assert [line.split()[:2] for line in run("pins").lines] == [
        [root, "recursive"], [later, "recursive"],
    ]  # fmt: skip
    (name,) = run("names", "--json").records
    assert (name["name"], name["version"], name["cid"]) == ("survey", 2, later)
    assert set(name) == {"name", "version", "cid", "created_at", "pinned", "shared"}
    assert [(r["version"], r["cid"]) for r in run("log", "--json", "survey").records] == [
        (2, later), (1, root),
    ]  # fmt: skip
    assert [line.split()[1] for line in run("log", "survey").lines] == ["survey@2", "survey@1"]
    assert run("names").text == f"{later} survey@2\n"
    assert run("log", "nothing").status == 1


def test_gc_asks_and_drops_only_what_nothing_keeps(
    run: Callable[..., Said], root: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    loose = run("add", "-Q", "--no-pin", stdin=b"loose" * 1000).text.strip()
    monkeypatch.setattr(terminal, "is_interactive", lambda: True)
    said = run("gc", stdin=b"\n")
    assert (said.status, "[y/N]" in said.stderr, said.stdout) == (1, True, b"")
    assert run("cat", loose).stdout == b"loose" * 1000
    assert run("gc", stdin=b"y\n").status == 0
    assert set(run("gc", "--yes", "--json").records[0]) == {"blocks", "size"}
    assert run("cat", f"{root}/big").stdout == BIG


# — checking and handing over —


def test_verify_says_how_much_is_intact_and_what_is_not(
    run: Callable[..., Said], root: str, tree: Path
) -> None:
    assert run("verify", root).status == 0
    assert run("verify", root, "tree").text == "5 of 5 files intact\n"
    (tree / "a.txt").write_bytes(b"hellO\n")
    (tree / "sub" / "z").unlink()
    (tree / "\x1bextra").write_bytes(b"")
    said = run("verify", "survey", "tree")
    assert said.status == 1
    assert {"changed: a.txt", "missing: sub/z", "extra: \\x1bextra"} < set(said.lines)
    (record,) = run("verify", "--json", "survey", "tree").records
    assert record["intact"] is False
    assert (record["intact_files"], record["files"]) == (3, 5)
    assert (record["changed"], record["missing"]) == (["a.txt"], ["sub/z"])


def test_cars_cross_over_to_kubo_and_back(
    run: Callable[..., Said], root: str, kubo: Kubo, tmp_path: Path
) -> None:
    (record,) = run("export", "--json", "survey", "survey.car").records
    assert (record["cid"], record["file"]) == (root, "survey.car")
    assert record["size"] == (tmp_path / "work" / "survey.car").stat().st_size
    ours = run("export", "survey", "-").stdout
    assert ours == (tmp_path / "work" / "survey.car").read_bytes()
    kubo.run("pin", "rm", root)
    kubo.run("repo", "gc")
    imported = kubo.out("dag", "import", tmp_path / "work" / "survey.car")
    other = ("--repo", tmp_path / "other")
    assert run("import", *other, "survey.car").text.strip() == imported
    assert run("cat", *other, f"{root}/big").stdout == BIG
    third = ("--repo", tmp_path / "third")
    kubo.export_car(root, tmp_path / "kubo.car")
    said = run("import", *third, "--name", "n", "-", stdin=(tmp_path / "kubo.car").read_bytes())
    assert said.status == 0
    assert run("cat", *third, "n/a.txt").stdout == b"hello\n"


def test_a_car_that_is_not_whole_is_told_and_not_pinned(
    run: Callable[..., Said], tree: Path, tmp_path: Path
) -> None:
    assert tree.is_dir()
    run("export", "survey", "whole.car")
    data = (tmp_path / "work" / "whole.car").read_bytes()
    (tmp_path / "work" / "cut.car").write_bytes(data[:-10])
    other = ("--repo", tmp_path / "other")
    said = run("import", *other, "cut.car")
    assert (said.status, said.stdout) == (1, b"")
    assert "cut off" in said.stderr
    assert run("pins", *other).lines == []


def test_push_puts_a_car_into_a_folder_that_serves_as_a_source(
    run: Callable[..., Said], root: str, tmp_path: Path
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    (record,) = run("push", "--json", "survey", shared).records
    place = f"{shared}/survey-{root[-8:]}.car"
    assert record == {"path": "survey", "target": str(shared), "place": place}
    other = ("--repo", tmp_path / "other")
    assert run("config", *other, "sources.places", shared).status == 0
    assert run("cat", *other, f"{root}/a.txt").stdout == b"hello\n"
    assert run("push", "survey", tmp_path / "absent").status == 1


# — settings —


def test_id_tells_where_content_is(run: Callable[..., Said], tmp_path: Path) -> None:
    run("add", "-q", stdin=b"x")
    (record,) = run("id", "--json").records
    assert set(record) == {
        "backend", "label", "healthy", "detail", "blocks", "size", "public", "repo",
    }  # fmt: skip
    assert (record["backend"], record["healthy"], record["public"]) == ("embedded", True, False)
    assert record["repo"] == str(tmp_path / "repo")
    assert f"Names and settings: {tmp_path / 'repo'}" in run("id").lines


def test_settings_are_shown_and_changed(run: Callable[..., Said], tmp_path: Path) -> None:
    assert run("config", "backend").text == "embedded\n"
    assert run("config", "sources.public_gateways", "true").status == 0
    assert run("config", "sources.gateways", "http://127.0.0.1:1", "http://127.0.0.1:2").status == 0
    assert run("config", "sources.gateways").lines == ["http://127.0.0.1:1", "http://127.0.0.1:2"]
    (record,) = run("config", "--json").records
    assert record["sources.public_gateways"] is True
    assert record["file"] == str(tmp_path / "repo" / "config.toml")
    assert run("config", "sources.gateways", "").status == 0
    assert run("config", "sources.gateways").text.strip() == ""
    assert run("config", "backend", "nonsense").status == 1
    assert run("config", "sources.public_gateways", "perhaps").status == 2


def test_the_market_is_chosen_and_of_the_chain_s_address_only_the_host_is_shown(
    run: Callable[..., Said], tmp_path: Path
) -> None:
    assert run("config", "ocean.chain").text == "sandbox\n"
    assert run("config", "ocean.chain", "polygon").status == 0
    assert run("config", "ocean.node", "https://ocean.example/").status == 0
    assert run("config", "ocean.rpc_url", "https://rpc.example/v3/a-key-of-mine").status == 0
    assert "a-key-of-mine" in (tmp_path / "repo" / "config.toml").read_text()
    for args in (("config",), ("config", "--json"), ("config", "ocean.rpc_url")):
        said = run(*args)
        assert "a-key-of-mine" not in said.text + said.stderr
    (record,) = run("config", "--json").records
    assert record["ocean.rpc_url"] == "https://rpc.example/…"
    assert (record["ocean.chain"], record["ocean.node"]) == ("polygon", "https://ocean.example")
    assert run("config", "ocean.rpc_url", "").status == 0
    assert run("config", "ocean.rpc_url").text.strip() == ""
    assert run("config", "ocean.node", "ftp://ocean.example").status == 1


def test_a_token_is_read_from_standard_input_and_never_shown(
    run: Callable[..., Said], tmp_path: Path
) -> None:
    assert run("config", "kubo.token", "bearer:secret").status == 2
    assert run("config", "kubo.token", stdin=b"bearer:secret\n").status == 0
    file = tmp_path / "repo" / "config.toml"
    assert "bearer:secret" in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    for args in (("config",), ("config", "--json"), ("id",)):
        said = run(*args)
        assert "secret" not in said.text + said.stderr
    assert run("config", "--json").records[0]["kubo.token"] is True


def test_the_environment_is_followed_and_the_option_outranks_it(
    run: Callable[..., Said], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_IPFS_REPO", str(tmp_path / "elsewhere"))
    assert run("id", "--json").records[0]["repo"] == str(tmp_path / "elsewhere")
    said = run("id", "--json", "--repo", tmp_path / "option")
    assert said.records[0]["repo"] == str(tmp_path / "option")
    assert os.environ["JUPYTER_IPFS_REPO"]
    assert sys.stdin


def test_publishing_to_the_world_is_asked_once(
    run: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    genuine, url = Session.store, "http://127.0.0.1:5001"

    def store(self: Session, *args: Any, **kwargs: Any) -> Stored:  # noqa: ANN401
        if url not in self.config.announce:
            raise ConsentRequiredError("this Kubo announces what it holds", "a line of Python")
        return genuine(self, *args, **kwargs)

    monkeypatch.setattr(Session, "store", store)
    said = run("add", "-Q", stdin=b"x")
    assert (said.status, said.stdout) == (1, b"")
    assert f"jupyter ipfs config kubo.announce {url}" in said.stderr
    Path("x").write_bytes(b"x")
    monkeypatch.setattr(terminal, "is_interactive", lambda: True)
    assert run("add", "-Q", "x", stdin=b"n\n").status == 1
    said = run("add", "-Q", "x", stdin=b"y\n")
    assert said.status == 0
    assert "anyone can find and read it" in said.stderr
    again = run("add", "-Q", "x")
    assert (again.status, again.text, again.stderr) == (0, said.text, "")


def test_the_kubo_backend_takes_the_same_commands(
    run: Callable[..., Said], kubo_daemon: Kubo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_IPFS_KUBO_URL", kubo_daemon.api_url)
    kubo = ("--backend", "kubo")
    cid = run("add", *kubo, "-Q", stdin=BIG + b"by the command line").text.strip()
    assert kubo_daemon.cat(cid) == BIG + b"by the command line"
    assert run("cat", *kubo, "-o", str(len(BIG)), cid).stdout == b"by the command line"
    assert cid in run("pins", *kubo, "-q").lines
    assert run("unpin", *kubo, cid).status == 0
    assert run("id", *kubo, "--json").records[0]["backend"] == "kubo"


def test_forget_shows_what_goes_and_stays_and_asks(
    run: Callable[..., Said], root: str, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tree.is_dir()
    other = run("add", "-Q", "--name", "other", "tree/a.txt").text.strip()
    run("export", "survey", "copy.car")
    assert run("forget", "survey").status == 2
    assert run("forget", "survey/sub").status == 2
    monkeypatch.setattr(terminal, "is_interactive", lambda: True)
    said = run("forget", "survey", stdin=b"no\n")
    assert said.status == 1
    assert "kept by survey@1" in said.stderr
    assert "needed by other@1" in said.stderr
    assert "copy.car" in said.stderr
    assert run("cat", "survey/big").stdout == BIG
    (record,) = run("forget", "--json", "--yes", "survey").records
    assert set(record) == {
        "cid", "kept_by", "blocks", "size", "shared_with", "shared_blocks", "copies",
    }  # fmt: skip
    assert (record["cid"], record["shared_with"]) == (root, ["other@1"])
    assert run("cat", f"{root}/big").status == 1
    assert run("cat", other).stdout == b"hello\n"


def test_config_says_who_decided_what(
    run: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("config", "quota", "10", "GiB").status == 0
    assert "quota = 10737418240\n" in run("config").text
    monkeypatch.setenv("JUPYTER_IPFS_BACKEND", "embedded")
    handed = {"quota": "1 GB", "locked": ["quota"]}
    monkeypatch.setenv("JUPYTER_IPFS_SERVER", json.dumps(handed))
    said = run("config").text
    assert "backend = embedded  (environment)\n" in said
    assert "quota = 1000000000  (server, locked)\n" in said
    refused = run("config", "quota", "9 TB")
    assert refused.status == 1
    assert "quota is locked by the administrator" in refused.stderr
