"""What an asset costs, as the chain has it now: Ocean Node's ``stats``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eth_utils.address import to_checksum_address

from jupyter_ipfs.errors import OceanError

if TYPE_CHECKING:
    from jupyter_ipfs.sandbox.service.chain_reads import ChainReads

_WEI = 10**18
_DATATOKEN = "ERC20Template"


def stats(chain: ChainReads, service: dict[str, Any], orders: int) -> dict[str, Any]:
    """Return the entry of a service."""
    datatoken: str = service["datatokenAddress"]
    return {
        "datatokenAddress": datatoken,
        "name": chain.call(_DATATOKEN, datatoken, "name"),
        "symbol": chain.call(_DATATOKEN, datatoken, "symbol"),
        "serviceId": service["id"],
        "orders": orders,
        "prices": [*_dispensers(chain, datatoken), *_exchanges(chain, datatoken)],
    }


def _dispensers(chain: ChainReads, datatoken: str) -> list[dict[str, str]]:
    found = []
    for dispenser in chain.call(_DATATOKEN, datatoken, "getDispensers"):
        try:
            active = chain.call("Dispenser", dispenser, "status", datatoken)[0]
        except OceanError:
            continue  # whoever made the datatoken can name any contract as one
        if active:
            found.append(
                {"type": "dispenser", "price": "0", "contract": dispenser, "token": datatoken}
            )
    return found


def _exchanges(chain: ChainReads, datatoken: str) -> list[dict[str, str]]:
    found = []
    for contract, exchange_id in chain.call(_DATATOKEN, datatoken, "getFixedRates"):
        try:
            exchange = chain.call("FixedRateExchange", contract, "getExchange", exchange_id)
        except OceanError:
            continue
        base_token, rate, active = exchange[3], exchange[5], exchange[6]
        if active:
            found.append(
                {
                    "type": "fixedrate",
                    "price": ether(rate),
                    "token": base_token,
                    "contract": to_checksum_address(contract),
                    "exchangeId": "0x" + exchange_id.hex(),
                }
            )
    return found


def ether(wei: int) -> str:
    """Return an amount as ethers writes it: ``2.0``, ``0.5``."""
    whole, rest = divmod(wei, _WEI)
    return f"{whole}.{f'{rest:018d}'.rstrip('0') or '0'}"
