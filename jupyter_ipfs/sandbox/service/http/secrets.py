"""Encryption to the service and decryption of what was published, and tokens."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from eth_utils.address import to_checksum_address

from jupyter_ipfs.errors import DDOError, OceanError
from jupyter_ipfs.net import strict_json
from jupyter_ipfs.ocean import abi, ecies
from jupyter_ipfs.ocean import ddo as rules
from jupyter_ipfs.sandbox.failure import RPCError
from jupyter_ipfs.sandbox.service import assets, document
from jupyter_ipfs.sandbox.service.http.handler import MAX_BODY, ServiceHandler, text_of
from jupyter_ipfs.sandbox.service.refusal import Refusal
from jupyter_ipfs.sandbox.service.requests import address_of

_NFT = "ERC721Template"


class EncryptHandler(ServiceHandler):
    """``POST /api/services/encrypt``."""

    async def post(self) -> None:
        """Encrypt the body to the service, for whoever has signed the request."""
        kind = self.request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind != "application/octet-stream" or not self.request.body:
            raise Refusal(400, "Missing required body")
        encrypted = await self.in_thread(self._encrypt)
        self.set_header("Content-Type", "application/octet-stream")
        self.finish(encrypted)

    def _encrypt(self) -> str:
        self.service.requests.prove(
            token=None,
            address=self.query("consumerAddress"),
            nonce=self.query("nonce"),
            signature=self.query("signature"),
            commands=("encrypt",),
        )
        return ecies.encrypt(self.service.key.public_key, self.request.body)


class DecryptHandler(ServiceHandler):
    """``POST /api/services/decrypt``."""

    async def post(self) -> None:
        """Give a published DDO's text to whoever has signed the request."""
        body = self.json_body(most=MAX_BODY)
        self.finish(await self.in_thread(lambda: self._decrypt(body)))

    def _decrypt(self, body: dict[str, Any]) -> bytes:
        for name in ("decrypterAddress", "chainId", "nonce", "signature"):
            if body.get(name) is None:
                raise Refusal(
                    400,
                    f'Missing one ( "{name}" ) or more required field(s) for command: "decryptDDO".'
                    " Required fields: decrypterAddress,chainId,nonce,signature",
                )
        address = text_of(body, "decrypterAddress")
        if address_of(address) is None:
            raise Refusal(400, 'Parameter : "decrypterAddress" is not a valid web3 address')
        if text_of(body, "chainId") != str(self.service.chain_id):
            raise Refusal(400, "Decrypt DDO: Unsupported chain id")
        self.service.requests.prove(
            token=self.request.headers.get("Authorization"),
            address=address,
            nonce=text_of(body, "nonce"),
            signature=text_of(body, "signature"),
            commands=("decryptDDO",),
        )
        data_nft = self._data_nft(body.get("dataNftAddress"))
        if text_of(body, "transactionId"):
            flags, data, digest = self._published(str(body["transactionId"]), data_nft)
        else:
            flags, data, digest = _given(body)
        state = self.service.chain.call(_NFT, data_nft, "getMetaData")[2]
        if state in assets.HIDDEN:
            raise Refusal(403, "Decrypt DDO: invalid metadata state")
        try:
            text = document.decrypted(self.service.key, flags, data)
        except DDOError as error:
            raise Refusal(400, str(error)) from None
        self._check(text, flags, digest, data_nft)
        return text

    def _data_nft(self, given: object) -> str:
        data_nft = address_of(given)
        service = self.service
        try:
            if data_nft is not None:
                factory = service.contracts["ERC721Factory"]
                listed = service.chain.call("ERC721Factory", factory, "erc721List", data_nft)
                if listed == data_nft:
                    return data_nft
        except OceanError:
            pass
        raise Refusal(400, "Decrypt DDO: Asset not deployed by the data NFT factory")

    def _published(self, tx_hash: str, data_nft: str) -> tuple[int, bytes, bytes]:
        try:
            receipt = self.service.chain.receipt(tx_hash.lower())
        except RPCError:
            receipt = None
        for log in receipt.logs if receipt else ():
            if to_checksum_address(log["address"]) != data_nft:
                continue
            for name in ("MetadataCreated", "MetadataUpdated"):
                event = abi.decode_event(_NFT, name, log)
                if event is not None:
                    flags = int.from_bytes(event.fields["flags"], "big")
                    return flags, event.fields["data"], event.fields["metaDataHash"]
        raise Refusal(400, "Decrypt DDO: Failed to process transaction id")

    def _check(self, text: bytes, flags: int, digest: bytes, data_nft: str) -> None:
        try:
            parsed = strict_json.parse(text)
        except ValueError:
            parsed = None
        did = rules.did(data_nft, self.service.chain_id)
        # So nothing else that is encrypted to the service can be read this way.
        if not isinstance(parsed, dict) or parsed.get("id") != did:
            raise Refusal(400, "Decrypt DDO: did does not match")
        if not document.has_hash(text, parsed, flags, digest):
            raise Refusal(400, "Decrypt DDO: checksum does not match")


