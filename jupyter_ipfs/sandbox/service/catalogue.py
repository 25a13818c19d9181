"""An asset for its buyer: whether it can be ordered, its services and their files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ipfs.net import strict_json
from jupyter_ipfs.sandbox.service import assets
from jupyter_ipfs.sandbox.service.numbers import whole_number
from jupyter_ipfs.sandbox.service.refusal import Refusal

if TYPE_CHECKING:
    from jupyter_ipfs.sandbox.service.document import Document
    from jupyter_ipfs.sandbox.service.key import NodeKey
    from jupyter_ipfs.sandbox.service.service import OceanService

_FAILED, _FORBIDDEN = 500, 403

# Ocean Node 3.2 means active and unlisted, and asks for the places in that list: 0 and 1. Clients
# that are tried out here must not find more possible than there.
_ORDERABLE = frozenset({assets.ACTIVE, assets.END_OF_LIFE})


def orderable(service: OceanService, did: str) -> Document:
    """Return an asset that can be ordered.

    Raises:
        Refusal: There is none, or it cannot.
    """
    service.catch_up()
    with service.database.reading() as db:
        document = assets.find(db, did)
    if document is None:
        raise Refusal(_FAILED, "No DDO found for asset")
    if document["indexedMetadata"]["nft"]["state"] not in _ORDERABLE:
        raise Refusal(
            _FAILED,
            "Nft not present in the asset or the state is different than ACTIVE or UNLISTED.",
        )
    return document


def place_of(document: Document, service_id: str) -> int:
    """Return the place of a service by its id, or by that place itself.

    Raises:
        Refusal: There is none.
    """
    services: list[dict[str, Any]] = document["services"]
    for place, each in enumerate(services):
        if each["id"] == service_id:
            return place
    number = whole_number(service_id)
    if number is not None and number < len(services):
        return number
    raise Refusal(_FAILED, "Invalid serviceId")


def files(key: NodeKey, document: Document, place: int) -> list[Any]:
    """Return a service's file objects, which nobody but the service sees.

    Raises:
        Refusal: They are encrypted to another node, or belong to another asset.
    """
    service: dict[str, Any] = document["services"][place]
    try:
        text = key.decrypt(bytes.fromhex(service["files"].removeprefix("0x")))
        found = strict_json.parse(text)
        listed, owners = found["files"], (found["nftAddress"], found["datatokenAddress"])
        named = tuple(str(each).lower() for each in owners)
    except (ValueError, KeyError, TypeError):
        raise Refusal(_FAILED, "Failed to decrypt") from None
    # Else somebody could publish another's encrypted files as theirs, and sell them.
    if named != (document["nftAddress"].lower(), service["datatokenAddress"].lower()):
        raise Refusal(_FORBIDDEN, "Failed to download asset, unauthorized operation!")
    if not isinstance(listed, list):
        raise Refusal(_FAILED, "Failed to decrypt")
    return listed
