"""Reading what a page says of a wallet; what cannot be used is the request's mistake."""

from __future__ import annotations

from jupyter_ipfs.errors import RequestError, SignatureError
from jupyter_ipfs.server import chain

_LONGEST = 64  # characters of a wallet's name
_REASON = 200  # characters
_RESULT = 20_000  # characters of a signature or a transaction's hash


def account(given: dict[str, object]) -> str:
    """Return the address of a request, with checksum.

    Raises:
        RequestError: It is none.
    """
    from jupyter_ipfs.wallet.recover import checksummed  # noqa: PLC0415  (when needed)

    address = given.get("address")
    try:
        found = checksummed(address if isinstance(address, str) else "")
    except SignatureError as error:
        raise RequestError(error.message) from None
    if address not in {found, found.lower()}:  # EIP-55: one that was mistyped has another checksum
        raise RequestError("the address is mistyped: its checksum is wrong")
    return found


def number(given: dict[str, object], name: str) -> int:
    """Return a whole number of a request.

    Raises:
        RequestError: It is none.
    """
    value = given.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 1 << 63:
        raise RequestError(f"{name} has to be a whole number")
    return value


def wallet_name(given: dict[str, object]) -> str:
    """Return what a wallet calls itself, on one line: it is shown."""
    name = given.get("wallet_name")
    shown = "".join(each for each in name if each.isprintable()) if isinstance(name, str) else ""
    return shown[:_LONGEST].strip()


def refuse_other_chain(chain_id: int) -> None:
    """Refuse a sign-in on another chain than the settings'.

    Raises:
        RequestError: It is another.
    """
    from jupyter_ipfs import config  # noqa: PLC0415

    wanted = chain.chosen(config.load())
    if chain_id != wanted.chain_id:
        raise RequestError(
            f"this is chain {chain_id}, and the settings have {wanted.title} ({wanted.chain_id})",
            "switch the wallet's network, or choose another chain in the settings",
        )


def reason(given: dict[str, object]) -> str | None:
    """Return why somebody said no, on one line: a notebook prints it."""
    words = given.get("reason")
    shown = "".join(each for each in words if each.isprintable()) if isinstance(words, str) else ""
    return shown[:_REASON].strip() or None


def result(given: dict[str, object]) -> str:
    """Return what a wallet has answered: hexadecimal.

    Raises:
        RequestError: It is something else.
    """
    value = given.get("result")
    if not isinstance(value, str) or not value.startswith("0x") or len(value) > _RESULT:
        raise RequestError("result has to be what the wallet has answered", "0x…")
    return value.lower()
