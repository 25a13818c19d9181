"""What goes into the gateway and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_MAX_FIELDS = 64  # of a query; nobody needs ten


@dataclass(frozen=True)
class Request:
    """One request.

    Attributes:
        method: ``GET`` or ``HEAD``.
        path: As it stood in the request line: percent-encoded, without the query.
        query: Likewise, without the question mark.
        headers: By lower-case name; a repeated one joined by commas.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def fields(self) -> dict[str, str]:
        """The query's fields; of a repeated one the first.

        Raises:
            Refusal: There are too many.
        """
        found: dict[str, str] = {}
        try:
            pairs = parse_qsl(self.query, keep_blank_values=True, max_num_fields=_MAX_FIELDS)
        except ValueError:
            raise Refusal(HTTPStatus.BAD_REQUEST, "the query has too many fields") from None
        for name, value in pairs:
            found.setdefault(name, value)
        return found

    def header(self, name: str) -> str:
        """Return a header's value without space around it, empty if it is absent."""
        return self.headers.get(name, "").strip()


@dataclass(frozen=True, slots=True)
class Response:
    """One response.

    Attributes:
        status: HTTP status.
        headers: By name. With ``Content-Length`` the body is exactly that long.
        body: Parts of at most some MiB. It raises when a block turns out to be missing or
            damaged on the way: the connection is to be cut then, so that nothing looks complete.
    """

    status: HTTPStatus
    headers: Mapping[str, str]
    body: Iterator[bytes] = field(default_factory=lambda: iter(()))


@dataclass(frozen=True, slots=True)
class Policy:
    """What whoever serves the gateway allows.

    Attributes:
        pages: Whether directories are answered with ``index.html`` or a listing and files may
            be shown in place. Without, everything is a download (safety.md 8).
        max_depth: How deep a DAG may be nested (boxo's limit).
        max_blocks: How many blocks one response may have, repeated ones counted.
    """

    pages: bool = True
    max_depth: int = 1024
    max_blocks: int = 1_000_000


class Refusal(Exception):  # noqa: N818  (it is an answer as well)
    """A request that is answered with a status and a line of text."""

    def __init__(
        self, status: HTTPStatus, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = dict(headers or {})
