"""Settings: who outranks whom, and what a wrong value is told."""

from __future__ import annotations

import json
import os
import stat
import threading
from typing import TYPE_CHECKING

import pytest
from jupyter_core.paths import jupyter_data_dir

from jupyter_ipfs import config
from jupyter_ipfs.errors import ConfigError, QuotaExceededError, SettingLockedError
from jupyter_ipfs.session import connect

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


def test_a_token_is_not_taken_along_to_another_kubo(tmp_path: Path) -> None:
    token = "bearer:of-a"
    config.save(tmp_path, kubo_url="http://a:5001", kubo_token=token, env={})
    config.save(tmp_path, kubo_url="http://A:5001/api/v0/", quota="1 GB", env={})
    assert config.load(repo=tmp_path, env={}).kubo_token == token, "it is the same Kubo"
    config.save(tmp_path, kubo_url="http://b:5001", env={})
    assert config.load(repo=tmp_path, env={}).kubo_token is None
    assert token not in (tmp_path / "config.toml").read_text()
    config.save(tmp_path, kubo_url="http://c:5001", kubo_token="bearer:of-c", env={})
    assert config.load(repo=tmp_path, env={}).kubo_token == "bearer:of-c"


def test_a_token_for_kubo_s_usual_address_does_not_go_elsewhere(tmp_path: Path) -> None:
    config.save(tmp_path, kubo_token="bearer:x", env={})
    config.save(tmp_path, kubo_url=config.DEFAULT_KUBO_URL, env={})
    assert config.load(repo=tmp_path, env={}).kubo_token == "bearer:x"
    config.save(tmp_path, kubo_url="http://b:5001", env={})
    assert config.load(repo=tmp_path, env={}).kubo_token is None


@pytest.mark.parametrize(
    "env",
    [
        {"JUPYTER_IPFS_KUBO_TOKEN": "bearer:x"},
        {"JUPYTER_IPFS_SERVER": json.dumps({"kubo_token": "bearer:x"})},
    ],
)
def test_a_token_from_elsewhere_keeps_the_file_from_naming_another_kubo(
    tmp_path: Path, env: dict[str, str]
) -> None:
    write(tmp_path, '[kubo]\nurl = "http://a:5001"\n')
    for token in (None, "bearer:mine"):
        with pytest.raises(SettingLockedError) as caught:
            config.save(tmp_path, kubo_url="http://evil:5001", kubo_token=token, env=env)
        assert "bearer" not in str(caught.value)
    assert config.load(repo=tmp_path, env=env).kubo_url == "http://a:5001"
    config.save(tmp_path, kubo_url="http://a:5001/", quota="1 GB", env=env)
    # The address in the environment decides, whatever the file says.
    config.save(
        tmp_path, kubo_url="http://b:5001", env={**env, "JUPYTER_IPFS_KUBO_URL": "http://a"}
    )


def test_a_token_that_was_given_with_another_address_is_not_used(tmp_path: Path) -> None:
    write(tmp_path, '[kubo]\nurl = "http://a:5001"\ntoken = "bearer:x"\n')
    there = config.load(repo=tmp_path, env={"JUPYTER_IPFS_KUBO_URL": "http://b:5001"})
    assert (there.kubo_url, there.kubo_token) == ("http://b:5001", None)
    assert there.origin("kubo_token") == "default"
    same = config.load(repo=tmp_path, env={"JUPYTER_IPFS_KUBO_URL": "http://a:5001"})
    assert same.kubo_token == "bearer:x"
    own = config.load(repo=tmp_path, env={"JUPYTER_IPFS_KUBO_TOKEN": "bearer:y"})
    assert own.kubo_token == "bearer:y"


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


def handing(**settings: object) -> dict[str, str]:
    """The environment of a kernel whose server has these settings."""
    env: dict[str, str] = {}
    locked = settings.pop("locked", ())
    config.hand_down(settings, locked, env)  # type: ignore[arg-type]
    return env


def test_the_servers_settings_stand_between_the_environment_and_the_file(tmp_path: Path) -> None:
    write(tmp_path, 'backend = "kubo"\n[kubo]\nurl = "http://10.0.0.1:5001"\n')
    env = handing(backend="embedded", kubo_url="http://10.0.0.3:5001", quota="2 GB")
    got = config.load(repo=tmp_path, env=env)
    assert (got.backend, got.kubo_url, got.quota) == ("embedded", "http://10.0.0.3:5001", 2 * 10**9)
    env["JUPYTER_IPFS_KUBO_URL"] = "http://10.0.0.2:5001"
    got = config.load(repo=tmp_path, env=env)
    assert got.kubo_url == "http://10.0.0.2:5001"
    assert config.load("kubo", tmp_path, env).backend == "kubo"
    assert [got.origin(name) for name in ("backend", "kubo_url", "quota", "gateways", "repo")] == [
        "server", "environment", "server", "default", "argument",
    ]  # fmt: skip


