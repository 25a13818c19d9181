"""The settings: the only reader of the environment and of ``config.toml``.

An argument outranks the environment, which outranks the file, which outranks the
default. The file lies in the repo, so that the Jupyter server, every kernel and the
command line read the same one::

    backend = "kubo"

    [kubo]
    url = "http://127.0.0.1:5001"
    token = "bearer:…"                          # or basic:user:password
    announce = ["http://127.0.0.1:5001"]        # agreed: what is put there becomes public

    [sources]
    gateways = ["http://10.0.0.7:8080"]         # trustless gateways, in order
    places = ["/shared/lab", "~/survey.car", "https://lab.example/survey.car"]
    public_gateways = false                     # agreed: public gateways may learn what is read
"""

from __future__ import annotations

import contextlib
import difflib
import os
import re
import secrets
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, cast
from urllib.parse import urlsplit, urlunsplit

from jupyter_ipfs import plugins
from jupyter_ipfs.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

FILE_NAME = "config.toml"
BACKEND_GROUP = "jupyter_ipfs.backends"
DEFAULT_KUBO_URL = "http://127.0.0.1:5001"

_REPO = "JUPYTER_IPFS_REPO"
_BACKEND = "JUPYTER_IPFS_BACKEND"
_KUBO_URL = "JUPYTER_IPFS_KUBO_URL"
_KUBO_TOKEN = "JUPYTER_IPFS_KUBO_TOKEN"  # noqa: S105  (a variable's name)
_GATEWAYS = "JUPYTER_IPFS_GATEWAYS"

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")

_Document: TypeAlias = dict[str, Any]


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
    stamp: tuple[int, int, int] | None = field(default=None, repr=False, compare=False)

    @property
    def file(self) -> Path:
        """Where the settings are written to."""
        return self.repo / FILE_NAME

    def at_kubo(self, url: str) -> Config:
        """Return these settings for the Kubo at ``url``; a token is for its own Kubo only.

        Raises:
            ConfigError: It is no address.
        """
        target = kubo_url(url, "target")
        token = self.kubo_token if target == self.kubo_url else None
        return replace(self, kubo_url=target, kubo_token=token)

    def is_stale(self) -> bool:
        """Tell whether the file has changed since this was read: one ``stat``."""
        return _stamp(self.file) != self.stamp


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
        backend: Outranks environment and file.
        repo: Outranks the environment.
        env: The environment.

    Raises:
        ConfigError: A value cannot be used; the message says which, where, and what could be.
    """
    if repo is not None:
        where = _directory(os.fspath(repo), "repo=")
    elif value := env.get(_REPO):
        where = _directory(value, _REPO)
    else:
        where = default_repo()
    file = where / FILE_NAME
    document, stamp = _read(file)
    values = _from_document(document, file)
    if url := env.get(_KUBO_URL):
        values["kubo_url"] = kubo_url(url, _KUBO_URL)
    if token := env.get(_KUBO_TOKEN):
        values["kubo_token"] = _token(token, _KUBO_TOKEN)
    if _GATEWAYS in env:  # set and empty means: none
        values["gateways"] = tuple(web_address(url, _GATEWAYS) for url in env[_GATEWAYS].split())
    if backend is not None:
        values["backend"] = _backend(backend, "backend=")
    elif name := env.get(_BACKEND):
        values["backend"] = _backend(name, _BACKEND)
    return Config(repo=where, stamp=stamp, **values)


def save(
    repo: Path,
    *,
    backend: str | None = None,
    kubo_url: str | None = None,
    kubo_token: str | None = None,
    gateways: Sequence[str] | None = None,
    sources: Sequence[str] | None = None,
    public_gateways: bool | None = None,
    announce: Sequence[str] | None = None,
) -> None:
    """Write the given settings into the repo's ``config.toml`` and leave the others alone.

    Atomic and for the owner alone (0600). ``None`` leaves a setting as it is; an empty value
    sets it to nothing. Comments that were written by hand are not kept.

    Raises:
        ConfigError: A value cannot be used, or the file that is there cannot be read.
    """
    changes: _Document = {
        "backend": backend,
        "kubo": {"url": kubo_url, "token": kubo_token, "announce": _listed(announce)},
        "sources": {
            "gateways": _listed(gateways),
            "places": _listed(sources),
            "public_gateways": public_gateways,
        },
    }
    file = repo / FILE_NAME
    repo.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _lock(repo):
        document, _ = _read(file)
        _merge(document, changes)
        _from_document(document, file)  # nothing that could not be read again is written
        _replace(file, _to_toml(document))


def agree_to_announce(repo: str | os.PathLike[str], url: str) -> None:
    """Note that what is put on the Kubo at ``url`` may become public."""
    agreed = load(repo=repo, env={})
    save(agreed.repo, announce=sorted({*agreed.announce, kubo_url(url, "announce")}))


def agree_to_public_gateways(repo: str | os.PathLike[str]) -> None:
    """Note that the public gateways may be asked, and so may learn what is read."""
    save(Path(repo), public_gateways=True)


def web_address(value: str, where: str) -> str:
    """Check and normalise an http(s) address without credentials, query or fragment.

    Raises:
        ConfigError: It is none.
    """
    try:
        parts = urlsplit(value.strip())
        port = parts.port
    except ValueError as error:
        raise _wrong(where, value, f"an http:// or https:// address ({error})") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise _wrong(where, value, "an address that starts with http:// or https://")
    if parts.username is not None or parts.password is not None:
        shown = f"{parts.scheme}://…@{parts.hostname}"
        raise _wrong(where, shown, "an address without user and password (a token has a setting)")
    if parts.query or parts.fragment:
        shown = f"{parts.scheme}://{parts.hostname}{parts.path}"
        raise _wrong(where, shown, "an address without '?' and '#'")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    netloc = host if port is None else f"{host}:{port}"
    return urlunsplit((parts.scheme, netloc, parts.path.rstrip("/"), "", ""))


def kubo_url(value: str, where: str) -> str:
    """Check and normalise the address of Kubo's RPC; ``/api/v0`` may stand at its end."""
    return web_address(value, where).removesuffix("/api/v0")


