"""Settings: who outranks whom, and what a wrong value is told."""

from __future__ import annotations

import os
import stat
import threading
from typing import TYPE_CHECKING

import pytest
from jupyter_core.paths import jupyter_data_dir

from jupyter_ipfs import config
from jupyter_ipfs.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


def write(repo: Path, text: str) -> Path:
    file = repo / "config.toml"
    file.write_text(text, "utf-8")
    file.chmod(0o600)
    return file


def test_with_nothing_set_the_defaults_hold(tmp_path: Path) -> None:
    got = config.load(repo=tmp_path, env={})
    assert got == config.Config(repo=tmp_path)
    assert got.backend == "embedded"
    assert not got.public_gateways


def test_the_default_repo_lies_in_jupyters_data_directory() -> None:
    assert str(config.load(env={}).repo) == os.path.join(jupyter_data_dir(), "ipfs")  # noqa: PTH118


def test_an_argument_outranks_the_environment_and_that_the_file(tmp_path: Path) -> None:
    write(tmp_path, 'backend = "kubo"\n[kubo]\nurl = "http://10.0.0.1:5001"\n')
    env = {"JUPYTER_IPFS_REPO": str(tmp_path)}
    assert config.load(env=env).backend == "kubo"
    assert config.load(env=env).kubo_url == "http://10.0.0.1:5001"
    env["JUPYTER_IPFS_BACKEND"] = "embedded"
    env["JUPYTER_IPFS_KUBO_URL"] = "http://10.0.0.2:5001/api/v0/"
    assert config.load(env=env).backend == "embedded"
    assert config.load(env=env).kubo_url == "http://10.0.0.2:5001"
    assert config.load(backend="kubo", env=env).backend == "kubo"
    other = tmp_path / "other"
    assert config.load(repo=other, env=env).repo == other


def test_gateways_in_the_environment_are_separated_by_spaces_and_may_be_none(
    tmp_path: Path,
) -> None:
    write(tmp_path, '[sources]\ngateways = ["http://a.example"]\n')
    env = {"JUPYTER_IPFS_GATEWAYS": " http://b.example/  https://[::1]:8080 "}
    assert config.load(repo=tmp_path, env=env).gateways == (
        "http://b.example",
        "https://[::1]:8080",
    )
    assert config.load(repo=tmp_path, env={"JUPYTER_IPFS_GATEWAYS": ""}).gateways == ()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ('backend = "kube"', ["backend", "'kube'", "embedded, kubo"]),
        ("backend = 3", ["backend", "3", "text in quotes"]),
        ('bakend = "kubo"', ["bakend", "did you mean 'backend'?"]),
        ('kubo = "x"', ["kubo", "'x'", "[kubo]"]),
        ('[kubo]\nurl = "ftp://a"', ["kubo.url", "'ftp://a'", "http://"]),
        ('[kubo]\nurl = "http://h:70000"', ["kubo.url", "70000", "Port"]),
        ('[kubo]\ntoken = "basic:joe"', ["kubo.token", "basic:<user>:<password>"]),
        ('[sources]\ngateways = "http://a"', ["sources.gateways", "list"]),
        ('[sources]\ngateways = ["http://a?q=1"]', ["sources.gateways", "'?'"]),
        ('[sources]\nplaces = ["survey.car"]', ["sources.places", "'survey.car'", "~/"]),
        ("[sources]\npublic_gateways = 1", ["sources.public_gateways", "1", "true or false"]),
        ("[nonsense]\na = 1", ["nonsense", "sources"]),
        ("backend = ", ["no valid TOML"]),
    ],
)
def test_a_wrong_value_is_told_with_file_value_and_what_is_allowed(
    tmp_path: Path, text: str, parts: list[str]
) -> None:
    file = write(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        config.load(repo=tmp_path, env={})
    told = f"{caught.value.message} {caught.value.hint}"
    for part in [str(file), *parts]:
        assert part in told


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("JUPYTER_IPFS_BACKEND", "kube"),
        ("JUPYTER_IPFS_KUBO_URL", "127.0.0.1:5001"),
        ("JUPYTER_IPFS_GATEWAYS", "gateway.example"),
        ("JUPYTER_IPFS_REPO", "~no-such-user-here/x"),
    ],
)
def test_a_wrong_variable_is_named_with_its_value(
    tmp_path: Path, variable: str, value: str
) -> None:
    env = {"JUPYTER_IPFS_REPO": str(tmp_path), variable: value}
    with pytest.raises(ConfigError) as caught:
        config.load(env=env)
    assert variable in caught.value.message
    assert value in caught.value.message


