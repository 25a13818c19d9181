"""What the user's own package index offers for given versions, as uv tells it."""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from jupyter_ipfs.errors import EnvironmentLockError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_ipfs.bundles.environment.distributions import Distribution, Interpreter

NOT_OFFERED = "not on the index"
NO_WHEEL = "the index has only its source"
_NO_SOLUTION = 1  # uv's exit status; 2 is everything else: no network, no rights …
_OFFLINE = "network was disabled"  # which has status 1 as well
_HTTP_TIMEOUT_S = "15"


@dataclass(frozen=True, slots=True)
class OfferedWheel:
    """A wheel on an index.

    Attributes:
        filename: Its name.
        url: Where it is, without credentials, query and fragment.
        sha256: In hex.
        size: Bytes, or ``None``.
        uploaded_at: When it came there, or ``None``.
    """

    filename: str
    url: str
    sha256: str
    size: int | None
    uploaded_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Offers:
    """What an index offers.

    Attributes:
        wheels: By name.
        without: Why there is none, by name.
    """

    wheels: dict[str, tuple[OfferedWheel, ...]]
    without: dict[str, str]


def find_uv() -> Path | None:
    """Return the program, which comes with this package."""
    try:
        from uv import find_uv_bin  # noqa: PLC0415  (when a notebook is shared)
    except ImportError:
        return None
    try:
        return Path(find_uv_bin())
    except FileNotFoundError:
        return None


def offers(
    distributions: Sequence[Distribution],
    interpreter: Interpreter,
    *,
    timeout_s: float,
) -> Offers:
    """Ask the index for versions; nothing is built, and no wheel is fetched.

    uv answers for all or for none: where one is not there, it is found by halves.

    Raises:
        EnvironmentLockError: The index cannot be asked.
    """
    uv = find_uv()
    if uv is None:
        raise EnvironmentLockError("uv is not here, which asks the package index")
    deadline = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=timeout_s)
    found = Offers({}, {})
    waiting = [list(distributions)] if distributions else []
    while waiting:
        asked = waiting.pop()
        left_s = (deadline - dt.datetime.now(dt.UTC)).total_seconds()
        if left_s <= 0:
            raise EnvironmentLockError("the package index takes too long to answer")
        answer = _compiled(uv, asked, interpreter, left_s)
        if isinstance(answer, bytes):
            found.wheels.update(_read(answer))
        elif len(asked) == 1:
            found.without[asked[0].name] = answer
        else:
            middle = len(asked) // 2
            waiting += [asked[:middle], asked[middle:]]
    for each in distributions:
        if each.name not in found.wheels:
            found.without.setdefault(each.name, NOT_OFFERED)
    return found


def _compiled(
    uv: Path, asked: Sequence[Distribution], interpreter: Interpreter, timeout_s: float
) -> bytes | str:
    """Return uv's lock for all that is asked, or in words why there is none."""
    # To the patch: some need 3.11.4. What is before a release counts as that release.
    python = ".".join(re.findall(r"\d+", interpreter.python)[:3])
    with tempfile.TemporaryDirectory() as folder:  # so that no project's settings are read
        wanted, made = Path(folder, "requirements.in"), Path(folder, "pylock.toml")
        wanted.write_text("".join(f"{each.name}=={each.version}\n" for each in asked), "utf-8")
        command: list[str | Path] = [
            uv, "pip", "compile", "--quiet", "--no-progress", "--no-deps", "--universal",
            "--only-binary", ":all:", "--no-header", "--no-annotate", "--no-python-downloads",
            "--python", sys.executable, "--python-version", python,
            "--format", "pylock.toml", "--output-file", made, wanted,
        ]  # fmt: skip
        try:
            done = subprocess.run(  # noqa: S603  (names and versions by their forms, in a file)
                command,
                capture_output=True,
                timeout=timeout_s,
                cwd=folder,
                env={"UV_HTTP_TIMEOUT": _HTTP_TIMEOUT_S, **os.environ},
                check=False,
            )
            said = done.stderr.decode(errors="replace")
            if done.returncode == 0:
                return made.read_bytes()
        except subprocess.TimeoutExpired:
            raise EnvironmentLockError("the package index takes too long to answer") from None
        except OSError as error:
            raise EnvironmentLockError(f"uv cannot be run: {error.strerror}") from None
    if done.returncode == _NO_SOLUTION and _OFFLINE not in said:
        return NO_WHEEL if "no usable wheels" in said else NOT_OFFERED
    raise EnvironmentLockError("the package index cannot be asked")


def _read(pylock: bytes) -> dict[str, tuple[OfferedWheel, ...]]:
    try:
        packages = tomllib.loads(pylock.decode())["packages"]
        return {
            str(each["name"]): tuple(filter(None, map(_wheel, each.get("wheels", []))))
            for each in packages
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        raise EnvironmentLockError("uv has written a lock that cannot be read") from None


def _wheel(given: dict[str, Any]) -> OfferedWheel | None:
    """Return a wheel; ``None`` for one that is on no index, or has no SHA-256."""
    url, sha256 = given.get("url"), given.get("hashes", {}).get("sha256")
    if not isinstance(url, str) or not isinstance(sha256, str):
        return None
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    size, uploaded_at = given.get("size"), given.get("upload-time")
    return OfferedWheel(
        filename=unquote(parts.path.rpartition("/")[2]),
        url=f"{parts.scheme}://{host}{parts.path}",
        sha256=sha256,
        size=size if isinstance(size, int) else None,
        uploaded_at=uploaded_at if isinstance(uploaded_at, dt.datetime) else None,
    )
