"""What is installed where a kernel runs: a script for that Python, which may be another than ours.

Run as text (``python -c``), since that Python need not have this package: the standard library
alone, Python 3.8 or newer. It reads ``["module", …]`` and writes one line of JSON. importlib's
own reading of all metadata takes half a second for some hundred distributions, which every share
would wait for; only what is asked is read here.
"""

# ruff: noqa: UP006, UP035, UP045, PTH110, PTH117, PTH118, PTH123  (of older Pythons)

from __future__ import annotations

import json
import os
import platform
import re
import sys
from importlib.metadata import distributions
from typing import TYPE_CHECKING, Dict, List, Optional, Set

if TYPE_CHECKING:
    from importlib.metadata import Distribution

_HEADERS = {"name", "version", "requires-dist"}


def _metadata(text: str) -> Dict[str, List[str]]:
    """Return the headers that matter of a METADATA or PKG-INFO."""
    found: Dict[str, List[str]] = {name: [] for name in _HEADERS}
    last: Optional[List[str]] = None
    for line in text.splitlines():
        if not line:  # the end; a licence's text may have lines of spaces alone
            break
        if line[0] in " \t":
            if last:
                last[-1] += " " + line.strip()
            continue
        name, _, value = line.partition(":")
        last = found.get(name.strip().lower())
        if last is not None:
            last.append(value.strip())
    return found


def _modules(distribution: Distribution, wanted: Set[str], name: str) -> List[str]:
    """Return which of the wanted top-level modules a distribution brings."""
    found = set((distribution.read_text("top_level.txt") or "").split())
    for line in (distribution.read_text("RECORD") or "").splitlines():
        path = line.split(",")[0].strip('"')
        first, _, rest = path.partition("/")
        if rest:
            found.add(first)
            continue
        if first.endswith((".py", ".so", ".pyd")):
            found.add(first.split(".")[0])
        elif first.endswith(".pth"):
            found.update(_beside(str(distribution.locate_file(first)), wanted))
    found.add(re.sub(r"[-.]+", "_", name).lower())  # an editable install may list nothing
    return sorted(found & wanted)


def _beside(pth: str, wanted: Set[str]) -> Set[str]:
    """Return which modules lie where the line of a ``.pth`` file points: an editable install."""
    try:
        with open(pth, encoding="utf-8", errors="replace") as opened:
            places = [line.strip() for line in opened if not line.startswith(("import", "#"))]
    except OSError:
        return set()
    return {
        module
        for place in places
        if os.path.isabs(place)
        for module in wanted
        if os.path.exists(os.path.join(place, module))
        or os.path.exists(os.path.join(place, module + ".py"))
    }


def _distribution(distribution: Distribution, wanted: Set[str]) -> Optional[Dict[str, object]]:
    text = distribution.read_text("METADATA") or distribution.read_text("PKG-INFO")
    if text is None:
        return None
    headers = _metadata(text)
    if not headers["name"] or not headers["version"]:
        return None
    wheel = (distribution.read_text("WHEEL") or "").splitlines()
    return {
        "name": headers["name"][0],
        "version": headers["version"][0],
        "requires": headers["requires-dist"],
        "modules": _modules(distribution, wanted, headers["name"][0]),
        "installer": (distribution.read_text("INSTALLER") or "").strip(),
        "direct_url": distribution.read_text("direct_url.json"),
        "tags": [line[4:].strip() for line in wheel if line.startswith("Tag:")],
    }


def _markers() -> Dict[str, str]:
    """Return the environment of PEP 508's markers."""
    version, info = sys.version_info, sys.implementation.version
    release = {"final": ""}.get(info.releaselevel, info.releaselevel[0] + str(info.serial))
    return {
        "implementation_name": sys.implementation.name,
        "implementation_version": f"{info.major}.{info.minor}.{info.micro}{release}",
        "os_name": os.name,
        "platform_machine": platform.machine(),
        "platform_python_implementation": platform.python_implementation(),
        "platform_release": platform.release(),
        "platform_system": platform.system(),
        "platform_version": platform.version(),
        "python_full_version": platform.python_version(),
        "python_version": f"{version.major}.{version.minor}",
        "sys_platform": sys.platform,
    }


def main() -> None:
    """Answer."""
    wanted = set(json.loads(sys.stdin.read()))
    found = [_distribution(each, wanted) for each in distributions()]
    answer = {
        "markers": _markers(),
        "abi_flags": getattr(sys, "abiflags", ""),
        "distributions": [each for each in found if each is not None],
    }
    # What a .pth file prints at the start stands on lines before it.
    sys.stdout.write("\n" + json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
