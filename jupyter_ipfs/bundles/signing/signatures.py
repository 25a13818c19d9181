"""Who vouches for a payload: ``signatures/<address>.json`` of a share (``safety.md`` 19).

A signature is of a readable text that has the payload's full CID, so it says something about
those bytes and about nothing else. Keys are free: one that is valid says that the owner of this
address vouches, not who that is. What is wrong with one is told in words, and the share opens.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_ipfs.bundles.signing.voucher_memory import VoucherMemory
from jupyter_ipfs.errors import (
    BlockNotFoundError,
    CodecError,
    RequestError,
    SignatureError,
    VerificationError,
)
from jupyter_ipfs.unixfs import reader
from jupyter_ipfs.wallet.intent_json import strict_json
from jupyter_ipfs.wallet.intents import Vouch
from jupyter_ipfs.wallet.recover import (
    SIGNATURE_LENGTH,
    V_OFFSET,
    is_address,
    recover,
    signature_bytes,
)
from jupyter_ipfs.wallet.vouch_text import FORMAT, ROLES, VERSION, text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from jupyter_ipfs.bundles.content import Content
    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.protocols import Blocks

MAX_SIZE = 16 * 1024  # bytes of a file; the signature of a contract's wallet may be long
MOST = 100  # signatures that are looked at
_MOST_MISSING = 3  # files that are looked for in vain
_FIELDS = {"format", "version", "payload", "role", "address", "chain_id", "signature"}
_MAX_CHAIN_ID = 2**63
_MAX_SHOWN = 60
_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141  # of secp256k1

MISSING = "it is not here, and nobody who was asked has it"
NOT_CHECKED = (
    "no key's signature: if the account is a contract's wallet, only its chain can tell, "
    "which is not asked here"
)


@dataclass(frozen=True, slots=True)
class Vouched:
    """What came of checking a signature.

    Attributes:
        address: Whose it is, or is said to be; ``unknown`` if nothing readable is said.
        role: ``author`` or ``reviewer``, or empty.
        valid: The owner of the address has signed the text about this payload.
        problem: What is wrong with it, in words, or empty.
        known: The address was met before, with another payload, or is one's own.
        chain_id: The chain that the text names, or 0.
    """

    address: str
    role: str
    valid: bool
    problem: str = ""
    known: bool = False
    chain_id: int = 0


def file_name(address: str) -> str:
    """Return the name of an address's file: one for each, since one vouches once."""
    return f"{address}.json"


def dumps(vouch: Vouch, address: str, signature: str) -> bytes:
    """Return a signature's file.

    Args:
        vouch: What was signed; its title is not a part of that.
        address: By whom.
        signature: As a wallet gave it; wallets write the last byte in two ways.
    """
    given = {
        "format": FORMAT,
        "version": VERSION,
        "payload": vouch.payload,
        "role": vouch.role,
        "address": address,
        "chain_id": vouch.chain_id,
        "signature": _normal(signature),
    }
    return (json.dumps(given, sort_keys=True, indent=1) + "\n").encode()


def verify(data: bytes, payload: CID, name: str, known: Collection[str] = ()) -> Vouched:
    """Check a signature's file.

    Args:
        data: The file.
        payload: What it has to be about.
        name: The file's name.
        known: Addresses that were met before.
    """
    try:
        given = _read(data)
    except _InvalidError as error:
        return unreadable(name, str(error))
    problem = _problem(given, payload, name)
    return Vouched(
        address=given.address,
        role=given.role,
        valid=not problem,
        problem=problem,
        known=not problem and given.address in known,
        chain_id=given.chain_id,
    )


def vouched(content: Content, entries: Mapping[str, CID], payload: CID) -> tuple[Vouched, ...]:
    """Check the signatures of a share, and remember whose they are.

    Args:
        content: The session.
        entries: The entries of ``signatures/``, as `opening.parts` returns them.
        payload: What they have to be about.
    """
    if not entries:
        return ()
    memory = VoucherMemory(content.repo.path)
    found = read(content.backend, entries, payload, memory.known(payload))
    memory.meet(payload, [each.address for each in found if each.valid])
    return found


def read(
    blocks: Blocks, entries: Mapping[str, CID], payload: CID, known: Collection[str] = ()
) -> tuple[Vouched, ...]:
    """Check the signatures of a share; whatever is wrong with one is its problem alone.

    Args:
        blocks: Where the files are.
        entries: The entries of ``signatures/``.
        payload: What they have to be about.
        known: Addresses that were met before.
    """
    names = sorted(entries)
    found = []
    for name, data in _read_files(blocks, {name: entries[name] for name in names[:MOST]}).items():
        if isinstance(data, str):
            found.append(unreadable(name, data))
        else:
            found.append(verify(data, payload, name, known))
    if len(names) > MOST:
        more = f"{len(names) - MOST:,} more signatures are there, and were not looked at"
        found.append(Vouched("unknown", "", valid=False, problem=more))
    # Whoever is valid and known comes first: a crowd of free keys hides nobody.
    return tuple(sorted(found, key=lambda each: (not each.valid, not each.known, each.address)))


