"""An Ocean Node of practice on a real chain, and people who publish and order by hand."""

from __future__ import annotations

import asyncio
import hashlib
import json
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
from eth_account import Account
from eth_account.messages import encode_defunct
from eth_keys.datatypes import PrivateKey
from eth_utils.crypto import keccak
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application

from jupyter_ipfs.errors import BlockNotFoundError
from jupyter_ipfs.ipld.cid import CID
from jupyter_ipfs.ocean import abi, ddo, ecies
from jupyter_ipfs.sandbox import deploy
from jupyter_ipfs.sandbox.chain import PracticeChain
from jupyter_ipfs.sandbox.database import Database
from jupyter_ipfs.sandbox.rpc import RPC
from jupyter_ipfs.sandbox.service.http.routes import routes
from jupyter_ipfs.sandbox.service.service import OceanService

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

NOBODY = "0x" + "00" * 20
MANY = 2**256 - 1
PREFIX = "/token/node"
WHEN = "2026-11-23T12:00:00Z"


@dataclass
class Person:
    """Somebody with a key."""

    key: PrivateKey

    @property
    def address(self) -> str:
        return self.key.public_key.to_checksum_address()

    def signature(self, nonce: int | str, command: str, address: str | None = None) -> str:
        """Sign a request as facts of Ocean Node 3.2 say; eth_account is the second opinion."""
        digest = keccak(text=f"{address or self.address}{nonce}{command}")
        signed = Account.sign_message(encode_defunct(primitive=digest), self.key.to_bytes())
        return "0x" + bytes(signed.signature).hex()

    def signed(self, nonce: int, command: str, name: str = "consumerAddress") -> dict[str, str]:
        return {
            name: self.address,
            "nonce": str(nonce),
            "signature": self.signature(nonce, command),
        }


@dataclass(frozen=True)
class _Stat:
    kind: str
    size: int


@dataclass
class MemoryContent:
    """Files by CID; a directory is ``None``."""

    files: dict[str, bytes | None] = field(default_factory=dict)

    def stat(self, path: CID, /) -> _Stat:
        if str(path) not in self.files:
            raise BlockNotFoundError("not here")
        data = self.files[str(path)]
        return _Stat("directory", 0) if data is None else _Stat("file", len(data))

    def stream(self, path: CID, /) -> Iterator[bytes]:
        data = self.files[str(path)] or b""
        for at in range(0, len(data), 1000):
            yield data[at : at + 1000]


@dataclass
class Published:
    """What somebody has published.

    Attributes:
        did: The asset's.
        nft: The data NFT.
        datatoken: The datatoken.
        tx_hash: Of the metadata's transaction.
        document: As it was published.
    """

    did: str
    nft: str
    datatoken: str
    tx_hash: str
    document: dict[str, Any]

    @property
    def service_id(self) -> str:
        return str(self.document["services"][0]["id"])


