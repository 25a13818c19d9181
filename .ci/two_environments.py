"""Run a cell in a kernel of another environment, as the wheel's users do; called by `run`."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

CARD = "application/vnd.jupyter-ipfs.cid+json"
# `printf 'hello\n' | ipfs add --cid-version 1` prints this.
HELLO = "bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am"


def main(kernel: str) -> None:
    """Store a text and an output in the kernel ``kernel`` and look at the card."""
    with tempfile.TemporaryDirectory() as place:
        os.environ["JUPYTER_IPFS_REPO"] = str(Path(place) / "ipfs")
        notebook = nbformat.v4.new_notebook(
            cells=[
                nbformat.v4.new_code_cell("%load_ext jupyter_ipfs"),
                nbformat.v4.new_code_cell("%ipfs put b'hello\\n'"),
                nbformat.v4.new_code_cell("%%ipfs put --name answer\n6 * 7"),
            ]
        )
        NotebookClient(notebook, kernel_name=kernel, timeout=60).execute(cwd=place)
    stored, outputs = (
        next(o["data"][CARD] for o in cell.outputs if CARD in o.get("data", {}))
        for cell in notebook.cells[1:]
    )
    assert stored["cid"] == HELLO, stored
    assert outputs["name"] == "answer", outputs
    sys.stdout.write(f"stored {stored['cid']} and {outputs['cid']} from the second environment\n")


if __name__ == "__main__":
    main(sys.argv[1])
