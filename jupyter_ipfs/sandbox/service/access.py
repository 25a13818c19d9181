"""Who may have an asset: its credentials, in Ocean Node's rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eth_utils.address import is_address

from jupyter_ipfs.errors import OceanError

if TYPE_CHECKING:
    from jupyter_ipfs.sandbox.service.chain_reads import ChainReads


def is_allowed(chain: ChainReads, credentials: dict[str, Any] | None, address: str) -> bool:
    """Tell whether credentials let an address in: ``deny`` first, then ``allow``.

    ``match_deny`` is ``any`` by default, ``match_allow`` is ``all``. An unknown kind in ``allow``
    lets nobody in where all must match; in ``deny`` it counts for nothing.
    """
    if not credentials:
        return True
    denied = [_matches(chain, each, address) for each in credentials.get("deny") or ()]
    known = [each for each in denied if each is not None]
    every = all if credentials.get("match_deny") == "all" else any
    if known and every(known):
        return False
    allowed = [_matches(chain, each, address) for each in credentials.get("allow") or ()]
    if not allowed:
        return True
    if credentials.get("match_allow") == "any":
        return any(allowed)
    return all(allowed)


def _matches(chain: ChainReads, item: dict[str, Any], address: str) -> bool | None:
    """Tell whether one item names an address, ``None`` for a kind that nobody knows."""
    kind = str(item.get("type")).lower()
    values = [str(each).lower() for each in item.get("values") or ()]
    if kind == "address":
        return "*" in values or address.lower() in values
    if kind == "accesslist":
        return _is_member(chain, item.get("accessList"), address)
    return None


def _is_member(chain: ChainReads, access_list: object, address: str) -> bool:
    if not is_address(access_list):
        return False
    try:
        return bool(chain.call("AccessList", str(access_list), "balanceOf", address) > 0)
    except OceanError:
        return False
