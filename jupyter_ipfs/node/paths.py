"""What people type for content: a CID, ``/ipfs/…``, ``ipfs://…``, a gateway's link, or a name."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes, urlsplit

from jupyter_ipfs.errors import CIDError, PathNotFoundError
from jupyter_ipfs.ipld.cid import CID, looks_like_cid

if TYPE_CHECKING:
    from collections.abc import Callable

_HINT = "a path is a CID or a name, with /sub/path: bafy…/a.csv, ipfs://bafy…/a.csv, fig-3@2"


@dataclass(frozen=True, slots=True)
class ContentPath:
    """A root and the entry names below it, as raw bytes."""

    root: CID
    segments: tuple[bytes, ...] = ()

    @property
    def name(self) -> str:
        """The last entry name, or the root's CID."""
        return os.fsdecode(self.segments[-1]) if self.segments else str(self.root)

    def noted(self) -> ContentPath:
        """Return it, and let a notebook that is being recorded know that it is read."""
        sys.audit("jupyter_ipfs.read", str(self.root))
        return self

    def __str__(self) -> str:
        """``/ipfs/<cid>/a/b``; bytes that are not UTF-8 are kept by surrogates."""
        return "/".join(["/ipfs", str(self.root), *map(os.fsdecode, self.segments)])


def parse(text: str, names: Callable[[str], CID]) -> ContentPath:
    """Read a path.

    Args:
        text: What was typed. A gateway's link is read for its CID; nobody is asked.
        names: Gives the CID of a name (``fig-3`` or ``fig-3@2``), or raises `NameNotFoundError`.

    Raises:
        CIDError: It begins with something that is neither a CID nor could be a name.
        NameNotFoundError: It begins with a name that is not there.
        PathNotFoundError: It has ``.`` or ``..`` in it.
    """
    head, segments, is_cid = _split(text.strip())
    for segment in segments:
        if segment in {b".", b".."} or b"\0" in segment:
            raise PathNotFoundError(f"{text!r} is not a content path", _HINT)
    if is_cid or looks_like_cid(head):
        return ContentPath(CID.parse(head), segments)
    return ContentPath(names(head), segments)


def _split(text: str) -> tuple[str, tuple[bytes, ...], bool]:
    """Return the head, the segments below it, and whether the head has to be a CID."""
    scheme = text.partition("://")[0].lower() if "://" in text else ""
    if scheme in {"http", "https"}:
        return _from_link(text)
    if scheme == "ipfs":
        # fsspec and shells pass these unescaped; a percent sign is part of the name.
        text = text[len("ipfs://") :]
    elif scheme:
        raise CIDError(f"{text!r} is not a content path", _HINT)
    is_cid = text.startswith("/ipfs/")
    parts = text.removeprefix("/ipfs/").split("/")
    if not parts[0]:
        raise CIDError(f"{text!r} is not a content path", _HINT)
    return parts[0], tuple(os.fsencode(part) for part in parts[1:] if part), is_cid


def _from_link(text: str) -> tuple[str, tuple[bytes, ...], bool]:
    """Read ``https://gateway/ipfs/<cid>/…`` and ``https://<cid>.ipfs.gateway/…``."""
    try:
        url = urlsplit(text)
        host = url.hostname or ""
    except ValueError:
        raise CIDError(f"{text!r} is not a link to content", _HINT) from None
    parts = [unquote_to_bytes(part) for part in url.path.split("/") if part]
    label, _, rest = host.partition(".")
    if rest.startswith("ipfs.") and looks_like_cid(label):
        return label, tuple(parts), True
    if len(parts) > 1 and parts[0] == b"ipfs":
        return parts[1].decode(errors="replace"), tuple(parts[2:]), True
    raise CIDError(f"{text!r} has no CID in it", _HINT)
