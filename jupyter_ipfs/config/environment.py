"""The environment: what the user set there, and what a Jupyter server handed to its kernels.

Each has names of its own. ``JUPYTER_IPFS_BACKEND`` and the like are the user's (or the
administrator's, in a hub's spawner). ``JUPYTER_IPFS_SERVER`` is written by the server alone:
its traitlets as JSON, which kernels and terminals inherit. So a level never poses as another.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.config import document, values
from jupyter_ipfs.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping, Sequence

REPO = "JUPYTER_IPFS_REPO"
SERVER = "JUPYTER_IPFS_SERVER"
# The variable of each setting that has one.
VARIABLES: dict[str, str] = {
    "backend": "JUPYTER_IPFS_BACKEND",
    "kubo_url": "JUPYTER_IPFS_KUBO_URL",
    "kubo_token": "JUPYTER_IPFS_KUBO_TOKEN",
    "gateways": "JUPYTER_IPFS_GATEWAYS",
    "quota": "JUPYTER_IPFS_QUOTA",
    "chain": "JUPYTER_IPFS_CHAIN",
    "rpc_url": "JUPYTER_IPFS_RPC_URL",
    "ocean_node": "JUPYTER_IPFS_OCEAN_NODE",
}

_KEYSTORE = "JUPYTER_IPFS_KEYSTORE_PASSWORD"
_REPRODUCED = "JUPYTER_IPFS_REPRODUCED"  # for the kernels of shared notebooks that run again
_NOTEBOOK = "JPY_SESSION_NAME"  # Jupyter Server's, for the kernels that it starts

_LISTS = frozenset({"gateways"})  # separated by spaces; set and empty means: none
_LOCKED = "locked"


def settings_of(env: Mapping[str, str]) -> dict[str, Any]:
    """Return the checked settings that the user's own variables have.

    Raises:
        ConfigError: A value cannot be used.
    """
    found: dict[str, Any] = {}
    for name, variable in VARIABLES.items():
        value = env.get(variable)
        if value is None or (not value and name not in _LISTS):
            continue
        check = document.SETTINGS[name][2]
        found[name] = check(value.split() if name in _LISTS else value, variable)
    return found


def keystore_password(env: Mapping[str, str] = os.environ) -> str | None:
    """Return the password of a headless run's keystore, or ``None``; it is no setting.

    Read when a keystore is opened, kept nowhere, and part of no `Config`.
    """
    return env.get(_KEYSTORE) or None


def notebook_path(env: Mapping[str, str] = os.environ) -> str | None:
    """Return the path of the notebook that this kernel was started for, or ``None``."""
    return env.get(_NOTEBOOK) or None


def is_reproduced(env: Mapping[str, str] = os.environ) -> bool:
    """Tell whether this process runs a shared notebook again, to compare it."""
    return bool(env.get(_REPRODUCED))


@dataclass(frozen=True, slots=True)
class Handed:
    """What a Jupyter server's configuration says.

    Attributes:
        values: Its settings, and ``repo``.
        locked: Names of settings that the file and the user's variables do not change.
    """

    values: dict[str, Any] = field(default_factory=dict)
    locked: frozenset[str] = frozenset()


def handed(env: Mapping[str, str]) -> Handed:
    """Return what the server handed down to this process.

    Raises:
        ConfigError: It cannot be used.
    """
    return _checked(_read(env), "c.JupyterIPFS")


def _read(env: Mapping[str, str]) -> dict[str, Any]:
    try:
        given = json.loads(env.get(SERVER) or "{}")
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise ConfigError(
            f"{SERVER} cannot be read", "only the Jupyter server writes it; leave it unset"
        )
    return given


def hand_down(
    settings: Mapping[str, Any],
    locked: Sequence[str],
    env: MutableMapping[str, str] = os.environ,
) -> None:
    """Let this process and all that it starts have the server's settings.

    Called by the Jupyter server when it starts. What it was itself handed, by a server in whose
    terminal it runs, stays where it is locked.

    Raises:
        ConfigError: A value or a name cannot be used. It is handed down even so: a mistake in
            the administrator's configuration is told everywhere, and no lock is lost by it.
    """
    before = _read(env)
    outer = before.pop(_LOCKED, [])
    kept = {name: value for name, value in before.items() if name in outer}
    given = {**before, **settings, **kept}
    if given or locked or outer:
        env[SERVER] = json.dumps({**given, _LOCKED: sorted({*outer, *locked})})
        handed(env)


def _checked(given: dict[str, Any], where: str) -> Handed:
    known = [*document.SETTINGS, "repo"]
    locked = given.get(_LOCKED, [])
    if not isinstance(locked, list):
        raise values.wrong(f"{where}.{_LOCKED}", locked, "a list of settings' names")
    for name in locked:
        if name not in known:
            raise document.unknown(f"{where}.{_LOCKED}: {name!r}", str(name), known)
    found: dict[str, Any] = {}
    for name, value in given.items():
        if name == _LOCKED:
            continue
        if name == "repo":
            found[name] = values.directory(values.text(value, f"{where}.repo"), f"{where}.repo")
        elif name in document.SETTINGS:
            found[name] = document.SETTINGS[name][2](value, f"{where}.{name}")
        else:
            raise document.unknown(f"{where}.{name}", name, known)
    return Handed(found, frozenset(locked))