def test_what_is_locked_neither_file_nor_variable_changes(tmp_path: Path) -> None:
    write(tmp_path, 'backend = "kubo"\nquota = "1 TB"\n')
    env = handing(backend="embedded", quota=10**9, locked=["backend", "quota", "gateways"])
    env |= {"JUPYTER_IPFS_BACKEND": "kubo", "JUPYTER_IPFS_QUOTA": "1 TB"}
    got = config.load(repo=tmp_path, env=env)
    assert (got.backend, got.quota) == ("embedded", 10**9)
    assert got.locked == {"backend", "quota", "gateways"}
    with pytest.raises(SettingLockedError, match="gateways is locked"):
        config.save(tmp_path, gateways=["http://a.example"], env=env)
    config.save(tmp_path, kubo_url="http://a.example", env=env)


def test_a_locked_setting_without_a_value_is_the_default(tmp_path: Path) -> None:
    write(tmp_path, "[sources]\npublic_gateways = true\n")
    assert config.load(repo=tmp_path, env={}).public_gateways
    assert not config.load(repo=tmp_path, env=handing(locked=["public_gateways"])).public_gateways


def test_the_servers_repo_is_its_kernels(tmp_path: Path) -> None:
    env = handing(repo=str(tmp_path / "a"))
    assert config.load(env=env).repo == tmp_path / "a"
    env["JUPYTER_IPFS_REPO"] = str(tmp_path / "b")
    assert config.load(env=env).repo == tmp_path / "b"
    locked = handing(repo=str(tmp_path / "a"), locked=["repo"]) | {"JUPYTER_IPFS_REPO": "/b"}
    assert config.load(env=locked).repo == tmp_path / "a"


def test_a_server_in_a_servers_terminal_does_not_undo_a_lock() -> None:
    env = handing(backend="embedded", quota="1 GB", locked=["backend"])
    config.hand_down({"backend": "kubo", "quota": "2 GB"}, ["quota"], env)
    got = config.load(env=env)
    assert (got.backend, got.quota) == ("embedded", 2 * 10**9)
    assert got.locked == {"backend", "quota"}


def test_a_server_that_configures_nothing_hands_nothing_down() -> None:
    assert handing() == {}


@pytest.mark.parametrize(
    ("settings", "part"),
    [
        ({"backend": "kube"}, "c.JupyterIPFS.backend: 'kube'"),
        ({"quota": "many"}, "c.JupyterIPFS.quota: 'many'"),
        ({"locked": ["bakend"]}, "c.JupyterIPFS.locked: 'bakend'"),
        ({"sources": ["relative"]}, "c.JupyterIPFS.sources: 'relative'"),
    ],
)
def test_a_wrong_trait_is_named(settings: dict[str, object], part: str) -> None:
    with pytest.raises(ConfigError) as caught:
        handing(**settings)
    assert part in caught.value.message


@pytest.mark.parametrize("text", ["{", "[]", '{"locked": 3}', '{"nonsense": 1}', '{"quota": {}}'])
def test_a_forged_hand_down_is_told_in_words(text: str) -> None:
    with pytest.raises(ConfigError, match=r"JUPYTER_IPFS_SERVER|c\.JupyterIPFS"):
        config.load(env={"JUPYTER_IPFS_SERVER": text})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("10 GiB", 10 * 2**30), ("10GB", 10**10), ("500 mb", 5 * 10**8), ("1.5 k", 1500),
        ("4096", 4096), ("7 bytes", 7), ("1 byte", 1), ("2 TiB", 2**41), ("", None),
    ],
)  # fmt: skip
def test_a_quota_is_read_as_people_write_it(
    tmp_path: Path, value: str, expected: int | None
) -> None:
    config.save(tmp_path, quota=value)
    assert config.load(repo=tmp_path, env={}).quota == expected
    if value:
        env = {"JUPYTER_IPFS_QUOTA": value}
        assert config.load(repo=tmp_path / "none", env=env).quota == expected


@pytest.mark.parametrize("value", ["ten", "-1 GB", "0", "1e9999", "9" * 400, "10 XB", "NaN", "1 i"])
def test_what_is_no_quota_is_refused(tmp_path: Path, value: str) -> None:
    with pytest.raises(ConfigError, match="JUPYTER_IPFS_QUOTA"):
        config.load(repo=tmp_path, env={"JUPYTER_IPFS_QUOTA": value})


def test_a_quota_in_the_file_may_be_a_number_and_no_switch(tmp_path: Path) -> None:
    write(tmp_path, "quota = 5000\n")
    assert config.load(repo=tmp_path, env={}).quota == 5000
    config.save(tmp_path, quota=6000)
    assert "quota = 6000" in (tmp_path / "config.toml").read_text()
    write(tmp_path, "quota = true\n")
    with pytest.raises(ConfigError, match="quota: True"):
        config.load(repo=tmp_path, env={})


def test_a_session_keeps_to_the_quota_and_follows_its_change(tmp_path: Path) -> None:
    config.save(tmp_path, quota="100 kB")
    with connect(repo=tmp_path) as session:
        with pytest.raises(QuotaExceededError):
            session.add(bytes(range(256)) * 500)
        config.save(tmp_path, quota="1 MB")
        session.add(bytes(range(256)) * 500)
