"""The practice chain's accounts: keys made at random for each repo, worth nothing anywhere.

They lie unencrypted in ``<repo>/sandbox/accounts.json`` (0600): on any other chain their addresses
have never had money, and the well-known keys that such chains often come with are not among them
(``safety.md`` 14).
"""

from __future__ import annotations

import json
import os
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from jupyter_ipfs.errors import WalletError
from jupyter_ipfs.wallet.intent_json import strict_json

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ipfs.wallet.signers import LocalSigner

LABELS = ("author", "buyer")
FAUCET = "faucet"

_FILE = "accounts.json"
_KEY = re.compile(r"0x[0-9a-f]{64}")
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
_MOST_BYTES = 64 * 1024

_Entry: TypeAlias = "tuple[str, str, str]"  # label, address, private key


@dataclass(frozen=True, slots=True)
class SandboxAccount:
    """An account with play money.

    Attributes:
        label: ``author`` or ``buyer``.
        address: With checksum.
    """

    label: str
    address: str


def accounts(repo: Path) -> list[SandboxAccount]:
    """Return a repo's practice accounts, which are made at the first call.

    Raises:
        WalletError: Their file is damaged.
    """
    return [
        SandboxAccount(label, address) for label, address, _ in _entries(repo) if label in LABELS
    ]


def address(repo: Path, label: str) -> bytes:
    """Return the 20 bytes of the address of ``author``, ``buyer`` or ``faucet``.

    Raises:
        WalletError: No such account, or their file is damaged.
    """
    return bytes.fromhex(_entry(repo, label)[1].removeprefix("0x"))


def signer(repo: Path, label: str) -> LocalSigner:
    """Return a practice account that signs: for the practice chain, and for no other.

    Raises:
        WalletError: No such account, or their file is damaged.
    """
    from jupyter_ipfs.wallet.signers import LocalSigner  # noqa: PLC0415  (only where it signs)

    if label not in LABELS:
        raise _unknown(label)
    return LocalSigner.of_key(private_key(repo, label), "sandbox")


def private_key(repo: Path, label: str) -> bytes:
    """Return the key of ``author``, ``buyer`` or the sandbox's own ``faucet``; never show it.

    Raises:
        WalletError: No such account, or their file is damaged.
    """
    return bytes.fromhex(_entry(repo, label)[2].removeprefix("0x"))


def _entry(repo: Path, label: str) -> _Entry:
    for entry in _entries(repo):
        if entry[0] == label:
            return entry
    raise _unknown(label)


def _unknown(label: str) -> WalletError:
    return WalletError(f"no practice account {label[:40]!a}", "there are: " + ", ".join(LABELS))


def _entries(repo: Path) -> list[_Entry]:
    file = repo / "sandbox" / _FILE
    if not file.exists():
        _create(file)
    try:
        return _read(file)
    except (ValueError, KeyError, TypeError):
        message = f"{str(file)!r} is damaged: the practice accounts cannot be read"
        hint = f"move {str(file.parent)!r} away to begin anew, with new play money"
        # Without the cause, which would quote the file and with it keys.
        raise WalletError(message, hint) from None


def _read(file: Path) -> list[_Entry]:
    with file.open("rb") as reading:
        document: Any = strict_json(reading.read(_MOST_BYTES).decode())
    found = [(each["label"], each["address"], each["private_key"]) for each in document["accounts"]]
    whole = all(_ADDRESS.fullmatch(a) and _KEY.fullmatch(k) for _, a, k in found)
    if not whole or [label for label, _, _ in found] != [*LABELS, FAUCET]:
        raise ValueError
    return found


def _create(file: Path) -> None:
    """Write new accounts; of two processes that do so at once, the first one's stay."""
    from eth_keys.datatypes import PrivateKey  # noqa: PLC0415  (a quarter of a second)

    found = []
    for label in (*LABELS, FAUCET):
        key = PrivateKey(secrets.token_bytes(32))
        address = key.public_key.to_checksum_address()
        found.append({"label": label, "address": address, "private_key": key.to_hex()})
    for place in (file.parent.parent, file.parent):
        place.mkdir(mode=0o700, exist_ok=True, parents=True)
    temporary = file.with_name(f"{file.name}.{secrets.token_hex(8)}.partial")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as writing:
            json.dump({"version": 1, "accounts": found}, writing, indent=1)
            writing.flush()
            os.fsync(writing.fileno())
        os.link(temporary, file)  # unlike a rename it replaces nothing
    except FileExistsError:
        return
    finally:
        temporary.unlink(missing_ok=True)
