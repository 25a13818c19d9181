"""Which format a response has: ``?format=`` before ``Accept`` (IPIP-523)."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from jupyter_ipfs.node.gateway.messages import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_ipfs.node.gateway.messages import Request

RAW = "application/vnd.ipld.raw"
CAR = "application/vnd.ipld.car"
TAR = "application/x-tar"
JSON = "application/json"
CBOR = "application/cbor"
DAG_JSON = "application/vnd.ipld.dag-json"
DAG_CBOR = "application/vnd.ipld.dag-cbor"
DEFAULT = ""  # UnixFS, as a browser or curl wants it

_BY_NAME = {
    "raw": RAW,
    "car": CAR,
    "tar": TAR,
    "json": JSON,
    "cbor": CBOR,
    "dag-json": DAG_JSON,
    "dag-cbor": DAG_CBOR,
}
_NAMES = {media_type: name for name, media_type in _BY_NAME.items()}
_EXPLICIT = ("application/vnd.ipld", "application/vnd.ipfs", TAR, JSON, CBOR)


@dataclass(frozen=True, slots=True)
class Format:
    """What was asked for.

    Attributes:
        media_type: One of this module's, or `DEFAULT`.
        parameters: Of the media type in ``Accept``: ``order=dfs`` and the like.
    """

    media_type: str
    parameters: Mapping[str, str] = field(default_factory=dict)


def negotiate(request: Request) -> Format:
    """Tell which format ``request`` wants.

    Raises:
        Refusal: It insists on one that there is not.
    """
    named = _BY_NAME.get(request.fields.get("format", ""))
    accepted = _accepted(request.header("accept"))
    is_accepted = named is None or named == accepted.media_type
    chosen = accepted if is_accepted else Format(named or DEFAULT)
    if chosen.media_type not in _NAMES and chosen.media_type != DEFAULT:
        raise Refusal(HTTPStatus.BAD_REQUEST, "unsupported response format requested")
    return chosen


def content_location(request: Request, chosen: Format) -> str | None:
    """Return where the format stands in the URL itself, so that caches tell formats apart."""
    name = _NAMES.get(chosen.media_type)
    if name is None or request.fields.get("format") == name:
        return None
    fields = {**request.fields, "format": name}
    for parameter, value in chosen.parameters.items():
        fields.setdefault(f"{name}-{parameter}", value)
    return f"{request.path}?{urlencode(sorted(fields.items()))}"


def _accepted(header: str) -> Format:
    """Return the first media type that is more than what every browser sends."""
    for item in header.split(","):
        media_type, *parameters = [part.strip() for part in item.split(";")]
        if media_type.lower().startswith(_EXPLICIT):
            pairs = (parameter.partition("=") for parameter in parameters)
            found = {name.strip().lower(): value.strip().strip('"') for name, _, value in pairs}
            return Format(media_type.lower(), found)
    return Format(DEFAULT)
