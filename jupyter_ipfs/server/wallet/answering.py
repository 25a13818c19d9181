"""Showing a request to a wallet, and taking what it answers: each once (``safety.md`` 13)."""

from __future__ import annotations

import re
from contextlib import closing
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import (
    ConflictError,
    GoneError,
    NotSignedInError,
    OceanError,
    RequestError,
)
from jupyter_ipfs.server.wallet import accounts, listing, words
from jupyter_ipfs.server.wallet import given as read
from jupyter_ipfs.server.wallet.wallets import Showing
from jupyter_ipfs.wallet import vouch_text
from jupyter_ipfs.wallet.intents import ContractCall, OceanRequest, SignIn, Vouch

if TYPE_CHECKING:
    from jupyter_ipfs.server.wallet.place import Place
    from jupyter_ipfs.server.wallet.wallets import Wallets
    from jupyter_ipfs.wallet.requests import Mailbox, Request

_HASH = re.compile(r"0x[0-9a-f]{64}")


def show(
    user: str, place: Place, request_id: str, given: dict[str, object], wallets: Wallets
) -> Showing:
    """Return what a wallet is to be asked; a page that was reloaded gets the same again.

    Raises:
        GoneError: There is no such request for this user, or it is over.
        ConflictError: Somebody else is shown it.
        NotSignedInError: The user is signed in with another account, or not at all.
        RequestError: It is nothing that is signed here.
    """
    from jupyter_ipfs import config as settings  # noqa: PLC0415  (the server starts without it)

    config = settings.load()
    with closing(_mailbox()) as mailbox:
        request = _find(mailbox, request_id, user, wallets)
        address = _address(request, user, given, wallets)
        words.words(request.intent, config)  # what cannot be told is not signed
        before = wallets.showing(user, request_id)
        if before is not None and before.address == address:
            return before
        if request.state != "pending":
            raise ConflictError("this request is shown already", "in another browser, perhaps")
        showing = _made(user, place, request, address, wallets)
        mailbox.show(request_id, address)
    wallets.remember(showing)
    return showing


def answer(
    user: str, place: Place, request_id: str, given: dict[str, object], wallets: Wallets
) -> None:
    """Check what a wallet has answered, and hand it to who asked.

    Raises:
        GoneError: There is no such request for this user, or it is over.
        ConflictError: It was not shown to them.
        SignatureError: It was not signed by the account that was asked.
    """
    with closing(_mailbox()) as mailbox:
        _find(mailbox, request_id, user, wallets)
        if given.get("rejected") is True:
            mailbox.reject(request_id, read.reason(given))
            wallets.forget(user, request_id)
            return
        showing = wallets.showing(user, request_id)
        if showing is None:
            raise ConflictError("this request was not shown here", "show it first")
        mailbox.answer(request_id, _checked(place, showing, given, wallets))
    wallets.forget(user, request_id)


def _mailbox() -> Mailbox:
    from jupyter_ipfs import config as settings  # noqa: PLC0415  (the server starts without it)
    from jupyter_ipfs.wallet.requests import Mailbox  # noqa: PLC0415

    return Mailbox(settings.load().repo)


def _find(mailbox: Mailbox, request_id: str, user: str, wallets: Wallets) -> Request:
    """Return a request that a user may answer; of others nobody is told that they exist."""
    request = mailbox.find(request_id)
    if request is None or not request.is_open or not listing.is_for(request, user, wallets):
        raise GoneError("there is no such request, or it is over")
    return request


def _address(request: Request, user: str, given: dict[str, object], wallets: Wallets) -> str:
    """Return who is to sign: the chosen account of a sign-in, else the one that is signed in."""
    if isinstance(request.intent, SignIn):
        return read.account(given)
    session = wallets.get(user)
    if session is None or session.address != request.address:
        raise NotSignedInError(
            f"this is for {request.address} to sign", "sign in with that account first"
        )
    if "address" in given and read.account(given) != session.address:
        raise NotSignedInError(
            "the wallet is at another account", f"switch it to {session.address}"
        )
    return session.address


def _made(user: str, place: Place, request: Request, address: str, wallets: Wallets) -> Showing:
    """Build what is signed, from the intent's fields alone."""
    intent = request.intent
    if isinstance(intent, SignIn):
        read.refuse_other_chain(intent.chain_id)
        text = wallets.challenge(user, place, address, intent.chain_id).text()
        params: list[object] = ["0x" + text.encode().hex(), address]
        chain_id, method = intent.chain_id, "personal_sign"
        return Showing(user, request.id, address, chain_id, intent, method, params, text)
    if isinstance(intent, OceanRequest):
        from jupyter_ipfs.wallet.recover import ocean_digest  # noqa: PLC0415

        digest = ocean_digest(address, intent.nonce, intent.command)
        params = ["0x" + digest.hex(), address]
        chain_id = _session_chain(user, wallets)
        return Showing(user, request.id, address, chain_id, intent, "personal_sign", params)
    if isinstance(intent, Vouch):
        read.refuse_other_chain(intent.chain_id)
        text = vouch_text.text(intent, address)
        params = ["0x" + text.encode().hex(), address]
        method = "personal_sign"
        return Showing(user, request.id, address, intent.chain_id, intent, method, params, text)
    transaction = {
        "from": address,
        "to": intent.to,
        "value": hex(intent.value_wei),
        "chainId": hex(intent.chain_id),  # a wallet that is switched meanwhile refuses
        "data": "0x" + _calldata(intent).hex(),
    }
    method = "eth_sendTransaction"
    return Showing(user, request.id, address, intent.chain_id, intent, method, [transaction])


def _session_chain(user: str, wallets: Wallets) -> int:
    session = wallets.get(user)
    if session is None:
        raise NotSignedInError("nobody is signed in any more", "sign in again")
    return session.chain_id


def _calldata(call: ContractCall) -> bytes:
    from jupyter_ipfs.ocean import calls  # noqa: PLC0415  (the server starts without it)

    try:
        return calls.encode(call)
    except OceanError as error:
        raise RequestError(error.message, error.hint) from None


def _checked(place: Place, showing: Showing, given: dict[str, object], wallets: Wallets) -> str:
    """Return the answer as the mailbox has it."""
    from jupyter_ipfs.wallet.recover import check, ocean_digest  # noqa: PLC0415
    from jupyter_ipfs.wallet.requests import signed_in  # noqa: PLC0415

    result, intent = read.result(given), showing.intent
    if isinstance(intent, SignIn):
        text = showing.text or ""
        wallets.open(showing.user, place, text, result, read.wallet_name(given))
        return signed_in(text, result)
    if isinstance(intent, OceanRequest):
        digest = ocean_digest(showing.address, intent.nonce, intent.command)
        check(showing.address, digest, result, accounts.contract(showing.chain_id))
        return result
    if isinstance(intent, Vouch):
        contract = accounts.contract(showing.chain_id)
        check(showing.address, vouch_text.text(intent, showing.address), result, contract)
        return result
    if not _HASH.fullmatch(result):
        raise RequestError("the wallet has answered with something that is no transaction's hash")
    return result
