"""Publishing: from a draft to an asset that is listed, in two transactions.

Nothing is sent before the description is valid and the Ocean Node has fetched the bytes. What
broke off goes on where it stopped: the chain itself says what is there already.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import (
    AssetNotFoundError,
    ConsentRequiredError,
    DDOError,
    OceanNodeError,
    TransactionError,
    TransactionPendingError,
)
from jupyter_ipfs.ocean import content as contents
from jupyter_ipfs.ocean import creation, ddo, description, reach
from jupyter_ipfs.ocean.creation import Created
from jupyter_ipfs.ocean.description import Description
from jupyter_ipfs.ocean.draft import form_problems
from jupyter_ipfs.ocean.journal import Publication, now
from jupyter_ipfs.ocean.market import NOBODY
from jupyter_ipfs.ocean.steps import Steps
from jupyter_ipfs.wallet.recover import checksummed

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ipfs.ocean.content import Served
    from jupyter_ipfs.ocean.draft import Draft
    from jupyter_ipfs.ocean.market import Market
    from jupyter_ipfs.ocean.steps import StepsCallback
    from jupyter_ipfs.protocols import ProgressCallback, Signer

LISTED_S = 90.0  # an Ocean Node looks at the chain every 30 s by default
_KNOWN_S = 30.0  # how long a transaction of before is waited for
_SOULBOUND = False  # as `transferable`: a place on the list is nobody's to give away
# An address of the right form, for the trial: the data NFT has none yet.
_SOME = "0x" + "1" * 40


def publish(
    market: Market,
    draft: Draft,
    signer: Signer,
    *,
    progress: ProgressCallback | None = None,
    steps: StepsCallback | None = None,
) -> str:
    """Publish; return the asset's DID. Doing it again with the same draft goes on, or is done.

    Raises:
        DDOError: A field is not right; ``problems`` says which, and why.
        UnreachableContentError: The Ocean Node cannot fetch the bytes. Nothing was sent.
        ConsentRequiredError: It is priced, and others can have its content free.
        TransactionError: A transaction was refused; doing it again goes on from there.
    """
    told = Steps(_steps(draft), steps)
    require_fine(draft)
    with told.doing("content"):
        served = contents.prepare(
            market.content, draft.path, pin=True, priced=draft.price is not None, progress=progress
        )
        require_describable(market, draft, served)
        require_consent(market, draft, served)
    with told.doing("reach"):
        reach.require(market, draft, served)
    publishing = _Publishing(market, draft, signer, served, told)
    with market.journal.alone(publishing.terms):
        did = publishing.run()
    with told.doing("listed"):
        wait_until_listed(market, did)
    return did


def require_fine(draft: Draft) -> None:
    """Refuse a draft with what is wrong before anything is read.

    Raises:
        DDOError: With a sentence for each field.
    """
    problems = draft.problems()
    if problems:
        raise DDOError(next(iter(problems.values())), "correct it and try again", problems)


def require_describable(market: Market, draft: Draft, served: Served) -> None:
    """Build the description as it will be, but for addresses, and refuse what is not valid.

    Raises:
        DDOError: With a sentence for each field.
    """
    problems = trial_problems(market, draft, served)
    if problems:
        raise DDOError(next(iter(problems.values())), "correct it and try again", problems)


def trial_problems(market: Market, draft: Draft, served: Served) -> dict[str, str]:
    """Return what is wrong with the description that a draft gives, by the form's fields."""
    trial = Description(draft, served, _SOME if _needs_list(draft) else NOBODY)
    found = form_problems(ddo.validate(trial.ddo(market, Created(_SOME, _SOME))))
    if draft.price is not None:
        for field in ("title", "description", "author", "license", "sample"):
            if reach.names_cid(str(getattr(draft, field) or ""), served):
                found[field] = "It names the CID: whoever reads it could have the content free."
        if reach.names_cid(served.name, served):
            found["path"] = "Its file's name holds the CID: give it another name first."
        if any(reach.names_cid(tag, served) for tag in draft.tags):
            found["tags"] = "One names the CID: whoever reads it could have the content free."
    return found


def require_consent(market: Market, draft: Draft, served: Served) -> None:
    """Refuse to sell what others can have free, unless the author knows that.

    Raises:
        ConsentRequiredError: They have not said so.
    """
    if draft.price is None or draft.agree_public_cid:
        return
    told = reach.known_public(market, served)
    if told:
        raise ConsentRequiredError(
            f"{reach.PUBLIC} {' '.join(told)} Sell it all the same?",
            "to agree: --agree-public-cid (agree_public_cid=True)",
        )