def test_a_repo_that_is_a_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("x")
    with pytest.raises(ConfigError) as caught:
        config.load(repo=file, env={})
    assert caught.value.hint == "it takes the path of a directory, and this is a file"


def test_a_password_in_an_address_is_refused_and_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        config.load(repo=tmp_path, env={"JUPYTER_IPFS_KUBO_URL": "http://joe:geheim@h:5001"})
    assert "geheim" not in f"{caught.value.message} {caught.value.hint}"


def test_a_token_is_neither_shown_nor_left_readable_by_others(tmp_path: Path) -> None:
    config.save(tmp_path, kubo_token="bearer:geheim")
    file = tmp_path / "config.toml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    got = config.load(repo=tmp_path, env={})
    assert got.kubo_token == "bearer:geheim"
    assert "geheim" not in repr(got)
    file.chmod(0o644)
    with pytest.raises(ConfigError, match="other users can read it"):
        config.load(repo=tmp_path, env={})


def test_what_is_saved_is_loaded_and_the_rest_left_alone(tmp_path: Path) -> None:
    awkward = str(tmp_path / 'a "b" \\ c\n')
    config.save(tmp_path, backend="kubo", sources=[awkward, "https://lab.example/x.car"])
    config.save(tmp_path, gateways=["http://10.0.0.7:8080"])
    config.agree_to_public_gateways(tmp_path)
    config.agree_to_announce(tmp_path, "http://10.0.0.8:5001/api/v0")
    got = config.load(repo=tmp_path, env={})
    assert got == config.Config(
        repo=tmp_path,
        backend="kubo",
        sources=(awkward, "https://lab.example/x.car"),
        gateways=("http://10.0.0.7:8080",),
        public_gateways=True,
        announce=("http://10.0.0.8:5001",),
    )


def test_a_setting_that_cannot_be_read_again_is_not_written(tmp_path: Path) -> None:
    config.save(tmp_path, backend="kubo")
    before = (tmp_path / "config.toml").read_bytes()
    with pytest.raises(ConfigError):
        config.save(tmp_path, gateways=["nonsense"])
    assert (tmp_path / "config.toml").read_bytes() == before
    assert not list(tmp_path.glob(".config.toml*"))


def test_savers_at_the_same_time_all_have_their_say(tmp_path: Path) -> None:
    urls = [f"http://10.0.0.{n}:5001" for n in range(1, 9)]
    threads = [
        threading.Thread(target=config.save, args=(tmp_path,), kwargs=kwargs)
        for kwargs in (
            {"gateways": urls},
            {"backend": "kubo"},
            {"public_gateways": True},
            {"sources": ["/a"]},
            {"announce": urls},
        )
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    got = config.load(repo=tmp_path, env={})
    assert (got.gateways, got.announce, got.sources) == (tuple(urls), tuple(urls), ("/a",))
    assert got.backend == "kubo"
    assert got.public_gateways


def test_a_running_session_sees_that_the_file_changed(tmp_path: Path) -> None:
    got = config.load(repo=tmp_path, env={})
    assert not got.is_stale()
    config.save(tmp_path, backend="kubo")
    assert got.is_stale()
    assert not config.load(repo=tmp_path, env={}).is_stale()
