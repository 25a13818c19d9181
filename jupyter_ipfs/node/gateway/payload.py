"""Bytes of a known size as a response: whole, a part, or nothing new."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol

from jupyter_ipfs.node.gateway import etag, ranges
from jupyter_ipfs.node.gateway.cache import IMMUTABLE
from jupyter_ipfs.node.gateway.messages import Refusal, Response

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyter_ipfs.node.gateway.messages import Request


class Reader(Protocol):
    """Gives the bytes from ``start`` to ``stop``; reads nothing before it is iterated."""

    def __call__(self, start: int, stop: int, /) -> Iterator[bytes]:
        """Begin."""


@dataclass(frozen=True, slots=True)
class Payload:
    """What a response carries.

    Attributes:
        size: In bytes.
        read: Gives them.
        media_type: Of them.
        tag: Their entity tag.
        modified: When they were changed last, in seconds since the epoch, if that is known.
    """

    size: int
    read: Reader
    media_type: str
    tag: str
    modified: int | None = None

    @classmethod
    def of_bytes(cls, data: bytes, media_type: str, tag: str) -> Payload:
        """Carry bytes that are at hand."""
        return cls(len(data), lambda start, stop: iter((data[start:stop],)), media_type, tag)


def serve(request: Request, payload: Payload, headers: Mapping[str, str]) -> Response:
    """Answer a request for ``payload``, with what its conditions and ranges ask for.

    Raises:
        Refusal: The range is not there, or a precondition fails.
    """
    common = {"ETag": payload.tag, "Cache-Control": IMMUTABLE}
    if etag.is_other_than_expected(request, payload.tag, payload.modified):
        raise Refusal(HTTPStatus.PRECONDITION_FAILED, "it is not what was expected")
    if etag.is_unchanged(request, payload.tag, payload.modified):
        return Response(HTTPStatus.NOT_MODIFIED, common)
    span = None
    if etag.allows_range(request, payload.tag, payload.modified):
        span = ranges.parse(request.header("range"), payload.size)
    start, stop = (span.start, span.stop) if span else (0, payload.size)
    common |= headers
    common["Content-Type"] = payload.media_type
    common["Content-Length"] = str(stop - start)
    common["Accept-Ranges"] = "bytes"
    if payload.modified and (date := _date(payload.modified)):
        common["Last-Modified"] = date
    if span:
        common["Content-Range"] = span.content_range
    status = HTTPStatus.PARTIAL_CONTENT if span else HTTPStatus.OK
    return Response(status, common, payload.read(start, stop))


def _date(seconds: int) -> str:
    """Return a time as HTTP has it; nothing for one that it cannot tell: content claims any."""
    try:
        return formatdate(seconds, usegmt=True)
    except (OverflowError, ValueError, OSError):
        return ""
