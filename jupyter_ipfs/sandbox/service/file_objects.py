"""File objects: what an asset's files are, as they are encrypted to the node."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from jupyter_ipfs.errors import CIDError, UnsafeContentError
from jupyter_ipfs.ipld.cid import CID
from jupyter_ipfs.net.address import UntrustedURL
from jupyter_ipfs.sandbox.service.refusal import Refusal

KINDS = ("url", "ipfs", "arweave", "s3", "ftp", "nodePersistentStorage")
_URL, _IPFS = KINDS[:2]
_BAD_REQUEST, _FAILED, _UNREACHABLE = 400, 500, 501

_HEADERS = 20
# These would change where the request goes, or what comes back.
_NOT_SENT = frozenset(
    {
        "accept-encoding", "connection", "content-length", "expect", "host", "te", "trailer",
        "transfer-encoding", "upgrade",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class IPFSFile:
    """A file by its CID."""

    cid: CID


@dataclass(frozen=True, slots=True)
class URLFile:
    """A file by its address.

    Attributes:
        url: Where.
        headers: What is sent there, and to nobody else.
    """

    url: UntrustedURL
    headers: dict[str, str] = field(default_factory=dict, repr=False)


def parse(file: object) -> IPFSFile | URLFile:
    """Read a file object.

    Raises:
        Refusal: It is none, or of a kind that is not read here.
    """
    if not isinstance(file, dict):
        raise Refusal(_BAD_REQUEST, "Invalid request parameters")
    kind = str(file.get("type")).lower()
    if kind == _IPFS:
        return IPFSFile(_cid(file.get("hash")))
    if kind == _URL:
        return _url(file)
    known = next((each for each in KINDS if each.lower() == kind), None)
    if known is None:
        raise Refusal(_BAD_REQUEST, f"Invalid Request: type must be one of {', '.join(KINDS)}")
    raise Refusal(_UNREACHABLE, f"Error: {known} is not configured!")


def _cid(text: object) -> CID:
    reason = "Missing CID"
    if isinstance(text, str) and text:
        reason = "not a CID"
        if text.startswith(("http://", "https://")):
            reason = "CID looks like an URL. Please specify URL storage instead."
        elif "/" in text:
            reason = "CID looks like a file path"
        else:
            try:
                return CID.parse(text)
            except CIDError:
                pass
    raise Refusal(_FAILED, f"Error validating the IPFS file: {reason}")


def _url(file: dict[str, Any]) -> URLFile:
    url, method, headers = file.get("url"), file.get("method"), file.get("headers") or {}
    if not isinstance(url, str) or not isinstance(method, str):
        raise Refusal(_FAILED, "Error validating the URL file: URL or method are missing")
    if method.lower() != "get":  # Ocean Node takes post as well, and then gets
        raise Refusal(_FAILED, "Error validating the URL file: Invalid method for URL")
    if not isinstance(headers, dict) or len(headers) > _HEADERS:
        raise Refusal(_FAILED, "Error validating the URL file: Invalid headers")
    for name, value in headers.items():
        sound = isinstance(value, str) and _is_header(name, value)
        if not sound or name.lower() in _NOT_SENT:
            raise Refusal(_FAILED, "Error validating the URL file: Invalid headers")
    try:
        return URLFile(UntrustedURL.parse(url), dict(headers))
    except UnsafeContentError:
        raise unsafe() from None


def _is_header(name: str, value: str) -> bool:
    # https://www.rfc-editor.org/rfc/rfc9110#name-tokens
    token = name.replace("-", "").replace("_", "")
    return token.isascii() and token.isalnum() and value.isascii() and value.isprintable()


def unsafe() -> Refusal:
    """Return the refusal of an address that nobody may be led to."""
    return Refusal(_FAILED, "Error validating the URL file: URL is marked as unsafe")
