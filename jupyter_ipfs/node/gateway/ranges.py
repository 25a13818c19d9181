"""``Range`` (RFC 9110, section 14): one part of a file, or all of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus

from jupyter_ipfs.node.gateway.messages import Refusal

_SPEC = re.compile(r"(\d{0,19})\s*-\s*(\d{0,19})")
_MAX_SPECS = 100  # a request for more parts than this is answered with the whole


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes from ``start`` to ``stop`` (exclusive) of ``size``."""

    start: int
    stop: int
    size: int

    @property
    def length(self) -> int:
        """How many."""
        return self.stop - self.start

    @property
    def content_range(self) -> str:
        """As it stands in the header."""
        return f"bytes {self.start}-{self.stop - 1}/{self.size}"


def parse(header: str, size: int) -> Span | None:
    """Return the part of ``size`` bytes that a ``Range`` asks for, ``None`` for the whole.

    Of several parts the first is given, as Kubo does, unless together they are more than
    the whole.

    Raises:
        Refusal: It cannot be read, or none of it is there (416).
    """
    if not header:
        return None
    unit, _, rest = header.partition("=")
    specs = [spec.strip() for spec in rest.split(",") if spec.strip()]
    if unit.strip().lower() != "bytes":
        raise _invalid()
    if not 0 < len(specs) <= _MAX_SPECS:
        return None
    spans = [span for spec in specs if (span := _span(spec, size)) is not None]
    if not spans:
        if size == 0:  # some clients ask for a range of everything
            return None
        raise Refusal(
            HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
            "invalid range: failed to overlap",
            {"Content-Range": f"bytes */{size}"},
        )
    if sum(span.length for span in spans) > size:
        return None
    return spans[0]


def _span(spec: str, size: int) -> Span | None:
    """Read one part; ``None`` if it begins behind the end."""
    found = _SPEC.fullmatch(spec)
    if found is None or spec == "-":
        raise _invalid()
    first, last = found.groups()
    if not first:
        start = max(size - int(last), 0)
        return Span(start, size, size) if start < size else None
    start, stop = int(first), int(last) + 1 if last else size
    if last and start >= stop:
        raise _invalid()
    return Span(start, min(stop, size), size) if start < size else None


def _invalid() -> Refusal:
    return Refusal(HTTPStatus.BAD_REQUEST, "invalid range request")
