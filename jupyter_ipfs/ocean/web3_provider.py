"""web3 over this package's own HTTP client.

web3's provider speaks through requests: it takes proxies and ``.netrc`` from the environment in
threads it was given no session in (ApeWorX/web3.py#3789), reads answers of any size, and logs
addresses, which hold keys.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from web3 import Web3
from web3.middleware import ExtraDataToPOAMiddleware
from web3.providers.base import JSONBaseProvider

from jupyter_ipfs.errors import ChainError
from jupyter_ipfs.net import json_depth
from jupyter_ipfs.net.address import ConfiguredEndpoint
from jupyter_ipfs.net.client import Client, Limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from web3.types import RPCEndpoint, RPCResponse

LIMITS = Limits(connect_s=5.0, idle_s=30.0, total_s=60.0, size=64 << 20)

_OK = 200
_TOO_MANY = 429
_PAUSES = (0.5, 1.0, 2.0, 4.0)


class NetProvider(JSONBaseProvider):
    """JSON-RPC at one endpoint from the configuration.

    Args:
        rpc_url: The endpoint; it may hold a key.
        pause: What waits when the endpoint says that it is asked too often.
    """

    def __init__(self, rpc_url: str, pause: Callable[[float], None] = time.sleep) -> None:
        super().__init__()
        self._client = Client(ConfiguredEndpoint.parse(rpc_url), LIMITS)
        self._pause = pause

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:  # noqa: ANN401
        """Ask, and return the answer, be it a result or an error.

        Raises:
            ChainError: It answers with something else, or too often that it has no time.
            FetchError: It does not answer.
            ValueError: It answers with no JSON, or too deep a one.
        """
        data = self.encode_rpc_request(method, params)
        headers = {"Content-Type": "application/json", "Content-Length": str(len(data))}
        for pause in (*_PAUSES, None):
            with self._client.stream("POST", headers=headers, content=[data]) as answer:
                body = answer.read()
                if answer.status == _TOO_MANY and pause is not None:
                    self._pause(pause)
                    continue
                # Errors of JSON-RPC come with 200 or with another status, as servers like it.
                if answer.status != _OK and not body.lstrip().startswith(b"{"):
                    raise ChainError(f"the chain's endpoint answers with status {answer.status}")
                json_depth.check(body)
                response = self.decode_rpc_response(body)
                if not isinstance(response, dict) or not ({"result", "error"} & set(response)):
                    raise ChainError("what answers there is no chain")
                return response
        raise AssertionError  # the last time returns or raises

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def connect(rpc_url: str) -> Web3:
    """Return a connection to an endpoint from the configuration; nothing is asked yet."""
    # Polygon's and BNB Smart Chain's blocks have more extra data than Ethereum's. The others that
    # web3 has ask for names at ENS and, with every call, for the chain's number.
    return Web3(NetProvider(rpc_url), middleware=[ExtraDataToPOAMiddleware])
