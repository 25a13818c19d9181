"""``config.toml`` as a document: which settings it has, and how they are written."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from jupyter_ipfs.config import values
from jupyter_ipfs.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

Document: TypeAlias = dict[str, Any]
Check: TypeAlias = "Callable[[Any, str], Any]"


def _kubo_url(value: object, where: str) -> str:
    return values.kubo_url(values.text(value, where), where)


def _optional_address(value: object, where: str) -> str:
    given = values.text(value, where)
    return values.web_address(given, where) if given.strip() else ""


# What `Config` calls a setting: its table and key in the file, and what it takes.
SETTINGS: dict[str, tuple[str, str, Check]] = {
    "backend": ("", "backend", values.backend),
    "quota": ("", "quota", values.size),
    "kubo_url": ("kubo", "url", _kubo_url),
    "kubo_token": ("kubo", "token", values.token),
    "announce": ("kubo", "announce", values.each(values.kubo_url)),
    "gateways": ("sources", "gateways", values.each(values.web_address)),
    "sources": ("sources", "places", values.each(values.place)),
    "public_gateways": ("sources", "public_gateways", values.flag),
    "chain": ("ocean", "chain", values.chain),
    "rpc_url": ("ocean", "rpc_url", _optional_address),
    "ocean_node": ("ocean", "node", _optional_address),
}

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def check(name: str, value: object) -> None:
    """Check a value for the setting that `Config` calls ``name``.

    Raises:
        ConfigError: It cannot be used.
    """
    SETTINGS[name][2](value, name)


def settings_of(document: Document, file: Path) -> dict[str, Any]:
    """Return the checked settings of a document.

    Raises:
        ConfigError: A setting is unknown, or its value cannot be used.
    """
    known: dict[str, dict[str, tuple[str, Check]]] = {"": {}}
    for name, (table, key, check) in SETTINGS.items():
        known.setdefault(table, {})[key] = name, check
    found: dict[str, Any] = {}
    tables = {"": {key: value for key, value in document.items() if key not in known}}
    for name in known.keys() - {""}:
        table_of = document.get(name, {})
        if not isinstance(table_of, dict):
            allowed = f"a table that starts with the line [{name}]"
            raise values.wrong(f"{file}: {name}", table_of, allowed)
        tables[name] = table_of
    for name, entries in tables.items():
        for key, value in entries.items():
            where = f"{file}: {name}.{key}" if name else f"{file}: {key}"
            if key not in known[name]:
                raise unknown(where, key, [*known[name], *([] if name else known)])
            setting, check = known[name][key]
            found[setting] = check(value, where)
    return found


def changes_of(settings: Mapping[str, Any]) -> Document:
    """Return a document with the given settings; ``None`` stands for *as it is*."""
    document: Document = {}
    for name, value in settings.items():
        table, key, _ = SETTINGS[name]
        place = document.setdefault(table, {}) if table else document
        place[key] = list(value) if isinstance(value, (list, tuple)) else value
    return document


def unknown(where: str, key: str, allowed: Iterable[str]) -> ConfigError:
    """Return the error for a setting that there is not."""
    names = sorted(filter(None, allowed))
    near = difflib.get_close_matches(key, names, 1)
    hint = f"did you mean '{near[0]}'?" if near else f"there are: {', '.join(names)}"
    return ConfigError(f"{where}: no such setting", hint)


def merge(document: Document, changes: Document) -> None:
    """Put changes into a document; a table that is empty then goes."""
    for key, value in changes.items():
        if isinstance(value, dict):
            table = document.setdefault(key, {})
            if isinstance(table, dict):
                merge(table, value)
            if not table:
                del document[key]
        elif value is not None:
            document[key] = value


def to_toml(document: Document) -> str:
    """Return the document as TOML."""
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
    return str(value) if isinstance(value, int) else _quoted(str(value))


def _quoted(text: str) -> str:
    """A TOML basic string: https://toml.io/en/v1.0.0#string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda m: f"\\u{ord(m[0]):04x}", escaped) + '"'
