"""The shell command ``jupyter-ipfs`` (``jupyter ipfs``): one file per command, see `main`."""
