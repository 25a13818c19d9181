"""Where things are done: a chain, its connection, and the Ocean Node that lists and serves."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jupyter_ipfs.errors import OceanNodeError
from jupyter_ipfs.ocean import steps as stages
from jupyter_ipfs.wallet.intents import ContractCall

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ipfs.ocean.chains import Chain
    from jupyter_ipfs.ocean.connection import ChainConnection
    from jupyter_ipfs.ocean.content import Content
    from jupyter_ipfs.ocean.journal import Journal
    from jupyter_ipfs.ocean.node_answers import NodeRoot
    from jupyter_ipfs.ocean.node_client import OceanNode
    from jupyter_ipfs.ocean.receipt import Receipt
    from jupyter_ipfs.ocean.steps import Steps
    from jupyter_ipfs.protocols import Signer
    from jupyter_ipfs.wallet.intents import Argument

# What a practice asset says instead of an address: the sandbox's port and secret path change with
# each start, and have no place in what is kept for ever.
PRACTICE_ENDPOINT = "http://localhost/practice"
MINED_S = 300.0  # how long a transaction is waited for
_LOOK_BACK = 200_000  # blocks of a long chain; a public endpoint takes 10,000 at once
NOBODY = "0x0000000000000000000000000000000000000000"
ONE = 10**18


@dataclass(frozen=True)
class Market:
    """A market, for one operation.

    Attributes:
        content: The session, as far as it is needed.
        chain: Where assets are.
        connection: To the chain.
        node: The Ocean Node.
        journal: What was begun from here.
    """

    content: Content
    chain: Chain
    connection: ChainConnection
    node: OceanNode
    journal: Journal

    @cached_property
    def root(self) -> NodeRoot:
        """What the Ocean Node says of itself, asked once."""
        return self.node.root()

    @property
    def endpoint(self) -> str:
        """What a published asset names as its Ocean Node."""
        return PRACTICE_ENDPOINT if self.chain.is_sandbox else self.node.url

    def require_served(self, endpoint: str) -> None:
        """Refuse to ask, pay or sign for an Ocean Node that nobody has configured.

        Raises:
            OceanNodeError: The asset is served by another one.
        """
        # There is one Ocean Node on the practice chain, whatever address an asset names.
        if self.chain.is_sandbox or endpoint.rstrip("/") == self.endpoint.rstrip("/"):
            return
        try:
            host = urlsplit(endpoint).hostname
        except ValueError:
            host = None
        raise OceanNodeError(
            f"this asset is served by another Ocean Node ({host or 'without an address'})",
            "if you trust it, choose it first: %ipfs config ocean_node ADDRESS",
        )

    def read(self, contract: str, to: str, function: str, *arguments: object) -> Any:  # noqa: ANN401
        """Ask a contract."""
        return self.connection.call(contract, to, function, arguments)

    def first_block(self) -> int:
        """Return from where logs are looked through: on a long chain, not from its first block."""
        if self.chain.is_sandbox:
            return 0
        return max(0, self.connection.block_number() - _LOOK_BACK)

    def call(self, contract: str, to: str, function: str, *arguments: Argument) -> ContractCall:
        """Return a call that changes something, to be signed."""
        return ContractCall(self.chain.chain_id, contract, to, function, arguments)

    def send(
        self,
        call: ContractCall,
        signer: Signer,
        steps: Steps,
        key: str,
        sent: Callable[[str], object] | None = None,
    ) -> Receipt:
        """Have a transaction signed and sent, wait until it is mined, and return its receipt.

        Args:
            call: What to do.
            signer: Whose it is.
            steps: Where to tell.
            key: Which step it is.
            sent: Told its hash as soon as there is one.

        Raises:
            TransactionError: It was reverted, or what was mined is another one.
        """
        steps.set(key, stages.SIGNING)
        tx_hash = self.connection.send(signer, call)
        steps.set(key, stages.SENT, tx_hash)
        if sent is not None:
            sent(tx_hash)
        receipt = self.connection.check_mined(tx_hash, call, signer.address, MINED_S)
        steps.set(key, stages.DONE, receipt.tx_hash)
        return receipt