class _Publishing:
    """One publication, from the first transaction to the last."""

    def __init__(
        self, market: Market, draft: Draft, signer: Signer, served: Served, steps: Steps
    ) -> None:
        self._market = market
        self._draft = draft
        self._signer = signer
        self._served = served
        self._steps = steps
        self.terms = draft.terms(served.root, signer.address, market.chain.chain_id)

    def run(self) -> str:
        """Do what is not done yet; return the DID."""
        market = self._market
        row = market.journal.begin(
            Publication(
                terms=self.terms,
                chain_id=market.chain.chain_id,
                owner=self._signer.address,
                title=self._draft.title,
                draft=self._draft.as_json(),
                from_block=market.connection.block_number(),
                started_at=now(),
            )
        )
        # A row that another process wrote may say any block: what is not found from there on is
        # looked for nowhere else, and at worst made again.
        access_list = self._access_list(row)
        with self._steps.doing("create"):
            created = self._created(row, access_list)
            market.journal.note(self.terms, data_nft=created.data_nft)
        with self._steps.doing("describe"):
            if not description.is_described(market, created.data_nft):
                described = Description(self._draft, self._served, access_list)
                call = description.describe(
                    market, created.data_nft, described.ddo(market, created)
                )
                market.send(call, self._signer, self._steps, "describe", self._note("describe_tx"))
        did = ddo.did(created.data_nft, market.chain.chain_id)
        market.journal.note(self.terms, did=did)
        return did

    def _created(self, row: Publication, access_list: str) -> Created:
        market, owner = self._market, self._signer.address
        found = creation.find(market, self.terms, owner, row.from_block)
        if found is None and row.create_tx is not None:
            self._await(row.create_tx)
            found = creation.find(market, self.terms, owner, row.from_block)
        if found is not None:
            return found
        call = creation.create(market, self._draft, owner, self.terms, access_list=access_list)
        receipt = market.send(call, self._signer, self._steps, "create", self._note("create_tx"))
        event = receipt.event("ERC721Factory", "NFTCreated", call.to)
        return creation.created(market, str(event.fields["newTokenAddress"]))

    def _await(self, tx_hash: str) -> None:
        """Wait for a transaction of before; one that was reverted counts for nothing."""
        try:
            self._market.connection.receipt(tx_hash, _KNOWN_S)
        except TransactionPendingError as error:
            error.hint = (
                "publish again later. If the wallet says that it was dropped: "
                f"%ocean forget {self.terms[:12]}, and publish again"
            )
            raise
        except TransactionError:
            return

    def _access_list(self, row: Publication) -> str:
        if not _needs_list(self._draft):
            return NOBODY
        with self._steps.doing("allow"):
            market, owner, name = self._market, self._signer.address, creation.marker(self.terms)
            factory = market.chain.address("AccessListFactory")
            for event in market.connection.logs(
                "AccessListFactory", "NewAccessList", address=factory, from_block=row.from_block
            ):
                address, by = str(event.fields["contractAddress"]), str(event.fields["owner"])
                if by == owner and market.read("AccessList", address, "name") == name:
                    return address
            allowed = tuple(checksummed(each) for each in self._draft.allow)
            call = market.call(
                "AccessListFactory", factory, "deployAccessListContract",
                name, "ALLOWED", _SOULBOUND, owner, allowed, tuple("" for _ in allowed),
            )  # fmt: skip
            receipt = market.send(call, self._signer, self._steps, "allow")
            event = receipt.event("AccessListFactory", "NewAccessList", factory)
            return str(event.fields["contractAddress"])

    def _note(self, column: str) -> Callable[[str], None]:
        return lambda tx_hash: self._market.journal.note(self.terms, **{column: tx_hash})


def wait_until_listed(market: Market, did: str, timeout_s: float = LISTED_S) -> None:
    """Wait until the Ocean Node lists an asset.

    Raises:
        OceanNodeError: It does not, in that time; the message has its reason where it gave one.
    """
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            market.node.ddo(did)
        except AssetNotFoundError:
            if time.monotonic() >= deadline:
                break
        else:
            return
        time.sleep(_pause_s(market))
    state = market.node.state(did=did)
    reason = state.error if state else None
    raise OceanNodeError(
        f"{did} is on the chain, and the Ocean Node does not list it (yet)"
        + (f": {reason}" if reason else ""),
        "it may still; nothing has to be paid again",
    )


def wait_until_seen(market: Market, did: str, tx_hash: str | None) -> None:
    """Wait until the Ocean Node has taken note of a change; after a while, go on without."""
    deadline = time.monotonic() + LISTED_S
    while tx_hash is not None and time.monotonic() < deadline:
        indexed = market.node.ddo(did).get("indexedMetadata")
        event = indexed.get("event") if isinstance(indexed, dict) else None
        seen = event.get("txid", event.get("tx")) if isinstance(event, dict) else None
        if str(seen).lower() == tx_hash.lower():
            return
        time.sleep(_pause_s(market))


def _pause_s(market: Market) -> float:
    return 0.02 if market.chain.is_sandbox else 3.0  # 30 requests a minute are allowed


def _needs_list(draft: Draft) -> bool:
    return draft.template == creation.WITH_LISTS and bool(draft.allow)


def _steps(draft: Draft) -> list[tuple[str, str]]:
    allow = [("allow", "Make the list of who may order")] if _needs_list(draft) else []
    return [
        ("content", "Prepare the content"),
        ("reach", "Let the Ocean Node fetch it"),
        *allow,
        ("create", "Make the data NFT, its datatoken and its price"),
        ("describe", "Write the description on the chain"),
        ("listed", "Wait until it is listed"),
    ]
