"""What a buyer asks: what a file is like, what an order needs, and the file itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ipfs.sandbox.service import access, catalogue
from jupyter_ipfs.sandbox.service.fees import provider_fee
from jupyter_ipfs.sandbox.service.http.handler import ServiceHandler, text_of
from jupyter_ipfs.sandbox.service.numbers import whole_number
from jupyter_ipfs.sandbox.service.refusal import Refusal
from jupyter_ipfs.sandbox.service.requests import address_of
from jupyter_ipfs.web.streaming import send

if TYPE_CHECKING:
    from contextlib import ExitStack

    from jupyter_ipfs.sandbox.service.files import Opened

_DID = "did:op"
_FOREVER = 0


class FileInfoHandler(ServiceHandler):
    """``POST /api/services/fileInfo``."""

    async def post(self) -> None:
        """Describe a file object, or the files of a service of an asset."""
        body = self.json_body()
        did, service_id = text_of(body, "did"), text_of(body, "serviceId")
        if did:
            if not did.startswith(_DID):
                raise Refusal(400, "Invalid Request: invalid did!")
            if not service_id:
                words = 'Invalid Request: matching "serviceId" not specified!'
                raise Refusal(400, words)
            self.send_json(await self.in_content_thread(lambda: self._of_asset(did, service_id)))
        elif text_of(body, "type"):
            self.send_json([await self.in_content_thread(lambda: self.service.files.info(body))])
        else:
            raise Refusal(400, "Invalid request parameters")

    def _of_asset(self, did: str, service_id: str) -> list[dict[str, object]]:
        document = catalogue.orderable(self.service, did)
        place = catalogue.place_of(document, service_id)
        try:
            files = catalogue.files(self.service.key, document, place)
        except Refusal:
            words = "Unable to decrypt files, files not served by the current node!"
            raise Refusal(500, words) from None
        return [self.service.files.info(each, told=False) for each in files]


class InitializeHandler(ServiceHandler):
    """``GET /api/services/initialize``."""

    async def get(self) -> None:
        """Give what an order of a service must hold."""
        self.send_json(await self.in_thread(self._order_needs))

    def _order_needs(self) -> dict[str, Any]:
        did, service_id = self.query("documentId"), self.query("serviceId")
        for name, value in (("ddoId", did), ("serviceId", service_id)):
            if not value:
                raise Refusal(
                    400,
                    f'Missing one ( "{name}" ) or more required field(s) for command: "getFees". '
                    "Required fields: ddoId,serviceId",
                )
        given = self.query("consumerAddress")
        address = address_of(given)
        if given and address is None:
            raise Refusal(400, 'Parameter : "consumerAddress" is not a valid web3 address')
        document = catalogue.orderable(self.service, did or "")
        service = document["services"][catalogue.place_of(document, service_id or "")]
        if service["type"] == "compute":
            words = "Use the initializeCompute endpoint to initialize compute jobs"
            raise Refusal(500, words)
        fee = provider_fee(
            self.service.key, service, self.service.contracts["Ocean"], self._until(service)
        )
        return {
            "providerFee": fee,
            "datatoken": service["datatokenAddress"],
            "nonce": str(self.service.requests.nonce(address) if address else 0),
            "computeAddress": address,
        }

    def _until(self, service: dict[str, Any]) -> int:
        timeout = service["timeout"]
        longest = round(self.service.now() + timeout) if timeout else _FOREVER
        asked = whole_number(self.query("validUntil") or "")
        if not asked:
            return longest
        if timeout and asked > longest:
            raise Refusal(500, "Required validUntil is higher than service timeout")
        return asked


class DownloadHandler(ServiceHandler):
    """``GET /api/services/download``."""

    async def get(self) -> None:
        """Send a file to whoever has ordered it."""
        opened, stack = await self.in_content_thread(self._open)
        try:
            self.set_header("Content-Type", opened.content_type)
            # Neither its name nor its address: they are the encrypted files'.
            name = f"file-{self.query('fileIndex')}"
            self.set_header("Content-Disposition", f'attachment; filename="{name}"')
            self.set_header("Content-Security-Policy", "sandbox; default-src 'none'")
            if opened.size is not None:
                self.set_header("Content-Length", str(opened.size))
            await send(self, opened.chunks, self.service.content_pool)
        finally:
            await self.in_content_thread(stack.close)

    def _open(self) -> tuple[Opened, ExitStack]:
        asked = {
            name: self.query(name) or ""
            for name in ("fileIndex", "documentId", "serviceId", "transferTxId")
        }
        for name, value in asked.items():
            if not value:
                raise Refusal(
                    400,
                    f'Missing one ( "{name}" ) or more required field(s) for command: "download". '
                    "Required fields: fileIndex,documentId,serviceId,transferTxId",
                )
        address = self.service.requests.prove(
            token=self.request.headers.get("Authorization"),
            address=self.query("consumerAddress"),
            nonce=self.query("nonce"),
            signature=self.query("signature"),
            commands=("download",),
        )
        document = catalogue.orderable(self.service, asked["documentId"])
        place = catalogue.place_of(document, asked["serviceId"])
        service = document["services"][place]
        self._check_access(document.get("credentials"), f"asset {document['id']}", address)
        self._check_access(service.get("credentials"), f"service with id {service['id']}", address)
        if service["type"] == "compute":
            raise Refusal(500, "Not allowed to download this asset of type compute")
        self.service.orders.check(asked["transferTxId"], address, document, place)
        files = catalogue.files(self.service.key, document, place)
        index = whole_number(asked["fileIndex"])
        if index is None or index >= len(files):
            raise Refusal(500, "Failed to decrypt")
        return self.service.files.start(files[index])

    def _check_access(self, credentials: dict[str, Any] | None, what: str, address: str) -> None:
        if not access.is_allowed(self.service.chain, credentials, address):
            raise Refusal(403, f"Error: Access to {what} was denied")
