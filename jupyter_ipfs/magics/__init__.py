"""``%ipfs`` and ``%%ipfs``: argparse and display around the session."""

from __future__ import annotations

from jupyter_ipfs.magics.extension import load as load_ipython_extension
from jupyter_ipfs.magics.extension import unload as unload_ipython_extension

__all__ = ["load_ipython_extension", "unload_ipython_extension"]
