"""The index: DDOs, what became of publications, validation and search."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import DDOError
from jupyter_ipfs.ocean import ddo as rules
from jupyter_ipfs.sandbox.service import assets, query, search
from jupyter_ipfs.sandbox.service.conditions import QueryError
from jupyter_ipfs.sandbox.service.http.handler import MAX_BODY, ServiceHandler, text_of
from jupyter_ipfs.sandbox.service.http.secrets import signed_text
from jupyter_ipfs.sandbox.service.refusal import Refusal

if TYPE_CHECKING:
    from jupyter_ipfs.sandbox.service.document import Document

_DID = "did:op"


class DDOHandler(ServiceHandler):
    """``GET /api/aquarius/assets/ddo/:did`` and ``…/metadata/:did``."""

    async def get(self, did: str) -> None:
        """Give an asset's DDO with what the index added."""
        if not did.startswith(_DID):
            raise Refusal(400, 'Missing or invalid required parameter: "did"')
        found = await self.in_thread(lambda: self._find(did))
        if found is None:
            raise Refusal(404, "DDO not found")
        self.send_json(found)

    def _find(self, did: str) -> Document | None:
        self.service.catch_up()
        with self.service.database.reading() as db:
            document = assets.find(db, did)
        return None if document is None else assets.shown(document)


class StateHandler(ServiceHandler):
    """``GET /api/aquarius/state/ddo``."""

    async def get(self) -> None:
        """Tell what became of a publication, and why it is not in the index."""
        did, nft, tx_id = (self.query(name) for name in ("did", "nft", "txId"))
        if not (did or nft or tx_id):
            raise Refusal(
                400,
                "Missing or invalid required parameters, you need to specify one of: "
                '"did", "txId", "nft"',
            )
        found = await self.in_thread(lambda: self._find(did, nft, tx_id))
        if found is None:
            raise Refusal(404, "Not found")
        self.send_json(found)

    def _find(
        self, did: str | None, nft: str | None, tx_id: str | None
    ) -> dict[str, object] | None:
        self.service.catch_up()
        with self.service.database.reading() as db:
            found = assets.publication(db, did=did, nft=nft, tx_id=tx_id)
        if found is None:
            return None
        return {
            "id": found.did,
            "chainId": self.service.chain_id,
            "did": found.did,
            "nft": found.nft,
            "txId": found.tx_id,
            "valid": found.valid,
            "error": found.error,
        }


class ValidateHandler(ServiceHandler):
    """``POST /api/aquarius/assets/ddo/validate``."""

    async def post(self) -> None:
        """Say whether a DDO is valid, signed."""
        body = self.json_body(most=MAX_BODY)
        self.send_json(await self.in_thread(lambda: self._validate(body)))

    def _validate(self, body: dict[str, Any]) -> dict[str, Any]:
        document = body.get("ddo")
        if not isinstance(document, dict):
            raise Refusal(
                400,
                'Missing one ( "ddo" ) or more required field(s) for command: "validateDDO". '
                "Required fields: ddo",
            )
        if not str(document.get("id")).startswith(_DID):
            raise Refusal(400, ' Missing or invalid required parameter "id')
        if not document.get("version"):
            raise Refusal(400, "Missing DDO version")
        token = self.request.headers.get("Authorization")
        address, nonce = text_of(body, "publisherAddress"), text_of(body, "nonce")
        signature = text_of(body, "signature")
        if token or address or nonce or signature:
            self.service.requests.prove(
                token=token,
                address=address,
                nonce=nonce,
                signature=signature,
                commands=("validateDDO",),
            )
        problems = rules.validate(document)
        if problems:
            # Ocean Node 3.2 says "[object Object]" here, and means this.
            raise Refusal(400, f"Validation error: {json.dumps(problems, ensure_ascii=False)}")
        try:
            return signed_text(self, rules.canonical(document))
        except DDOError as error:
            raise Refusal(400, f"Validation error: {error}") from None


class QueryHandler(ServiceHandler):
    """``POST /api/aquarius/assets/metadata/query``."""

    async def post(self) -> None:
        """Search, in Typesense's or Elasticsearch's words; answer as Typesense does."""
        body = self.json_body()
        self.send_json([await self.in_thread(lambda: self._search(body))])

    def _search(self, body: dict[str, Any]) -> dict[str, Any]:
        self.service.catch_up()
        try:
            wanted = query.parse(body)
            with self.service.database.reading() as db:
                found = search.search(db, wanted)
        except QueryError as error:
            raise Refusal(400, f"Bad query: {error}") from None
        except (OverflowError, UnicodeEncodeError):
            raise Refusal(400, "Bad query: a value cannot be compared with") from None
        found["request_params"] = {"per_page": wanted.limit, "q": body.get("q", "*")}
        return found
