"""Locks of strangers: names, versions and digests are taken, and nothing else."""

from __future__ import annotations

import sys
import tomllib
from typing import Any

import pytest

from jupyter_ipfs.bundles.environment import lock, pylock_toml
from jupyter_ipfs.bundles.environment.index_offers import OfferedWheel
from jupyter_ipfs.bundles.environment.lock import Lock, LockedPackage, RefusedPackage, Wheel
from jupyter_ipfs.errors import EnvironmentLockError

SHA = "ab" * 32
HEAD = 'lock-version = "1.0"\ncreated-by = "somebody"\n'
URL = "https://files.example.org/a/six-1.17.0-py2.py3-none-any.whl"


def entry(wheel: str = "", name: str = "six", version: str = "1.17.0", more: str = "") -> bytes:
    wheel = wheel or f'{{ url = "{URL}", hashes = {{ sha256 = "{SHA}" }} }}'
    text = f'{HEAD}[[packages]]\nname = "{name}"\nversion = "{version}"\n{more}wheels = [{wheel}]\n'
    return text.encode()


def wheel(url: str = URL, sha256: object = f'"{SHA}"', key: str = "url") -> str:
    return f'{{ {key} = "{url}", hashes = {{ sha256 = {sha256} }} }}'


def test_a_wheel_with_its_digest_is_taken_and_its_address_is_not() -> None:
    found = lock.read(entry())
    assert found == Lock(
        (LockedPackage("six", "1.17.0", (Wheel("six-1.17.0-py2.py3-none-any.whl", SHA),)),)
    )
    assert lock.requirements(found) == f"six==1.17.0 \\\n    --hash=sha256:{SHA}\n"
    assert "example.org" not in repr(found)


