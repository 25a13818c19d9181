"""web3 over HTTP, without proxies, redirects or ``.netrc``, and with an end to its patience."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.net.address import ConfiguredEndpoint

if TYPE_CHECKING:
    from web3 import Web3


def connect(rpc_url: str, timeout_s: float) -> Web3:
    """Return a connection to an endpoint from the configuration; nothing is asked yet."""
    import requests  # noqa: PLC0415
    from web3 import Web3  # noqa: PLC0415

    endpoint = ConfiguredEndpoint.parse(rpc_url)
    session = requests.Session()
    session.trust_env = False
    session.max_redirects = 0
    provider = Web3.HTTPProvider(
        endpoint.url,
        request_kwargs={"timeout": timeout_s, "allow_redirects": False},
        session=session,
        exception_retry_configuration=None,
    )
    return Web3(provider)