def _from_document(document: _Document, file: Path) -> dict[str, Any]:
    known: dict[str, dict[str, tuple[str, Callable[[Any, str], Any]]]] = {
        "": {"backend": ("backend", _backend)},
        "kubo": {
            "url": ("kubo_url", lambda value, where: kubo_url(_text(value, where), where)),
            "token": ("kubo_token", _token),
            "announce": ("announce", _each(kubo_url)),
        },
        "sources": {
            "gateways": ("gateways", _each(web_address)),
            "places": ("sources", _each(_place)),
            "public_gateways": ("public_gateways", _flag),
        },
    }
    values: dict[str, Any] = {}
    tables = {"": {key: value for key, value in document.items() if key not in known}}
    for name in known.keys() - {""}:
        table = document.get(name, {})
        if not isinstance(table, dict):
            raise _wrong(f"{file}: {name}", table, f"a table that starts with the line [{name}]")
        tables[name] = table
    for name, table in tables.items():
        for key, value in table.items():
            where = f"{file}: {name}.{key}" if name else f"{file}: {key}"
            if key not in known[name]:
                raise _unknown(where, key, [*known[name], *([] if name else known)])
            attribute, check = known[name][key]
            values[attribute] = check(value, where)
    if values.get("kubo_token"):
        _refuse_shared(file)
    return values


def _unknown(where: str, key: str, allowed: list[str]) -> ConfigError:
    names = sorted(filter(None, allowed))
    near = difflib.get_close_matches(key, names, 1)
    hint = f"did you mean '{near[0]}'?" if near else f"there are: {', '.join(names)}"
    return ConfigError(f"{where}: no such setting", hint)


def _wrong(where: str, value: object, allowed: str) -> ConfigError:
    return ConfigError(f"{where}: {value!r} cannot be used", f"it takes {allowed}")


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise _wrong(where, value, "a text in quotes")
    return value


