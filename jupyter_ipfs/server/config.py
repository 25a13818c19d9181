"""``GET config`` and ``PUT config``: the settings, where each is from, and which are locked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyter_ipfs.errors import ConfigError, RequestError, SettingLockedError
from jupyter_ipfs.server import arguments
from jupyter_ipfs.server.handler import IPFSHandler
from jupyter_ipfs.server.threads import in_thread

if TYPE_CHECKING:
    from jupyter_ipfs.config import Config

KEYS = (
    "backend",
    "kubo_url",
    "kubo_token",
    "gateways",
    "sources",
    "public_gateways",
    "announce",
    "quota",
    "chain",
    "rpc_url",
    "ocean_node",
)
_TOKEN = "kubo_token"  # noqa: S105  (a setting's name)
_RPC = "rpc_url"
_CHAIN = "chain"
_NONE = frozenset({_TOKEN, "quota", _RPC, "ocean_node"})  # where null is nothing
_SHOWN = 4
_LONG_ENOUGH = 12  # characters of a token of which some may be shown


class ConfigHandler(IPFSHandler):
    """The settings that server, kernels and command line share."""

    @authenticated
    @authorized
    async def get(self) -> None:
        """Answer with all settings; of the token only where it is from and how it ends."""
        self._track_activity = False  # the front end asks by itself
        self.finish(json.dumps(await in_thread(current)))

    @authenticated
    @authorized
    async def put(self) -> None:
        """Write the settings that are given and answer as `get`."""
        changes = arguments.body(self)
        self.finish(json.dumps(await in_thread(lambda: change(changes))))


def current() -> dict[str, Any]:
    """Return the settings as they are now."""
    from jupyter_ipfs import config  # noqa: PLC0415  (the server starts without it)

    return _told(config.load())


def change(changes: dict[str, object]) -> dict[str, Any]:
    """Write settings, all or none, and return what holds then.

    Raises:
        RequestError: There is no such setting, or it does not take that value.
        SettingLockedError: It is locked, or a variable of the environment decides it.
    """
    from jupyter_ipfs import config  # noqa: PLC0415

    loaded = config.load()
    checked: dict[str, Any] = {}
    for name, value in changes.items():
        if name not in KEYS:
            raise RequestError(
                f"there is no setting {name[:40]!a}", f"there are: {', '.join(KEYS)}"
            )
        if name in loaded.locked:
            raise config.locked(name)
        if loaded.origin(name) == "environment":
            raise SettingLockedError(
                f"{name} is set by {config.VARIABLES[name]} in the server's environment",
                "unset it there and start the server again; it outranks what is set here",
            )
        # Told in the request's terms; what the file says is another matter.
        empty: Any = "" if name in _NONE else value
        checked[name] = empty if value is None else value
        try:
            config.check(name, checked[name])
            if name == _CHAIN:
                _check_chain(str(checked[name]))
        except ConfigError as error:
            raise RequestError(error.message, error.hint) from None
    if checked.get(_RPC) and checked[_RPC] == loaded.rpc_shown:
        del checked[_RPC]  # as it was told, which is not all of it
    for place in checked.get("sources", ()):
        if place not in loaded.sources:
            _check_place(place)
    config.save(loaded.repo, **checked)
    return current()


def _check_chain(name: str) -> None:
    """Refuse a chain of which nothing is known here.

    Raises:
        ConfigError: It is one.
    """
    from jupyter_ipfs.ocean import chains  # noqa: PLC0415  (the server starts without it)

    chains.by_name(name.strip().lower())


def _check_place(where: str) -> None:
    """Refuse what is no place to look in; one that was there before may be away now.

    Raises:
        RequestError: There is no such folder, or the file is no CAR.
    """
    from jupyter_ipfs.errors import IPFSError  # noqa: PLC0415  (the server starts without it)
    from jupyter_ipfs.ipld import car  # noqa: PLC0415
    from jupyter_ipfs.net.scheme import is_web_address  # noqa: PLC0415

    if is_web_address(where):
        return
    path = Path(where).expanduser()
    try:
        if path.is_dir():
            return
        if not path.is_file():
            raise RequestError(
                f"there is no folder or file {where[:200]!a}",
                "it has to be on the computer that runs the Jupyter server",
            )
        with path.open("rb") as stream:
            car.Reader(stream)
    except IPFSError as error:
        raise RequestError(f"{path.name!a} is no CAR file: {error.message}") from None
    except OSError as error:
        raise RequestError(f"{path.name!a} cannot be read: {error.strerror}") from None


def _told(loaded: Config) -> dict[str, Any]:
    from jupyter_ipfs import config, plugins  # noqa: PLC0415

    values = {name: getattr(loaded, name) for name in KEYS}
    return {
        **{name: list(v) if isinstance(v, tuple) else v for name, v in values.items()},
        "backends": plugins.names(config.BACKEND_GROUP),
        _TOKEN: _token(loaded),
        _RPC: loaded.rpc_shown,
        "origin": {name: loaded.origin(name) for name in KEYS},
        "locked": sorted(loaded.locked),
    }


def _token(loaded: Config) -> dict[str, str] | None:
    """Never the token (decision 7): where it is from and, if it is long, how it ends."""
    if loaded.kubo_token is None:
        return None
    secret = loaded.kubo_token.rpartition(":")[2]
    last4 = secret[-_SHOWN:] if len(secret) >= _LONG_ENOUGH else ""
    return {"source": loaded.origin(_TOKEN), "last4": last4}
