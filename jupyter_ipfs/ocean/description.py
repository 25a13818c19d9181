"""The second transaction of a publication: the DDO, built, validated and put on the chain.

It is written in plain text (flags 0): everybody can compare what an Ocean Node lists with the
chain itself, and the description outlives any one node. Only the files in it are encrypted, to
the Ocean Node's key.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.ocean import ddo, ecies
from jupyter_ipfs.ocean.market import NOBODY
from jupyter_ipfs.ocean.published import KEY, Published
from jupyter_ipfs.ocean.reach import file_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_ipfs.ocean.content import Served
    from jupyter_ipfs.ocean.creation import Created
    from jupyter_ipfs.ocean.draft import Draft
    from jupyter_ipfs.ocean.market import Market
    from jupyter_ipfs.wallet.intents import ContractCall

ACTIVE = 0
_FLAGS = bytes([ddo.PLAIN])
# Oceans know two types; what ours is more precisely stands with what is said of the bytes.
_TYPES = {"algorithm": "algorithm"}


@dataclass(frozen=True, slots=True)
class Description:
    """A DDO for a draft.

    Attributes:
        draft: What the author says.
        served: What the Ocean Node serves.
        access_list: For template 4: who may order.
    """

    draft: Draft
    served: Served
    access_list: str = NOBODY

    def ddo(self, market: Market, created: Created) -> dict[str, Any]:
        """Return the DDO; its files are encrypted anew each time."""
        files = [file_object(self.draft, self.served)]
        plain = ddo.files_plaintext(created.data_nft, created.datatoken, files)
        service = ddo.service(
            datatoken=created.datatoken,
            files=ecies.encrypt(market.root.public_key, plain),
            node_url=market.endpoint,
            timeout_s=self.draft.timeout_s,
        )
        return ddo.build(
            data_nft=created.data_nft,
            chain_id=market.chain.chain_id,
            metadata=self.metadata(),
            services=[service],
            credentials=self._credentials(market),
        )

    def metadata(self) -> dict[str, Any]:
        """Return what is said of the asset."""
        draft, now = self.draft, timestamp()
        published = Published.of(self.served, kind=draft.kind, is_free=draft.price is None)
        return {
            "created": now,
            "updated": now,
            "type": _TYPES.get(draft.kind, "dataset"),
            "name": draft.title,
            "description": draft.description,
            "author": draft.author,
            "license": draft.license,
            "tags": list(draft.tags) or None,
            "links": [draft.sample] if draft.sample else None,
            "algorithm": None,
            "additionalInformation": {KEY: published.as_json()},
        }

    def _credentials(self, market: Market) -> Mapping[str, Any] | None:
        if not self.draft.allow:
            return None
        if self.access_list != NOBODY:
            return ddo.allow_access_list(market.chain.chain_id, self.access_list)
        return ddo.allow_addresses(self.draft.allow)


def describe(
    market: Market, data_nft: str, document: Mapping[str, Any], state: int = ACTIVE
) -> ContractCall:
    """Return the call that writes a DDO.

    Raises:
        DDOError: It is not valid: the chain would take it, and nobody would ever list it.
    """
    ddo.require_valid(document)
    data = ddo.canonical(document)
    digest = ddo.metadata_hash(data, flags=ddo.PLAIN)
    return market.call(
        "ERC721Template", data_nft, "setMetaData",
        state, market.endpoint, market.root.provider_address, _FLAGS, data, digest, (),
    )  # fmt: skip


def is_described(market: Market, data_nft: str) -> bool:
    """Tell whether a data NFT has a description on the chain."""
    return bool(market.read("ERC721Template", data_nft, "getMetaData")[3])


def timestamp() -> str:
    """Return now as a DDO has it."""
    return dt.datetime.now(tz=dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
