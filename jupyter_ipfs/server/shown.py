"""Names and paths from content, as they are told to a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_ipfs.ipld.cid import CID

_SPACE = 32  # below it are control characters, which a query string loses


def shown(name: str) -> str:
    """Return a name as text: what is no UTF-8 in it has no place in JSON or in a URL."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def child_path(parent: str, name: str, cid: CID) -> str:
    """Return a path that leads to an entry, also where its name could not stand in one."""
    if is_plain(name):
        return f"{parent}/{name}"
    return f"/ipfs/{cid}"


def is_plain(name: str) -> bool:
    """Tell whether a name comes back as it was after a path was made of it and sent around."""
    if not name or name != name.strip() or name in {".", ".."} or "/" in name:
        return False
    return name == shown(name) and all(ord(character) >= _SPACE for character in name)
