"""What the service is: its root document, nonces, environments, and the command ``status``."""

from __future__ import annotations

import platform
from typing import Any

from jupyter_ipfs.sandbox.service.http.handler import ServiceHandler, text_of
from jupyter_ipfs.sandbox.service.refusal import Refusal
from jupyter_ipfs.sandbox.service.requests import address_of

VERSION = "3.2.0"  # of the Ocean Node whose answers these are

# ocean.js and others find every path here. Patterns as Ocean Node writes them.
ENDPOINTS = {
    "computeEnvironments": ["GET", "/api/services/computeEnvironments"],
    "getDDO": ["GET", "/api/aquarius/assets/ddo/:did/:force?"],
    "getDDOMetadata": ["GET", "/api/aquarius/assets/metadata/:did/:force?"],
    "ddoMetadataQuery": ["POST", "/api/aquarius/assets/metadata/query"],
    "getDDOState": ["GET", "/api/aquarius/state/ddo"],
    "validateDDO": ["POST", "/api/aquarius/assets/ddo/validate"],
    "directCommand": ["POST", "/directCommand"],
    "fileInfo": ["POST", "/api/services/fileInfo"],
    "download": ["GET", "/api/services/download"],
    "encrypt": ["POST", "/api/services/encrypt"],
    "decrypt": ["POST", "/api/services/decrypt"],
    "initialize": ["GET", "/api/services/initialize"],
    "nonce": ["GET", "/api/services/nonce"],
    "generateAuthToken": ["POST", "/api/services/auth/token"],
    "invalidateAuthToken": ["POST", "/api/services/auth/token/invalidate"],
}


class RootHandler(ServiceHandler):
    """``GET /``."""

    def get(self) -> None:
        """Say who this is and what can be asked."""
        key = self.service.key
        self.send_json(
            {
                "nodeId": key.peer_id,
                "chainIds": [str(self.service.chain_id)],
                "providerAddress": key.address,
                # As JavaScript writes a list of bytes.
                "nodePublicKey": {str(at): byte for at, byte in enumerate(key.public_key)},
                "serviceEndpoints": ENDPOINTS,
                "software": "Ocean-Node",
                "version": "0.0.1",
            }
        )


class NonceHandler(ServiceHandler):
    """``GET /api/services/nonce``."""

    async def get(self) -> None:
        """Give an address's newest nonce."""
        address = self.query("userAddress")
        if not address:
            raise Refusal(400, 'Missing required parameter: "userAddress"')
        known = address_of(address)
        nonce = await self.in_thread(lambda: self.service.requests.nonce(known)) if known else 0
        self.send_json({"nonce": str(nonce)})


class EnvironmentsHandler(ServiceHandler):
    """``GET /api/services/computeEnvironments``."""

    def get(self) -> None:
        """Nothing is computed here."""
        self.send_json([])


class CommandHandler(ServiceHandler):
    """``POST /directCommand``."""

    async def post(self) -> None:
        """Answer the commands ``status`` and ``nonce``."""
        body = self.json_body()
        command = body.get("command")
        if not command:
            raise Refusal(400, 'Invalid Request: "command" is mandatory!')
        if command == "status":
            self.send_json(await self.in_thread(self._status))
        elif command == "nonce":
            address = address_of(text_of(body, "address"))
            if address is None:
                raise Refusal(400, 'Parameter : "address" is not a valid web3 address')
            self.finish(str(await self.in_thread(lambda: self.service.requests.nonce(address))))
        else:
            raise Refusal(400, f'Invalid or unrecognized command: "{str(command)[:80]}"')

    def _status(self) -> dict[str, Any]:
        service = self.service
        chain = str(service.chain_id)
        return {
            "id": service.key.peer_id,
            "publicKey": service.key.public_key.hex(),
            "friendlyName": "practice",
            "address": service.key.address,
            "version": VERSION,
            "http": True,
            "p2p": False,
            "provider": [{"chainId": chain, "network": "development"}],
            "indexer": [
                {"chainId": chain, "network": "development", "block": str(service.catch_up())}
            ],
            "escrowAddress": {chain: service.contracts["Escrow"]},
            "supportedStorage": {"url": True, "arwave": False, "ipfs": True},
            "platform": {"platform": platform.system().lower(), "arch": platform.machine()},
            "allowedAdmins": [],
            "uptime": service.now() - service.started_at,
        }
