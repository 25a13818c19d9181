"""Locking what a notebook ran with: the same environment gives the same bytes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ipfs.bundles.environment import index_offers, lock, locking, pylock_toml
from jupyter_ipfs.bundles.environment.distributions import Distribution, Installed, Interpreter
from jupyter_ipfs.bundles.environment.index_offers import OfferedWheel
from tests.bundles.package_index import FIRST, PackageIndex

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PYTHON = Interpreter(
    ".".join(map(str, sys.version_info[:3])), "cpython", sys.platform, os.uname().machine
)
HERE = f"cp{sys.version_info[0]}{sys.version_info[1]}"
SOON, LATER = "2026-01-08T10:00:00Z", "2026-03-01T10:00:00Z"


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[PackageIndex]:
    """The user's own index, with a cache that nobody else has."""
    with PackageIndex() as running:
        for name in [name for name in os.environ if name.startswith("UV_")]:
            monkeypatch.delenv(name)
        monkeypatch.setenv("UV_DEFAULT_INDEX", running.url)
        monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
        monkeypatch.setenv("UV_HTTP_RETRIES", "0")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield running


def needs(*distributions: Distribution) -> Installed:
    return Installed(PYTHON, distributions)


def has(name: str, version: str = "1.0", **more: Any) -> Distribution:  # noqa: ANN401
    return replace(Distribution(name, version), **more)


def why_not(locked: locking.Locked) -> dict[str, str]:
    return {each.name: each.why for each in locked.environment.unlocked}


def test_what_is_on_the_index_is_locked_and_the_rest_is_listed_with_the_reason(
    index: PackageIndex,
) -> None:
    digest = index.add("alpha", "1.0")
    index.add("beta", "1.0")
    index.add("exacting", "1.0", python=f">={PYTHON.python}")
    index.add("built", "1.0")
    index.add("windows", "1.0", "cp312-cp312-win_amd64")
    index.add("loose", "1.0", f"{HERE}-none-any")
    index.add_source("source", "1.0")
    mine = index.add("mine", "1.0")
    locked = locking.lock_installed(
        needs(
            has("alpha", tags=("py3-none-any",)),
            has("beta", "2.0"),
            has("built", tags=(f"{HERE}-{HERE}-linux_x86_64",)),
            has("edited", why_unlocked="editable"),
            has("exacting"),
            has("loose", tags=("py3-none-any",)),
            has("mine", sha256=mine),
            has("nowhere"),
            has("odd", "1.0-custom build"),
            has("other", sha256="00" * 32),
            has("source"),
            has("windows"),
        )
    )
    assert why_not(locked) == {
        "beta": "not on the index",
        "built": "built on this computer: the index has no such wheel",
        "edited": "editable",
        "nowhere": "not on the index",
        "odd": "no index has a version like that",
        "other": "not on the index",
        "source": "the index has only its source",
        "windows": "built on this computer: the index has no such wheel",
    }
    found = lock.read(locked.pylock)
    assert found.refused == ()
    assert [each.name for each in found.packages] == ["alpha", "exacting", "loose", "mine"]
    assert found.packages[0].wheels == (lock.Wheel("alpha-1.0-py3-none-any.whl", digest),)
    assert locked.environment.packages == 4
    told = json.loads(locked.environment_json)
    assert (told["version"], told["packages"], told["python"]) == (1, 4, PYTHON.python)
    assert told["unlocked"][0] == {"name": "beta", "version": "2.0", "why": "not on the index"}
    text = locked.pylock.decode()
    assert locked.requirements == lock.requirements(found)
    assert "127.0.0.1" not in text, "the index is the author's own affair"
    assert "upload-time" not in text
    assert "sdist" not in text
    assert "#" not in text
    assert not [path for path in index.asked if path.endswith(".tar.gz")], "nothing is built"


def test_other_bytes_than_the_index_s_are_not_locked(index: PackageIndex) -> None:
    index.add("alpha", "1.0")
    locked = locking.lock_installed(needs(has("alpha", sha256="00" * 32)))
    assert why_not(locked) == {"alpha": "other bytes than the index has"}


def test_the_lock_is_the_same_when_the_index_gets_more_wheels_later(index: PackageIndex) -> None:
    index.add("alpha", "1.0", f"{HERE}-{HERE}-manylinux_2_17_x86_64")
    index.add("alpha", "1.0", f"{HERE}-{HERE}-macosx_11_0_arm64", SOON)
    found = needs(has("alpha"))
    first = locking.lock_installed(found)
    index.add("alpha", "1.0", "cp399-cp399-manylinux_2_17_x86_64", LATER)
    index.add("alpha", "1.0", f"{HERE}-{HERE}-win_amd64", LATER)
    again = locking.lock_installed(found)
    assert again == first
    assert len(lock.read(first.pylock).packages[0].wheels) == 2