class PracticeNode:
    """The service on a socket, and its chain in this process."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir(exist_ok=True)
        self.author, self.buyer, faucet = (Person(PrivateKey(bytes([n]) * 32)) for n in (1, 2, 3))
        self.chain = PracticeChain(
            Database(directory / "chain.sqlite"), faucet.key.public_key.to_canonical_address()
        )
        for person in (self.author, self.buyer):
            self.chain.send(faucet.key, person.address, b"", value=10**21)
            step = deploy.ocean_transfer(person.address, 10**21)
            self.chain.send(faucet.key, step.to, step.data)
        self.rpc = RPC(self.chain)
        self.contracts = deploy.addresses()
        self.content = MemoryContent()
        self.clock: float | None = None
        self.start()

    def start(self) -> None:
        """Serve; after `stop` it is as if the process had started anew."""
        self.service = OceanService(
            self.rpc.call,
            self.contracts,
            self.content,
            self.directory,
            lambda: time.time() if self.clock is None else self.clock,
        )
        ready: Future[str] = Future()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(ready)))
        self._thread.start()
        self.url = ready.result(30)
        self.http = httpx.Client(base_url=self.url, timeout=30, trust_env=False)

    def stop(self) -> None:
        self.http.close()
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(30)
        self.service.close()

    def close(self) -> None:
        self.stop()
        self.chain.database.close()

    async def _serve(self, ready: Future[str]) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        sockets = bind_sockets(0, "127.0.0.1")
        server = HTTPServer(Application(routes(self.service, PREFIX), log_function=lambda _: None))
        server.add_sockets(sockets)
        ready.set_result(f"http://127.0.0.1:{sockets[0].getsockname()[1]}{PREFIX}")
        await self._stopping.wait()
        server.stop()
        await server.close_all_connections()

    # — the chain, by hand —

    def send(self, who: Person, contract: str, to: str, function: str, *arguments: object) -> str:
        data = abi.encode_call(contract, function, arguments)
        tx_hash = self.chain.send(who.key, to, data)
        assert self.rpc.call("eth_getTransactionReceipt", [tx_hash])["status"] == "0x1"
        return tx_hash

    def events(self, tx_hash: str, contract: str, name: str) -> list[Mapping[str, Any]]:
        receipt = self.service.chain.receipt(tx_hash)
        assert receipt is not None
        decoded = (abi.decode_event(contract, name, log) for log in receipt.logs)
        return [event.fields for event in decoded if event is not None]

    def create(self, price_wei: int | None = None, template: int = 2) -> tuple[str, str]:
        """Make a data NFT and a datatoken that is free or has a price; return both."""
        nft = ("Practice", "P", 1, "", True, self.author.address)
        people = (self.author.address, NOBODY, NOBODY, NOBODY)
        erc = (template, ("Token", "T"), people, (MANY, 0), ())
        factory = self.contracts["ERC721Factory"]
        if price_wei is None:
            name = "createNftWithErc20WithDispenser"
            pricing: tuple[object, ...] = (
                self.contracts["Dispenser"], 10**18, 10**18, True, NOBODY,
            )  # fmt: skip
        else:
            name = "createNftWithErc20WithFixedRate"
            owner = self.author.address
            pricing = (
                self.contracts["FixedPrice"],
                (self.contracts["Ocean"], owner, owner, NOBODY),
                (18, 18, price_wei, 0, 1),
            )
        tx_hash = self.send(self.author, "ERC721Factory", factory, name, nft, erc, pricing)
        (nft_created,) = self.events(tx_hash, "ERC721Factory", "NFTCreated")
        (token_created,) = self.events(tx_hash, "ERC721Factory", "TokenCreated")
        return nft_created["newTokenAddress"], token_created["newTokenAddress"]

    def document(
        self,
        nft: str,
        datatoken: str,
        files: Sequence[Mapping[str, Any]],
        *,
        timeout_s: int = 0,
        credentials: Mapping[str, Any] | None = None,
        service_credentials: Mapping[str, Any] | None = None,
        **metadata: object,
    ) -> dict[str, Any]:
        plain = ddo.files_plaintext(nft, datatoken, files)
        service = ddo.service(
            datatoken=datatoken,
            files=ecies.encrypt(self.service.key.public_key, plain),
            node_url=self.url,
            timeout_s=timeout_s,
            credentials=service_credentials,
        )
        described = {
            "created": WHEN, "updated": WHEN, "type": "dataset", "name": "Tides of Lemnos",
            "description": "Hourly heights, measured for three years.", "author": "Ada",
            "license": "CC-BY-4.0", "tags": ["sea", "tides"], **metadata,
        }  # fmt: skip
        return ddo.build(
            data_nft=nft,
            chain_id=deploy.CHAIN_ID,
            metadata=described,
            services=[service],
            credentials=credentials,
        )

    def announce(
        self, nft: str, document: Mapping[str, Any], *, flags: int = ddo.ENCRYPTED, state: int = 0
    ) -> str:
        """Write a DDO to the chain as it is, valid or not; return the transaction."""
        text = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
        data = text
        if flags:
            data = bytes.fromhex(ecies.encrypt(self.service.key.public_key, text)[2:])
        return self.send(
            self.author, "ERC721Template", nft, "setMetaData",
            state, self.url, "", bytes([flags]), data, ddo.metadata_hash(text, flags=flags), (),
        )  # fmt: skip

    def publish(
        self,
        files: Sequence[Mapping[str, Any]] | None = None,
        *,
        price_wei: int | None = None,
        **more: Any,  # noqa: ANN401  (see `document`)
    ) -> Published:
        nft, datatoken = self.create(price_wei)
        document = self.document(nft, datatoken, files or [self.stored(b"abc")], **more)
        tx_hash = self.announce(nft, document)
        return Published(document["id"], nft, datatoken, tx_hash, document)

    def stored(self, data: bytes) -> dict[str, str]:
        """Put content into the repo; return its file object."""
        cid = str(CID(1, 0x55, b"\x12\x20" + hashlib.sha256(data).digest()))
        self.content.files[cid] = data
        return {"type": "ipfs", "hash": cid}

    def order(
        self, asset: Published, who: Person | None = None, *, service: int = 0, consumer: str = ""
    ) -> str:
        """Order a free asset, as the node says it is to be done; return the transaction."""
        who = who or self.buyer
        needs = self.http.get(
            "/api/services/initialize",
            params={
                "documentId": asset.did,
                "serviceId": asset.service_id,
                "consumerAddress": who.address,
            },
        ).json()
        fee = needs["providerFee"]
        order = (consumer or who.address, service, fee_tuple(fee), (NOBODY, NOBODY, 0))
        return self.send(
            who, "ERC20TemplateEnterprise", asset.datatoken, "buyFromDispenserAndOrder",
            order, self.contracts["Dispenser"],
        )  # fmt: skip

    # — the node, by hand —

    def nonce(self, who: Person) -> int:
        answer = self.http.get("/api/services/nonce", params={"userAddress": who.address})
        return int(answer.json()["nonce"])

    def download(
        self, asset: Published, tx_hash: str, who: Person | None = None, **changes: str
    ) -> httpx.Response:
        who = who or self.buyer
        asked = {
            "fileIndex": "0", "documentId": asset.did, "serviceId": asset.service_id,
            "transferTxId": tx_hash, **who.signed(self.nonce(who) + 1, "download"), **changes,
        }  # fmt: skip
        return self.http.get("/api/services/download", params=asked)

    def ddo(self, did: str) -> dict[str, Any]:
        answer = self.http.get(f"/api/aquarius/assets/ddo/{did}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def state(self, did: str) -> dict[str, Any]:
        answer = self.http.get("/api/aquarius/state/ddo", params={"did": did})
        found: dict[str, Any] = answer.json() if answer.status_code == 200 else {}
        return found


def fee_tuple(fee: Mapping[str, Any]) -> tuple[object, ...]:
    """Return a provider fee as contracts take it, nothing of it altered."""
    return (
        fee["providerFeeAddress"], fee["providerFeeToken"], int(fee["providerFeeAmount"]),
        fee["v"], bytes.fromhex(fee["r"][2:]), bytes.fromhex(fee["s"][2:]),
        fee["validUntil"], bytes.fromhex(fee["providerData"][2:]),
    )  # fmt: skip
