"""The contracts' interfaces and code, as the package ocean-contracts ships them.

Its modules are called ``artifacts`` and ``addresses``, and a folder or file of that name beside a
notebook would hide them from an import. So its files are found through the distribution.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import MissingLibraryError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_DISTRIBUTION = "ocean-contracts"


@cache
def abi(contract: str) -> Sequence[Mapping[str, Any]]:
    """Return the interface of a contract, by its artifact's name (``ERC721Factory``)."""
    found: list[dict[str, Any]] = _read(f"artifacts/{_checked(contract)}.json")["abi"]
    return found


def bytecode(contract: str) -> str:
    """Return the code (``0x…``) that a contract is deployed with."""
    code: str = _read(f"artifacts/{_checked(contract)}.json")["bytecode"]
    return code


@cache
def addresses() -> Mapping[str, Mapping[str, Any]]:
    """Return the networks and where Ocean's contracts are on each (``address.json``)."""
    found: dict[str, dict[str, Any]] = _read("addresses/address.json")
    return found


def _checked(contract: str) -> str:
    if not (contract.isascii() and contract.isalnum()):
        raise ValueError(f"{contract[:40]!a} is no contract's name")
    return contract


def _read(path: str) -> Any:  # noqa: ANN401  (JSON)
    try:
        file = metadata.distribution(_DISTRIBUTION).locate_file(path)
        return json.loads(Path(str(file)).read_text("utf-8"))
    except (metadata.PackageNotFoundError, FileNotFoundError):
        raise MissingLibraryError(
            f"{path} of {_DISTRIBUTION} is not installed", f"pip install '{_DISTRIBUTION}>=3.1,<4'"
        ) from None