def _given(body: dict[str, Any]) -> tuple[int, bytes, bytes]:
    try:
        data, digest = (
            bytes.fromhex(str(body[name]).removeprefix("0x"))
            for name in ("encryptedDocument", "documentHash")
        )
        return int(body["flags"]), data, digest
    except (KeyError, TypeError, ValueError):
        raise Refusal(400, "Decrypt DDO: Failed to convert input args to bytes") from None


class TokenHandler(ServiceHandler):
    """``POST /api/services/auth/token``."""

    async def post(self) -> None:
        """Give a token to whoever has signed the request."""
        body = self.json_body()
        self.send_json({"token": await self.in_thread(lambda: self._make(body))})

    def _make(self, body: dict[str, Any]) -> str:
        address, nonce = _signer(self, body, "createAuthToken")
        until = body.get("validUntil")
        if until is not None and (isinstance(until, bool) or not isinstance(until, int)):
            raise _json_error(400, "validUntil must be milliseconds since 1970")
        in_seconds = None if until is None else until / 1000
        return self.service.requests.make_token(address, nonce, in_seconds)


class InvalidateHandler(ServiceHandler):
    """``POST /api/services/auth/token/invalidate``."""

    async def post(self) -> None:
        """Let a token be none from now on, for whoever it stands for."""
        body = self.json_body()
        await self.in_thread(lambda: self._drop(body))
        self.send_json({"success": True})

    def _drop(self, body: dict[str, Any]) -> None:
        token = text_of(body, "token")
        if not token:
            raise _json_error(400, "Missing required parameters")
        # ocean.js 8.6.2 signs this request without its command, which Ocean Node lets pass.
        address, _ = _signer(self, body, "invalidateAuthToken", "")
        try:
            self.service.requests.drop_token(token, address)
        except Refusal as refusal:
            raise _json_error(refusal.status, refusal.text) from None


def _signer(handler: ServiceHandler, body: dict[str, Any], *commands: str) -> tuple[str, str]:
    """Return who has signed a request, and its nonce."""
    address, signature = text_of(body, "address"), text_of(body, "signature")
    nonce = text_of(body, "nonce")
    if not address or not signature:
        raise _json_error(400, "Missing required parameters")
    try:
        proven = handler.service.requests.prove(
            token=None, address=address, nonce=nonce, signature=signature, commands=commands
        )
    except Refusal as refusal:
        raise _json_error(refusal.status, refusal.text) from None
    return proven, nonce or ""


def _json_error(status: int, text: str) -> Refusal:
    """These routes' errors are JSON, unlike the others'."""
    return Refusal(status, json.dumps({"error": text}))


def signed_text(handler: ServiceHandler, text: bytes) -> dict[str, Any]:
    """Return the service's signature that a DDO is valid, as Ocean Node makes it."""
    from eth_utils.crypto import keccak  # noqa: PLC0415

    digest = "0x" + hashlib.sha256(text).hexdigest()
    key = handler.service.key
    signature = key.sign(keccak(text=digest))
    return {
        "hash": digest,
        "publicKey": key.address,
        "r": "0x" + signature.r.hex(),
        "s": "0x" + signature.s.hex(),
        "v": signature.v,
    }
