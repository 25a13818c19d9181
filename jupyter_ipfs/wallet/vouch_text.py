"""What is signed to vouch for something: a text that a person can read (``safety.md`` 19).

It is built from typed fields alone, each of one form, so nobody can word it otherwise; and it
begins like no sign-in message does, so that neither can be taken for the other.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import CIDError, RequestError
from jupyter_ipfs.ipld.cid import CID, DAG_PB
from jupyter_ipfs.ipld.multihash import SHA2_256
from jupyter_ipfs.wallet.recover import is_address

if TYPE_CHECKING:
    from jupyter_ipfs.wallet.intents import Vouch

FORMAT, VERSION = "jupyter-ipfs-signature", 1
ROLES = ("author", "reviewer")
MAX_TITLE = 500  # characters
_MAX_CHAIN_ID = 2**63
_TEXT = re.compile(r"[a-z0-9]{1,100}")


def text(vouch: Vouch, address: str) -> str:
    """Return the text that an address signs, by ``personal_sign`` (EIP-191).

    Raises:
        RequestError: It is nothing that can be vouched for.
    """
    check(vouch)
    if not is_address(address):
        raise RequestError("a signature needs the address that is to sign, with its checksum")
    return (
        "I vouch for this content, shared with jupyter_ipfs, in the role below.\n"
        "\n"
        f"Format: {FORMAT} {VERSION}\n"
        f"Content: {vouch.payload}\n"
        f"Role: {vouch.role}\n"
        f"Address: {address}\n"
        f"Chain: {vouch.chain_id}"
    )


def check(vouch: Vouch) -> None:
    """Do nothing if this can be vouched for.

    Raises:
        RequestError: It cannot.
    """
    if not is_payload(vouch.payload):
        raise RequestError("one vouches for the full CID of a directory, and this is none")
    if vouch.role not in ROLES:
        raise RequestError(f"one vouches as {' or as '.join(ROLES)}")
    if not 0 < vouch.chain_id < _MAX_CHAIN_ID:
        raise RequestError("no chain has that number")
    if len(vouch.title) > MAX_TITLE:
        raise RequestError(f"a title has at most {MAX_TITLE} characters")


def is_payload(cid: str) -> bool:
    """Tell whether a text is a directory's CID in its one form, with a digest that proves much."""
    try:
        found = CID.parse(cid) if _TEXT.fullmatch(cid) else None
    except CIDError:
        return False
    if found is None or str(found) != cid:
        return False
    return (found.version, found.codec, found.function) == (1, DAG_PB, SHA2_256)
