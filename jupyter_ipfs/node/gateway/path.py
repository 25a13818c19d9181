"""Content paths in URLs: ``/ipfs/<cid>/a/b``, and the headers that repeat them."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote, unquote_to_bytes

from jupyter_ipfs.errors import CIDError
from jupyter_ipfs.ipld.cid import CID
from jupyter_ipfs.node.gateway.messages import Refusal

_NAMESPACE = "/ipfs/"
_MAX_PATH = 16 * 1024  # bytes, decoded; names on disks end at 255
_MAX_SEGMENTS = 256
_MAX_URI = 8192  # as boxo's
# "Some implementations put an arbitrary limit on field values": visible ASCII, space and tab.
_SAFE = frozenset({0x09, *range(0x20, 0x7F)})


@dataclass(frozen=True, slots=True)
class URLPath:
    """A content path as it was asked for.

    Attributes:
        root: The root.
        segments: Entry names below it, decoded.
        text: The root as it was written.
        is_slashed: Whether the path ends with a slash.
    """

    root: CID
    segments: tuple[bytes, ...]
    text: str
    is_slashed: bool

    @property
    def content_path(self) -> bytes:
        """``/ipfs/<cid>/a/b``, decoded."""
        path = b"/".join([f"/ipfs/{self.text}".encode(), *self.segments])
        return path + b"/" if self.is_slashed else path

    def headers(self) -> dict[str, str]:
        """Return ``X-Ipfs-Path`` and ``Ipfs-Uri`` (IPIP-548), each where it can be told."""
        path, headers = self.content_path, {}
        if _SAFE.issuperset(path):
            headers["X-Ipfs-Path"] = path.decode()
        uri = f"ipfs://{self.root.to_v1()}"
        if self.segments or self.is_slashed:
            tail = (b"",) if self.is_slashed else ()
            uri += "".join("/" + quote(part, safe="") for part in (*self.segments, *tail))
        if len(uri) <= _MAX_URI:
            headers["Ipfs-Uri"] = uri
        return headers


def parse(path: str) -> URLPath:
    """Read the path of a URL.

    Raises:
        Refusal: It is no path of ours, has no CID, or holds what no honest path does.
    """
    if not path.startswith(_NAMESPACE):
        raise Refusal(HTTPStatus.NOT_FOUND, "there is nothing here but /ipfs/<cid>")
    text, _, rest = path.removeprefix(_NAMESPACE).partition("/")
    try:
        root = CID.parse(text)
    except CIDError as error:
        raise Refusal(HTTPStatus.BAD_REQUEST, f"invalid path: {error}") from None
    decoded = unquote_to_bytes(rest)
    segments = tuple(part for part in decoded.split(b"/") if part)
    if len(decoded) > _MAX_PATH or len(segments) > _MAX_SEGMENTS:
        raise Refusal(HTTPStatus.REQUEST_URI_TOO_LONG, "the path is too long")
    if b"\0" in decoded or {b".", b".."}.intersection(segments):
        raise Refusal(HTTPStatus.BAD_REQUEST, "invalid path: it has '.', '..' or a zero byte in it")
    return URLPath(root, segments, text, path.endswith("/"))
