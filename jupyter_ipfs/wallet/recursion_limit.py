"""How deep Python may nest, kept as it was while Ethereum's libraries are imported.

eth_account and web3 import py_ecc for BLS keys, which nothing here uses, and py_ecc raises the
limit to 100,000 for the whole process (its ``__init__``). From then on a few kilobytes of ``[[[…``
from anybody end the process in `json.loads`, where they raised `RecursionError` before (tried,
CPython 3.11: a segmentation fault).
"""

from __future__ import annotations

import sys


def keep() -> None:
    """Import py_ecc without that; call it before the first import of eth_account or web3."""
    if "py_ecc" in sys.modules:
        return
    limit = sys.getrecursionlimit()
    try:
        import py_ecc  # noqa: F401, PLC0415
    finally:
        sys.setrecursionlimit(limit)