def test_a_lock_that_nobody_would_read_has_one_wheel_for_each(
    index: PackageIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.add("alpha", "1.0", f"{HERE}-none-any")
    index.add("alpha", "1.0", "py3-none-any")
    monkeypatch.setattr(lock, "DOTS", 6)
    (package,) = lock.read(locking.lock_installed(needs(has("alpha"))).pylock).packages
    assert [wheel.filename for wheel in package.wheels] == [f"alpha-1.0-{HERE}-none-any.whl"]


def test_a_wheel_that_came_late_is_locked_where_it_is_the_one_that_suits(
    index: PackageIndex,
) -> None:
    index.add("alpha", "1.0", "cp399-cp399-win_amd64")
    index.add("alpha", "1.0", f"{HERE}-none-any", LATER)
    (package,) = lock.read(locking.lock_installed(needs(has("alpha"))).pylock).packages
    assert f"alpha-1.0-{HERE}-none-any.whl" in [wheel.filename for wheel in package.wheels]


def test_a_second_lock_asks_no_index_and_one_without_an_index_is_not_remembered(
    index: PackageIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.add("alpha", "1.0")
    remembered, found = tmp_path / "repo" / "bundles" / "locks", needs(has("alpha"))
    with monkeypatch.context() as away:
        away.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple")
        offline = locking.lock_installed(found, remembered=remembered)
        assert why_not(offline) == {"alpha": "the package index cannot be asked"}
        away.setenv("UV_OFFLINE", "1")
        assert locking.lock_installed(found, remembered=remembered) == offline
        away.setattr(index_offers, "find_uv", lambda: None)
        without = locking.lock_installed(found, remembered=remembered)
        assert why_not(without) == {"alpha": "uv is not here, which asks the package index"}
        assert without.pylock == offline.pylock
    assert not remembered.exists()
    first = locking.lock_installed(found, remembered=remembered)
    assert first.environment.packages == 1
    (file,) = remembered.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    index.asked.clear()
    assert locking.lock_installed(found, remembered=remembered) == first
    assert index.asked == []
    for damaged in (b"", b"[]", b'{"pylock": "x"}', file.read_bytes()[:-9], b"\xff"):
        file.write_bytes(damaged)
        assert locking.lock_installed(found, remembered=remembered) == first
    other = needs(has("alpha", "2.0"))
    assert locking.lock_installed(other, remembered=remembered) != first, "another environment"


def test_an_index_that_does_not_answer_does_not_stop_a_share(index: PackageIndex) -> None:
    index.add("alpha", "1.0")
    locked = locking.lock_installed(needs(has("alpha")), timeout_s=0)
    assert why_not(locked) == {"alpha": "the package index takes too long to answer"}


def test_credentials_and_what_follows_an_address_stay_here() -> None:
    given = {
        "url": "https://me:secret@files.example.org/a-1-py3-none-any.whl?token=secret#secret",
        "hashes": {"sha256": "ab" * 32},
    }
    found = index_offers._wheel(given)
    assert found is not None
    assert found.url == "https://files.example.org/a-1-py3-none-any.whl"
    assert index_offers._wheel({"path": "a.whl", "hashes": {"sha256": "ab" * 32}}) is None
    assert index_offers._wheel({"url": "https://a.example/a.whl", "hashes": {}}) is None


def test_uv_takes_the_lock_and_what_is_made_of_it(index: PackageIndex, tmp_path: Path) -> None:
    digest = index.add("alpha", "1.0")
    locked = locking.lock_installed(needs(has("alpha")))
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(lock.requirements(lock.read(locked.pylock)))
    (tmp_path / "target").mkdir()
    options = [
        "--target", str(tmp_path / "target"), "--no-deps", "--require-hashes", "--only-binary",
        ":all:", "--python", sys.executable, "--quiet",
    ]  # fmt: skip
    uv = str(index_offers.find_uv())
    subprocess.run([uv, "pip", "install", "-r", requirements, *options], check=True)
    assert (tmp_path / "target" / "alpha.py").read_text() == "VERSION = '1.0'\n"
    # The same lock with a public address, as most have it: uv's own reader of PEP 751 takes it.
    wheel = OfferedWheel(
        "alpha-1.0-py3-none-any.whl",
        "https://files.example.org/alpha-1.0-py3-none-any.whl",
        digest,
        700,
        None,
    )
    pylock = tmp_path / "pylock.toml"
    pylock.write_bytes(pylock_toml.dumps([("alpha", "1.0", [wheel])], PYTHON.python))
    assert tomllib.loads(pylock.read_text())["packages"][0]["wheels"][0]["size"] == 700
    for command in (["sync"], ["install", "-r"]):
        done = subprocess.run(
            [uv, "pip", *command, pylock, "--dry-run", "--offline", "--python", sys.executable,
             "--target", tmp_path / "empty"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode, "1 package" in done.stderr) == (0, True), done.stderr


def test_an_upload_time_that_is_not_told_drops_no_wheel() -> None:
    assert FIRST < SOON < LATER
    wheel = OfferedWheel("a-1-py3-none-any.whl", "https://a.example/a", "ab" * 32, None, None)
    assert locking._is_settled(wheel, None)
