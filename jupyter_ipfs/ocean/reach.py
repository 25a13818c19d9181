"""Whether the Ocean Node really has the bytes, and who else could have them."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jupyter_ipfs.errors import CIDError, OceanNodeError, UnreachableContentError
from jupyter_ipfs.ipld.cid import CID
from jupyter_ipfs.ocean.published import Published

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ipfs.ocean.content import Served
    from jupyter_ipfs.ocean.draft import Draft
    from jupyter_ipfs.ocean.market import Market

PUBLIC = "Anyone with this CID can have it free."
_WORDS = re.compile(r"[A-Za-z0-9+=_-]{40,}")


@dataclass(frozen=True, slots=True)
class Reach:
    """What the Ocean Node fetched.

    Attributes:
        is_reachable: Whether these were our bytes; ``None``: it could not be asked.
        words: What was found, in a sentence.
        hint: What to do about it, or ``None``.
    """

    is_reachable: bool | None
    words: str
    hint: str | None = None


def file_object(draft: Draft, served: Served) -> dict[str, Any]:
    """Return what tells an Ocean Node where the bytes are."""
    if draft.url is not None:
        return {"type": "url", "url": draft.url, "method": "GET"}
    return {"type": "ipfs", "hash": str(served.cid)}


def ask(market: Market, draft: Draft, served: Served) -> Reach:
    """Let the Ocean Node fetch what is to be published, and compare length and digest.

    A dead link is answered with ``valid`` and length 0 (Ocean Node 3.2), so that counts for
    nothing.
    """
    node = urlsplit(market.node.url).hostname if not market.chain.is_sandbox else "here"
    hint = (
        "the sandbox reads this computer's own repo: is the content on another backend?"
        if market.chain.is_sandbox
        else "push it to a Kubo whose gateway that Ocean Node uses (%ipfs push), or give the "
        "address of a copy: --url https://…"
    )
    try:
        if market.chain.chain_id not in market.root.chain_ids:
            words = f"The Ocean Node ({node}) does not list assets of {market.chain.title}."
            return Reach(is_reachable=False, words=words, hint="choose another Ocean Node or chain")
        found = market.node.file_info(file_object(draft, served), checksum=True)
    except OceanNodeError as error:
        return Reach(
            is_reachable=None,
            words=f"The Ocean Node ({node}) could not be asked: {error}",
            hint=error.hint,
        )
    size = found.size or 0
    if not size and served.size:
        return Reach(
            is_reachable=False,
            words=f"The Ocean Node ({node}) cannot fetch the content.",
            hint=hint,
        )
    if size != served.size:
        words = f"The Ocean Node ({node}) fetches {size:,} bytes, and it is {served.size:,}."
        return Reach(is_reachable=False, words=words, hint=hint)
    if (found.checksum or "").lower() != served.sha256:
        words = f"The Ocean Node ({node}) fetches other bytes of the same length."
        return Reach(is_reachable=False, words=words, hint=hint)
    words = f"The Ocean Node ({node}) fetched all {size:,} bytes, and they are these."
    return Reach(is_reachable=True, words=words)


def require(market: Market, draft: Draft, served: Served) -> Reach:
    """Do as `ask`, and refuse what is not reached.

    Raises:
        UnreachableContentError: The Ocean Node cannot be asked, or has not these bytes.
    """
    found = ask(market, draft, served)
    if not found.is_reachable:
        raise UnreachableContentError(found.words.rstrip("."), found.hint)
    return found


def names_cid(text: str, served: Served) -> bool:
    """Tell whether a text gives away the content's CID, in whichever form and base."""
    secret = {served.root.multihash, served.cid.multihash}
    if any(digest.hex() in text.lower() for digest in secret):
        return True
    return any(cid.multihash in secret for cid in cids_in(text))


def cids_in(text: str) -> Iterator[CID]:
    """Yield the CIDs that a text names, in whichever base."""
    for word in _WORDS.findall(text):
        # In some bases a hyphen is a digit; in most it ends the CID.
        for part in dict.fromkeys((word, *re.split(r"[-_+=]", word))):
            with contextlib.suppress(CIDError):
                yield CID.parse(part)


def versions(cid: CID) -> list[CID]:
    """Return the CIDs of the same block."""
    found = [cid, cid.to_v1()]
    with contextlib.suppress(CIDError):
        found.append(cid.to_v0())
    return found


def known_public(market: Market, served: Served) -> list[str]:
    """Return who else can have the content already, as far as is known, a sentence each."""
    told = []
    for cid in dict.fromkeys((served.root, served.cid)):
        told += [
            f"It was copied to {copy.place}, and whoever reads there has it."
            for copy in market.content.repo.copies(cid)
        ]
    if any(name.root == served.root and name.shared for name in market.content.names()):
        told.append("It was shared, and whoever has that link has it.")
    status = market.content.status()
    if status.public:
        told.append(f"It lies on {status.label}, which announces it to the public network.")
    if _is_listed_free(market, str(served.root)):
        told.append(f"It is listed as a free asset on {market.chain.title}.")
    return told


def _is_listed_free(market: Market, root: str) -> bool:
    query = {"q": "*", "filter_by": f"metadata.additionalInformation.jupyter_ipfs.root:=`{root}`"}
    try:
        found = market.node.query(query)
    except OceanNodeError:  # not every node can look there
        return False
    metadata = (document.get("metadata") for document in found.documents)
    told = (Published.read(each) for each in metadata if isinstance(each, dict))
    return any(each is not None and each.root == root for each in told)
