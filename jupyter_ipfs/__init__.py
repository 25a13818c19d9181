"""Content-addressed, provable, owned: a notebook's work on IPFS.

``connect()`` gives a session: ``add``, ``cat``, ``open``, ``ls``, ``pin``, ``export_car`` …
``%load_ext jupyter_ipfs`` gives ``%ipfs``. Nothing is imported before it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from jupyter_ipfs.errors import JupyterIPFSError
    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.session import Session, connect
    from jupyter_ipfs.widgets.wallet import WalletButton

__all__ = ["CID", "JupyterIPFSError", "Session", "WalletButton", "connect"]

_HOMES = {
    "CID": "jupyter_ipfs.ipld.cid",
    "JupyterIPFSError": "jupyter_ipfs.errors",
    "Session": "jupyter_ipfs.session",
    "WalletButton": "jupyter_ipfs.widgets.wallet",
    "connect": "jupyter_ipfs.session",
}


def __getattr__(name: str) -> object:
    """Load a public name when it is first asked for (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    return getattr(import_module(_HOMES[name]), name)


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Define ``%ipfs`` and ``%%ipfs``; called by ``%load_ext jupyter_ipfs``."""
    from importlib.util import find_spec  # noqa: PLC0415

    from jupyter_ipfs.magics import load_ipython_extension as load  # noqa: PLC0415

    load(shell)
    if find_spec("ipfsspec"):  # it declares ipfs:// as well, and does not check what it reads
        from jupyter_ipfs.filesystem import register  # noqa: PLC0415

        register()


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Take the magics and every hook away again."""
    from jupyter_ipfs.magics import unload_ipython_extension as unload  # noqa: PLC0415

    unload(shell)


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "jupyter_ipfs"}]


def _load_jupyter_server_extension(server: Any) -> None:  # noqa: ANN401  (jupyter_server is not imported here)
    from jupyter_ipfs.server import load  # noqa: PLC0415

    load(server)


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "jupyter-ipfs"}]