@pytest.mark.parametrize(
    ("pylock", "why"),
    [
        (entry(more='directory = { path = "." }\n'), "folder, and installing that would run"),
        (entry(more='vcs = { type = "git", url = "https://a.example" }\n'), "repository"),
        (entry(more=f'archive = {{ url = "{URL}" }}\n'), "archive of an address of its own"),
        (entry(more='index = "https://evil.example/simple"\n'), "index of its own"),
        (entry(more="marker = \"sys_platform == 'win32'\"\n"), "some machines only"),
        (entry(wheel(sha256='""')), "no SHA-256"),
        (entry(wheel(sha256=f'"{SHA[:-1]}"')), "no SHA-256"),
        (entry(wheel(sha256=f'"{SHA.upper()}"')), "no SHA-256"),
        (entry(wheel(sha256=f'"{SHA} --index-url=https://evil.example"')), "no SHA-256"),
        (entry(wheel(sha256=7)), "no SHA-256"),
        (entry(f'{{ url = "{URL}", hashes = {{}} }}'), "no SHA-256"),
        (entry(f'{{ url = "{URL}" }}'), "no SHA-256"),
        (entry(f'{{ url = "{URL}", hashes = {{ md5 = "{"ab" * 16}" }} }}'), "no SHA-256"),
        (entry(f'{{ hashes = {{ sha256 = "{SHA}" }} }}'), "no address"),
        (entry(wheel() + ", 7"), "is none"),
        (entry(wheel() + ", " + wheel(sha256='""')), "no SHA-256"),
        (entry(wheel("http://files.example.org/six-1.17.0-py3-none-any.whl")), "not https"),
        (entry(wheel("https://127.0.0.1/six-1.17.0-py3-none-any.whl")), "private"),
        (entry(wheel("https://[::1]/six-1.17.0-py3-none-any.whl")), "private"),
        (entry(wheel("https://169.254.169.254/six-1.17.0-py3-none-any.whl")), "private"),
        (entry(wheel("https://wheels.corp/six-1.17.0-py3-none-any.whl")), "private"),
        (entry(wheel("https://mirror/six-1.17.0-py3-none-any.whl")), "private"),
        (entry(wheel("https://2130706433/six-1.17.0-py3-none-any.whl")), "private"),
        (entry(wheel("https://u:p@a.example/six-1.17.0-py3-none-any.whl")), "private"),
        (entry(wheel("https://[/six-1.17.0-py3-none-any.whl")), "private"),
        (entry(wheel("file:///six-1.17.0-py3-none-any.whl")), "not https"),
        (entry(wheel("../six-1.17.0-py3-none-any.whl", key="path")), "something else"),
        (entry(wheel("/tmp/six-1.17.0-py3-none-any.whl", key="path")), "something else"),  # noqa: S108
        (entry(wheel("https://a.example/seven-1.17.0-py3-none-any.whl")), "something else"),
        (entry(wheel("https://a.example/six-1.18.0-py3-none-any.whl")), "something else"),
        (entry(wheel("https://a.example/six-1.17.0.tar.gz")), "something else"),
        (entry(wheel("https://a.example/six-1.17.0-py3-none-any.whl%0a")), "something else"),
        (entry(name="six\\n--index-url https://evil.example"), "name is none"),
        (entry(name="-r evil.txt"), "name is none"),
        (entry(name="six @ https://evil.example/a.whl"), "name is none"),
        (entry(name="Six"), "name is none"),
        (entry(name="six-"), "name is none"),
        (entry(name="\\u202ex"), "name is none"),
        (entry(name="s\\u0456x"), "name is none"),
        (entry(name="a" * 4000), "name is none"),
        (entry(name=""), "name is none"),
        (entry(version="1.17.0 --pre"), "no version"),
        (entry(version="1.17.0\\n-e ."), "no version"),
        (entry(version="1.*"), "no version"),
        (entry(version=">=1"), "no version"),
        (entry(version="1.0; python_version > '3'"), "no version"),
        (entry(version=""), "no version"),
        (f'{HEAD}[[packages]]\nname = "six"\nversion = "1"\nwheels = []'.encode(), "no wheel"),
        (
            f'{HEAD}[[packages]]\nname = "six"\nversion = "1"\nsdist = {{}}'.encode(),
            "source only",
        ),
        (f'{HEAD}[[packages]]\nname = "six"\nversion = "1"\nwheels = "w"'.encode(), "no list"),
        (f'{HEAD}[[packages]]\nname = "six"\nversion = 1'.encode(), "no version"),
        (f"{HEAD}[[packages]]\nname = 7".encode(), "name is none"),
        (f"{HEAD}[[packages]]".encode(), "name is none"),
    ],
)
def test_what_is_more_than_a_wheel_of_an_index_is_refused_by_name(pylock: bytes, why: str) -> None:
    found = lock.read(pylock)
    assert found.packages == ()
    (refused,) = found.refused
    assert why in refused.sentence
    assert refused.name.isascii()
    assert refused.name.isprintable()
    assert len(refused.name) < 100
    assert lock.requirements(found) == ""
    with pytest.raises(EnvironmentLockError, match="that are refused"):
        lock.agree(found, [])
    lock.agree(found, [refused.name])


def test_a_name_that_is_there_twice_is_taken_neither_time() -> None:
    one = entry().decode()
    other = one.removeprefix(HEAD).replace("1.17.0", "1.16.0")
    found = lock.read((one + other + other.replace('"six"', '"SIX"')).encode())
    assert found.packages == ()
    assert found.refused == (RefusedPackage("six", "it is named more than once"),)


@pytest.mark.parametrize(
    "pylock",
    [
        b"",
        b"\xff",
        b"packages = []",
        b'lock-version = "2.0"\npackages = []',
        b"lock-version = 1.0\npackages = []",
        b'lock-version = "1.0"\npackages = {}',
        b'lock-version = "1.0"\npackages = [1]',
        b'lock-version = "1.0"\n',
        b"{}",
        b"a = " + b"[" * 4000,
        b"a = " + b"[\n" * 1_000_000,
        b"a = " + b"{a = " * 700,
        HEAD.encode() + b"a." * 4_000 + b"a = 1",
        HEAD.encode() + (b"a." * 2_000 + b"a = 1\n") * 1_000,
        HEAD.encode() + b"".join(b"k%d." % i + b"a." * 40 + b"b = 1\n" for i in range(40_000)),
        HEAD.encode() + b"[[packages]]\n" * 6_000,
        HEAD.encode() + b"#" * lock.MAX_BYTES,
    ],
)
def test_what_is_no_lock_is_said_so_without_much_work(pylock: bytes) -> None:
    with pytest.raises(EnvironmentLockError, match="the lock"):
        lock.read(pylock)  # without the limits one of these takes two minutes