def unreadable(name: str, problem: str) -> Vouched:
    """Return a signature of which no more is known than its file's name."""
    address = name.removesuffix(".json")
    return Vouched(address if is_address(address) else "unknown", "", valid=False, problem=problem)


def files(blocks: Blocks, entries: Mapping[str, CID]) -> dict[str, bytes]:
    """Return the files of signatures, be they valid or not, without what cannot be one."""
    read_files = _read_files(blocks, entries)
    return {name: data for name, data in read_files.items() if isinstance(data, bytes)}


def _read_files(blocks: Blocks, entries: Mapping[str, CID]) -> dict[str, bytes | str]:
    """Return each file's bytes, or what is wrong with it."""
    found: dict[str, bytes | str] = {}
    missing = 0
    for name, cid in entries.items():
        # Each that is nowhere may take seconds to look for, and a stranger says how many there are.
        if missing >= _MOST_MISSING and not blocks.has(cid):
            found[name] = MISSING
            continue
        found[name] = _read_file(blocks, cid)
        missing += found[name] == MISSING
    return found


def _read_file(blocks: Blocks, cid: CID) -> bytes | str:
    try:
        node = reader.get(blocks, cid)
        if node.kind != reader.FILE or node.size > MAX_SIZE:
            return "it is no file of a signature's size"
        return b"".join(reader.read(blocks, node))
    except BlockNotFoundError:
        return MISSING
    except (VerificationError, CodecError):
        return "its bytes are damaged"


class _InvalidError(Exception):
    """What is wrong with a signature, in words."""


@dataclass(frozen=True, slots=True)
class _Claim:
    payload: str
    role: str
    address: str
    chain_id: int
    signature: str


def _read(data: bytes) -> _Claim:
    """Read a signature's file; there is one form."""
    try:
        given = strict_json(data.decode()) if len(data) <= MAX_SIZE else None
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict) or given.get("format") != FORMAT:
        raise _InvalidError("it is no signature's file")
    version = given.get("version")
    if type(version) is not int or version != VERSION:
        raise _InvalidError("it is of a version that is not known here")
    if set(given) != _FIELDS:
        raise _InvalidError("it has other fields than a signature has")
    for name in ("payload", "role", "address", "signature"):
        if not isinstance(given[name], str):
            raise _InvalidError(f"its {name} is no text")
    if not is_address(given["address"]):
        raise _InvalidError("its address is none")
    if given["role"] not in ROLES:
        raise _InvalidError(f"its role is none: {given['role'][:_MAX_SHOWN]!a}")
    if type(given["chain_id"]) is not int or not 0 < given["chain_id"] < _MAX_CHAIN_ID:
        raise _InvalidError("its chain is none")
    return _Claim(
        given["payload"], given["role"], given["address"], given["chain_id"], given["signature"]
    )


def _problem(given: _Claim, payload: CID, name: str) -> str:
    """Say what is wrong; nothing is if the owner of the address signed, in the form that counts."""
    if name != file_name(given.address):
        return "its file has the name of somebody else"
    if given.payload != str(payload):
        return "it is for something else than this"
    try:
        message = text(Vouch(given.payload, given.role, given.chain_id), given.address)
        if len(signature_bytes(given.signature)) != SIGNATURE_LENGTH:
            return NOT_CHECKED
        if _normal(given.signature) != given.signature:
            # Anybody can write the second form of a signature without the key (EIP-2).
            return "it was rewritten: it is not in the form that wallets sign"
        signer = recover(message, given.signature)
    except (RequestError, SignatureError) as error:
        return error.message
    return "" if signer == given.address else "it was not signed by that address"


def _normal(signature: str) -> str:
    """Return a signature in its one form: a low s (EIP-2), 27 or 28 at the end, lower case."""
    raw = signature_bytes(signature)
    if len(raw) != SIGNATURE_LENGTH:
        return f"0x{raw.hex()}"
    s, v = int.from_bytes(raw[32:64]), raw[64]
    if v in {0, 1}:
        v += V_OFFSET
    if _ORDER // 2 < s < _ORDER and v in {V_OFFSET, V_OFFSET + 1}:
        s, v = _ORDER - s, 2 * V_OFFSET + 1 - v
    return f"0x{raw[:32].hex()}{s.to_bytes(32).hex()}{v:02x}"
