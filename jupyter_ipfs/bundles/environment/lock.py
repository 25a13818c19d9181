"""Reading a lock of somebody else's (``pylock.toml``, PEP 751) as what may be installed.

``uv pip sync`` of a hostile lock ran its build backend, and took a wheel with empty hashes from
any address (``safety.md`` 16). So the lock itself is never handed to an installer. Of each entry
only name, version and SHA-256 digests of wheels are taken, each by its strict form; its addresses
are never used; whatever is more than that is refused by name.
"""

from __future__ import annotations

import ipaddress
import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from jupyter_ipfs.errors import EnvironmentLockError

if TYPE_CHECKING:
    from collections.abc import Collection

MAX_BYTES = 4 * 1024 * 1024  # 100 distributions with all their wheels take about 0.3 MB
# tomllib's time grows with the square of the dots in a key, and makes a table for each.
LINE, LINE_DOTS, DOTS = 4096, 48, 200_000
_MAX_PACKAGES = 5000
_MAX_WHEELS = 1000  # of one entry; pyzmq has about 100
_MAX_SHOWN = 60

NAME = re.compile(r"[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){0,99}")  # PEP 503, normalised
# PEP 440 as its appendix B has it, normalised: no epoch of more than one digit, no long numbers.
VERSION = re.compile(
    r"(?:[0-9]!)?[0-9]{1,12}(?:\.[0-9]{1,12}){0,9}(?:(?:a|b|rc)[0-9]{1,12})?"
    r"(?:\.post[0-9]{1,12})?(?:\.dev[0-9]{1,12})?(?:\+[a-z0-9]{1,40}(?:\.[a-z0-9]{1,40}){0,9})?"
)
SHA256 = re.compile(r"[0-9a-f]{64}")
WHEEL = re.compile(r"[A-Za-z0-9_.+!]{1,150}(?:-[A-Za-z0-9_.+!]{1,200}){4,5}\.whl")

_NOT_WHEELS = {
    "directory": "it is a folder, and installing that would run its code",
    "vcs": "it is a repository, and installing that would run its code",
    "archive": "it is an archive of an address of its own",
}
# Names that stand for a machine or a network of one's own, by RFC 6761, 6762, 8375 and custom.
_PRIVATE_ENDS = (".local", ".localhost", ".internal", ".lan", ".home", ".corp", ".arpa", ".test")


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel that may be installed.

    Attributes:
        filename: Its file name, which has its tags.
        sha256: In hex.
    """

    filename: str
    sha256: str


@dataclass(frozen=True, slots=True)
class LockedPackage:
    """A distribution that may be installed.

    Attributes:
        name: Normalised.
        version: Normalised.
        wheels: At least one, by file name.
    """

    name: str
    version: str
    wheels: tuple[Wheel, ...]


@dataclass(frozen=True, slots=True)
class RefusedPackage:
    """An entry of a lock that is not installed.

    Attributes:
        name: As it is called, shortened and without control characters.
        why: The reason.
    """

    name: str
    why: str

    @property
    def sentence(self) -> str:
        """Both, for a person."""
        return f"{self.name} is not installed: {self.why}"


@dataclass(frozen=True, slots=True)
class Lock:
    """What a lock comes to.

    Attributes:
        packages: What may be installed, by name.
        refused: What may not.
    """

    packages: tuple[LockedPackage, ...]
    refused: tuple[RefusedPackage, ...] = ()


def read(pylock: bytes) -> Lock:
    """Read a lock.

    Raises:
        EnvironmentLockError: It is none.
    """
    packages: list[LockedPackage] = []
    refused: list[RefusedPackage] = []
    entries = _entries(pylock)
    names = [_name_of(entry) for entry in entries]
    times = Counter(names)
    for name, entry in zip(names, entries, strict=True):
        try:
            packages.append(_package(entry, times[name]))
        except _RefusedError as error:
            refused.append(RefusedPackage(name, str(error)))
    refused = sorted(set(refused), key=lambda each: (each.name, each.why))
    return Lock(tuple(sorted(packages, key=lambda each: each.name)), tuple(refused))


def agree(lock: Lock, left_out: Collection[str]) -> None:
    """Make sure that the user has agreed to do without what is refused.

    Args:
        lock: The lock.
        left_out: The names of entries that the user does without.

    Raises:
        EnvironmentLockError: Something else is refused.
    """
    missing = [each for each in lock.refused if each.name not in left_out]
    if missing:
        sentences = "; ".join(each.sentence for each in missing[:5])
        more = f"; and {len(missing) - 5} more" if len(missing) > 5 else ""  # noqa: PLR2004
        raise EnvironmentLockError(
            f"the lock has entries that are refused: {sentences}{more}",
            "leave them out by name, if you can do without them",
        )


def requirements(lock: Lock) -> str:
    """Return a lock as lines for an installer that is told ``--require-hashes``.

    Raises:
        EnvironmentLockError: Something in it would be more than a name, a version and hashes.
    """
    lines = []
    for package in lock.packages:
        digests = sorted({wheel.sha256 for wheel in package.wheels})
        if not (
            NAME.fullmatch(package.name)
            and VERSION.fullmatch(package.version)
            and digests
            and all(SHA256.fullmatch(digest) for digest in digests)
        ):
            raise EnvironmentLockError(f"the lock's entry {_shown(package.name)} is none")
        hashes = [f"    --hash=sha256:{digest}" for digest in digests]
        lines.append(" \\\n".join([f"{package.name}=={package.version}", *hashes]) + "\n")
    return "".join(lines)


def is_public(url: str) -> bool:
    """Tell whether an address is one that anybody may be told: https, and nobody's own network."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.scheme != "https" or parts.username is not None or parts.password is not None:
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        last = host.rpartition(".")[2]
        named = last != host and not host.endswith(_PRIVATE_ENDS) and not last[:1].isdigit()
        return named and bool(last) and port in {None, 443}


