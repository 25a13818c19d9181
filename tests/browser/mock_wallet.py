"""A wallet in the browser that really signs; its keys stay in the test."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from eth_account import Account
from eth_account.messages import encode_defunct

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount
    from playwright.sync_api import Page

SCRIPT = Path(__file__).with_name("mock_wallet.js")
ICON = (
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'>"
    "<rect width='8' height='8' fill='teal'/></svg>"
)
REJECTED = {"error": {"code": 4001, "message": "User rejected the request."}}
PENDING = {"error": {"code": -32002, "message": "Already processing eth_requestAccounts."}}
UNKNOWN_CHAIN = {"error": {"code": 4902, "message": "Unrecognized chain ID."}}
HANGS = {"hangs": True}

_numbers = count(1)


@dataclass
class MockWallet:
    """A browser's wallet.

    Attributes:
        name: What it calls itself.
        accounts: Its accounts, the one in use first.
        chain_id: The chain that it is on.
        rpc_url: Where it sends transactions.
        icon: The picture that it gives of itself.
        injected: Whether it is `window.ethereum` only, without EIP-6963.
        connected: Whether the page may see its accounts.
        next: What it answers to the next calls of a method instead.
        calls: What it was asked, in order.
        sent: Hashes of what it has sent.
    """

    name: str = "Test wallet"
    accounts: list[LocalAccount] = field(default_factory=lambda: [Account.create()])
    chain_id: int = 8996
    rpc_url: str = ""
    icon: str = ICON
    injected: bool = False
    connected: bool = False
    next: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    calls: list[tuple[str, list[Any]]] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._number = next_number()

    @property
    def address(self) -> str:
        """The account in use, with checksum."""
        address: str = self.accounts[0].address
        return address

    @property
    def methods(self) -> list[str]:
        """The methods that it was asked, in order."""
        return [method for method, _ in self.calls]

    def install(self, page: Page) -> None:
        """Put it into every page that is opened from now on."""
        page.expose_function(self._function, self._answer)
        description = {
            "function": self._function, "name": self.name, "icon": self.icon,
            "injected": self.injected, "rdns": f"example.wallet{self._number}",
            "uuid": f"00000000-0000-4000-8000-{self._number:012}",
        }  # fmt: skip
        page.add_init_script(f"({SCRIPT.read_text('utf-8')})({json.dumps(description)})")

    def use(self, page: Page, account: LocalAccount) -> None:
        """Have its owner choose another account."""
        self.accounts = [account, *(each for each in self.accounts if each is not account)]
        self.emit(page, "accountsChanged", self._addresses())

    def switch(self, page: Page, chain_id: int) -> None:
        """Have its owner choose another chain."""
        self.chain_id = chain_id
        self.emit(page, "chainChanged", hex(chain_id))

    def lock(self, page: Page) -> None:
        """Have it let the page see nothing any more."""
        self.connected = False
        self.emit(page, "accountsChanged", [])

    def emit(self, page: Page, event: str, value: object) -> None:
        """Have it tell the page something."""
        page.evaluate(
            "([name, event, value]) => window[name](event, value)",
            [f"{self._function}Emit", event, value],
        )

    @property
    def _function(self) -> str:
        return f"mockWallet{self._number}"

    def _addresses(self) -> list[str]:
        # Most wallets give addresses without their checksum.
        return [each.address.lower() for each in self.accounts] if self.connected else []

    def _answer(self, method: str, params: list[Any]) -> dict[str, Any]:
        self.calls.append((method, params))
        instead = self.next.get(method)
        if instead:
            return instead.pop(0)
        result: object = None
        match method:
            case "eth_requestAccounts":
                self.connected = True
                result = self._addresses()
            case "eth_accounts":
                result = self._addresses()
            case "eth_chainId":
                result = hex(self.chain_id)
            case "personal_sign":
                message = encode_defunct(hexstr=params[0])
                signed = self._account(params[1]).sign_message(message)
                result = "0x" + signed.signature.hex().removeprefix("0x")
            case "eth_sendTransaction":
                result = self._send(params[0])
            case "wallet_switchEthereumChain" | "wallet_addEthereumChain":
                self.chain_id = int(params[0]["chainId"], 16)
            case _:
                return {"error": {"code": 4200, "message": f"{method} is not supported"}}
        return {"result": result}

    def _account(self, address: str) -> LocalAccount:
        return next(each for each in self.accounts if each.address.lower() == address.lower())

    def _send(self, transaction: dict[str, str]) -> str:
        sender = self._account(transaction["from"])
        filled: dict[str, Any] = {
            "to": transaction["to"],
            "data": transaction.get("data", "0x"),
            "value": int(transaction.get("value", "0x0"), 16),
            "chainId": self.chain_id,
            "nonce": int(self._rpc("eth_getTransactionCount", sender.address, "pending"), 16),
            "gas": int(self._rpc("eth_estimateGas", transaction), 16),
            "gasPrice": int(self._rpc("eth_gasPrice"), 16),
        }
        raw = sender.sign_transaction(filled).raw_transaction
        tx_hash = self._rpc("eth_sendRawTransaction", "0x" + raw.hex().removeprefix("0x"))
        self.sent.append(tx_hash)
        return tx_hash

    def _rpc(self, method: str, *params: object) -> str:
        call = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        answer = httpx.post(self.rpc_url, json=call, timeout=30).json()
        assert "error" not in answer, answer
        result: str = answer["result"]
        return result


def next_number() -> int:
    """A number for each wallet: a page may have several."""
    return next(_numbers)
