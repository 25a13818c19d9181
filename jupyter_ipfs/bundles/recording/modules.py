"""What a kernel has loaded: modules of distributions, and the notebook's own files."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_ipfs.bundles.recording.places import Places

# Loaded by this package to note and to hash; a notebook that imports them has them in its source.
_OURS = frozenset({"jupyter_ipfs", "blake3", "libipld", "mmh3"})


class Modules:
    """Looks at `sys.modules`, at each module once."""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._installed: set[str] = set()

    def look(
        self, loaded: set[str], places: Places, folder: str
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the top-level modules of distributions, and the notebook's own new sources.

        Args:
            loaded: Names of modules, at the end of a cell.
            places: What is no input.
            folder: Where the kernel works. A source below it is the notebook's own; one that
                is elsewhere and not among the libraries is an editable install.
        """
        own = []
        for name in loaded - self._seen:
            self._seen.add(name)
            for path in _files(sys.modules.get(name)):
                if places.is_library(path):
                    self._note(name)
                elif not os.path.isabs(path):  # noqa: PTH117  (built in, frozen)
                    continue
                elif not path.startswith(f"{folder.rstrip(os.sep)}{os.sep}"):
                    self._note(name)
                elif places.is_input(path):
                    own.append(path)
        return tuple(sorted(self._installed)), tuple(sorted(own))

    def _note(self, name: str) -> None:
        top = name.partition(".")[0]
        if not (top in sys.stdlib_module_names or top in _OURS or top.startswith("_")):
            self._installed.add(top)


def _files(module: object) -> list[str]:
    """Return a module's file, or the folders of a package that has none."""
    try:
        # Not by the module's own way of getting attributes: that would load a lazy one.
        spec = object.__getattribute__(module, "__dict__").get("__spec__")
        found = [spec.origin] if spec.has_location else list(spec.submodule_search_locations or ())
        return [path for path in found if isinstance(path, str)]
    except Exception:  # noqa: BLE001  (anything may stand in `sys.modules`)
        return []
