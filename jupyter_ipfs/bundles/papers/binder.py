"""``binder/``: the bundle as repo2docker and BinderHub build it.

https://repo2docker.readthedocs.io/en/latest/configuration/
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from jupyter_ipfs.bundles.format.manifest import INPUTS, NOTEBOOK
from jupyter_ipfs.words.foreign import one_line

if TYPE_CHECKING:
    from jupyter_ipfs.bundles.format.manifest import Manifest

_PYTHON = re.compile(r"3\.[0-9]{1,2}")


def files(manifest: Manifest, requirements: str) -> dict[str, bytes]:
    """Return the files by path.

    Args:
        manifest: Of the bundle.
        requirements: The lock as ``requirements.txt``, or nothing.
    """
    left_out = [
        f"# not on an index: {one_line(each.name)}" for each in manifest.environment.unlocked
    ]
    text = "\n".join([*left_out, requirements.strip()]).strip()
    made = {
        "binder/requirements.txt": f"{text}\n".encode(errors="replace"),
        "binder/postBuild": _post_build(manifest).encode(errors="replace"),
    }
    python = _PYTHON.match(manifest.environment.python)
    if python:
        made["binder/runtime.txt"] = f"python-{python[0]}\n".encode()
    return made


def _post_build(manifest: Manifest) -> str:
    """Return the script that puts the notebook where its inputs are as it knows them."""
    folder = "/".join(part for part in (INPUTS, manifest.folder) if part)
    place = f"{folder}/{manifest.name}"
    lines = [
        "#!/bin/sh",
        "# The notebook goes where its inputs are as it knows them.",
        "set -eu",
        f"mkdir -p -- {shlex.quote(folder)}",
        f"cp -- {NOTEBOOK} {shlex.quote(place)}",
    ]
    contents = [each for each in manifest.inputs if each.how == "content" and each.included]
    if contents:
        lines += ["# What it reads by ipfs://.", "python3 -m pip install -q jupyter_ipfs"]
        lines += [
            f"jupyter ipfs add -Q -- {shlex.quote(f'{INPUTS}/{each.path}')}" for each in contents
        ]
    return "\n".join(lines) + "\n"
