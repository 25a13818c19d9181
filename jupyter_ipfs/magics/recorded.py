"""The extension under another name, for kernels that ``share --execute`` starts.

Loaded as itself, the notebook's own ``%load_ext jupyter_ipfs`` would say that it is loaded
already: an output that nobody gets who runs the notebook.
"""

from jupyter_ipfs import load_ipython_extension

__all__ = ["load_ipython_extension"]