def _flag(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise _wrong(where, value, "true or false")
    return value


def _each(check: Callable[[str, str], str]) -> Callable[[object, str], tuple[str, ...]]:
    def checked(value: object, where: str) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise _wrong(where, value, "a list of texts in quotes")
        return tuple(check(_text(item, where), where) for item in value)

    return checked


def _backend(value: object, where: str) -> str:
    name = _text(value, where)
    if not plugins.exists(BACKEND_GROUP, name):
        raise _wrong(where, name, "one of " + ", ".join(plugins.names(BACKEND_GROUP)))
    return name


def _token(value: object, where: str) -> str | None:
    token = _text(value, where).strip()
    if not token:
        return None
    if any(not character.isprintable() or ord(character) > 126 for character in token):  # noqa: PLR2004
        # Its value would end up in a log: it is not shown.
        raise _wrong(where, "…", "printable ASCII: bearer:<token> or basic:<user>:<password>")
    if token.startswith("basic:") and ":" not in token.removeprefix("basic:"):
        raise _wrong(where, "basic:…", "bearer:<token> or basic:<user>:<password>")
    return token


def _directory(value: str, where: str) -> Path:
    if not value.strip() or "\0" in value:
        raise _wrong(where, value, "the path of a directory")
    try:
        path = Path(value).expanduser().absolute()
    except RuntimeError as error:
        raise _wrong(where, value, f"the path of a directory ({error})") from None
    if path.exists() and not path.is_dir():
        raise _wrong(where, value, "the path of a directory, and this is a file")
    return path


def _place(value: str, where: str) -> str:
    if "://" in value:
        return web_address(value, where)
    try:
        path = Path(value).expanduser()
    except RuntimeError as error:
        raise _wrong(where, value, f"a path that starts with / or ~/ ({error})") from None
    if "\0" in value or not path.is_absolute():
        raise _wrong(where, value, "a path that starts with / or ~/, or the address of a CAR")
    return str(path)


def _listed(values: Sequence[str] | None) -> list[str] | None:
    return None if values is None else list(values)


def _read(file: Path) -> tuple[_Document, tuple[int, int, int] | None]:
    stamp = _stamp(file)
    try:
        text = file.read_text("utf-8")
    except FileNotFoundError:
        return {}, None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} cannot be read: {error}") from None
    try:
        return tomllib.loads(text), stamp
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file} is no valid TOML: {error}") from None


def _stamp(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _refuse_shared(file: Path) -> None:
    """A token that others can read is refused, as ssh refuses such a key."""
    try:
        mode = file.stat().st_mode
    except FileNotFoundError:
        return  # about to be written for the first time
    if os.name == "posix" and mode & 0o077:
        raise ConfigError(
            f"{file} holds a token and other users can read it", f"run: chmod 600 {file}"
        )


def _merge(document: _Document, changes: _Document) -> None:
    for key, value in changes.items():
        if isinstance(value, dict):
            table = document.setdefault(key, {})
            if isinstance(table, dict):
                _merge(table, value)
            if not table:
                del document[key]
        elif value is not None:
            document[key] = value


def _to_toml(document: _Document) -> str:
    lines = [f"{_key(k)} = {_value(v)}" for k, v in document.items() if not isinstance(v, dict)]
    for name, table in document.items():
        if isinstance(table, dict):
            lines += ["", f"[{_key(name)}]"]
            lines += [f"{_key(key)} = {_value(value)}" for key, value in table.items()]
    return "\n".join(lines).lstrip("\n") + "\n"


def _key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else _quoted(key)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + ", ".join(_value(item) for item in cast("list[object]", value)) + "]"
    return _quoted(str(value))


def _quoted(text: str) -> str:
    """A TOML basic string: https://toml.io/en/v1.0.0#string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda m: f"\\u{ord(m[0]):04x}", escaped) + '"'


def _replace(file: Path, text: str) -> None:
    temporary = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(file)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def _lock(repo: Path) -> Iterator[None]:
    """Two processes that save at once both have their say."""
    try:
        import fcntl  # noqa: PLC0415  (absent on Windows, where the last one wins)
    except ImportError:
        yield
        return
    descriptor = os.open(repo / ".config.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        with contextlib.suppress(OSError):  # a file system without locks: the last one wins
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
