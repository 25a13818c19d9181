"""The one door for what can be added to the package: entry points, ours and others'.

``pyproject.toml`` names the built-in ones as everybody names theirs::

    [project.entry-points."jupyter_ipfs.backends"]
    embedded = "jupyter_ipfs.backends.embedded:EmbeddedBackend"
    kubo = "jupyter_ipfs.backends.kubo:KuboBackend"

    [project.entry-points."jupyter_ipfs.adapters"]
    table = "jupyter_ipfs.adapters.table"
    figure = "jupyter_ipfs.adapters.figure"
    image = "jupyter_ipfs.adapters.image"
    array = "jupyter_ipfs.adapters.array"
    tensors = "jupyter_ipfs.adapters.tensors"
    model = "jupyter_ipfs.adapters.model"
    pretrained = "jupyter_ipfs.adapters.pretrained"
    json = "jupyter_ipfs.adapters.json"
    text = "jupyter_ipfs.adapters.text"

`BUILT_IN` repeats that list (a test compares them), so that a checkout that was never
installed works too, and so that no built-in can be replaced by a package that happens to
be installed. The order counts: built-in adapters are asked in this one, others after them.
"""

from __future__ import annotations

import warnings
from importlib import import_module
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.metadata import EntryPoint

BUILT_IN: dict[str, dict[str, str]] = {
    "jupyter_ipfs.backends": {
        "embedded": "jupyter_ipfs.backends.embedded:EmbeddedBackend",
        "kubo": "jupyter_ipfs.backends.kubo:KuboBackend",
    },
    "jupyter_ipfs.adapters": {
        "table": "jupyter_ipfs.adapters.table",
        "figure": "jupyter_ipfs.adapters.figure",
        "image": "jupyter_ipfs.adapters.image",
        "array": "jupyter_ipfs.adapters.array",
        "tensors": "jupyter_ipfs.adapters.tensors",
        "model": "jupyter_ipfs.adapters.model",
        "pretrained": "jupyter_ipfs.adapters.pretrained",
        "json": "jupyter_ipfs.adapters.json",
        "text": "jupyter_ipfs.adapters.text",
    },
}


def names(group: str) -> list[str]:
    """Return the names in ``group``, the built-in ones first."""
    return [*BUILT_IN.get(group, {}), *(entry.name for entry in _foreign(group))]


def exists(group: str, name: str) -> bool:
    """Tell whether ``group`` has ``name``; nothing is searched for a built-in one."""
    return name in BUILT_IN.get(group, {}) or name in names(group)


def load(group: str, name: str) -> Any:  # noqa: ANN401  (what an entry point names can be anything)
    """Return what the entry point ``name`` of ``group`` names.

    Raises:
        ConfigError: There is none of that name, or importing it fails.
    """
    if name in BUILT_IN.get(group, {}):
        return _resolve(BUILT_IN[group][name])
    found = {entry.name: entry for entry in _foreign(group)}
    if name not in found:
        known = ", ".join(names(group))
        raise ConfigError(f"there is no {name!r} in {group}", f"there are: {known}")
    try:
        return found[name].load()
    except Exception as error:
        raise ConfigError(f"the plug-in {_label(found[name])} is broken: {error}") from error


def load_all(group: str) -> Iterator[tuple[str, Any]]:
    """Yield name and object of every entry point, the built-in ones first.

    The others are not looked for before they are asked for. A broken one is named in a
    `RuntimeWarning` and left out.
    """
    for name, value in BUILT_IN.get(group, {}).items():
        yield name, _resolve(value)
    for entry in _foreign(group):
        try:
            thing = entry.load()
        except Exception as error:  # noqa: BLE001  (foreign code may raise anything)
            _skipped(entry, f"{type(error).__name__}: {error}")
            continue
        yield entry.name, thing


def _foreign(group: str) -> list[EntryPoint]:
    """Return the entry points that are not ours, in an order that does not change."""
    from importlib.metadata import entry_points  # noqa: PLC0415  (15 ms, rarely needed)

    own = BUILT_IN.get(group, {})
    others = []
    for entry in sorted(entry_points(group=group), key=lambda entry: (entry.name, entry.value)):
        if entry.name not in own:
            others.append(entry)
        elif entry.value != own[entry.name]:
            _skipped(entry, f"the name {entry.name!r} is taken by jupyter_ipfs itself")
    return others


def _resolve(value: str) -> Any:  # noqa: ANN401
    module, _, attribute = value.partition(":")
    found = import_module(module)
    return attrgetter(attribute)(found) if attribute else found


def _skipped(entry: EntryPoint, reason: str) -> None:
    warnings.warn(f"the plug-in {_label(entry)} is left out: {reason}", RuntimeWarning, 3)


def _label(entry: EntryPoint) -> str:
    package = f" of {entry.dist.name}" if entry.dist else ""
    return f"{entry.name!r} ({entry.value}{package})"
