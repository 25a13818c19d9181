"""Provider fees: none is asked for, but the signed entry for it is part of every order."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from eth_utils.crypto import keccak

if TYPE_CHECKING:
    from jupyter_ipfs.sandbox.service.key import NodeKey

_NUMBER_SIZE = 32


def provider_fee(
    key: NodeKey, service: dict[str, Any], token: str, valid_until: int
) -> dict[str, Any]:
    """Return an order's provider fee of 0, which the datatoken checks the signature of.

    Source: ``ERC20Template._checkProviderFee``: the signature is of
    ``keccak256(abi.encodePacked(providerData, feeAddress, feeToken, amount, validUntil))``.

    Args:
        key: Who gets it and signs.
        service: What is ordered.
        token: What it would be paid in.
        valid_until: Seconds since the epoch, 0 for ever.
    """
    data = provider_data(service)
    packed = b"".join(
        (
            data,
            bytes.fromhex(key.address[2:]),
            bytes.fromhex(token[2:]),
            (0).to_bytes(_NUMBER_SIZE, "big"),
            valid_until.to_bytes(_NUMBER_SIZE, "big"),
        )
    )
    signature = key.sign(keccak(packed))
    return {
        "providerFeeAddress": key.address,
        "providerFeeToken": token,
        "providerFeeAmount": "0",
        "providerData": "0x" + data.hex(),
        "v": signature.v,
        "r": "0x" + signature.r.hex(),
        "s": "0x" + signature.s.hex(),
        "validUntil": valid_until,
    }


def provider_data(service: dict[str, Any]) -> bytes:
    """Return what ties a fee to a service, as JavaScript writes it."""
    named = {"dt": service["datatokenAddress"], "id": service["id"]}
    return json.dumps(named, separators=(",", ":"), ensure_ascii=False).encode()
