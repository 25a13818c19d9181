"""Credentials' rules, without a chain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from jupyter_ipfs.errors import OceanError
from jupyter_ipfs.sandbox.service.access import is_allowed

if TYPE_CHECKING:
    from jupyter_ipfs.sandbox.service.chain_reads import ChainReads

ME, OTHER, LIST = "0x" + "aA" * 20, "0x" + "bb" * 20, "0x" + "cc" * 20


class _Members:
    """A chain with one access list, which has one member."""

    def call(self, _contract: str, to: str, _function: str, address: str) -> int:
        if to != LIST:
            raise OceanError("no contract")
        return int(address == ME)


def _address(*values: str) -> dict[str, Any]:
    return {"type": "address", "values": list(values)}


def _listed(at: object = LIST) -> dict[str, Any]:
    return {"type": "accessList", "chainId": 8996, "accessList": at, "values": [at]}


UNKNOWN = {"type": "verifiableCredential", "values": ["x"]}


@pytest.mark.parametrize(
    ("credentials", "allowed"),
    [
        (None, True),
        ({}, True),
        ({"allow": [], "deny": []}, True),
        ({"allow": [_address(ME)]}, True),
        ({"allow": [_address(ME.lower())]}, True),
        ({"allow": [_address("*")]}, True),
        ({"allow": [_address(OTHER)]}, False),
        ({"allow": [_address()]}, False),
        ({"allow": [_address(ME), _address(OTHER)]}, False),
        ({"allow": [_address(ME), _address(OTHER)], "match_allow": "any"}, True),
        ({"allow": [_address(ME), UNKNOWN]}, False),
        ({"allow": [UNKNOWN]}, False),
        ({"allow": [UNKNOWN], "match_allow": "any"}, False),
        ({"allow": [_address(ME), UNKNOWN], "match_allow": "any"}, True),
        ({"deny": [_address(ME)]}, False),
        ({"deny": [_address("*")], "allow": [_address(ME)]}, False),
        ({"deny": [_address(OTHER)]}, True),
        ({"deny": [_address(ME), _address(OTHER)]}, False),
        ({"deny": [_address(ME), _address(OTHER)], "match_deny": "all"}, True),
        ({"deny": [_address(ME), UNKNOWN], "match_deny": "all"}, False),
        ({"deny": [UNKNOWN]}, True),
        ({"allow": [_listed()]}, True),
        ({"allow": [_listed(OTHER)]}, False),
        ({"allow": [_listed("nope")]}, False),
        ({"allow": [_listed(None)]}, False),
        ({"allow": [{"type": "ACCESSLIST", "accessList": LIST}]}, True),
    ],
)  # fmt: skip
def test_deny_comes_first_and_unknown_kinds_let_nobody_in(
    credentials: dict[str, Any] | None,
    allowed: bool,  # noqa: FBT001
) -> None:
    # Source: Ocean Node 3.2, src/utils/credentials.ts.
    assert is_allowed(cast("ChainReads", _Members()), credentials, ME) is allowed