def test_a_lock_that_is_nested_deeply_ends_no_process_whatever_the_limit() -> None:
    before = sys.getrecursionlimit()
    try:
        sys.setrecursionlimit(100_000)
        with pytest.raises(EnvironmentLockError):
            lock.read(b"a = " + b"[\n" * 200_000)
    finally:
        sys.setrecursionlimit(before)


def test_noise_of_other_tools_is_passed_over() -> None:
    more = (
        'dependencies = [{ name = "x" }]\nrequires-python = ">=3"\n'
        'sdist = { url = "https://a.example/six.tar.gz" }\n'
        'attestation-identities = [{ kind = "GitHub", workflow = 7 }]\n'
        'tool = { uv = { "--index-url" = "https://evil.example" } }\n'
    )
    found = lock.read(entry(more=more))
    assert [package.name for package in found.packages] == ["six"]
    assert "evil" not in lock.requirements(found)


@pytest.mark.parametrize(
    "package",
    [
        LockedPackage("six\n-e .", "1", (Wheel("w", SHA),)),
        LockedPackage("six", "1 --pre", (Wheel("w", SHA),)),
        LockedPackage("six", "1", (Wheel("w", "md5"),)),
        LockedPackage("six", "1", ()),
    ],
)
def test_requirements_are_checked_again_when_they_are_written(package: LockedPackage) -> None:
    with pytest.raises(EnvironmentLockError, match="is none"):
        lock.requirements(Lock((package,)))


def test_what_is_written_is_read_as_the_same_by_tomllib_and_by_us() -> None:
    public = OfferedWheel(
        "a_b-1.0-py3-none-any.whl",
        "https://files.example.org/x/a_b-1.0-py3-none-any.whl",
        SHA,
        7,
        None,
    )
    private = OfferedWheel(
        "c-2-py3-none-any.whl", "https://u@mirror/c-2-py3-none-any.whl", SHA, None, None
    )
    data = pylock_toml.dumps([("c", "2", [private]), ("a-b", "1.00", [public])], "3.11.7")
    document: dict[str, Any] = tomllib.loads(data.decode())
    assert [each["name"] for each in document["packages"]] == ["a-b", "c"]
    assert document["requires-python"] == ">=3.11"
    assert b"mirror" not in data, "somebody's own network is named to nobody"
    found = lock.read(data)
    assert [(each.name, each.version) for each in found.packages] == [("a-b", "1.0"), ("c", "2")]
    assert found.refused == ()
    assert lock.read(pylock_toml.dumps([], "")) == Lock(())


def test_an_address_with_a_key_in_it_is_told_to_nobody() -> None:
    digest = "ab" * 32
    name = "a-1.0-py3-none-any.whl"

    def dumped(folder: str) -> str:
        wheel = OfferedWheel(name, f"https://{folder}/{name}", digest, 1, None)
        return pylock_toml.dumps([("a", "1.0", [wheel])], "3.11.7").decode()

    for folder in (
        "dl.example.org/sJ3xQ9vTz8Lk2WmP/team/python",
        "packages.example.org/priv/0123456789abcdef0123456789abcdef01234567/pypi",
        "index.example.org/k-8f14e45fceea167a/simple",
        "index.example.org/QmzuYtFaKeWordlike/simple",
    ):
        assert "example.org" not in dumped(folder)
        assert f'path = "{name}"' in dumped(folder)
    for folder in (
        f"files.example.org/packages/ab/cd/{'ef' * 30}",
        f"gitlab.example.org/api/v4/projects/123/packages/pypi/files/{digest}",
        "download.example.org/whl/cu121",
        "mirror.example.org/artifactory/api/pypi/repository-local",
    ):
        assert f'url = "https://{folder}/{name}"' in dumped(folder)
