"""The lock of what a notebook ran with: which wheels, by their digests, and what has none.

The same environment has to give the same bytes, today and next month (``safety.md`` 19), though
uv's own lock has its command line, dates, and whatever wheels an index has got since. So it is
written anew: sorted, wheels only, no dates; and of a version's wheels those that came within
a week of the first, which are all that most ever get, with the one that suits this machine
(``docs/decisions``). What cannot be locked is listed with the reason, and sharing goes on.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from jupyter_ipfs.bundles.environment import index_offers, lock, pylock_toml, wheel_tags
from jupyter_ipfs.bundles.environment.lock_memory import LockMemory, MadeLock
from jupyter_ipfs.bundles.format.manifest import Environment, Unlocked
from jupyter_ipfs.errors import EnvironmentLockError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from jupyter_ipfs.bundles.environment.distributions import Distribution, Installed, Interpreter
    from jupyter_ipfs.bundles.environment.index_offers import OfferedWheel

TIMEOUT_S = 120.0
OTHER_BYTES = "other bytes than the index has"
BUILT_HERE = "built on this computer: the index has no such wheel"
ODD_VERSION = "no index has a version like that"

_FORMAT = 1  # of what is remembered; it changes whenever the same environment locks differently
_SETTLED = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Locked:
    """The lock of an environment.

    Attributes:
        pylock: ``environment/pylock.toml``.
        requirements: The same as `lock.requirements` has it.
        environment_json: ``environment/environment.json``.
        environment: The same, as the manifest has it.
    """

    pylock: bytes
    requirements: str
    environment_json: bytes
    environment: Environment


def lock_installed(
    found: Installed, *, remembered: Path | None = None, timeout_s: float = TIMEOUT_S
) -> Locked:
    """Lock distributions; without an index or uv none is locked, and nothing is remembered.

    Args:
        found: What the notebook needs.
        remembered: Where locks are kept for the next time, ``<repo>/bundles/locks``.
        timeout_s: How long the index may take in all.
    """
    key = _key(found)
    memory = None if remembered is None else LockMemory(remembered)
    known = None if memory is None else memory.get(key)
    if known is not None:
        return _locked(found.interpreter, known)
    unlocked, asked = [], []
    for each in found.distributions:
        why = each.why_unlocked or _why_not_asked(each)
        if why:
            unlocked.append(Unlocked(each.name, each.version, why))
        else:
            asked.append(each)
    try:
        offers = index_offers.offers(asked, found.interpreter, timeout_s=timeout_s)
    except EnvironmentLockError as error:
        unlocked += [Unlocked(each.name, each.version, error.message) for each in asked]
        return _locked(found.interpreter, _made(found.interpreter, {}, unlocked))
    chosen: dict[Distribution, Sequence[OfferedWheel]] = {}
    for each in asked:
        try:
            chosen[each] = _chosen(each, offers, found.interpreter)
        except _UnlockedError as error:
            unlocked.append(Unlocked(each.name, each.version, str(error)))
    made = _made(found.interpreter, chosen, unlocked)
    if memory is not None:
        memory.put(key, made)
    return _locked(found.interpreter, made)


class _UnlockedError(Exception):
    """Why a distribution cannot be locked."""


def _why_not_asked(each: Distribution) -> str:
    from packaging.version import InvalidVersion, Version  # noqa: PLC0415

    try:
        normal = str(Version(each.version))
    except InvalidVersion:
        return ODD_VERSION
    well_formed = lock.NAME.fullmatch(each.name) and lock.VERSION.fullmatch(normal)
    return "" if well_formed else ODD_VERSION


def _chosen(
    each: Distribution, offers: index_offers.Offers, interpreter: Interpreter
) -> list[OfferedWheel]:
    """Return the wheels of a version that go into the lock."""
    if each.name in offers.without:
        raise _UnlockedError(offers.without[each.name])
    wheels = [wheel for wheel in offers.wheels[each.name] if _is_well_formed(wheel)]
    if not wheels:
        raise _UnlockedError(index_offers.NO_WHEEL)
    if each.sha256 and each.sha256 not in {wheel.sha256 for wheel in wheels}:
        raise _UnlockedError(OTHER_BYTES)
    names = [wheel.filename for wheel in wheels]
    # Some wheels say `any` in them, and name a platform in their file name alone (playwright).
    tied = each.tags and not any(tag.endswith("-any") for tag in each.tags)
    if tied and not any(wheel_tags.is_one_of(name, each.tags) for name in names):
        raise _UnlockedError(BUILT_HERE)
    suiting = wheel_tags.best(names, interpreter)
    if suiting is None and interpreter.implementation == "cpython":
        raise _UnlockedError(BUILT_HERE)
    first = min((wheel.uploaded_at for wheel in wheels if wheel.uploaded_at), default=None)
    return sorted(
        (wheel for wheel in wheels if wheel.filename == suiting or _is_settled(wheel, first)),
        key=lambda wheel: wheel.filename,
    )


def _suiting(wheels: Sequence[OfferedWheel], interpreter: Interpreter) -> OfferedWheel:
    best = wheel_tags.best([wheel.filename for wheel in wheels], interpreter)
    return next((wheel for wheel in wheels if wheel.filename == best), wheels[0])


def _is_settled(wheel: OfferedWheel, first: dt.datetime | None) -> bool:
    """Tell whether a wheel belongs to what a version came with."""
    return first is None or wheel.uploaded_at is None or wheel.uploaded_at - first <= _SETTLED


def _is_well_formed(wheel: OfferedWheel) -> bool:
    return bool(lock.SHA256.fullmatch(wheel.sha256) and lock.WHEEL.fullmatch(wheel.filename))


def _key(found: Installed) -> str:
    given = json.dumps([_FORMAT, asdict(found)], sort_keys=True)
    return hashlib.sha256(given.encode()).hexdigest()


def _made(
    interpreter: Interpreter,
    chosen: dict[Distribution, Sequence[OfferedWheel]],
    unlocked: Sequence[Unlocked],
) -> MadeLock:
    packages = [(each.name, each.version, wheels) for each, wheels in chosen.items()]
    pylock = pylock_toml.dumps(packages, interpreter.python)
    if len(pylock) > lock.MAX_BYTES or pylock.count(b".") > lock.DOTS:
        # Some 400 distributions: more than anybody reads of a lock (`lock`). So each has one wheel.
        few = [
            (name, version, [_suiting(wheels, interpreter)]) for name, version, wheels in packages
        ]
        pylock = pylock_toml.dumps(few, interpreter.python)
    return MadeLock(
        pylock=pylock.decode(),
        requirements=lock.requirements(lock.read(pylock)),
        packages=len(chosen),
        unlocked=tuple(sorted(unlocked, key=lambda each: each.name)),
    )


def _locked(interpreter: Interpreter, made: MadeLock) -> Locked:
    environment = Environment(
        python=interpreter.python,
        implementation=interpreter.implementation,
        platform=interpreter.platform,
        machine=interpreter.machine,
        packages=made.packages,
        unlocked=made.unlocked,
    )
    text = json.dumps({"version": 1, **asdict(environment)}, sort_keys=True, indent=1)
    return Locked(made.pylock.encode(), made.requirements, (text + "\n").encode(), environment)
