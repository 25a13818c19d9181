"""The service as a whole: what its parts share, and its routes."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.sandbox.service import search
from jupyter_ipfs.sandbox.service.chain_reads import ChainReads
from jupyter_ipfs.sandbox.service.database import FILE_NAME, Database
from jupyter_ipfs.sandbox.service.files import Files
from jupyter_ipfs.sandbox.service.index import Index
from jupyter_ipfs.sandbox.service.key import NodeKey
from jupyter_ipfs.sandbox.service.orders import Orders
from jupyter_ipfs.sandbox.service.requests import Requests

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from jupyter_ipfs.sandbox.service.chain_reads import RPCCall
    from jupyter_ipfs.sandbox.service.files import LocalContent

_THREADS = 4


class OceanService:
    """A small Ocean Node for one chain of this computer.

    Args:
        rpc: The chain's JSON-RPC: a method and its parameters give a result; from any thread.
        contracts: The chain's entry of ``address.json``.
        content: Of the local repo; nobody else is asked for ``ipfs`` files.
        directory: Where its key and its index are.
        now: Seconds since the epoch.
    """

    def __init__(
        self,
        rpc: RPCCall,
        contracts: Mapping[str, Any],
        content: LocalContent,
        directory: Path,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.contracts = contracts
        self.chain_id = int(contracts["chainId"])
        self.key = NodeKey.open(directory)
        self.database = Database(directory / FILE_NAME)
        with self.database.reading() as db:
            search.prepare(db)
        self.chain = ChainReads(rpc)
        self.index = Index(self.database, self.chain, self.key, contracts)
        self.requests = Requests(self.database, self.chain, self.key, now)
        self.orders = Orders(self.chain, self.key.address, now)
        self.files = Files(content)
        self.now = now
        self.started_at = now()
        self.pool = ThreadPoolExecutor(_THREADS, "ocean-service")
        self.content_pool = ThreadPoolExecutor(_THREADS, "ocean-service-content")

    def catch_up(self) -> int:
        """Index what is new on the chain; see `Index.catch_up`."""
        return self.index.catch_up()

    def close(self) -> None:
        """Let go of threads and files; idempotent."""
        self.pool.shutdown(wait=True, cancel_futures=True)
        self.content_pool.shutdown(wait=True, cancel_futures=True)
        self.database.close()
