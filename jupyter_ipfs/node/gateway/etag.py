"""Entity tags, and the conditions that clients make with them (RFC 9110, section 13)."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from hashlib import blake2b
from typing import TYPE_CHECKING

from jupyter_ipfs.node.gateway import negotiation

if TYPE_CHECKING:
    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.node.gateway.messages import Request

# Changes with the look of the listing, so that no cache keeps an old one.
_LISTING_VERSION = "1"
_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')


def of_content(cid: CID, media_type: str) -> str:
    """Return the tag of content under a CID in a format; a weak one where bytes may differ."""
    if media_type == negotiation.DEFAULT:
        return f'"{cid}"'
    suffix = re.split(r"[/.]", media_type)[-1]
    weak = "W/" if media_type == negotiation.TAR else ""
    return f'{weak}"{cid}.{suffix}"'


def of_listing(cid: CID) -> str:
    """Return the tag of a directory's generated listing."""
    return f'"DirIndex-{_LISTING_VERSION}_CID-{cid}"'


def of_preview(cid: CID) -> str:
    """Return the tag of a document's generated page."""
    return f'"DagIndex-{_LISTING_VERSION}_CID-{cid}"'


def of_car(root: CID, content_path: bytes, parameters: str) -> str:
    """Return the tag of a CAR of a path under ``root``."""
    digest = blake2b(content_path + b"\0" + parameters.encode(), digest_size=8).hexdigest()
    return f'W/"{root}.car.{digest}"'


def matches(header: str, tag: str) -> bool:
    """Tell whether an ``If-None-Match`` names ``tag``; weak and strong ones are the same here."""
    if header == "*":
        return True
    return tag.removeprefix("W/") in {
        found.removeprefix("W/") for found in _TAG.findall(header)
    } or "*" in [part.strip() for part in _TAG.sub("", header).split(",")]


def is_unchanged(request: Request, tag: str, modified: int | None = None) -> bool:
    """Tell whether the client has it already: ``If-None-Match``, else ``If-Modified-Since``."""
    if header := request.header("if-none-match"):
        return matches(header, tag)
    since = _seconds(request.header("if-modified-since"))
    return modified is not None and since is not None and modified <= since


def is_other_than_expected(request: Request, tag: str, modified: int | None = None) -> bool:
    """Tell whether ``If-Match`` or ``If-Unmodified-Since`` forbids the answer."""
    if header := request.header("if-match"):
        return header != "*" and (tag.startswith("W/") or tag not in _TAG.findall(header))
    since = _seconds(request.header("if-unmodified-since"))
    return modified is not None and since is not None and modified > since


def allows_range(request: Request, tag: str, modified: int | None = None) -> bool:
    """Tell whether the part that is asked for is one of this very content (``If-Range``)."""
    header = request.header("if-range")
    if not header:
        return True
    if _TAG.fullmatch(header):
        return header == tag and not tag.startswith("W/")
    return modified is not None and _seconds(header) == modified


def _seconds(date: str) -> int | None:
    try:
        return int(parsedate_to_datetime(date).timestamp())
    except (ValueError, TypeError, OverflowError):
        return None
