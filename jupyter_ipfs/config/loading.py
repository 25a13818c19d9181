"""The settings of one session, from all levels at once."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.config import environment, values
from jupyter_ipfs.config import file as files
from jupyter_ipfs.config.document import SETTINGS, settings_of

if TYPE_CHECKING:
    from collections.abc import Mapping

SANDBOX = "sandbox"  # the chain that needs no account: it runs on this computer
DEFAULT_KUBO_URL = "http://127.0.0.1:5001"


@dataclass(frozen=True, slots=True)
class Config:
    """What one session goes by; read once, see `is_stale`.

    Attributes:
        repo: The directory of the local repo.
        backend: Where blocks and pins live: ``embedded``, ``kubo`` or a plug-in's name.
        kubo_url: Where Kubo's RPC is, without ``/api/v0``.
        kubo_token: ``bearer:…`` or ``basic:user:password``; never shown.
        gateways: Trustless gateways to ask, in order.
        sources: Folders of CARs, CAR files (absolute paths) and addresses of CARs, in order.
        public_gateways: Whether the user agreed to ask the public gateways.
        announce: The Kubo URLs of which the user agreed that what is put there becomes public.
        quota: Bytes that the local repo may take; ``None``: as much as the disk has.
        chain: The chain that assets are published on: ``sandbox`` or one of ``ocean/chains.py``.
        rpc_url: Where that chain's JSON-RPC is; empty for the sandbox, which is found by itself.
        ocean_node: Where the Ocean Node is; empty for the sandbox's own.
        origins: Where each setting that is no default is from: ``argument``, ``environment``,
            ``server`` or ``file``.
        locked: Settings that the Jupyter server's administrator has locked.
        stamp: Which state of the file this was read from; ``None`` when there was none.
    """

    repo: Path
    backend: str = "embedded"
    kubo_url: str = DEFAULT_KUBO_URL
    kubo_token: str | None = field(default=None, repr=False)
    gateways: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    public_gateways: bool = False
    announce: tuple[str, ...] = ()
    quota: int | None = None
    chain: str = SANDBOX
    rpc_url: str = ""
    ocean_node: str = ""
    origins: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    locked: frozenset[str] = field(default=frozenset(), repr=False, compare=False)
    stamp: files.Stamp | None = field(default=None, repr=False, compare=False)

    @property
    def file(self) -> Path:
        """Where the settings are written to."""
        return self.repo / files.FILE_NAME

    def origin(self, name: str) -> str:
        """Return where a setting is from; ``default`` if nobody set it."""
        return self.origins.get(name, "default")

    def decided_by(self, name: str) -> str:
        """Say who decided a setting, ``  (server, locked)``; nothing where the user's file did."""
        origin = self.origin(name)
        told = [origin] if origin not in {"file", "default"} else []
        told += ["locked"] if name in self.locked else []
        return f"  ({', '.join(told)})" if told else ""

    @property
    def rpc_shown(self) -> str:
        """The address of the chain's JSON-RPC as it may be shown: a path is often a key."""
        scheme, _, rest = self.rpc_url.partition("://")
        host, slash, _ = rest.partition("/")
        return f"{scheme}://{host}{slash and '/…'}" if host else ""

    def at_kubo(self, url: str) -> Config:
        """Return these settings for the Kubo at ``url``; a token is for its own Kubo only.

        Raises:
            ConfigError: It is no address.
        """
        target = values.kubo_url(url, "target")
        token = self.kubo_token if target == self.kubo_url else None
        return replace(self, kubo_url=target, kubo_token=token)

    def is_stale(self) -> bool:
        """Tell whether the file has changed since this was read: one ``stat``."""
        return files.stamp(self.file) != self.stamp


def default_repo() -> Path:
    """Return ``ipfs/`` in Jupyter's data directory."""
    from jupyter_core.paths import jupyter_data_dir  # noqa: PLC0415  (start-up counts)

    return Path(jupyter_data_dir()) / "ipfs"


def load(
    backend: str | None = None,
    repo: str | os.PathLike[str] | None = None,
    env: Mapping[str, str] = os.environ,
) -> Config:
    """Read the settings.

    Args:
        backend: Outranks everything else, also what is locked: who wrote it sees it.
        repo: Likewise.
        env: The environment.

    Raises:
        ConfigError: A value cannot be used; the message says which, where, and what could be.
    """
    server = environment.handed(env)
    where, origin = _repo(repo, env, server)
    document, stamp = files.read(where / files.FILE_NAME)
    own = settings_of(document, where / files.FILE_NAME)
    if own.get("kubo_token"):
        files.refuse_shared(where / files.FILE_NAME)
    levels = [
        ("file", {name: own[name] for name in own.keys() - server.locked}),
        ("server", {name: server.values[name] for name in server.values.keys() & SETTINGS.keys()}),
        ("environment", environment.settings_of(env)),
    ]
    if backend is not None:
        levels.append(("argument", {"backend": values.backend(backend, "backend=")}))
    merged: dict[str, Any] = {}
    origins = {"repo": origin}
    for level, settings in levels:
        for name, value in settings.items():
            if level == "environment" and name in server.locked and name in server.values:
                continue
            merged[name], origins[name] = value, level
    given_with = dict(levels).get(origins.get("kubo_token", ""), {}).get("kubo_url")
    if given_with not in {None, merged.get("kubo_url")}:
        del merged["kubo_token"], origins["kubo_token"]  # it is for another Kubo
    return Config(repo=where, origins=origins, locked=server.locked, stamp=stamp, **merged)


def _repo(
    argument: str | os.PathLike[str] | None, env: Mapping[str, str], server: environment.Handed
) -> tuple[Path, str]:
    given = server.values.get("repo")
    value = env.get(environment.REPO)
    if argument is not None:
        return values.directory(os.fspath(argument), "repo="), "argument"
    if value and not (given and "repo" in server.locked):
        return values.directory(value, environment.REPO), "environment"
    return (given, "server") if given else (default_repo(), "default")
