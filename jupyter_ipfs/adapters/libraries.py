"""Where the adapters meet the libraries they adapt: looked up, imported, or named as missing."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import MissingLibraryError

if TYPE_CHECKING:
    from types import ModuleType

_PACKAGES = {"PIL": "pillow", "sklearn": "scikit-learn"}


def imported(module: str) -> Any:  # noqa: ANN401  (a module's attributes are what they are)
    """Return a module if the process has imported it, else ``None``.

    An object of a library that was never imported cannot be at hand.
    """
    return sys.modules.get(module)


def is_a(obj: object, module: str, *names: str) -> bool:
    """Tell whether ``obj`` is an instance of a class of a module that may not be imported."""
    home = imported(module)
    kinds = tuple(kind for name in names if isinstance(kind := getattr(home, name, None), type))
    return isinstance(obj, kinds)


def is_exactly(obj: object, module: str, *names: str) -> bool:
    """Like `is_a`, but not for sub-classes, which may hold more than we would keep."""
    home = imported(module)
    return any(type(obj) is getattr(home, name, None) for name in names)


def need(module: str, purpose: str) -> Any:  # noqa: ANN401
    """Import a module.

    Raises:
        MissingLibraryError: Its package is not installed.
    """
    found = find(module)
    if found is None:
        top = module.partition(".")[0]
        package = _PACKAGES.get(top, top)
        raise MissingLibraryError(f"{purpose} needs {package}", f"pip install {package}")
    return found


def find(module: str) -> ModuleType | None:
    """Import a module, or return ``None`` if its package is not installed."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name and module.partition(".")[0] == error.name.partition(".")[0]:
            return None
        raise
