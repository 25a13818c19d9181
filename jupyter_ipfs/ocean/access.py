"""Who may order an asset, by its credentials: asked before anybody pays.

As Ocean Node 3.2 reads them: ``deny`` first; a list of ``allow`` that is not empty lets in only
who fulfils all of its items, or any where ``match_allow`` says so; an item of a kind that is not
known is fulfilled by nobody. The Ocean Node decides in the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import AccessDeniedError, OceanError
from jupyter_ipfs.ocean.draft import is_address

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_ipfs.ocean.asset import Asset
    from jupyter_ipfs.ocean.market import Market


def require_allowed(market: Market, asset: Asset, address: str) -> None:
    """Refuse an address that could pay and would get nothing.

    Raises:
        AccessDeniedError: It is not among those that may.
    """
    service = asset.ddo["services"][asset.service_index]
    for owner in (asset.ddo, service):
        credentials = owner.get("credentials")
        if isinstance(credentials, dict) and not _is_allowed(market, credentials, address):
            raise AccessDeniedError(
                f"{address} is not among those who may order this asset: nothing was paid",
                "ask its publisher, or sign in as another address",
            )


def _is_allowed(market: Market, credentials: Mapping[str, Any], address: str) -> bool:
    deny, allow = (_items(credentials.get(name)) for name in ("deny", "allow"))
    if deny:
        every = all if credentials.get("match_deny") == "all" else any
        if every(_fulfils(market, item, address) for item in deny):
            return False
    some = any if credentials.get("match_allow") == "any" else all
    return some(_fulfils(market, item, address) for item in allow) if allow else True


def _fulfils(market: Market, item: Any, address: str) -> bool:  # noqa: ANN401
    if not isinstance(item, dict):
        return False
    kind = item.get("type")
    if kind == "address":
        values = {str(each).lower() for each in _items(item.get("values"))}
        return "*" in values or address.lower() in values
    members = item.get("accessList")
    if kind != "accessList" or not isinstance(members, str) or not is_address(members):
        return False
    if item.get("chainId") != market.chain.chain_id:
        return False
    try:
        return bool(market.read("AccessList", members, "balanceOf", address))
    except OceanError:  # no such contract
        return False


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