class _RefusedError(Exception):
    """Why an entry is refused."""


def _entries(pylock: bytes) -> list[dict[str, Any]]:
    if len(pylock) > MAX_BYTES:
        raise EnvironmentLockError(f"the lock is larger than {MAX_BYTES // 1024 // 1024} MB")
    lines = pylock.splitlines()
    if pylock.count(b".") > DOTS or any(
        len(line) > LINE or line.count(b".") > LINE_DOTS for line in lines
    ):
        raise EnvironmentLockError("the lock has lines that no lock has")
    try:
        document = tomllib.loads(pylock.decode())
    except (ValueError, RecursionError):
        raise EnvironmentLockError("the lock is no TOML") from None
    version, entries = document.get("lock-version"), document.get("packages")
    if not isinstance(version, str) or not re.fullmatch(r"1\.[0-9]{1,3}", version):
        raise EnvironmentLockError("the lock is of a version that is not known here: it takes 1.0")
    if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        raise EnvironmentLockError("the lock has no list of packages")
    if len(entries) > _MAX_PACKAGES:
        raise EnvironmentLockError(f"the lock has more than {_MAX_PACKAGES} packages")
    return entries


def _name_of(entry: dict[str, Any]) -> str:
    """Return what to call an entry: its normalised name, or as much as can be shown of it."""
    name = entry.get("name")
    if not isinstance(name, str):
        return "an entry without a name"
    normalised = re.sub(r"[-_.]+", "-", name).lower()
    return normalised if NAME.fullmatch(normalised) else _shown(name)


def _package(entry: dict[str, Any], times: int) -> LockedPackage:
    """Return an entry as what may be installed, or say why it is refused."""
    if times > 1:
        raise _RefusedError("it is named more than once")
    name = entry.get("name")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise _RefusedError("its name is none that an index has")
    for key, why in _NOT_WHEELS.items():
        if key in entry:
            raise _RefusedError(why)
    if "index" in entry:
        raise _RefusedError("it names an index of its own, which is not yours")
    if "marker" in entry:
        raise _RefusedError("it is for some machines only")
    version = entry.get("version")
    if not isinstance(version, str) or not VERSION.fullmatch(version):
        raise _RefusedError("it has no version that an index has")
    given = entry.get("wheels")
    if not given:
        reason = "it is source only, and installing that would run its code"
        raise _RefusedError(reason if "sdist" in entry else "it has no wheel")
    if not isinstance(given, list) or len(given) > _MAX_WHEELS:
        raise _RefusedError("its wheels are no list that a lock has")
    wheels = {_wheel(each, name, version) for each in given}
    return LockedPackage(name, version, tuple(sorted(wheels, key=lambda each: each.filename)))


def _wheel(given: object, name: str, version: str) -> Wheel:
    if not isinstance(given, dict):
        raise _RefusedError("one of its wheels is none")
    filename = _filename(given)
    if not WHEEL.fullmatch(filename) or not _is_of(filename, name, version):
        raise _RefusedError("one of its wheels is of something else")
    hashes = given.get("hashes")
    digest = hashes.get("sha256") if isinstance(hashes, dict) else None
    if not isinstance(digest, str) or not SHA256.fullmatch(digest):
        raise _RefusedError("one of its wheels has no SHA-256, so it could be anything")
    return Wheel(filename, digest)


def _filename(given: dict[str, Any]) -> str:
    """Return a wheel's file name; its address must be public, and is not used for more."""
    url, path, name = given.get("url"), given.get("path"), given.get("name")
    if path is not None and url is None and isinstance(path, str):
        found = path  # without a folder: what `_wheel` takes has no `/`
    elif path is None and isinstance(url, str):
        if not is_public(url):
            raise _RefusedError("it is to come from an address that is private or not https")
        found = unquote(urlsplit(url).path.rpartition("/")[2])
    else:
        raise _RefusedError("one of its wheels has no address")
    if name is not None and name != found:
        raise _RefusedError("one of its wheels has two names")
    return found


def _is_of(filename: str, name: str, version: str) -> bool:
    """Tell whether a wheel's file name is that of a distribution's version."""
    found, its_version, _ = filename.split("-", 2)
    its = _normal(found, its_version)
    return its is not None and its == _normal(name, version)


@lru_cache(maxsize=1024)  # most of a version's wheels begin alike
def _normal(name: str, version: str) -> tuple[str, str] | None:
    from packaging.version import InvalidVersion, Version  # noqa: PLC0415

    try:
        return re.sub(r"[-_.]+", "-", name).lower(), str(Version(version))
    except InvalidVersion:
        return None


def _shown(text: str) -> str:
    """Return a hostile text as ASCII of some length, in quotes."""
    return ascii(text[:_MAX_SHOWN])
