"""The notebook that this kernel runs: where it is, and whether what is saved is what was run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import ConfigError
from jupyter_ipfs.words import figures

if TYPE_CHECKING:
    from jupyter_ipfs.magics.call import Call

_VS_CODE = "__vsc_ipynb_file__"  # a variable that VS Code puts into its kernels
_HINT = "name it: %ipfs share NOTEBOOK.ipynb"


def notebook(call: Call) -> Path:
    """Return the notebook's path.

    Raises:
        ConfigError: Nobody told this kernel, or it is not there (any more).
    """
    from jupyter_ipfs import config  # noqa: PLC0415  (loading counts)

    told = call.namespace.get(_VS_CODE) or config.notebook_path()
    if not isinstance(told, str):
        raise ConfigError("this kernel does not know which notebook it runs", _HINT)
    path = Path(told)
    if path.suffix != ".ipynb" or not path.is_file():
        raise ConfigError(f"the notebook of this kernel is not at {path} (any more)", _HINT)
    return path


def unsaved(call: Call, path: Path) -> list[str]:
    """Say what the file on the disk does not have: a share is of what is saved."""
    try:
        cells = json.loads(path.read_bytes())["cells"]
        saved = [cell["execution_count"] for cell in cells if cell["cell_type"] == "code"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return []  # whatever is wrong with it is told when it is shared
    newest = max((number for number in saved if isinstance(number, int)), default=0)
    # The cell that runs now is not done: what it gives cannot be saved yet.
    behind = call.shell.execution_count - 1 - newest
    if behind <= 0:
        return []
    runs = figures.counted(behind, "run")
    sentence = (
        f"{runs} of this kernel came after the file was saved, so their outputs are not shared: "
        "save the notebook, then share it again."
    )
    return [sentence]
