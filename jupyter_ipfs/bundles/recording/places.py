"""What Python and Jupyter open for themselves, which is no input of a notebook."""

from __future__ import annotations

import os
import site
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SYSTEM = (
    "/proc", "/dev", "/sys", "/run", "/etc", "/lib", "/lib64", "/usr/lib", "/usr/lib64",
    "/usr/share/fonts", "/usr/local/share/fonts", "/usr/share/zoneinfo", "/usr/share/mime",
    "/usr/share/locale", "/usr/share/ca-certificates", "/usr/share/terminfo",
    "/System", "/Library/Fonts",
)  # fmt: skip
# Below the home: caches and settings of tools. Other caches hold data, and are told.
_OF_TOOLS = (
    ".cache/pip", ".cache/uv", ".cache/matplotlib", ".cache/fontconfig", ".cache/mesa_shader_cache",
    ".cache/jedi", ".cache/black", ".cache/numba", ".config/matplotlib", ".config/fontconfig",
    ".config/pip", ".config/uv", ".config/jupyter", ".config/ipython", ".matplotlib", ".fonts",
    ".local/share/fonts", ".local/share/jupyter", ".jupyter", ".ipython", "Library/Fonts",
    "Library/Jupyter", "Library/Caches/pip",
)  # fmt: skip
_VARIABLES = (
    "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "MPLCONFIGDIR",
    "PYTHONPYCACHEPREFIX", "PIP_CACHE_DIR", "UV_CACHE_DIR", "NUMBA_CACHE_DIR",
)  # fmt: skip
_COMPILED = (".pyc", ".pyo")
_FOLDERS = (f"{os.sep}__pycache__{os.sep}", f"{os.sep}.ipynb_checkpoints{os.sep}")
# Prefixes that hold more than Python.
_WIDE = {"/", "/usr", "/usr/local", "/opt", "/home"}
_PACKAGE = Path(__file__).resolve().parents[2]


class Places:
    """Tells what is no input.

    Args:
        folder: Where the kernel works: an environment around it hides only its libraries.
        own: Further files and folders: the repo, the notebook.
    """

    def __init__(self, folder: str, own: Iterable[str] = ()) -> None:
        self._libraries = _below(_libraries())
        places = {*_SYSTEM, *_environment(folder), *_of_tools(), os.fspath(_PACKAGE)}
        own = list(own)
        self._folder = _below([folder])
        self._files = {_real(path) for path in own}
        self._folders = (*self._libraries, *_below([*places, *own]), _kernel_sources())

    def is_input(self, path: str) -> bool:
        """Tell whether a file may be one; an absolute path, links resolved."""
        return not (
            path.startswith(self._folders)
            or path.endswith(_COMPILED)
            # Opened to show a traceback or a warning of an editable install.
            or (path.endswith(".py") and not path.startswith(self._folder))
            or path in self._files
            or any(folder in path for folder in _FOLDERS)
        )

    def is_library(self, path: str) -> bool:
        """Tell whether a module's file is where distributions are installed."""
        return path.startswith(self._libraries)


def _libraries() -> Iterator[str]:
    import sysconfig  # noqa: PLC0415  (loading counts)

    paths = sysconfig.get_paths()
    yield from (paths[key] for key in ("stdlib", "platstdlib", "purelib", "platlib"))
    with suppress(AttributeError):  # some embedded interpreters have no site
        yield from site.getsitepackages()
        yield site.getusersitepackages()
    yield from (entry for entry in sys.path if entry.endswith(("site-packages", "dist-packages")))


def _environment(folder: str) -> Iterator[str]:
    for prefix in {sys.prefix, sys.base_prefix, sys.exec_prefix}:
        if prefix not in _WIDE and not f"{_real(folder)}{os.sep}".startswith(_below([prefix])):
            yield prefix


def _of_tools() -> Iterator[str]:
    with suppress(RuntimeError):  # nobody's home
        home = Path.home()
        yield from (os.fspath(home / name) for name in _OF_TOOLS)
    yield from filter(None, (os.environ.get(name) for name in _VARIABLES))


def _kernel_sources() -> str:
    # ipykernel names a cell's source so, for debuggers.
    return os.path.join(_real(tempfile.gettempdir()), "ipykernel_")  # noqa: PTH118


def _below(paths: Iterable[str]) -> tuple[str, ...]:
    both = {each for path in paths for each in (path, _real(path))}
    return tuple(sorted(f"{path.rstrip(os.sep)}{os.sep}" for path in both if path))


def _real(path: str) -> str:
    return os.path.realpath(path)
